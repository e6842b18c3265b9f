/** A program that logs through a queue and ends: `queue_ending_program.ts SCENARIO`. */
import process from "node:process";
import { Handler, Logger, type LogRecord } from "../../mod.ts";
import { QueueHandler, QueueListener, RecordQueue } from "../../src/queue/queue_handler.ts";

const [scenario] = process.argv.slice(2);
let handled = 0;

class Counting extends Handler {
  override emit(_record: LogRecord): void {
    handled++;
  }
}

const queue = new RecordQueue();
const handler = new QueueHandler(queue);
const log = new Logger("ending", 1);
log.addHandler(handler);
handler.listener = new QueueListener(queue, new Counting());
handler.listener.start();
const print = () => process.stdout.write(String(handled));
// Deno runs the hooks of the library at its own event.
if ("Deno" in globalThis) globalThis.addEventListener("unload", print);
else process.on("exit", print);

for (let i = 0; i < 5000; i++) log.info("#%d", i);
if (scenario === "flushes") await handler.flush();
if (scenario !== "ends") process.exit(0);
