/**
 * Logs 100 records through a `JetStreamQueue` whose server is away, and ends:
 * `exits|returns PORT [SPOOL]`.
 */
import { jetstream } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import process from "node:process";
import { Logger } from "../../mod.ts";
import { fileSpool } from "../../src/files/spool/file_spool.ts";
import { JetStreamQueue } from "../../src/queue/jetstream_queue.ts";
import { QueueHandler } from "../../src/queue/queue_handler.ts";

const [scenario, port, spool] = process.argv.slice(2);
const connection = await connect({ servers: `127.0.0.1:${port}` });
// As if the server were gone: a client that is closed reaches none.
await connection.close();
const queue = new JetStreamQueue(jetstream(connection), {
  stream: "LOGS",
  subject: "logs.ending",
  ...spool !== undefined && { spool: fileSpool(spool) },
});
const log = new Logger("ending", 1);
log.addHandler(new QueueHandler(queue));
for (let i = 0; i < 100; i++) log.info("#%d", i);
if (scenario === "exits") process.exit(0);
