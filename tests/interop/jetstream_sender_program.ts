/**
 * Logs numbers through a `JetStreamQueue`, some in each turn of the event loop, as fast as the server
 * takes them: `PORT NAME FIRST END A_TURN [SPOOL]`. Prints `logged N` behind each turn, and at the end
 * the account of the queue.
 */
import { jetstream } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import process from "node:process";
import { fileSpool } from "../../src/files/spool/file_spool.ts";
import { Logger } from "../../src/logging/logger.ts";
import { JetStreamQueue } from "../../src/queue/jetstream_queue.ts";
import { QueueHandler } from "../../src/queue/queue_handler.ts";
import { turns } from "../turns.ts";

/** No more records wait here. */
const MOST_QUEUED = 2000;

const [port, name = "", first, end, aTurn, spool] = process.argv.slice(2);
const connection = await connect({
  servers: `127.0.0.1:${port}`,
  maxReconnectAttempts: -1,
  reconnectTimeWait: 50,
  reconnectJitter: 0,
});
const queue = new JetStreamQueue(jetstream(connection), {
  stream: "LOGS",
  subject: `logs.${name}`,
  ackTimeoutMs: 1000,
  connectTimeoutMs: 500,
  onEvent: () => {},
  ...spool !== undefined && { spool: fileSpool(spool) },
});
queue.retryStart = 0.1;
queue.retryMax = 0.3;
const handler = new QueueHandler(queue);
const log = new Logger(name, 1);
log.addHandler(handler);
for (let number = Number(first); number < Number(end);) {
  for (let i = 0; i < Number(aTurn) && number < Number(end); i++) log.info("#%d", number++);
  await turns(1);
  process.stdout.write(`logged ${number}\n`);
  while (queue.stats.queued > MOST_QUEUED) await turns(1);
}
await handler.flush();
const { emitted, recovered, sent, queued, droppedTotal } = queue.stats;
process.stdout.write(
  JSON.stringify({ emitted, recovered, sent, queued, droppedTotal }) + "\n",
);
await queue[Symbol.asyncDispose]();
await connection.close();
