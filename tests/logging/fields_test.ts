import { assertEquals, assertThrows } from "@std/assert";
import { mergeFields, withoutField } from "../../src/logging/_fields.ts";
import { test } from "../test.ts";

const throwing = {
  a: 1,
  get b(): number {
    throw new Error("getter");
  },
};

test("mergeFields() merges objects and Maps; the second wins", () => {
  assertEquals(mergeFields({ a: 1, b: 1 }, { b: 2 }), { a: 1, b: 2 });
  assertEquals(mergeFields(new Map([["a", 1]]), { b: 2 }), { a: 1, b: 2 });
  assertEquals(mergeFields({ a: 1 }, new Map([["a", 2]])), { a: 2 });
  const named = JSON.parse('{"__proto__":1}');
  assertEquals(Object.keys(mergeFields(named, { a: 1 })), ["__proto__", "a"]);
});

test("mergeFields() keeps a getter that throws as a getter", () => {
  for (const merged of [mergeFields(throwing, { c: 3 }), mergeFields({ c: 3 }, throwing)]) {
    assertEquals(Object.keys(merged).sort(), ["a", "b", "c"]);
    assertEquals([merged.a, merged.c], [1, 3]);
    assertThrows(() => merged.b, Error, "getter");
  }
});

test("mergeFields() lets a value win over a getter that throws", () => {
  assertEquals(mergeFields(throwing, { b: 2 }).b, 2);
});

test("withoutField() returns the other fields, and does not change the given ones", () => {
  const fields = { a: 1, b: 2 };
  assertEquals(withoutField(fields, "a"), { b: 2 });
  assertEquals(fields, { a: 1, b: 2 });
  assertEquals(withoutField(new Map([["a", 1], ["b", 2]]), "b"), { a: 1 });
  assertEquals(Object.keys(withoutField(throwing, "a")), ["b"]);
});
