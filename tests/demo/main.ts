// deno-lint-ignore-file no-console -- a demo prints
/**
 * Shows the main job: one receiver, a sender on each of Deno, Bun, Node and (where there is a
 * `python3`) stock CPython, the receiver taken away in the middle, and the account at the end.
 *
 * Exit status 0 only if the sums agree: what a sender of ours emitted was received or is counted
 * as dropped, and nothing arrived twice.
 */
import { spawn, spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Formatter, StreamHandler } from "../../mod.ts";
import { LogRecordSocketReceiver } from "../../src/receivers/socket_receiver.ts";
import type { DeliveryStats } from "../../mod.ts";
import { connector } from "../../src/adapters/auto.ts";

const RECORDS = 40;
const INTERVAL_MS = 150;
const UP_MS = 2000;
const DOWN_MS = 1500;

const here = dirname(fileURLToPath(import.meta.url));
const script = join(here, "sender.ts");
const programs: [name: string, command: string[]][] = [
  ["deno", ["deno", "run", "--allow-net", "--allow-env", script]],
  ["bun", ["bun", script]],
  ["node", ["node", "--import", "tsx", script]],
];
if (spawnSync("python3", ["--version"]).status === 0) {
  programs.push(["cpython", ["python3", join(here, "sender.py")]]);
} else {
  console.log("(no python3 here: without a CPython sender)");
}

/** How many records arrived from each sender. */
const received = new Map<string, number>();
const stderr = new StreamHandler({ write: (text: string) => process.stdout.write(text) });
stderr.setFormatter(
  new Formatter("%(relativeCreated)5d %(name)-15s %(levelname)-8s %(message)s"),
);

async function receive(port: number): Promise<LogRecordSocketReceiver> {
  const receiver = new LogRecordSocketReceiver("127.0.0.1", port, {
    acceptor: connector,
    stopTimeoutMs: 500,
  });
  receiver.handleLogRecord = (record) => {
    const name = String(record.name).slice("demo.".length);
    received.set(name, (received.get(name) ?? 0) + 1);
    stderr.handle(record);
  };
  await receiver.start();
  return receiver;
}

/** Runs a sender to its end; returns its account, if it prints one. */
function send(name: string, [command = "", ...args]: string[], port: number): Promise<string> {
  const values = [name, port, RECORDS, INTERVAL_MS].map(String);
  const child = spawn(command, [...args, ...values], { stdio: ["ignore", "pipe", "pipe"] });
  createInterface({ input: child.stderr }).on("line", (line) => console.log(`  [${name}] ${line}`));
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => output += text);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(`the sender on ${name} ended with status ${code}`));
    });
  });
}

/** A row of the table; `undefined` for a sender that prints no account. */
function row(name: string, stats: DeliveryStats | undefined) {
  const arrived = received.get(name) ?? 0;
  if (stats === undefined) {
    const dropped = `${RECORDS - arrived}, not counted by CPython`;
    return { agrees: arrived <= RECORDS, cells: [name, RECORDS, "?", arrived, dropped, "?"] };
  }
  const { emitted, sent, queued, droppedTotal, connects } = stats;
  const agrees = emitted === RECORDS && emitted === sent + queued + droppedTotal &&
    arrived === sent && queued === 0;
  return { agrees, cells: [name, emitted, sent, arrived, droppedTotal, connects - 1] };
}

function print(table: (string | number)[][]): void {
  const widths = (table[0] ?? []).map((_, i) =>
    Math.max(...table.map((cells) => String(cells[i]).length))
  );
  for (const cells of table) {
    console.log(cells.map((cell, i) => String(cell).padEnd(widths[i] ?? 0)).join("  ").trimEnd());
  }
}

let receiver = await receive(0);
const { address } = receiver;
const port = address.transport === "tcp" ? address.port : 0;
console.log(
  `--- receiving on 127.0.0.1:${port}; senders: ${programs.map(([name]) => name).join(", ")}`,
);
const senders = programs.map(([name, command]) => send(name, command, port));
let hasEnded = false;
const ended = Promise.allSettled(senders).finally(() => hasEnded = true);
// A busy machine starts some senders late: a stream that is younger than a second sends again.
while (received.size < programs.length && !hasEnded) await sleep(50);
await sleep(UP_MS);
await receiver.stop();
console.log(`--- the receiver is gone; in ${DOWN_MS / 1000} s it is back`);
await sleep(DOWN_MS);
receiver = await receive(port);
console.log("--- the receiver is back");
const outcomes = await ended;
await receiver.stop();

const rows = programs.map(([name], i) => {
  const outcome = outcomes[i];
  if (outcome?.status !== "fulfilled") {
    console.log(String(outcome?.reason));
    return { agrees: false, cells: [name, "failed", "", "", "", ""] };
  }
  return row(name, outcome.value === "" ? undefined : JSON.parse(outcome.value));
});
console.log("");
print([
  ["sender", "emitted", "sent", "received", "dropped", "reconnects"],
  ...rows.map(({ cells }) => cells),
]);
const agree = rows.every(({ agrees }) => agrees);
console.log(agree ? "\nThe sums agree." : "\nThe sums do NOT agree.");
console.log("\n`npm run demo:page` shows such records on a page, as they arrive.");
process.exitCode = agree ? 0 : 1;
