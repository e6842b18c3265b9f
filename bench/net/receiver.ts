/**
 * Ours as a receiver: `receiver.ts RECORDS [WARMUP]`. Prints the port it listens on, and when
 * WARMUP and then RECORDS records have arrived, how the latter went, as a line of JSON.
 * peers/receiver.py does the same.
 */
import { readFileSync } from "node:fs";
import process from "node:process";
import type { LogRecord } from "../../mod.ts";
import { connector } from "../../src/adapters/auto.ts";
import { LogRecordSocketReceiver } from "../../src/receivers/socket_receiver.ts";
import { MESSAGE } from "./record.mjs";
import { wallClock } from "./wall_clock.mjs";

const expected = Number(process.argv[2]);
/** So many records come before those that are measured. */
const warmup = Number(process.argv[3] ?? 0);
const now = wallClock();
/** How many came with each logger's name: a sender has one of its own. */
const perName = new Map<string, number>();
let received = 0;
let wrong = 0;
let cpuBefore = process.cpuUsage();
let start = 0;

function take(record: LogRecord): void {
  if (received === warmup) {
    cpuBefore = process.cpuUsage();
    start = now() * 1000;
  }
  const text = record.getMessage();
  if (!text.startsWith(MESSAGE) && !text.startsWith("request ")) wrong++;
  perName.set(record.name, (perName.get(record.name) ?? 0) + 1);
  if (++received === warmup + expected) tell();
}

function peakMiB(): number {
  try {
    return Number(/VmHWM:\s*(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]) / 1024;
  } catch {
    return NaN;
  }
}

function tell(): void {
  const end = now() * 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  const shares = [...perName.values()];
  const result = { start, end, wrong, cpuUs: user + system, peakMiB: peakMiB(), shares };
  process.stdout.write(JSON.stringify(result) + "\n", () => process.exit(0));
}

const receiver = new LogRecordSocketReceiver("127.0.0.1", 0, { acceptor: connector });
receiver.handleLogRecord = take;
await receiver.start();
const { address } = receiver;
process.stdout.write(`${address.transport === "tcp" ? address.port : 0}\n`);
