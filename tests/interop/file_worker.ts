/**
 * A thread that handles records: told `{ file }`, it writes the text of each into that file. Started
 * by worker_ending_program.ts.
 */
import { appendFileSync } from "node:fs";
import type { MessagePort } from "node:worker_threads";
import { Handler, type LogRecord } from "../../mod.ts";
import { PortReceiver, QueueListener } from "../../src/queue/queue_handler.ts";
import { runtime } from "../test.ts";

const port = runtime === "node"
  ? (await import("node:worker_threads")).parentPort!
  : globalThis as unknown as MessagePort;

let path = "";

class Appending extends Handler {
  override emit(record: LogRecord): void {
    appendFileSync(path, `${this.format(record)}\n`);
  }
}

// Deno's and Bun's scopes are event targets, as Node's parentPort is, though its types do not say so.
(port as unknown as EventTarget).addEventListener("message", (event) => {
  const { data } = event as MessageEvent<{ file?: string } | null>;
  path = data?.file ?? path;
});
new QueueListener(new PortReceiver(port as never), new Appending()).start();
