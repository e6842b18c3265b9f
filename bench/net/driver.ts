/**
 * One measured process: `driver.ts JOB`, a JSON text. Opens the subject, warms it up, measures, and
 * prints a line of JSON. It speaks with the runner in lines: it prints `{"at":"warm"}` and
 * `{"at":"flushed"}` when it has done its part, and each time waits for a line on stdin, which comes
 * when the sink has counted everything.
 *
 * The same on Node, Deno and Bun.
 */
import { readFileSync, writeFileSync, writeSync } from "node:fs";
import process from "node:process";
import { setImmediate } from "node:timers";
import type { Subject, Target } from "./subject.ts";
import { wallClock } from "./wall_clock.mjs";

interface Job extends Target {
  /** The module that is measured, as a URL. */
  readonly subject: string;
  readonly records: number;
  /** Records a turn of the event loop; 0: all at once, synchronously. */
  readonly perTurn: number;
  readonly warmup: number;
  /** Times every call: only for latencies, as the clock takes time itself. */
  readonly latency: boolean;
  /** End by `process.exit()` straight after the last call. */
  readonly exit: boolean;
  /** Nobody reads what is sent, so no flush is waited for. */
  readonly deaf: boolean;
}

/** Turns are what a server does between two events: the kernel gets its say in between. */
function inTurns(
  first: number,
  end: number,
  perTurn: number,
  emit: (i: number) => void,
): Promise<void> {
  return new Promise((resolve) => {
    let i = first;
    const turn = () => {
      const behind = Math.min(i + perTurn, end);
      for (; i < behind; i++) emit(i);
      if (i < end) setImmediate(turn);
      else resolve();
    };
    turn();
  });
}

/** Logs the records from number `first` to before `end`. */
async function emitAll(
  subject: Subject,
  first: number,
  end: number,
  perTurn: number,
): Promise<void> {
  const { emit } = subject;
  if (subject.run !== undefined) await subject.run(end - first, perTurn);
  else if (perTurn > 0) await inTurns(first, end, perTurn, emit);
  else for (let i = first; i < end; i++) emit(i);
}

/** Resident memory in MiB, now and at its peak; NaN where there is no `/proc`. */
function memory(): { rss: number; peak: number } {
  const mebibytes = (name: string, status: string) =>
    Number(new RegExp(`${name}:\\s*(\\d+)`).exec(status)?.[1]) / 1024;
  try {
    const status = readFileSync("/proc/self/status", "utf8");
    return {
      rss: mebibytes("VmRSS", status),
      peak: mebibytes("VmHWM", status),
    };
  } catch {
    return { rss: process.memoryUsage().rss / 2 ** 20, peak: NaN };
  }
}

function forgetPeak(): void {
  try {
    writeFileSync("/proc/self/clear_refs", "5");
  } catch {
    // No Linux: the peak includes how the program was loaded.
  }
}

function percentiles(times: Float64Array): number[] {
  times.sort();
  const at = (share: number) => times[Math.floor((times.length - 1) * share)] ?? NaN;
  return [at(0.5), at(0.99), at(0.999), at(1)];
}

/** Reads the runner's lines. */
function lineReader(): { next(): Promise<void> } {
  let lines = 0;
  let wake = () => {};
  process.stdin.setEncoding("utf8");
  process.stdin.on("data", (text: string | Uint8Array) => {
    lines += String(text).split("\n").length - 1;
    wake();
  });
  return {
    next: () =>
      new Promise((resolve) => {
        wake = () => {
          if (lines === 0) return;
          lines--;
          wake = () => {};
          resolve();
        };
        wake();
      }),
  };
}

function print(value: unknown): void {
  process.stdout.write(JSON.stringify(value) + "\n");
}

const job: Job = JSON.parse(process.argv[2] ?? "{}");
const runner = lineReader();
const { open } = await import(job.subject) as {
  open(target: Target): Promise<Subject>;
};
const subject = await open(job);

/** At most so long: a flush while the server stalls never ends. The timer holds the process. */
function within(ms: number, promise: Promise<unknown>): Promise<unknown> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise((resolve) => timer = setTimeout(resolve, ms));
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

function flush(ms: number): Promise<unknown> {
  return within(ms, subject.flush());
}

async function reach(place: string): Promise<void> {
  print({ at: place });
  await runner.next();
}

// One record opens the connection; then the process is idle.
await emitAll(subject, 0, 1, 1);
await flush(job.deaf ? 200 : 1000);
await new Promise((resolve) => setTimeout(resolve, 20));
(globalThis as { gc?: () => void }).gc?.();
const { rss: idleMiB } = memory();
forgetPeak();

if (job.warmup > 1) await emitAll(subject, 1, job.warmup, 64);
await flush(job.deaf ? 200 : 5000);
await reach("warm");

const times = new Float64Array(job.latency ? job.records : 0);
const now = wallClock();
const cpuBefore = process.cpuUsage();
const start = now();
if (job.latency) {
  const { emit } = subject;
  for (let i = 0; i < job.records; i++) {
    const before = performance.now();
    emit(job.warmup + i);
    times[i] = performance.now() - before;
  }
} else {
  await emitAll(subject, job.warmup, job.warmup + job.records, job.perTurn);
}
if (job.exit) {
  writeSync(1, JSON.stringify({ at: "exit", time: now() }) + "\n");
  process.exit(0);
}
const emitted = now();
await flush(job.deaf ? 200 : 60_000);
const flushed = now();
await reach("flushed");
const { user, system } = process.cpuUsage(cpuBefore);
const { peak } = memory();
print({
  at: "end",
  start: start * 1000,
  emitMs: emitted - start,
  flushMs: flushed - start,
  cpuUs: user + system,
  idleMiB,
  peakMiB: peak,
  ...(job.latency && { latencyUs: percentiles(times).map((ms) => ms * 1000) }),
  account: subject.account?.() ?? null,
});
if (!job.deaf) await within(2000, subject.close());
// Some subjects leave handles open.
process.exit(0);
