// deno-lint-ignore-file no-console -- the console is what it logs by
/** A worker whose console goes to a log server; it answers once its records are sent. */
import { getLogger, SocketHandler } from "../../mod.ts";
import { connector } from "../../src/adapters/cloudflare.ts";
import { captureConsole } from "../../src/integrations/console.ts";

/** The port of the log server, which the bundle defines. */
declare const RECEIVER_PORT: number;

const handler = new SocketHandler("127.0.0.1", RECEIVER_PORT, {
  connector,
  connection: "per-flush",
  whileDisconnected: "queue",
});
const log = getLogger("worker");
log.setLevel("INFO");
log.addHandler(handler);
captureConsole(log);

export default {
  async fetch(request: Request): Promise<Response> {
    console.log("request %s", new URL(request.url).pathname, { left: 2 }, [1, "a"]);
    console.warn("50% done");
    console.error("failed", new Error("disk full"));
    await handler.flush();
    return new Response("done");
  },
};
