/**
 * Measures the time that a record takes in the thread that logs it, on Node, Deno or Bun:
 * `queue.ts direct|queue|port|socket`.
 * A handler that writes a line a record to a file is called directly, behind a `QueueHandler` in the
 * same thread, or in a worker; `socket` is a `SocketHandler` whose connection takes everything at
 * once. 64 records a turn. Checks that every record was handled, then prints a line of JSON: the
 * nanoseconds a record in the calls themselves, and those with what they leave to the end of the
 * turn (medians of some rounds).
 *
 *     node --import tsx bench/core/queue.ts port
 *     deno run -A bench/core/queue.ts port
 *     bun bench/core/queue.ts port
 */
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { Formatter, type Handler, SocketHandler, StreamHandler } from "../../mod.ts";
import {
  PortQueue,
  QueueHandler,
  QueueListener,
  RecordQueue,
} from "../../src/queue/queue_handler.ts";
import type { MessagePortLike } from "../../src/queue/queue_handler.ts";
import { nowhere } from "./nowhere.ts";
import { makeRecords } from "./records.ts";

const ROUNDS = 7;
const WARM_UP_ROUNDS = 3;
const TURNS = 200;
const A_TURN = 64;

interface Subject {
  readonly handler: Handler;
  /** Waits until everything is handled. */
  settle(): Promise<void>;
  /** How many records came to an end. */
  handled(): number;
  end(): Promise<unknown>;
}

const folder = mkdtempSync(join(tmpdir(), "logwire-queue-"));
const path = join(folder, "lines.log");

function linesWritten(): number {
  return readFileSync(path, "latin1").split("\n").length - 1;
}

function fileHandler(): { handler: StreamHandler; end: () => void } {
  const fd = openSync(path, "a");
  const handler = new StreamHandler({ write: (text: string) => void writeSync(fd, text) });
  handler.setFormatter(new Formatter("%(asctime)s %(levelname)-8s %(name)s: %(message)s"));
  return { handler, end: () => closeSync(fd) };
}

function direct(): Subject {
  const { handler, end } = fileHandler();
  const settle = () => Promise.resolve();
  return { handler, settle, handled: linesWritten, end: () => Promise.resolve(end()) };
}

function queue(): Subject {
  const records = new RecordQueue();
  const slow = fileHandler();
  const listener = new QueueListener(records, slow.handler);
  listener.start();
  const handler = new QueueHandler(records);
  handler.listener = listener;
  return {
    handler,
    settle: () => handler.flush(),
    handled: linesWritten,
    end: () => listener.stop().then(slow.end),
  };
}

async function port(): Promise<Subject> {
  const worker = await startWorker();
  const handler = new QueueHandler(new PortQueue(worker));
  return {
    handler,
    settle: () => handler.flush(),
    handled: linesWritten,
    end: async () => await worker.terminate(),
  };
}

async function startWorker(): Promise<MessagePortLike & { terminate(): unknown }> {
  const program = new URL("queue_worker.ts", import.meta.url);
  process.env.LOGWIRE_LINES = path;
  if ("Worker" in globalThis) return new Worker(program, { type: "module" });
  const { Worker: NodeWorker } = await import("node:worker_threads");
  // Node 20 does not give a worker what --import gave this thread.
  const api = JSON.stringify(import.meta.resolve("tsx/esm/api"));
  const imports = `import(${api}).then(({ register }) => {
    register();
    return import(${JSON.stringify(program.href)});
  })`;
  return new NodeWorker(imports, { eval: true }) as unknown as MessagePortLike & {
    terminate(): unknown;
  };
}

function socket(): Subject {
  const handler = new SocketHandler("127.0.0.1", 9020, { connector: nowhere });
  return {
    handler,
    settle: () => handler.flush(),
    handled: () => handler.stats.sent,
    end: () => handler.close(),
  };
}

function median(values: number[]): number {
  return Math.round(values.sort((a, b) => a - b)[values.length >> 1] ?? NaN);
}

/** Nanoseconds a record, of one round: in the calls, and to the end of their turns. */
async function round({ handler, settle }: Subject): Promise<[number, number]> {
  const records = makeRecords("text", A_TURN);
  let calls = 0;
  let turns = 0;
  for (let turn = 0; turn < TURNS; turn++) {
    const started = performance.now();
    for (const record of records) handler.handle(record);
    calls += performance.now() - started;
    // What runs at the end of a turn is a microtask that was queued before this one.
    await Promise.resolve();
    turns += performance.now() - started;
    await settle();
  }
  const scale = 1e6 / (TURNS * A_TURN);
  return [calls * scale, turns * scale];
}

const subjects: Record<string, () => Subject | Promise<Subject>> = { direct, queue, port, socket };
const [what = ""] = process.argv.slice(2);
try {
  const subject = await subjects[what]!();
  const measured: [number, number][] = [];
  for (let i = 0; i < WARM_UP_ROUNDS + ROUNDS; i++) measured.push(await round(subject));
  const logged = (WARM_UP_ROUNDS + ROUNDS) * TURNS * A_TURN;
  const handled = subject.handled();
  if (handled !== logged) throw new Error(`${handled} of ${logged} records were handled`);
  const kept = measured.slice(WARM_UP_ROUNDS);
  process.stdout.write(
    JSON.stringify({
      what,
      nsInTheCalls: median(kept.map(([calls]) => calls)),
      nsToTheEndOfTheTurn: median(kept.map(([, turns]) => turns)),
    }) + "\n",
  );
  await subject.end();
} finally {
  rmSync(folder, { recursive: true });
}
process.exit(0);
