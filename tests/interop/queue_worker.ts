/**
 * A thread that handles records: each of them is posted back as `{ line }`. Told `{ gate }`, it
 * waits there, before the next record, until the gate is 1. Started by queue_worker_test.ts.
 */
import type { MessagePort } from "node:worker_threads";
import { Handler, type LogRecord } from "../../mod.ts";
import { PortReceiver, QueueListener } from "../../src/queue/queue_handler.ts";
import { runtime } from "../test.ts";

const port = runtime === "node"
  ? (await import("node:worker_threads")).parentPort!
  : globalThis as unknown as MessagePort;

let gate: Int32Array | undefined;

class PostBack extends Handler {
  override emit(record: LogRecord): void {
    if (gate !== undefined) Atomics.wait(gate, 0, 0);
    port.postMessage({ line: this.format(record), fields: Object.keys(record).length });
  }
}

// Deno's and Bun's scopes are event targets, as Node's parentPort is, though its types do not say so.
(port as unknown as EventTarget).addEventListener("message", (event) => {
  const { data } = event as MessageEvent<{ gate?: Int32Array } | null>;
  if (data?.gate === undefined) return;
  gate = data.gate;
  port.postMessage({ waits: true });
});
new QueueListener(new PortReceiver(port as never), new PostBack()).start();
