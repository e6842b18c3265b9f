// deno-lint-ignore-file no-console -- a demo prints
/**
 * The worker of the README in real workerd, and a receiver for what it logs, which is taken away in
 * the middle: the responses come all the same, and the records as soon as it is back.
 *
 * Exit status 0 only if the sums agree: what the worker emitted was received, each record once.
 */
import { readFileSync } from "node:fs";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { Formatter, StreamHandler } from "../../mod.ts";
import type { DeliveryStats } from "../../mod.ts";
import { connector } from "../../src/adapters/auto.ts";
import { LogRecordSocketReceiver } from "../../src/receivers/socket_receiver.ts";
import { Workerd } from "../edge/workerd.ts";

const REQUESTS = 12;
const INTERVAL_MS = 200;
/** The requests between which the receiver is gone. */
const GONE = 4;
const BACK = 8;

const entry = "tests/examples/edge_worker.js";
let received = 0;
const stdout = new StreamHandler({ write: (text: string) => process.stdout.write(text) });
stdout.setFormatter(new Formatter("    received: %(levelname)-8s %(name)s: %(message)s"));

async function receive(port: number): Promise<LogRecordSocketReceiver> {
  const receiver = new LogRecordSocketReceiver("127.0.0.1", port, { acceptor: connector });
  receiver.handleLogRecord = (record) => {
    received++;
    stdout.handle(record);
  };
  await receiver.start();
  return receiver;
}

let receiver = await receive(0);
const port = receiver.address.transport === "tcp" ? receiver.address.port : 0;
await using workerd = await Workerd.start({
  edge: {
    entry,
    contents: readFileSync(entry, "utf8")
      .replace(`"logs.example.com", 9020`, `"127.0.0.1", ${port}`),
    compatibilityDate: "2026-10-01",
  },
});
console.log(`--- the worker is at ${workerd.url("edge")}, the receiver at 127.0.0.1:${port}`);
for (let i = 1; i <= REQUESTS; i++) {
  if (i === GONE) {
    await receiver.stop();
    console.log("--- the receiver is gone");
  } else if (i === BACK) {
    receiver = await receive(port);
    console.log("--- the receiver is back");
  }
  const started = performance.now();
  const response = await fetch(workerd.url("edge", `/item/${i}`));
  const text = await response.text();
  console.log(`response in ${(performance.now() - started).toFixed(1)} ms: ${text.trim()}`);
  await sleep(INTERVAL_MS);
}

/** Each is a request, and so flushes what is left. */
async function stats(): Promise<DeliveryStats> {
  return await (await fetch(workerd.url("edge", "/stats"))).json();
}
while ((await stats()).queued > 0) await sleep(INTERVAL_MS);
const { emitted, sent, droppedTotal, connects, connectFailures } = await stats();
await receiver.stop();
console.log(
  `\n${emitted} emitted, ${sent} sent, ${received} received, ${droppedTotal} dropped; ` +
    `${connects} connections, failed dials: ${connectFailures}`,
);
const agree = emitted === 2 * REQUESTS && sent === emitted && received === sent;
console.log(agree ? "The sums agree." : "The sums do NOT agree.");
process.exitCode = agree ? 0 : 1;
