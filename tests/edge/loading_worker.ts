/**
 * A worker that logs, and flushes, while its modules load: there it may neither connect nor wait.
 * Every request reports the outcome after a flush of its own.
 */
import { getLogger, SocketHandler } from "../../mod.ts";
import { connector } from "../../src/adapters/cloudflare.ts";

/** The address of the receiver, which the bundle defines. */
declare const RECEIVER_PORT: number;

const events: string[] = [];
const handler = new SocketHandler("127.0.0.1", RECEIVER_PORT, {
  connector,
  whileDisconnected: "queue",
  onEvent: ({ type }) => void events.push(type),
});
handler.retryStart = 0;
const log = getLogger("worker");
log.addHandler(handler);

log.warning("while the modules load");
let flushed = "";
handler.flush().then(() => flushed = "resolved", (error) => flushed = String(error));

const worker: object = {
  async fetch(): Promise<Response> {
    log.warning("in a request");
    await handler.flush();
    return Response.json({ flushed, events, stats: handler.stats });
  },
};

export default worker;
