import { assert, assertThrows } from "@std/assert";
import { UnpicklingError } from "../../../src/wire/pickle/errors.ts";
import { dataOf, isKnownGlobal } from "../../../src/wire/pickle/_known_globals.ts";
import { Budget, DEFAULT_LIMITS } from "../../../src/wire/pickle/limits.ts";
import { PythonEquality } from "../../../src/wire/pickle/_python_equality.ts";
import { test } from "../../test.ts";
import { assertSame } from "./same.ts";
import { latin1 } from "./recorded_pickles.ts";

function call(name: string, ...args: unknown[]): { data: object | undefined; hashable: boolean } {
  const hashable = new Set<object>();
  const budget = new Budget({ ...DEFAULT_LIMITS, maxBytes: 100, maxItems: 100 });
  const equality = new PythonEquality(hashable, budget);
  const data = dataOf(name, args, { hashable, equality, budget });
  return { data, hashable: data !== undefined && hashable.has(data) };
}

test("isKnownGlobal() is true for five names, in the modules of Python 2 and 3", () => {
  const known = ["set", "frozenset", "bytes", "bytearray"]
    .flatMap((name) => [["__builtin__", name], ["builtins", name]])
    .concat([["_codecs", "encode"]]);
  for (const [module, name] of known) assert(isKnownGlobal(module!, name!));
  const unknown = [["builtins", "list"], ["codecs", "encode"], ["_codecs", "set"], ["", "set"]];
  for (const [module, name] of [...unknown, ["builtins.set", ""], ["builtins", "eval"]]) {
    assert(!isKnownGlobal(module!, name!));
  }
});

test("dataOf() makes the value that each Python means", () => {
  assertSame(call("set"), { data: new Set(), hashable: false });
  assertSame(call("set", [1, true]), { data: new Set([1]), hashable: false });
  assertSame(call("frozenset", [1]), { data: new Set([1]), hashable: true });
  assertSame(call("encode", "a\xff", "latin1"), { data: latin1("a\xff"), hashable: true });
  assertSame(call("bytes"), { data: latin1(""), hashable: true });
  assertSame(call("bytes", [0, 255]), { data: latin1("\0\xff"), hashable: true });
  assertSame(call("bytearray"), { data: latin1(""), hashable: false });
  assertSame(call("bytearray", latin1("a")), { data: latin1("a"), hashable: false });
  assertSame(call("bytearray", "a", "latin-1"), { data: latin1("a"), hashable: false });
  assertSame(call("bytearray", "a", latin1("latin-1")), { data: latin1("a"), hashable: false });
});

test("dataOf() returns undefined for other arguments", () => {
  const calls: [string, ...unknown[]][] = [
    ["set", 5],
    ["set", [1], [2]],
    ["set", new Set([1])],
    ["encode", "a"],
    ["encode", "a", "utf-8"],
    ["encode", latin1("a"), "latin1"],
    ["bytes", 5],
    ["bytes", [256]],
    ["bytes", [-1]],
    ["bytes", [1.5]],
    ["bytes", "a", "latin-1"],
    ["bytearray", 5],
    ["bytearray", [1]],
    ["bytearray", "a"],
    ["bytearray", "a", "utf-8"],
  ];
  for (const [name, ...args] of calls) assertSame(call(name, ...args).data, undefined);
});

test("dataOf() refuses text that is not Latin-1, and values over the budget", () => {
  assertThrows(() => call("encode", "€", "latin1"), UnpicklingError, "not Latin-1");
  assertThrows(() => call("encode", "x".repeat(101), "latin1"), UnpicklingError, "maxBytes");
  assertThrows(() => call("bytearray", new Uint8Array(101)), UnpicklingError, "maxBytes");
  assertThrows(() => call("bytes", Array(101).fill(-1)), UnpicklingError, "maxBytes");
  assertThrows(() => call("set", Array(101).fill(0)), UnpicklingError, "maxItems");
});
