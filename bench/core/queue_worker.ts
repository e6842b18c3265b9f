/** The thread of queue.ts: writes records as lines to the file `LOGWIRE_LINES`. */
import { openSync, writeSync } from "node:fs";
import process from "node:process";
import type { MessagePort } from "node:worker_threads";
import { Formatter, StreamHandler } from "../../mod.ts";
import { PortReceiver, QueueListener } from "../../src/queue/queue_handler.ts";

const port = "Worker" in globalThis
  ? globalThis as unknown as MessagePort
  : (await import("node:worker_threads")).parentPort!;

const fd = openSync(process.env.LOGWIRE_LINES!, "a");
const handler = new StreamHandler({ write: (text: string) => void writeSync(fd, text) });
handler.setFormatter(new Formatter("%(asctime)s %(levelname)-8s %(name)s: %(message)s"));
new QueueListener(new PortReceiver(port as never), handler).start();
