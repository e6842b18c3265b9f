/**
 * Handles the records of a stream until its stdin ends, and then prints its counters: `PORT FILE`. Each
 * record is a line of the file, `sender #number`, which is written when the handler is flushed.
 */
import { jetstream } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { appendFileSync } from "node:fs";
import { once } from "node:events";
import process from "node:process";
import { Handler } from "../../src/logging/handler.ts";
import type { LogRecord } from "../../src/logging/log_record.ts";
import { JetStreamQueue } from "../../src/queue/jetstream_queue.ts";
import { QueueListener } from "../../src/queue/queue_listener.ts";
import { turns } from "../turns.ts";

const [port, file = ""] = process.argv.slice(2);

/** Is slow, and keeps its lines in memory until it is flushed. */
class FlushedFile extends Handler {
  #lines = "";

  emit(record: LogRecord): void {
    this.#lines += `${record.name} ${record.getMessage()}\n`;
  }

  override async flush(): Promise<void> {
    await turns(3);
    appendFileSync(file, this.#lines);
    this.#lines = "";
  }
}

const connection = await connect({
  servers: `127.0.0.1:${port}`,
  maxReconnectAttempts: -1,
  reconnectTimeWait: 50,
  reconnectJitter: 0,
});
const queue = new JetStreamQueue(jetstream(connection), {
  stream: "LOGS",
  subject: "logs.>",
  durable: "files",
  maxMessages: 8,
  onError: () => {},
});
const listener = new QueueListener(queue, new FlushedFile());
listener.start();
process.stdin.resume();
await once(process.stdin, "end");
await listener.stop();
process.stdout.write(JSON.stringify(queue.stats.listener) + "\n");
await connection.close();
process.exit();
