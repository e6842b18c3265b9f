/**
 * One measurement without a network, on Node, Deno or Bun: `codec.ts emit KIND` with a kind of
 * net/record.mjs, `codec.ts makePickle KIND`, `codec.ts decode FRAMES` or `codec.ts disabled`.
 * Checks that the result is right, then prints a line of JSON: how many a second, the median of some
 * rounds, and what else is to be known.
 */
import { readFileSync } from "node:fs";
import process from "node:process";
import { getLogger, INFO, type LogRecord, SocketHandler } from "../../mod.ts";
import { Deframer } from "../../src/wire/length_prefix_framing.ts";
import { loads } from "../../src/wire/pickle/pickle.ts";
import { type Kind, MESSAGE } from "../net/record.mjs";
import { nowhere, written } from "./nowhere.ts";
import { checkFields, fresh, makeRecords } from "./records.ts";

const ROUNDS = 5;
const WARM_UP_ROUNDS = 3;
const ROUND_MS = 60;

/** The processor time of this process in milliseconds: other processes may run meanwhile. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

interface Result {
  readonly rate: number;
  readonly note: string;
}

/** Calls `work` with 0 to `batch - 1`, over and over for some short rounds; calls a second. */
async function measure(
  work: (i: number) => void,
  batch: number,
  between?: () => Promise<void>,
  now: () => number = () => performance.now(),
): Promise<number> {
  const run = async (): Promise<number> => {
    const started = now();
    let calls = 0;
    for (; now() - started < ROUND_MS; calls += batch) {
      for (let i = 0; i < batch; i++) work(i);
      if (between !== undefined) await between();
    }
    return calls / (now() - started) * 1000;
  };
  for (let i = 0; i < WARM_UP_ROUNDS; i++) await run();
  const rates: number[] = [];
  for (let i = 0; i < ROUNDS; i++) rates.push(await run());
  return rates.sort((a, b) => a - b)[ROUNDS >> 1] ?? NaN;
}

function assert(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(`the result is not right: ${what}`);
}

/** Keeps the engine from leaving out work whose result is not used. */
let sum = 0;

function check(frame: Uint8Array, record: LogRecord, kind: Kind): void {
  assert(new DataView(frame.buffer, frame.byteOffset).getUint32(0) === frame.length - 4, "length");
  const fields = loads(frame.subarray(4)) as Record<string, unknown>;
  checkFields(fields, kind, 1);
  assert(fields.created === record.created, "created");
}

async function makePickle(kind: Kind): Promise<Result> {
  const handler = new SocketHandler("127.0.0.1", 9020, { connector: nowhere });
  const records = makeRecords(kind, 64);
  const frame = handler.makePickle(records[1]!);
  check(frame, records[1]!, kind);
  const rate = await measure((i) => sum += handler.makePickle(fresh(records[i]!)).length, 64);
  return { rate, note: `${frame.length} bytes` };
}

/** All that a handler does with a record but to have the kernel take it. */
async function emit(kind: Kind): Promise<Result> {
  const handler = new SocketHandler("127.0.0.1", 9020, {
    connector: nowhere,
    onEvent: () => {},
  });
  const records = makeRecords(kind, 64);
  handler.emit(records[0]!);
  await handler.flush();
  handler.emit(records[1]!);
  await handler.flush();
  check(written, records[1]!, kind);
  const note = `${written.length} bytes`;
  let calls = 2;
  const rate = await measure(
    (i) => {
      calls++;
      handler.emit(fresh(records[i]!));
    },
    records.length,
    () => handler.flush(),
  );
  // The records of a young connection count as sent once it has ended in order.
  await handler.close();
  assert(handler.stats.sent === calls && handler.stats.droppedTotal === 0, "all is sent");
  return { rate, note };
}

async function decode(path: string): Promise<Result> {
  const deframer = new Deframer();
  deframer.push(new Uint8Array(readFileSync(path)));
  const payloads: Uint8Array[] = [];
  for (let payload; (payload = deframer.next()) !== undefined;) payloads.push(payload);
  for (const payload of payloads) {
    const fields = loads(payload) as Record<string, unknown>;
    assert(
      /^(Jackdaws|request) /.test(String(fields.msg)) && Number(fields.levelno) >= INFO,
      "msg",
    );
    assert(typeof fields.created === "number" && fields.exc_info === null, "created");
  }
  const work = (i: number) => {
    sum += (loads(payloads[i]!) as { levelno: number }).levelno;
  };
  const rate = await measure(work, payloads.length, undefined, cpuMs);
  return { rate, note: `${payloads[0]!.length} bytes` };
}

/** A call that logs nothing; allocation shows as growth of the heap. */
async function disabled(): Promise<Result> {
  getLogger().setLevel(INFO);
  const log = getLogger("myapp.area1");
  assert(!log.isEnabledFor(10), "debug is off");
  const rate = await measure(() => log.debug(MESSAGE), 100_000);
  const calls = 1_000_000;
  const { gc } = globalThis as { gc?: () => void };
  gc?.();
  const before = process.memoryUsage().heapUsed;
  for (let i = 0; i < calls; i++) log.debug(MESSAGE);
  const bytes = Math.max(process.memoryUsage().heapUsed - before, 0) / calls;
  return { rate, note: `${(1e9 / rate).toFixed(1)} ns, ${bytes.toFixed(1)} bytes of heap a call` };
}

const [what = "", argument = ""] = process.argv.slice(2);
const measurements: Record<string, () => Promise<Result>> = {
  emit: () => emit(argument as Kind),
  makePickle: () => makePickle(argument as Kind),
  decode: () => decode(argument),
  disabled,
};
const result = await measurements[what]?.();
process.stdout.write(JSON.stringify({ ...result, sum: sum > 0 }) + "\n");
process.exit(0);
