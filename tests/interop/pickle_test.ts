import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import fc from "fast-check";
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { dumps, loads, PythonObject, UnpicklingError } from "../../src/wire/pickle/pickle.ts";
import { leaf, value as anyValue } from "../wire/pickle/arbitrary.ts";
import { fromHex, toHex } from "../wire/pickle/recorded_pickles.ts";
import { roundsOf } from "../long_form.ts";
import { test } from "../test.ts";
import { python3, pythons, withoutPython } from "./python.ts";

const script = fileURLToPath(new URL("./pickle_peer.py", import.meta.url));

/** Runs `pickle_peer.py` with this input and returns what it printed. */
function ask<T>(python: string, command: string, input: unknown = null): T {
  const output = execFileSync(python, [script, command], {
    input: JSON.stringify(input),
    maxBuffer: 1 << 28,
  });
  return JSON.parse(output.toString()) as T;
}

type Tagged = [kind: string, value: unknown];

function floatHex(value: number): string {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return toHex(new Uint8Array(view.buffer));
}

function byKey(pairs: Tagged[][]): Tagged[][] {
  return pairs.map((pair) => [JSON.stringify(pair[0]), pair] as const)
    .sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0)
    .map(([, pair]) => pair);
}

/** The value that Python should find, by the table of `dumps()`: the peer's `tag()`. */
function tag(value: unknown): Tagged {
  if (value === null || value === undefined) return ["NoneType", null];
  if (typeof value === "boolean") return ["bool", value];
  if (typeof value === "bigint") return ["int", String(value)];
  if (typeof value === "string") return ["str", value];
  if (typeof value === "number") {
    return Number.isSafeInteger(value) && !Object.is(value, -0)
      ? ["int", String(value)]
      : ["float", floatHex(value)];
  }
  if (value instanceof Uint8Array) return ["bytes", toHex(value)];
  if (Array.isArray(value)) return ["list", value.map(tag)];
  if (value instanceof Set) return ["list", [...value].map(tag)];
  const entries: [unknown, unknown][] = value instanceof Map ? [...value] : Object.entries(value);
  return ["dict", entries.map((entry) => entry.map(tag))];
}

/** The same in no order, as the dicts of old Pythons have none. */
function unordered([kind, value]: Tagged): Tagged {
  if (kind === "list") return [kind, (value as Tagged[]).map(unordered)];
  if (kind !== "dict") return [kind, value];
  return [kind, byKey((value as Tagged[][]).map((pair) => pair.map(unordered)))];
}

/** The loaded value with its JavaScript types: the peer's `expected()`. */
function tagLoaded(value: unknown): Tagged {
  if (typeof value === "number") return ["number", floatHex(value)];
  if (typeof value === "bigint") return ["bigint", String(value)];
  if (typeof value === "string" || typeof value === "boolean") return [typeof value, value];
  if (value === null) return ["null", null];
  if (value instanceof Uint8Array) return ["bytes", toHex(value)];
  if (Array.isArray(value)) return ["array", value.map(tagLoaded)];
  if (value instanceof Set) {
    return ["set", byKey([...value].map((item) => [tagLoaded(item)])).map(([item]) => item)];
  }
  const isMap = value instanceof Map;
  const entries: [unknown, unknown][] = isMap ? [...value] : Object.entries(value as object);
  return [isMap ? "map" : "object", byKey(entries.map((entry) => entry.map(tagLoaded)))];
}

/** Python's `json.dumps` puts spaces where `JSON.stringify` has none, which changes the order. */
function inOrder(tagged: Tagged): Tagged {
  const [kind, value] = tagged;
  if (kind === "array") return [kind, (value as Tagged[]).map(inOrder)];
  if (kind === "set") {
    return [kind, byKey((value as Tagged[]).map((item) => [inOrder(item)])).map(([item]) => item)];
  }
  if (kind !== "map" && kind !== "object") return tagged;
  return [kind, byKey((value as Tagged[][]).map((pair) => pair.map(inOrder)))];
}

const shared = { list: [1] };
const cyclic: unknown[] = ["cyclic"];
cyclic.push(cyclic);
const self: Record<string, unknown> = {};
self.self = self;

const values: unknown[] = [
  ...[null, undefined, true, false, 0, 1, 255, 256, 65535, 65536, -1, -0, 1.5, 2 ** 53, 1e300],
  ...[2147483647, -2147483648, 2147483648, -2147483649, 2 ** 53 - 1, 1 - 2 ** 53, Infinity, NaN],
  ...[0n, -1n, 2n ** 31n, 2n ** 53n, -(2n ** 64n), 10n ** 4299n, 140735123456789],
  ...[
    "",
    "spam",
    "späm",
    "\u4e2d\u6587",
    "\u{1f600}",
    "\ud800",
    "\udfff\ud800",
    "\ufeffx",
    "\0\r\n",
  ],
  ...["x".repeat(49), "é".repeat(3000), "\u{1f600}".repeat(70000), "\ud800x".repeat(70000)],
  ...[new Uint8Array(0), Uint8Array.from({ length: 256 }, (_, i) => i), new Uint8Array(70000)],
  [new Uint8Array(1), new Uint8Array(1), new Uint8Array(0), new Uint8Array(0)],
  ...[[], [1], [[], [[]]], Array.from({ length: 2001 }, (_, i) => i), Array(1000).fill("x")],
  ...[{}, { a: 1 }, { a: { b: [{}] } }, { ["__proto__"]: 1, constructor: 2, "": 3, 7: 4 }],
  ...[999, 1000, 1001, 2000].map((n) =>
    Object.fromEntries(Array.from({ length: n }, (_, i) => [`k${i}`, i]))
  ),
  ...[new Set([1, "a"]), new Map<unknown, unknown>([[1, "a"], ["b", null], [1.5, [2]], [null, 3]])],
];

const minors = ["2.7", "3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13"];
for (const minor of minors) {
  if (pythons().some(({ version }) => version.startsWith(`${minor}.`))) continue;
  const skip = `it needs CPython ${minor}: pyenv install ${minor}`;
  test(`Python ${minor} and this side read each other's pickles`, () => {}, { skip });
}

for (const { version, path } of pythons()) {
  test(`Python ${version} loads what dumps() writes, to equal values`, () => {
    const random = fc.sample(anyValue, { seed: 20, numRuns: roundsOf(200) });
    const all = [...values, ...random];
    const cases = all.map((value) => ({ pickle: toHex(dumps(value)), check: null }));
    const loaded = ask<Tagged[]>(path, "load", cases);
    for (const [i, value] of all.entries()) {
      assertEquals(unordered(loaded[i]!), unordered(tag(value)));
    }
  });

  test(`Python ${version} finds what dumps() writes shared, cyclic and converted`, () => {
    const checks: [value: unknown, check: string][] = [
      [
        { a: shared, b: shared, c: [shared.list] },
        "v['a'] is v['b'] and v['a']['list'] is v['c'][0]",
      ],
      [cyclic, "v[1] is v and len(v) == 2"],
      [self, "v['self'] is v"],
      [Array.from({ length: 300 }, () => shared), "all(item is v[0] for item in v)"],
      [new Map([[[1, [2, []]], "t"]]), "v == {(1, (2, ())): 't'}"],
      [new Map([[{ a: 1 }, 1], [new Set(["x"]), 2] as never]), "v == {(('a', 1),): 1, ('x',): 2}"],
      [new Map([[Uint8Array.of(7), 1]]), "v == {b'\\x07': 1}"],
      [new Date(0), "v == u'1970-01-01T00:00:00.000Z'"],
      [new Date(NaN), "v is None"],
      [new Error("bad"), "v.startswith(u'Error: bad') or u'pickle_test' in v"],
      [new Float64Array([1, 0.5]), "v == [1.0, 0.5] and type(v[0]) is float"],
      [new BigInt64Array([1n, -(2n ** 63n)]), "v == [1, -2**63]"],
      [{ toJSON: () => ({ a: [1] }) }, "v == {'a': [1]}"],
    ];
    const cases = checks.map(([value, check]) => ({ pickle: toHex(dumps(value)), check }));
    const answers = ask<boolean[]>(path, "load", cases);
    assertEquals(checks.filter((_, i) => !answers[i]).map(([, check]) => check), []);
  });

  test(`loads() reads what Python ${version} pickles, at every protocol`, () => {
    interface Case {
      kind: "data" | "opaque";
      label: string;
      pickle: string;
      expected: Tagged;
      value: string;
      module: string | string[];
      name: string | string[];
      args?: Tagged;
      state?: Tagged;
    }
    const cases = ask<Case[]>(path, "dump");
    assert(cases.length > 500);
    for (const { kind, label, pickle, ...wanted } of cases) {
      const bytes = fromHex(pickle);
      if (kind === "data") {
        assertEquals(inOrder(tagLoaded(loads(bytes))), inOrder(wanted.expected), label);
        continue;
      }
      assertThrows(() => loads(bytes), UnpicklingError, "more than data", wanted.value);
      const object = loads(bytes, { globals: "opaque", encoding: "latin1" });
      assertInstanceOf(object, PythonObject, `${label}: ${wanted.value}`);
      const { module, name, args, state } = object;
      const shown = `${label}: ${wanted.value} is ${object}`;
      assert([wanted.module, "__builtin__"].flat().includes(module), shown);
      assert([wanted.name].flat().includes(name), shown);
      if (wanted.args) assertEquals(tagLoaded(args), wanted.args, shown);
      if (wanted.state) assertEquals(tagLoaded(state), wanted.state, shown);
    }
  });
}

test("dumps() writes the bytes of CPython's pickle.dumps(d, 1)", () => {
  const text = fc.string({ minLength: 2, unit: "binary" });
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 4, withCrossShrink: true }, leaf, text, tie("list"), tie("dict")),
    list: fc.array(tie("value"), { maxLength: 8 }),
    dict: fc.dictionary(text, tie("value"), { maxKeys: 8 }),
  }));
  const random = fc.sample(fc.dictionary(text, value), { seed: 21, numRuns: roundsOf(300) });
  const long = [0, 1, 2, 999, 1000, 1001, 2000, 2001].flatMap((n) => [
    Array.from({ length: n }, (_, i) => i),
    Object.fromEntries(Array.from({ length: n }, (_, i) => [`key ${i}`, i])),
  ]);
  const all = [...random, ...long];
  const written = all.map((value) => toHex(dumps(value)));
  const newer = pythons().filter(({ version }) => !version.startsWith("2."));
  for (const path of new Set([...newer.map(({ path }) => path), python3()!])) {
    assertEquals(ask<string[]>(path, "identity", all.map(tag)), written);
  }
}, { skip: withoutPython() });
