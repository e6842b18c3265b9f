/**
 * The sender of the fault suite: `sender_program.ts SETUP`, a JSON text. It does what the lines on its
 * stdin say, and prints its account after each turn of the event loop. Run by sender.ts.
 */
import { closeSync, openSync, writeSync } from "node:fs";
import process from "node:process";
import { createInterface } from "node:readline";
import { getLogger } from "../../mod.ts";
import type { DeliveryEvent } from "../../src/delivery/delivery_event.ts";
import type { NetworkHandler } from "../../src/delivery/network_handler.ts";
import { fileSpool } from "../../src/files/spool/file_spool.ts";
import type { LogRecord } from "../../src/logging/log_record.ts";
import { turns } from "../turns.ts";
import { protocols } from "./protocols.ts";
import type { Command, Emission, Report, SenderSetup } from "./sender.ts";

const setup = JSON.parse(process.argv[2]!) as SenderSetup;
const { mode, host, port, isSecure, timeoutMs, run, spool, maxQueuedBytes } = setup;

let isNameUnknown = setup.isNameUnknown;
const handler: NetworkHandler = protocols[mode.protocol]!.makeHandler({
  host,
  port,
  isSecure,
  timeoutMs,
  nameOf: (host) => isNameUnknown ? "logwire.invalid" : host,
}, {
  whileDisconnected: mode.whileDisconnected,
  connection: mode.isPerFlush ? "per-flush" : "persistent",
  maxQueuedBytes,
  onEvent: report,
  ...spool !== undefined && { spool: fileSpool(spool) },
});
handler.retryStart = 0.05;
handler.retryMax = 0.2;

let logged = 0;
const emit = handler.emit;
handler.emit = (record: LogRecord) => {
  try {
    emit.call(handler, record);
  } catch (error) {
    print({ problem: `emit() threw ${error}` });
  }
};
const log = getLogger("faults");
log.addHandler(handler);

/** Prints a line; another process reads the pipe, so that a full one has room soon. */
function print(report: Report): void {
  const line = `${JSON.stringify(report)}\n`;
  for (let left = line; left !== "";) {
    try {
      left = left.slice(writeSync(1, left));
    } catch (error) {
      if ((error as { code?: string }).code !== "EAGAIN") throw error;
    }
  }
}

function report(event: DeliveryEvent): void {
  const { error } = event as { error?: Error };
  print({ event: event.type, logged, ...error !== undefined && { error: `${error}` } });
}

/** Prints the account, and says so where it does not add up. */
function printAccount(): void {
  const { stats } = handler;
  const { emitted, recovered, sent, queued, droppedTotal } = stats;
  if (emitted + recovered !== sent + queued + droppedTotal || emitted !== logged) {
    print({ problem: `the account does not add up, ${logged} logged: ${JSON.stringify(stats)}` });
  }
  print({ logged, stats });
}

const pads = new Map<number, string>();
const pad = (size: number): string => {
  if (!pads.has(size)) pads.set(size, "x".repeat(size));
  return pads.get(size)!;
};

/** Logs records, so many a turn, and then blocks the event loop for a time. */
async function emitAll({ count, perTurn, size, blockMs = 0 }: Emission): Promise<void> {
  for (let i = 0; i < count;) {
    const end = Math.min(i + perTurn, count);
    for (; i < end; i++) log.warning("r%d#%d %s", run, logged++, pad(size));
    if (blockMs > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, blockMs);
    if (mode.isPerFlush) handler.flush();
    await turns(1);
    printAccount();
  }
}

// Deno panics where it needs its pipe for signals for the first time and no descriptor is left
// (ext/signals/lib.rs: `Too many open files`), whatever the program does.
if ("Deno" in globalThis) {
  const nothing = () => {};
  process.on("SIGUSR2", nothing).off("SIGUSR2", nothing);
}

const files: number[] = [];

/** Opens files until no descriptor is left. */
function exhaust(): void {
  try {
    while (true) files.push(openSync("/dev/null", "r"));
  } catch {
    // The last one was opened.
  }
}

function jump(seconds: number): void {
  const { now } = Date;
  Date.now = () => now.call(Date) + seconds * 1000;
}

async function obey({ emission, flushMs, closes, ...command }: Command): Promise<void> {
  if (command.resolves) isNameUnknown = false;
  if (command.exhausts) exhaust();
  if (command.releases) { for (const file of files.splice(0)) closeSync(file); }
  if (command.jumps !== undefined) jump(command.jumps);
  if (emission !== undefined) await emitAll(emission);
  if (flushMs !== undefined) await handler.flush({ signal: AbortSignal.timeout(flushMs) });
  if (closes) {
    log.removeHandler(handler);
    await handler.close();
  }
  printAccount();
}

const lines = createInterface({ input: process.stdin });
let done = Promise.resolve();
lines.on("line", (line) => {
  const { id, ...command } = JSON.parse(line) as Command;
  done = done.then(() => obey(command)).then(
    () => print({ done: id! }),
    (error) => print({ done: id!, problem: `a command failed: ${error?.stack}` }),
  );
});
printAccount();
