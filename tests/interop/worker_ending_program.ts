/**
 * A program that logs through a worker thread into a file and ends:
 * `worker_ending_program.ts ENDING FILE`. Run by queue_exit_test.ts.
 */
import process from "node:process";
import { Logger } from "../../mod.ts";
import { PortQueue, QueueHandler } from "../../src/queue/queue_handler.ts";
import { startThread } from "./thread.ts";

const [ending, file] = process.argv.slice(2);
const thread = await startThread("file_worker.ts");
thread.postMessage({ file }, []);
const handler = new QueueHandler(new PortQueue(thread));
const log = new Logger("ending", 1);
log.addHandler(handler);

log.info("first");
await handler.flush();
for (let i = 0; i < 1000; i++) log.info("last %d", i);
switch (ending) {
  case "throws":
    throw new Error("thrown on purpose");
  case "calls process.exit()":
    process.exit(1);
    break;
  case "calls process.exit() after flush()":
    await handler.flush();
    process.exit(1);
}
