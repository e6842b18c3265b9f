/**
 * A worker that logs, and flushes, while its modules load: there it may neither connect nor wait.
 * Every request says what became of that, behind a flush of its own.
 */
import { getLogger, SocketHandler } from "../../mod.ts";
import { connector } from "../../src/adapters/cloudflare.ts";

/** Where the receiver listens: the bundle has it. */
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
