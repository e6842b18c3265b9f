/**
 * An unpickler that has loaded other pickles loads the same values, with the same errors, as a new
 * one.
 */
import { assertEquals, assertStrictEquals } from "@std/assert";
import { concat } from "@std/bytes";
import fc from "fast-check";
import { UnpicklingError } from "../../../src/wire/pickle/errors.ts";
import { DEFAULT_LIMITS } from "../../../src/wire/pickle/limits.ts";
import { dumps, loads } from "../../../src/wire/pickle/pickle.ts";
import { TemplateCache } from "../../../src/wire/pickle/_template_cache.ts";
import type { UnpickleOptions } from "../../../src/wire/pickle/unpickle_options.ts";
import { Unpickler } from "../../../src/wire/pickle/unpickler.ts";
import { test } from "../../test.ts";
import { text } from "./arbitrary.ts";
import { assertSame } from "./same.ts";
import { characters, recordedPickles as recorded } from "./recorded_pickles.ts";

/** A record's fields, as CPython orders them. */
function record(changes: object = {}): Record<string, unknown> {
  return {
    ...{ name: "myapp.area1", msg: "Jackdaws love my big sphinx of quartz.", args: null },
    ...{ levelname: "INFO", levelno: 20, pathname: "/srv/a.py", filename: "a.py", module: "a" },
    ...{ exc_info: null, exc_text: null, stack_info: null, lineno: 7, funcName: "main" },
    ...{ created: 1.5, msecs: 500.25, relativeCreated: 12.5, thread: 139887435418496 },
    ...{ threadName: "MainThread", processName: "MainProcess", process: 4711 },
    ...changes,
  };
}

const plainValue: fc.Arbitrary<unknown> = fc.oneof(
  text,
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    0,
    -0,
    0.5,
    NaN,
    255,
    256,
    65536,
    -1,
    2 ** 31,
    2 ** 53,
  ),
  fc.constantFrom<unknown>("a", "name", "myapp", [1], { a: 1 }, 2n ** 70n, "x".repeat(5000)),
  fc.double(),
  fc.maxSafeInteger(),
);

/** Pickles of records that are like each other, more or less. */
const frame: fc.Arbitrary<Uint8Array> = fc.record(
  {
    ...{ name: fc.constantFrom("myapp", "myapp.area1", "yourapp"), msg: plainValue },
    ...{ levelno: plainValue, exc_text: fc.constantFrom(null, "Traceback"), lineno: plainValue },
    ...{ created: fc.double(), thread: plainValue, user: plainValue, process: plainValue },
    7: plainValue,
  },
  { requiredKeys: [], noNullPrototype: true },
).map((changes) => dumps(record(changes)));

type Mutation = (bytes: Uint8Array) => Uint8Array;

/** Bytes changed, cut out, put in or repeated, in any place. */
const mutation: fc.Arbitrary<Mutation> = fc.tuple(
  fc.nat(4),
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.nat(12),
  fc.oneof(
    fc.nat(255),
    fc.constantFrom(...characters(dumps(record())).split("").map((c) => c.charCodeAt(0))),
  ),
).map(([kind, where, count, byte]) => (bytes) => {
  const at = Math.floor(where * bytes.length);
  const head = bytes.subarray(0, at);
  const rest = [...bytes.subarray(at)];
  if (kind === 0) rest[0] = byte;
  if (kind === 1) rest[0] = rest[0]! ^ 1 << (byte & 7);
  if (kind === 2) rest.splice(0, count);
  if (kind === 3) rest.unshift(byte);
  if (kind === 4) rest.splice(count, Infinity);
  return concat([head, Uint8Array.from(rest)]);
});

/** Returns the value or the error of a load. */
function outcome(unpickler: Unpickler, bytes: Uint8Array): unknown {
  try {
    const value = unpickler.load(bytes);
    return { value, order: isObject(value) ? Object.keys(value) : [] };
  } catch (error) {
    if (!(error instanceof UnpicklingError)) throw error;
    return { error: error.message };
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function assertAlike(seen: Unpickler, bytes: Uint8Array, options?: UnpickleOptions): void {
  assertSame(outcome(seen, bytes), outcome(new Unpickler(options), bytes), characters(bytes));
}

test("a used unpickler loads the same values as a new one", () => {
  const property = fc.property(fc.array(frame, { minLength: 2, maxLength: 12 }), (frames) => {
    const seen = new Unpickler();
    for (const bytes of [...frames, ...frames]) assertAlike(seen, bytes);
  });
  fc.assert(property, { seed: 31, numRuns: 150 });
});

test("a used unpickler loads or refuses any bytes as a new one does", () => {
  const options: UnpickleOptions = { globals: "opaque", encoding: "utf-8-or-latin1" };
  const seen = new Unpickler(options);
  const property = fc.property(
    frame,
    fc.array(mutation, { minLength: 1, maxLength: 3 }),
    (bytes, mutations) => {
      assertAlike(seen, bytes, options);
      assertAlike(seen, mutations.reduce((changed, mutate) => mutate(changed), bytes), options);
    },
  );
  fc.assert(property, { seed: 32, numRuns: 3000 });
});

test("a used unpickler reads every change of one byte as a new one does", () => {
  const bytes = dumps(record({ extra: "srv" }));
  const seen = new Unpickler();
  for (let i = 0; i < 3; i++) seen.load(bytes);
  for (let at = 0; at < bytes.length; at++) {
    for (const byte of [0, 1, 0x2e, 0x4e, 0x58, 0x68, 0x71, 0x80, bytes[at]! + 1, bytes[at]! ^ 4]) {
      const changed = bytes.slice();
      changed[at] = byte;
      assertAlike(seen, changed);
    }
  }
});

test("an unpickler that has read CPython's pickles loads the same values as a new one", () => {
  const seen = new Unpickler({ globals: "opaque" });
  for (const bytes of [...recorded(), ...recorded()]) {
    assertAlike(seen, bytes, { globals: "opaque" });
  }
});

test("a used unpickler enforces its limits", () => {
  const limits = ["maxBytes", "maxDepth", "maxMemo", "maxContainers", "maxItems", "maxStringBytes"];
  const bytes = dumps(record());
  for (const name of limits) {
    for (const limit of [0, 1, 20, 29, 30, 38, 40, 41, bytes.length - 1, bytes.length]) {
      const options: UnpickleOptions = { [name]: limit };
      const seen = new Unpickler(options);
      for (let i = 0; i < 4; i++) assertAlike(seen, bytes, options);
    }
  }
});

test("TemplateCache reads pickles like those that it learned from, and no others", () => {
  const templates = new TemplateCache(DEFAULT_LIMITS);
  const bytes = dumps(record());
  assertStrictEquals(templates.read(bytes), undefined);
  templates.learn(bytes, loads(bytes));
  assertStrictEquals(templates.read(bytes), undefined, "one load is no stream");
  templates.learn(bytes, loads(bytes));
  assertEquals(templates.read(bytes), record());
  assertEquals(templates.read(dumps(record({ msg: "spam" }))), record({ msg: "spam" }));
  assertStrictEquals(templates.read(dumps(record({ extra: 1 }))), undefined);
});

test("TemplateCache reads records of two kinds that take turns in one place", () => {
  const templates = new TemplateCache(DEFAULT_LIMITS);
  const turns = Array.from({ length: 10 }, (_, turn) => {
    const fields = record({ msg: `turn ${turn}`, [turn % 2 === 0 ? "user" : "size"]: 1 });
    const bytes = dumps(fields);
    const read = templates.read(bytes);
    if (read === undefined) templates.learn(bytes, loads(bytes));
    else assertEquals(read, fields);
    return read !== undefined;
  });
  assertEquals(turns.slice(-4), [true, true, true, true]);
});

test("TemplateCache goes on learning after a stream of records that are never alike", () => {
  const templates = new TemplateCache(DEFAULT_LIMITS);
  const load = (fields: object) => {
    const bytes = dumps(record(fields));
    const read = templates.read(bytes);
    if (read === undefined) templates.learn(bytes, loads(bytes));
    return read !== undefined;
  };
  for (let i = 0; i < 500; i++) assertEquals(load({ [`k${i}`]: 1 }), false);
  const read = Array.from({ length: 300 }, (_, i) => load({ name: `app${i % 5}`, extra: i }));
  assertEquals(read.slice(-100), Array(100).fill(true));
});

test("TemplateCache makes a new template of what changed for good", () => {
  const templates = new TemplateCache(DEFAULT_LIMITS);
  const first = dumps(record());
  for (let i = 0; i < 2; i++) templates.learn(first, loads(first));
  for (let i = 0; i < 3000; i++) {
    const fields = record({ process: 4712, threadName: "other", lineno: i });
    assertEquals(templates.read(dumps(fields)), fields);
  }
});

test("TemplateCache reads records of loggers that take turns, with a traceback and without", () => {
  const unpickler = new Unpickler();
  for (let i = 0; i < 200; i++) {
    const exc_text = i % 3 === 0 ? "Traceback (most recent call last):" : null;
    const fields = record({ name: `app${i % 7}`, exc_text, user: i % 2 === 0 ? "anna" : 7 });
    assertEquals(unpickler.load(dumps(fields)), fields);
  }
});
