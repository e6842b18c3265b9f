import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { UnpicklingError } from "../../../src/wire/pickle/errors.ts";
import { PythonObject } from "../../../src/wire/pickle/python_object.ts";
import { checkDepth, replaceMoved } from "../../../src/wire/pickle/_value_graph.ts";
import { test } from "../../test.ts";

test("checkDepth() counts containers within containers of every kind", () => {
  const values: [depth: number, value: unknown][] = [
    [0, 5],
    [0, new Uint8Array(1)],
    [1, []],
    [2, [{}]],
    [3, { a: new Map([[1, [2]]]) }],
    [3, new Map([[[[1]], 2]])],
    [3, [new Set([[1]])]],
    [3, [new PythonObject("m", "C", [])]],
  ];
  for (const [depth, value] of values) {
    checkDepth(value, depth);
    if (depth > 0) assertThrows(() => checkDepth(value, depth - 1), UnpicklingError, "'maxDepth'");
  }
});

test("checkDepth() finds the longest path through shared values", () => {
  let value: unknown = [];
  for (let i = 0; i < 50; i++) value = [value, value];
  checkDepth(value, 51);
  assertThrows(() => checkDepth(value, 50), UnpicklingError);
  // Each is reached from the root directly, and also through all before it.
  const chain: unknown[][] = [[]];
  for (let i = 1; i < 100; i++) chain.push([chain[i - 1]]);
  checkDepth(chain, 101);
  assertThrows(() => checkDepth(chain, 100), UnpicklingError);
  assertThrows(() => checkDepth(chain.toReversed(), 100), UnpicklingError);
});

test("checkDepth() ends at cycles", () => {
  const cyclic: unknown[] = [];
  cyclic.push([cyclic, [cyclic]]);
  checkDepth(cyclic, 3);
  assertThrows(() => checkDepth(cyclic, 2), UnpicklingError);
});

test("replaceMoved() replaces objects wherever they are, once each", () => {
  const old = {};
  const map = new Map<unknown, unknown>();
  const moved = new Map([[old, map]]);
  const object = new PythonObject("m", "C", [old], old);
  object.state = old;
  object.entries = [["k", old]];
  map.set("self", old);
  const root = { list: [old, old], map: new Map([["k", old]]), set: new Set([object]), 0: old };
  replaceMoved(root, moved);
  assertEquals(root.list.map((item) => item === map), [true, true]);
  const found = [
    ...[root.map.get("k"), root[0], map.get("self"), object.args![0], object.kwargs, object.state],
    object.entries[0]![1],
  ];
  for (const value of found) assertStrictEquals(value, map);
});
