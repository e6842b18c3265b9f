/**
 * A thread that logs into the port of its parent when it is told `{ flag, count }`, and then sets the
 * flag. Started by queue_worker_test.ts.
 */
import type { MessagePort } from "node:worker_threads";
import { makeLogRecord } from "../../mod.ts";
import { PortQueue, QueueHandler } from "../../src/queue/queue_handler.ts";
import { runtime } from "../test.ts";

const port = runtime === "node"
  ? (await import("node:worker_threads")).parentPort!
  : globalThis as unknown as MessagePort;

(port as unknown as EventTarget).addEventListener("message", (event) => {
  const { data } = event as MessageEvent<{ flag?: Int32Array; count: number } | null>;
  if (data?.flag === undefined) return;
  const handler = new QueueHandler(new PortQueue(port as never));
  for (let i = 0; i < data.count; i++) handler.emit(makeLogRecord({ name: "w", msg: `#${i}` }));
  Atomics.store(data.flag, 0, 1);
  Atomics.notify(data.flag, 0);
});
