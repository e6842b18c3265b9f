/**
 * A worker whose requests log over RELP: `/<number>` logs two records, `/stats` gives the account of
 * the handler, which connects for each flush.
 */
import { getLogger, SysLogHandler, type WaitUntilContext, withFlush } from "../../mod.ts";
import { connector } from "../../src/adapters/cloudflare.ts";

/** The port of the receiver, which the bundle defines. */
declare const RECEIVER_PORT: number;

const handler = new SysLogHandler(["127.0.0.1", RECEIVER_PORT], {
  connector,
  socktype: "stream",
  framing: "relp",
  onEvent: () => {},
});
handler.retryStart = 0.1;
handler.retryMax = 0.2;
const log = getLogger("worker");
log.addHandler(handler);

const worker: object = withFlush({
  fetch(request: Request, _env: object, _ctx: WaitUntilContext): Response {
    const action = new URL(request.url).pathname.slice(1);
    if (action === "stats") return Response.json(handler.stats);
    for (let i = 1; i <= 2; i++) log.warning("request %s record %d", action, i);
    return new Response("done");
  },
}, handler);

export default worker;
