/**
 * A worker whose requests log, for the tests under load: `/logged/<number>` logs three records with
 * waits between, `/plain/<number>` waits alone. Loggers and handler are of the module, for all
 * requests at once.
 */
import { getLogger, SocketHandler, type WaitUntilContext, withFlush } from "../../mod.ts";
import { connector } from "../../src/adapters/cloudflare.ts";
import { turns } from "../turns.ts";

/** The address of the receiver, which the bundle defines. */
declare const RECEIVER_PORT: number;

const handler = new SocketHandler("127.0.0.1", RECEIVER_PORT, {
  connector,
  whileDisconnected: "queue",
  onEvent: () => {},
});
handler.retryStart = 0.1;
handler.retryMax = 0.5;
const log = getLogger("worker");
log.addHandler(handler);

const worker: object = withFlush({
  async fetch(request: Request, _env: object, ctx: WaitUntilContext): Promise<Response> {
    const [, action = "", number] = new URL(request.url).pathname.split("/");
    if (action === "stats") return Response.json(handler.stats);
    const isLogged = action === "logged";
    for (let i = 1; i <= 2; i++) {
      if (isLogged) log.warning("request %s record %d", number, i);
      await turns(1);
    }
    ctx.waitUntil(
      turns(2).then(() => {
        if (isLogged) log.warning("request %s record %d", number, 3);
      }),
    );
    return new Response("done");
  },
}, handler);

export default worker;
