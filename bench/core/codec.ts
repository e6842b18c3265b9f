/**
 * One measurement without a network, on Node, Deno or Bun: `codec.ts encode plain|traceback|extra`,
 * `codec.ts decode FRAMES` or `codec.ts disabled`. Checks that the result is right, then prints a
 * line of JSON: how many a second, the median of some rounds, and what else is to be known.
 */
import { readFileSync } from "node:fs";
import process from "node:process";
import { getLogger, INFO, SocketHandler } from "../../mod.ts";
import { connector } from "../../src/adapters/auto.ts";
import { Deframer } from "../../src/core/framer.ts";
import { loads } from "../../src/core/pickle/pickle.ts";
import { MESSAGE } from "../net/record.mjs";
import { type Case, EXTRA, makeRecords, TRACEBACK } from "./records.ts";

const ROUNDS = 5;
const ROUND_MS = 60;

/** Calls `work` in batches, for some short rounds; how many calls a second. */
function measure(work: (i: number) => void, batch: number): number {
  const run = (): number => {
    const started = performance.now();
    let calls = 0;
    for (; performance.now() - started < ROUND_MS; calls += batch) {
      for (let i = 0; i < batch; i++) work(i);
    }
    return calls / (performance.now() - started) * 1000;
  };
  run();
  const rates = Array.from({ length: ROUNDS }, run).sort((a, b) => a - b);
  return rates[ROUNDS >> 1] ?? NaN;
}

function assert(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(`the result is not right: ${what}`);
}

/** Keeps the engine from leaving out work whose result nobody looks at. */
let sum = 0;

function encode(which: Case): Record<string, unknown> {
  const handler = new SocketHandler("127.0.0.1", 9020, { connector });
  const records = makeRecords(which, 64);
  const frame = handler.makePickle(records[1]!);
  assert(new DataView(frame.buffer, frame.byteOffset).getUint32(0) === frame.length - 4, "length");
  const fields = loads(frame.subarray(4)) as Record<string, unknown>;
  assert(fields.msg === MESSAGE && fields.args === null && fields.exc_info === null, "msg");
  assert(fields.created === records[1]!.created, "created");
  assert(fields.exc_text === (which === "traceback" ? TRACEBACK : null), "exc_text");
  if (which === "extra") {
    for (const key in EXTRA) assert(fields[key] === EXTRA[key], key);
  }
  const rate = measure((i) => sum += handler.makePickle(records[i]!).length, records.length);
  return { rate, note: `${frame.length} bytes` };
}

function decode(path: string): Record<string, unknown> {
  const deframer = new Deframer();
  deframer.push(new Uint8Array(readFileSync(path)));
  const payloads: Uint8Array[] = [];
  for (let payload; (payload = deframer.next()) !== undefined;) payloads.push(payload);
  for (const payload of payloads) {
    const fields = loads(payload) as Record<string, unknown>;
    assert(fields.msg === MESSAGE && fields.levelno === INFO, "msg");
    assert(typeof fields.created === "number" && fields.exc_info === null, "created");
  }
  const rate = measure((i) => {
    sum += (loads(payloads[i]!) as { levelno: number }).levelno;
  }, payloads.length);
  return { rate, note: `${payloads[0]!.length} bytes` };
}

/** A call that logs nothing; allocation shows as growth of the heap. */
function disabled(): Record<string, unknown> {
  getLogger().setLevel(INFO);
  const log = getLogger("myapp.area1");
  assert(!log.isEnabledFor(10), "debug is off");
  const rate = measure(() => log.debug(MESSAGE), 100_000);
  const calls = 1_000_000;
  const { gc } = globalThis as { gc?: () => void };
  gc?.();
  const before = process.memoryUsage().heapUsed;
  for (let i = 0; i < calls; i++) log.debug(MESSAGE);
  const bytes = Math.max(process.memoryUsage().heapUsed - before, 0) / calls;
  return { rate, note: `${(1e9 / rate).toFixed(1)} ns, ${bytes.toFixed(1)} bytes of heap a call` };
}

const [what, argument = ""] = process.argv.slice(2);
const result = what === "encode"
  ? encode(argument as Case)
  : what === "decode"
  ? decode(argument)
  : disabled();
process.stdout.write(JSON.stringify({ ...result, sum: sum > 0 }) + "\n");
process.exit(0);
