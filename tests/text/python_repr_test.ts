import { assert, assertEquals } from "@std/assert";
import { PythonFloat } from "../../src/text/python_float.ts";
import { keyText, pythonAscii, pythonRepr, pythonStr } from "../../src/text/python_repr.ts";
import { MAX_TEXT } from "../../src/text/text_budget.ts";
import { dag } from "./dag.ts";
import { test } from "../test.ts";

// tests/interop/percent_format_test.ts compares values that JSON can carry with CPython.

test("pythonStr() writes constants and numbers as Python does", () => {
  assertEquals([null, undefined, true, false].map((value) => pythonStr(value)), [
    "None",
    "None",
    "True",
    "False",
  ]);
  assertEquals(
    [1, 1.5, 1e16, 1e-5, -0, NaN, Infinity, 10n ** 20n].map((value) => pythonStr(value)),
    [
      ...["1", "1.5", "1e+16", "1e-05", "-0.0", "nan", "inf", "100000000000000000000"],
    ],
  );
  assertEquals(pythonStr(new PythonFloat(5)), "5.0");
});

test("pythonStr() writes errors, dates and objects as documented", () => {
  const date = new Date(Date.UTC(2024, 0, 2, 3, 4, 5, 6));
  assertEquals(pythonStr(new TypeError("no")), "TypeError: no");
  assertEquals(pythonStr(date), "2024-01-02T03:04:05.006Z");
  assertEquals(pythonStr(new Date(NaN)), "Invalid Date");
  assertEquals(pythonStr(new URL("http://x/")), "http://x/");
  assertEquals(
    pythonStr(
      new (class Point {
        x = 1;
        y = "b";
      })(),
    ),
    "{'x': 1, 'y': 'b'}",
  );
  assertEquals(pythonStr(function named() {}), "<function named>");
  assertEquals(pythonStr(Symbol("s")), "Symbol(s)");
});

test("pythonRepr() quotes text, which str() does not", () => {
  assertEquals(pythonRepr(new TypeError("it's")), `TypeError("it's")`);
  assertEquals(pythonRepr(new Date(0)), "'1970-01-01T00:00:00.000Z'");
  assertEquals(pythonRepr([undefined, new Map<unknown, unknown>([[1, "a"]])]), "[None, {1: 'a'}]");
  assertEquals(pythonRepr(new Uint8Array([0, 65, 39, 255])), `b"\\x00A'\\xff"`);
  assertEquals(pythonRepr(new Uint16Array([1, 2])), "[1, 2]");
  assertEquals(pythonRepr(Object.create(null, { a: { value: 1, enumerable: true } })), "{'a': 1}");
});

test("pythonRepr() marks cycles, but not values that are only shared", () => {
  const list: unknown[] = [1];
  list.push(list);
  assertEquals(pythonRepr(list), "[1, [...]]");
  const dict: Record<string, unknown> = {};
  dict.self = dict;
  assertEquals(pythonRepr(dict), "{'self': {...}}");
  const shared = [1];
  assertEquals(pythonRepr([shared, shared]), "[[1], [1]]");
});

test("pythonRepr() stays small for a value that is shared very often", () => {
  let dag: unknown = "x";
  for (let i = 0; i < 64; i++) dag = [dag, dag];
  const text = pythonRepr(dag);
  assert(text.length < 2_000_000 && text.includes("…"));
  const wide = new Array(1000).fill(new Array(1000).fill(1));
  assert(pythonRepr([wide, wide]).length < 1_000_000);
});

test("pythonRepr() stops at the budget of a record, whatever the value", () => {
  const long = "v".repeat(1 << 20);
  assertEquals(pythonRepr(new Array(100_000).fill(long)).slice(-7), "v…', …]");
  assert(pythonRepr(new Array(100_000).fill(new Uint8Array(1 << 20))).length < 5 * MAX_TEXT);
  assert(pythonRepr(new Array(100_000).fill(10n ** 4000n)).length < 2 * MAX_TEXT);
  const dict = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`k${i}`, 1]));
  assert(pythonRepr(new Array(100_000).fill(dict)).endsWith("…}, …]"));
  assertEquals(pythonRepr("x".repeat(MAX_TEXT + 1)).slice(-3), "x…'");
  assertEquals(pythonRepr(new Uint8Array(MAX_TEXT + 1).fill(65)).slice(-3), "A…'");
  assertEquals(pythonStr("x".repeat(MAX_TEXT + 1)).length, MAX_TEXT + 1);
});

test("pythonRepr() writes … for values nested too deep, without a stack overflow", () => {
  let deep: unknown = [];
  for (let i = 0; i < 100_000; i++) deep = i % 2 === 0 ? [deep] : { a: deep };
  const text = pythonRepr(deep);
  assertEquals([text.startsWith("{'a': [{'a': ["), text.includes("[…]"), text.length < 1000], [
    ...[true, true, true],
  ]);
});

test("keyText() writes a tuple as its repr(), within the budget", () => {
  assertEquals([keyText("a"), keyText(1), keyText(true), keyText(null)], [
    "a",
    "1",
    "true",
    "null",
  ]);
  assertEquals(keyText([1, ["b"]]), "[1, ['b']]");
  const many = dag();
  assert(keyText(many).endsWith("…]"));
});

test("pythonAscii() escapes characters beyond ASCII", () => {
  assertEquals(pythonAscii("é€😀\ud800"), "'\\xe9\\u20ac\\U0001f600\\ud800'");
});

test("pythonStr() and pythonRepr() call __str__() and __repr__() of an object", () => {
  const own = {
    __str__: () => "a text",
    __repr__: (repr: (value: unknown) => string) => `Own(${repr(["x", null])})`,
    toString: () => "own text",
  };
  assertEquals([pythonStr(own), pythonRepr(own)], ["a text", "Own(['x', None])"]);
  assertEquals(pythonStr([own]), "[Own(['x', None])]");
  assertEquals(pythonStr({ ...own, __str__: () => undefined }), "Own(['x', None])");
  assertEquals(pythonStr({ __str__: "no method" }), "{'__str__': 'no method'}");
  const silent = { toString: () => "own text", __repr__: () => undefined };
  assertEquals([pythonStr(silent), pythonRepr(silent)], ["own text", "own text"]);
});

test("pythonRepr() counts the values that a __repr__() shows", () => {
  const wide = (inner: unknown) => ({
    __repr__: (repr: (value: unknown) => string) => `(${repr(inner)}${repr(inner)})`,
    toString: () => "deep",
  });
  let value: unknown = 1;
  for (let depth = 0; depth < 60; depth++) value = wide(value);
  const text = pythonRepr(value);
  assert(text.includes("…") && text.length < 1_000_000, `${text.length}`);
});
