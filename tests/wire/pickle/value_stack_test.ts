import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { UnpicklingError } from "../../../src/wire/pickle/errors.ts";
import { DEFAULT_LIMITS } from "../../../src/wire/pickle/limits.ts";
import { PythonObject } from "../../../src/wire/pickle/python_object.ts";
import { ValueStack } from "../../../src/wire/pickle/_value_stack.ts";
import { test } from "../../test.ts";

function stackOf(...values: unknown[]): ValueStack {
  const stack = new ValueStack(DEFAULT_LIMITS, true);
  for (const value of values) stack.push(value);
  return stack;
}

test("ValueStack pops the value pushed last, and nothing below a mark", () => {
  const stack = stackOf(1, 2);
  stack.mark();
  assertThrows(() => stack.pop(), UnpicklingError);
  assertThrows(() => stack.makeTupleOf(1), UnpicklingError);
  assertThrows(() => stack.duplicate(), UnpicklingError);
  assertThrows(() => stack.put(0), UnpicklingError);
  assertEquals(stack.popMark(), 2);
  assertEquals([stack.pop(), stack.pop()], [2, 1]);
  assertThrows(() => stack.pop(), UnpicklingError);
  assertThrows(() => stack.popMark(), UnpicklingError, "MARK");
});

test("discard() removes a mark on top, as CPython's load_pop does", () => {
  const stack = stackOf(1);
  stack.mark();
  stack.discard();
  assertThrows(() => stack.popMark(), UnpicklingError);
  stack.discard();
  assertThrows(() => stack.discard(), UnpicklingError);
});

test("discardToMark() removes everything down to the mark", () => {
  const stack = stackOf("below");
  stack.mark();
  for (let i = 0; i < 5; i++) stack.push(i);
  stack.discardToMark();
  assertEquals(stack.finish(), "below");
});

test("popTuple() refuses lists, and popDict() refuses sets", () => {
  const stack = stackOf(1, 2);
  stack.makeTupleOf(2);
  assertEquals(stack.popTuple(), [1, 2]);
  stack.pushList();
  assertThrows(() => stack.popTuple(), UnpicklingError);
  stack.pushDict();
  assertEquals(stack.popDict(), {});
  stack.pushSet();
  assertThrows(() => stack.popDict(), UnpicklingError);
});

test("setItems() replaces an object by a Map at the first key that is no str", () => {
  const stack = stackOf();
  stack.pushDict();
  stack.put(0);
  stack.push("a");
  stack.get(0);
  stack.setItem();
  stack.push(1);
  stack.push("one");
  stack.setItem();
  const map = stack.finish() as Map<unknown, unknown>;
  assertEquals([...map.keys()], ["a", 1]);
  assertStrictEquals(map.get("a"), map);
});

test("finish() refuses descriptions that remain, unless they are allowed", () => {
  for (const opaque of [false, true]) {
    const stack = new ValueStack(DEFAULT_LIMITS, opaque);
    const type = new PythonObject("builtins", "set", null);
    stack.pushDescription(type);
    stack.discard();
    stack.pushList();
    stack.pushDescription(type);
    stack.append();
    if (opaque) assertEquals(stack.finish(), [type]);
    else assertThrows(() => stack.finish(), UnpicklingError, "more than data");
  }
});

test("reset() clears values, marks, the memo and the account", () => {
  const stack = new ValueStack({ ...DEFAULT_LIMITS, maxContainers: 1 }, false);
  for (let i = 0; i < 3; i++) {
    assertThrows(() => stack.pop(), UnpicklingError);
    assertThrows(() => stack.popMark(), UnpicklingError);
    assertThrows(() => stack.get(0), UnpicklingError);
    for (let j = 0; j < 3000; j++) stack.push(j);
    stack.mark();
    stack.pushDict();
    stack.put(0);
    assertThrows(() => stack.pushDict(), UnpicklingError, "maxContainers");
    stack.reset();
  }
});
