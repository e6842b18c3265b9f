import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { dumps, loads, PicklingError, UnpicklingError } from "../../../src/wire/pickle/pickle.ts";
import { test } from "../../test.ts";
import { value } from "./arbitrary.ts";
import { characters, latin1, recordedPickles } from "./recorded_pickles.ts";

function roundTrip(value: unknown): unknown {
  return loads(dumps(value));
}

/**
 * Returns the value that `loads()` returns: the same, but small bigints are numbers and Maps may be
 * objects.
 */
function expected(value: unknown): unknown {
  if (typeof value === "bigint") {
    return BigInt.asIntN(54, value) === value && value !== -(2n ** 53n) ? Number(value) : value;
  }
  if (typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value)) {
    return value;
  }
  if (Array.isArray(value)) return value.map(expected);
  if (value instanceof Map) {
    const result = new Map<unknown, unknown>();
    const firsts = new Map<unknown, unknown>();
    for (const [key, item] of value) {
      const loaded = expected(key);
      const form = typeof loaded === "boolean"
        ? Number(loaded)
        : typeof loaded === "bigint" && BigInt(Number(loaded)) === loaded
        ? Number(loaded)
        : loaded;
      if (!firsts.has(form)) firsts.set(form, loaded);
      result.set(firsts.get(form), expected(item));
    }
    return [...result.keys()].every((key) => typeof key === "string")
      ? fromEntries(result as Map<string, unknown>)
      : result;
  }
  if (typeof value === "object" && value !== null && !(value instanceof Uint8Array)) {
    return fromEntries(Object.entries(value).map(([key, item]) => [key, expected(item)]));
  }
  return value;
}

function fromEntries(entries: Iterable<[string, unknown]>): object {
  return Object.fromEntries(entries);
}

test("loads() reads back the value that dumps() was given", () => {
  fc.assert(
    fc.property(value, (value) => assertEquals(roundTrip(value), expected(value))),
    { seed: 22, numRuns: 500 },
  );
});

test("dumps() maps JavaScript's values as its table says", () => {
  const when = new Date(1700000000123);
  const cases: [given: unknown, result: unknown][] = [
    [undefined, null],
    [[undefined, , 1], [null, null, 1]],
    [-0, -0],
    [2 ** 53, 2 ** 53],
    [2n ** 53n, 2n ** 53n],
    [5n, 5],
    [when, "2023-11-14T22:13:20.123Z"],
    [new Date(NaN), null],
    [new Set([1, "a"]), [1, "a"]],
    [new Map([["a", 1]]), { a: 1 }],
    [new Map([[1, "a"]]), new Map([[1, "a"]])],
    [new Map([[true, "a"], [1, "b"] as never]), new Map([[true, "b"]])],
    [new ArrayBuffer(2), new Uint8Array(2)],
    [new SharedArrayBuffer(2), new Uint8Array(2)],
    [new Uint8ClampedArray([300]), Uint8Array.of(255)],
    [new DataView(Uint8Array.of(1, 2, 3).buffer, 1), Uint8Array.of(2, 3)],
    [Uint8Array.of(1, 2, 3, 4).subarray(1, 3), Uint8Array.of(2, 3)],
    [new Int16Array([-1, 2]), [-1, 2]],
    [new Float32Array([0.5, 1]), [0.5, 1]],
    [new BigUint64Array([2n ** 64n - 1n]), [2n ** 64n - 1n]],
    [{ toJSON: () => 5 }, 5],
    [{ toJSON: () => undefined }, null],
    [{ toJSON: () => ({ a: new Uint8Array(1) }) }, { a: new Uint8Array(1) }],
    [{ toJSON: () => new Uint8Array(1) }, new Uint8Array(1)],
    [{ toJSON: 5 }, { toJSON: 5 }],
    [Object(5), 5],
    [Object("five"), "five"],
    [Object(true), true],
    [Object(5n), 5],
    [Symbol("s"), "Symbol(s)"],
    [Object.create({ inherited: 1 }), {}],
    [Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
    [
      new (class Spam {
        eggs = 7;
        #hidden = 1;
        get seen() {
          return this.#hidden;
        }
      })(),
      { eggs: 7 },
    ],
    [{ [Symbol("s")]: 1, a: 2 }, { a: 2 }],
    [/x/, {}],
    [new Proxy([1, 2], {}), [1, 2]],
    [new Proxy({ a: 1 }, {}), { a: 1 }],
  ];
  for (const [given, result] of cases) assertEquals(roundTrip(given), result);
  const f = () => 1;
  assertEquals(roundTrip(f), String(f));
});

test("dumps() writes an error as its stack", () => {
  const error = new Error("bad");
  assertEquals(roundTrip(error), error.stack);
  assertEquals(roundTrip({ error }), { error: error.stack });
  const without = Object.defineProperty(new TypeError("bad"), "stack", { value: undefined });
  assertEquals(roundTrip(without), "TypeError: bad");
  const foreign = { [Symbol.toStringTag]: "Error", stack: "Error: of another realm" };
  assertEquals(roundTrip(foreign), { stack: "Error: of another realm" }.stack);
});

test("dumps() writes a key that is no scalar as a tuple", () => {
  const keys: [unknown, unknown][] = [
    [[1, [2]], [1, [2]]],
    [[], []],
    [new Set(["a"]), ["a"]],
    [{ a: 1 }, [["a", 1]]],
    [new Map([[1, { b: 2 }]]), [[1, [["b", 2]]]]],
    [Uint8Array.of(1), Uint8Array.of(1)],
    [new Date(0), "1970-01-01T00:00:00.000Z"],
  ];
  for (const [given, result] of keys) {
    assertEquals([...(roundTrip(new Map([[given, 0], [0, 0]])) as Map<unknown, unknown>).keys()], [
      result,
      0,
    ]);
  }
  const shared = [1];
  assertEquals(
    roundTrip([shared, new Map<unknown, unknown>([[shared, shared], [[shared], shared]])]),
    [shared, new Map<unknown, unknown>([[shared, shared], [[shared], shared]])],
  );
  const cyclic: unknown[] = [];
  cyclic.push(cyclic);
  assertThrows(() => dumps(new Map([[cyclic, 1]])), PicklingError, "contains itself");
});

test("dumps() keeps shared and cyclic values", () => {
  const inner = { list: [1] };
  const value = { a: inner, b: [inner, inner.list], bytes: [new Uint8Array(1)] } as never;
  const loaded = roundTrip(value) as { a: typeof inner; b: [typeof inner, number[]] };
  assertStrictEquals(loaded.a, loaded.b[0]);
  assertStrictEquals(loaded.a.list, loaded.b[1]);
  const bytes = new Uint8Array(3);
  const [first, second] = roundTrip([bytes, bytes]) as unknown[];
  assertStrictEquals(first, second);
  const cyclic = { self: null as unknown, toJSON: () => ({ again: cyclic }) };
  const json = roundTrip(cyclic) as { again: unknown };
  assertStrictEquals(json.again, json);
  const map = new Map<unknown, unknown>();
  map.set(1, map);
  const loadedMap = roundTrip(map) as typeof map;
  assertStrictEquals(loadedMap.get(1), loadedMap);
});

test("dumps() throws a PicklingError with the cause where the value's own code throws", () => {
  const cause = new Error("no value");
  const fail = (): never => {
    throw cause;
  };
  const traps = { get: fail, ownKeys: fail, getPrototypeOf: fail };
  const { proxy: revoked, revoke } = Proxy.revocable({}, {});
  revoke();
  const bad: unknown[] = [
    Object.defineProperty({}, "a", { get: fail, enumerable: true }),
    { toJSON: fail },
    Object.defineProperty({}, "toJSON", { get: fail }),
    new Proxy({}, traps),
    new Proxy([1], { get: fail }),
    [[{ a: [Object.defineProperty({}, "a", { get: fail, enumerable: true })] }]],
    Object.defineProperty(() => 1, "toString", { value: fail }),
    new Map([[{ toJSON: fail }, 1]]),
  ];
  for (const value of bad) {
    assertStrictEquals(assertThrows(() => dumps(value), PicklingError).cause, cause);
    assertEquals(characters(dumps([])), "]q\0.");
  }
  assertThrows(() => dumps(revoked), PicklingError);
  assertThrows(() => dumps(new Proxy(new Map(), {})), PicklingError);
  const thrown = assertThrows(
    () => dumps({ toJSON: () => Promise.reject.call(null) }),
    PicklingError,
  );
  assert(thrown.cause !== undefined);
});

test("a value that is being pickled may call dumps()", () => {
  const inner = { toJSON: () => dumps([1, { toJSON: () => dumps("x").length }]) };
  const bytes = roundTrip({ before: [1], inner, after: [2] }) as Record<string, Uint8Array>;
  assertEquals(loads(bytes.inner!), [1, dumps("x").length]);
  assertEquals([bytes.before, bytes.after] as unknown[], [[1], [2]]);
});

test("dumps() writes a value 300,000 deep, and loads() reads it if maxDepth allows it", () => {
  let deep: unknown[] = [];
  for (let i = 0; i < 300_000; i++) deep = [deep];
  const bytes = dumps(deep);
  assertThrows(() => loads(bytes), UnpicklingError);
  let loaded = loads(bytes, { maxDepth: Infinity, maxContainers: Infinity }) as unknown[];
  let depth = 0;
  for (; loaded.length > 0; depth++) loaded = loaded[0] as unknown[];
  assertEquals(depth, 300_000);
});

test("dumps() refuses a value that never ends", () => {
  const deeper = (): unknown => new Proxy({}, { ownKeys: () => ["a"], get: deeper, ...own });
  const own = { getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }) };
  const endless = { toJSON: (): unknown => ({ next: { ...endless } }) };
  assertThrows(() => dumps(endless, { maxBytes: 1_000_000 }), PicklingError, "1000000 bytes");
  assertThrows(() => dumps([deeper()], { maxBytes: 1_000_000 }), PicklingError);
  const long = new Proxy([], { get: (_, key) => key === "length" ? 2 ** 53 - 1 : undefined });
  assertThrows(() => dumps(long, { maxBytes: 1_000_000 }), PicklingError, "1000000 bytes");
  assertThrows(() => dumps(new Array(2 ** 32 - 1), { maxBytes: 1000 }), PicklingError);
});

test("dumps() enforces maxBytes exactly", () => {
  const values = [null, "spam", "é".repeat(500), "x".repeat(100_000), new Uint8Array(5000), [
    [],
    {},
  ]];
  for (const value of values) {
    const { length } = dumps(value);
    assertEquals(dumps(value, { maxBytes: length }).length, length);
    assertThrows(
      () => dumps(value, { maxBytes: length - 1 }),
      PicklingError,
      `${length - 1} bytes`,
    );
  }
  assertThrows(() => dumps(1, { maxBytes: -1 }), RangeError, "'maxBytes' must be >= 0");
  assertThrows(
    () => dumps(1, { maxBytes: "1" as never }),
    TypeError,
    "'maxBytes' must be a number",
  );
});

test("dumps() refuses a bigint that Python would not load", () => {
  assertEquals(roundTrip(10n ** 4300n - 1n), 10n ** 4300n - 1n);
  assertEquals(roundTrip(1n - 10n ** 4300n), 1n - 10n ** 4300n);
  for (const value of [10n ** 4300n, -(10n ** 4300n), 1n << 1_000_000n]) {
    assertThrows(() => dumps(value), PicklingError, "4300 digits");
  }
});

test("loads() throws an UnpicklingError for a pickle cut anywhere", () => {
  for (const bytes of recordedPickles()) {
    for (let end = 0; end < bytes.length - 1; end++) {
      for (const globals of ["refuse", "opaque"] as const) {
        assertThrows(() => loads(bytes.subarray(0, end), { globals }), UnpicklingError);
      }
    }
  }
});

/** Loads it or throws an UnpicklingError; anything else fails the test. */
function survives(bytes: Uint8Array): boolean {
  const tight = { maxBytes: 1 << 16, maxContainers: 5000, maxItems: 5000, maxDepth: 50 };
  let loaded = false;
  for (const globals of ["refuse", "opaque"] as const) {
    for (const encoding of ["ASCII", "bytes", "utf-8-or-latin1"] as const) {
      try {
        loads(bytes, { globals, encoding, ...tight });
        loaded = true;
      } catch (error) {
        if (!(error instanceof UnpicklingError) || error.cause !== undefined) {
          throw new Error(`${JSON.stringify(characters(bytes))} gives another error`, {
            cause: error,
          });
        }
      }
    }
  }
  return loaded;
}

/** xorshift32: the same numbers on every runtime. */
function randomly(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

test("loads() returns a value or throws UnpicklingError for pickles with bytes changed", () => {
  const random = randomly(23);
  const pickles = recordedPickles();
  let loaded = 0;
  for (let i = 0; i < 4000; i++) {
    const bytes = [...pickles[random(pickles.length)]!];
    const other = pickles[random(pickles.length)]!;
    for (let changes = 1 + random(4); changes > 0; changes--) {
      const at = random(bytes.length);
      switch (random(4)) {
        case 0:
          bytes[at] = random(256);
          break;
        case 1:
          bytes.splice(at, 1 + random(4));
          break;
        case 2:
          bytes.splice(at, 0, ...other.subarray(random(other.length)).subarray(0, random(12)));
          break;
        case 3:
          bytes.splice(at, 0, other[random(other.length)]!);
      }
    }
    if (survives(Uint8Array.from(bytes))) loaded++;
  }
  assert(loaded > 400 && loaded < 4000, `${loaded} loaded`);
});

test("loads() returns a value or throws UnpicklingError for opcodes in any order", () => {
  const random = randomly(24);
  const words = [
    ..."N()]}.012RabdeloestuQ\x81\x85\x86\x87\x88\x89\x8f\x90\x91\x92\x93\x94",
    ...["K\x01", "K\x02", "M\x01\x00", "J\xff\xff\xff\xff", "I01\n", "I5\n", "L7L\n", "F1.5\n"],
    ...["G\x3f\xf0\0\0\0\0\0\0", "S'a'\n", "U\x01a", "T\x01\0\0\0b", "Va\n", "X\x01\0\0\0a"],
    ...["\x8c\x01b", "C\x01c", "B\x01\0\0\0c", "\x8a\x01\x05", "\x8b\x01\0\0\0\x05", "\x80\x04"],
    ...["q\0", "q\x01", "h\0", "h\x01", "p0\n", "g0\n", "r\0\0\0\x80", "j\0\0\0\x80", "\x82\x01"],
    ...["c__builtin__\nset\n", "cbuiltins\nfrozenset\n", "c_codecs\nencode\n", "Vlatin1\n", "\x97"],
    ...["cbuiltins\nbytearray\n", "cbuiltins\nbytes\n", "cm\nC\n", "im\nC\n", "Pid\n", "\x98"],
    ...["\x96\x01\0\0\0\0\0\0\0x", "\x8e\x01\0\0\0\0\0\0\0x", "\x95\x01\0\0\0\0\0\0\0"],
    ...["ccopyreg\n_reconstructor\n", "c__builtin__\nobject\n", "cbuiltins\ngetattr\n"],
  ];
  let loaded = 0;
  for (let i = 0; i < 6000; i++) {
    let pickle = "";
    for (let size = 1 + random(24); size > 0; size--) pickle += words[random(words.length)];
    if (survives(latin1(`${pickle}.`))) loaded++;
  }
  assert(loaded > 500 && loaded < 6000, `${loaded} loaded`);
});

test("loads() returns a value or throws UnpicklingError for any bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => void survives(bytes)),
    { seed: 25, numRuns: 2000 },
  );
});
