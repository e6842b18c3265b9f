/** Values as text, beside what `util.inspect` of Node prints. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import util from "node:util";
import { inspect } from "../../src/integrations/_inspect.ts";
import { runtime, test } from "../test.ts";

/** The texts are Node's: Deno and Bun have a `util.inspect` of their own, which differs. */
const skip = runtime !== "node" && "the text is compared with that of Node";

/** Node 24 prints keys that are symbols without brackets, and the length of a buffer in brackets. */
const ofAnyNode = (text: string) =>
  text.replace(/\[(Symbol\([^)]*\))\]:/g, "$1:").replace("[byteLength]: ", "byteLength: ");

function assertSame(value: unknown, options: { depth?: number; showHidden?: boolean }): void {
  assertEquals(ofAnyNode(inspect(value, options)), ofAnyNode(util.inspect(value, options)));
}

class Point {
  x = 1;
}
class Named extends Point {
  get [Symbol.toStringTag]() {
    return "Tag";
  }
}

function circular(): object {
  const value: Record<string, unknown> = { a: 1 };
  value.self = value;
  value.list = [value];
  return value;
}

function withStack(error: Error, ...lines: string[]): Error {
  error.stack = [String(error), ...lines.map((line) => `    at ${line}`)].join("\n");
  return error;
}

const bare = Object.assign(Object.create(null), { a: 1 });
const error = Object.assign(withStack(new Error("boom"), "f (x:1:1)"), { code: "X" });

const values: unknown[] = [
  ...[undefined, null, true, -0, 1.5, 5n, Symbol("x"), "it's", `a"b'c`, "a\n\x00\x7f\ud800"],
  ...[{}, [], { a: 1 }, [1, "a"], bare, { a: bare }, { "a-b": 1, 1: 2, "it's": 3, u: undefined }],
  ...[{ a: { b: { c: {} } } }, { a: { b: { c: { d: 1 } } } }, { a: { b: { c: [1] } } }],
  ...[{ a: { b: { c: new Point() } } }, { a: { b: { c: bare } } }, [[[[[]]]]], circular()],
  ...[new Point(), new Named(), Object.create(new Point()), { [Symbol.toStringTag]: "T", a: 1 }],
  ...[new Map<unknown, unknown>([[{ a: 1 }, "x"], ["k", new Map()]]), new Set([1, [1]])],
  ...[
    new Map(),
    new Set(),
    new (class Own extends Map<number, number> {})([[1, 2]]),
    new WeakMap(),
    new WeakSet(),
  ],
  ...[Array.from({ length: 7 }, (_, i) => i), Array.from({ length: 120 }, (_, i) => i * 7)],
  ...[Array.from({ length: 30 }, (_, i) => `item${i}`), [, 1, , , 2], new Array(5)],
  ...[Object.assign([1], { x: 1 }), new Uint8Array(3), new Uint8Array(200), new BigInt64Array(2)],
  ...[new Float64Array([1.5, -0]), new ArrayBuffer(4), new Date(0), new Date(NaN), /a/g],
  ...[
    Object.assign(/a/, { x: 1 }),
    () => {},
    function named() {},
    async () => {},
    function* g() {},
  ],
  ...[Point, Named, class {}, Object(3), Object("abc"), Object(false), Object(1n)],
  ...[Object(Symbol("s")), { [Symbol("x")]: 1 }, JSON, Math, { f() {}, g: () => {} }],
  {
    get a() {
      return 1;
    },
    set b(value: number) {
      void value;
    },
    get c() {
      return 1;
    },
    set c(value: number) {
      void value;
    },
  },
  ...[error, { error }, withStack(new Error("outer", { cause: error }), "g (x:2:2)")],
  withStack(new TypeError("without a stack")),
  ...["x".repeat(10_005), ["x".repeat(10_005)], ["a".repeat(70), "b"]],
  ...[{ a: "x".repeat(100), b: "y\nz".repeat(30) }, { a: [{ b: { c: 1 } }] }],
  { a: 1, b: "two", c: [1, 2, 3], d: { e: { f: { g: 1 } } }, h: "enough to break the line" },
  { a: { [util.inspect.custom]: () => "own\ntext" }, b: { [util.inspect.custom]: () => [1] } },
];

test("a value has the text that Node prints", () => {
  for (const value of values) {
    assertSame(value, {});
    assertSame(value, { depth: 0 });
  }
}, { skip });

test("any value of plain classes has the text that Node prints, hidden properties too", () => {
  const some = fc.anything({
    ...{ withBigInt: true, withDate: true, withMap: true, withSet: true, withSparseArray: true },
    ...{ withNullPrototype: true, withBoxedValues: true, stringUnit: "grapheme-ascii" } as object,
  });
  fc.assert(
    fc.property(some, fc.boolean(), (value, showHidden) => {
      const options = { depth: 4, showHidden };
      assertEquals(inspect(value, options), util.inspect(value, options));
    }),
    { numRuns: 2000 },
  );
}, { skip });

test("the text is the same on every runtime", () => {
  const value = { list: Array.from({ length: 9 }, (_, i) => i * 100), map: new Map([["k", [1]]]) };
  assertEquals(
    inspect({ value, point: new Point(), at: new Date(0), f() {} }),
    [
      "{",
      "  value: {",
      "    list: [",
      "        0, 100, 200, 300,",
      "      400, 500, 600, 700,",
      "      800",
      "    ],",
      "    map: Map(1) { 'k' => [Array] }",
      "  },",
      "  point: Point { x: 1 },",
      "  at: 1970-01-01T00:00:00.000Z,",
      "  f: [Function: f]",
      "}",
    ].join("\n"),
  );
});

test("inspect() never throws, and shows no endless text", () => {
  const hostile = new Proxy({}, {
    ownKeys() {
      throw new Error("by the proxy");
    },
  });
  assertEquals(inspect({ a: 1, hostile, b: 2 }), "{ a: 1, hostile: [unreadable], b: 2 }");
  const custom = { [Symbol.for("nodejs.util.inspect.custom")]: () => JSON.parse("no JSON") };
  assertEquals(inspect([custom]), "[ [unreadable] ]");
  let deep: unknown = {};
  for (let i = 0; i < 100_000; i++) deep = { deep };
  assert(inspect(deep, { depth: Infinity }).includes("[Object]"));
  const wide = Array.from({ length: 100 }, () => Array.from({ length: 100 }, () => ({ a: {} })));
  const text = inspect([wide, wide, wide], { depth: 9 });
  assert(text.includes("…") && text.length < 1_000_000, String(text.length));
});
