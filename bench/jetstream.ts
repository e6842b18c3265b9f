/**
 * Measures the records a second that a program publishes through a `JetStreamQueue` to a nats-server on
 * this machine, and that a listener takes out and acknowledges: `bench/jetstream.ts [RECORDS]`, with
 * `bun`, `deno run -A` or `node --import tsx`. 64 records a turn, two numbers of each text change. The
 * time ends with the last acknowledgement. Checks that the listener got every record, in order.
 */
import process from "node:process";
import { getLogger, Handler, INFO, type LogRecord } from "../mod.ts";
import { JetStreamQueue } from "../src/queue/jetstream_queue.ts";
import { QueueHandler, QueueListener } from "../src/queue/queue_handler.ts";
import { NatsServer, STREAM } from "../tests/interop/nats_server.ts";
import { runtime } from "../tests/test.ts";
import { until } from "../tests/until.ts";

const A_TURN = 64;
const WARM_UP = 64_000;
/** More records do not wait in the queue, so that none is dropped. */
const MOST_QUEUED = 50_000;

const records = Number(process.argv[2] ?? 500_000);

/** Checks the numbers of records. */
class Checker extends Handler {
  next = 0;

  emit(record: LogRecord): void {
    if (!record.getMessage().startsWith(`request ${this.next++} took `)) {
      throw new Error(`${record.getMessage()} is no record ${this.next - 1}`);
    }
  }
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
const rateSince = (started: number, count: number) =>
  Math.round(count / (performance.now() - started) * 1000);

const server = await NatsServer.start();
const queue = new JetStreamQueue(await server.client(), { stream: STREAM, subject: "logs.bench" });
const handler = new QueueHandler(queue);
getLogger().setLevel(INFO);
getLogger().addHandler(handler);
const log = getLogger("myapp.area1");
let logged = 0;

async function publish(count: number): Promise<void> {
  for (const end = logged + count; logged < end;) {
    for (let i = 0; i < A_TURN && logged < end; i++) {
      log.info("request %d took %d ms", logged, logged++ % 1000);
    }
    await turn();
    while (queue.stats.queued > MOST_QUEUED) await turn();
  }
  await handler.flush();
}

await publish(WARM_UP);
let started = performance.now();
await publish(records);
const published = rateSince(started, records);
const { sent, droppedTotal } = queue.stats;
if (sent !== logged || droppedTotal > 0) throw new Error(`${sent} of ${logged} are sent`);

const source = new JetStreamQueue(await server.client(), {
  ...{ stream: STREAM, subject: "logs.>", durable: "bench" },
});
const checker = new Checker();
const listener = new QueueListener(source, checker);
listener.start();
started = performance.now();
await until(() => source.stats.listener.handled === logged, () => `${checker.next} of ${logged}`);
await listener.stop();
const taken = rateSince(started, logged);
const { acknowledged, duplicates } = source.stats.listener;
if (checker.next !== logged || duplicates > 0) throw new Error(`${checker.next} of ${logged}`);
process.stdout.write(
  JSON.stringify({ runtime, records, published, taken, messages: acknowledged }) + "\n",
);
await handler.close();
await server[Symbol.asyncDispose]();
process.exit(0);
