import { assertEquals, assertThrows } from "@std/assert";
import { UnpicklingError } from "../../../src/wire/pickle/errors.ts";
import { Budget, DEFAULT_LIMITS } from "../../../src/wire/pickle/limits.ts";
import { PythonEquality } from "../../../src/wire/pickle/_python_equality.ts";
import { PythonObject } from "../../../src/wire/pickle/python_object.ts";
import { test } from "../../test.ts";
import { latin1 } from "./recorded_pickles.ts";

const hashable = new Set<object>();

function marked<T extends object>(value: T): T {
  hashable.add(value);
  return value;
}

const tuple = (...items: unknown[]) => marked(items);
const frozenset = (...items: unknown[]) => marked(new Set(items));
const bytes = (text: string) => marked(latin1(text));

function equality(): PythonEquality {
  return new PythonEquality(hashable, new Budget(DEFAULT_LIMITS));
}

test("setItem() keeps the first of equal keys and the last value", () => {
  const groups: unknown[][] = [
    [1, true, 1.0],
    [true, 1],
    [0, false, -0],
    [2n ** 53n, 2 ** 53],
    [2 ** 60, 2n ** 60n],
    [bytes("ab"), bytes("ab")],
    [tuple(), tuple()],
    [tuple(1, "a"), tuple(true, "a"), tuple(1, "a")],
    [tuple(tuple(1), frozenset(1, 2)), tuple(tuple(true), frozenset(2, 1))],
    [frozenset("a", tuple(1), null), frozenset(null, tuple(true), "a")],
    [frozenset(), frozenset()],
    [null, null],
    [NaN, NaN],
  ];
  for (const keys of groups) {
    const map = new Map<unknown, unknown>();
    const equal = equality();
    for (const [i, key] of keys.entries()) equal.setItem(map, key, i);
    assertEquals([...map], [[keys[0], keys.length - 1]]);
  }
});

test("setItem() and addItem() keep keys apart that Python keeps apart", () => {
  const nan = tuple(NaN);
  const object = new PythonObject("m", "C", []);
  const keys = [
    ...[1, "1", bytes("1"), tuple(1), tuple("1"), frozenset(1), tuple(tuple(1)), tuple(1, 1), null],
    ...[tuple(), frozenset(), bytes(""), "", 0, tuple(null), 1.5, 2n ** 53n, 2n ** 53n + 1n],
    ...[10n ** 400n, -(10n ** 400n), nan, tuple(NaN), tuple(nan), object, tuple(object)],
    ...[new PythonObject("m", "C", []), frozenset(tuple(1)), frozenset(frozenset(1))],
  ];
  const map = new Map<unknown, unknown>();
  const set = new Set<unknown>();
  const equal = equality();
  for (const key of keys) {
    equal.setItem(map, key, key);
    equal.addItem(set, key);
  }
  assertEquals([...map.keys()], keys);
  assertEquals([...set], keys);
  for (const key of keys) equal.addItem(set, key);
  assertEquals(set.size, keys.length);
});

test("setItem() refuses keys that Python cannot hash", () => {
  const bad: [unknown, string][] = [
    [[], "list"],
    [{}, "dict"],
    [new Map(), "dict"],
    [new Set(), "set"],
    [latin1("a"), "bytearray"],
    [tuple(1, tuple([])), "list"],
    [frozenset(tuple(latin1("a"))), "bytearray"],
  ];
  for (const [key, type] of bad) {
    assertThrows(() => equality().setItem(new Map(), key, 1), UnpicklingError, type);
  }
});

test("setItem() reads each tuple once, however often they share one another", () => {
  let shared: unknown = tuple("leaf");
  let other: unknown = tuple("leaf");
  for (let i = 0; i < 1000; i++) {
    shared = tuple(shared, shared);
    other = tuple(other, other);
  }
  const map = new Map<unknown, unknown>();
  const equal = equality();
  equal.setItem(map, shared, 1);
  equal.setItem(map, other, 2);
  assertEquals([map.size, map.get(shared)], [1, 2]);
});

test("setItem() accepts keys of any depth", () => {
  let deep: unknown = tuple();
  for (let i = 0; i < 100_000; i++) deep = tuple(deep);
  const map = new Map<unknown, unknown>();
  equality().setItem(map, deep, 1);
  assertEquals(map.size, 1);
});
