import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { jsonText, quotedJson, readableJson } from "../../src/text/json_text.ts";
import { test } from "../test.ts";

const boom = () => {
  throw new Error("boom");
};

/** Values whose reading runs code that throws. */
const throwing: Record<string, object> = {
  getter: Object.defineProperty({}, "a", { enumerable: true, get: boom }),
  toJSON: { toJSON: boom },
  keys: new Proxy({}, { ownKeys: boom }),
  key: new Map([[{ toString: boom }, 1]]),
  items: new Proxy([1], { get: boom }),
};

test("jsonText() and readableJson() write what JSON.stringify() writes of values that JSON has", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      assertEquals(JSON.parse(jsonText(value)), JSON.parse(readableJson(value)));
      assertEquals(JSON.stringify(JSON.parse(jsonText(value))), JSON.stringify(value));
    }),
    { seed: 20261128, numRuns: 200 },
  );
});

test("jsonText() throws what a value throws that is read", () => {
  for (const [name, value] of Object.entries(throwing)) {
    assertThrows(() => jsonText([value]), Error, "boom", name);
  }
});

test("readableJson() writes a part that cannot be read as its error, and the rest", () => {
  for (const [name, value] of Object.entries(throwing)) {
    const [first, part, last] = JSON.parse(readableJson([1, value, [2]]));
    assertEquals([first, last], [1, [2]], name);
    assert(JSON.stringify(part).includes("[unreadable: Error: boom]"), name);
  }
  const partly = Object.defineProperty({ b: 1 }, "a", { enumerable: true, get: boom });
  assertEquals(JSON.parse(readableJson(partly)), { b: 1, a: "[unreadable: Error: boom]" });
  const shut = { toJSON: () => boom };
  Object.defineProperty(boom, "toString", { value: boom, configurable: true });
  assertEquals(readableJson(shut), '"[unreadable: Error: boom]"');
  assertEquals(readableJson(boom), '"[unreadable: Error: boom]"');
});

test("readableJson() has a text for an error that has none", () => {
  const mute = { toString: boom };
  const value = {
    toJSON() {
      throw mute;
    },
  };
  assertEquals(readableJson(value), '"[unreadable: an error without text]"');
});

test("readableJson() writes numbers that are not finite as text, jsonText() as null", () => {
  const numbers = [NaN, Infinity, -Infinity];
  assertEquals(readableJson(numbers), '["NaN","Infinity","-Infinity"]');
  assertEquals(jsonText(numbers), "[null,null,null]");
});

test("quotedJson() writes what JSON.stringify() writes of a text", () => {
  const text = fc.string({
    unit: fc.constantFrom("a", "~", '"', "\\", "\x1f", "\x7f", "é", "\ud800"),
  });
  fc.assert(
    fc.property(fc.oneof(text, fc.string({ unit: "binary", maxLength: 100 })), (value) => {
      assertEquals(quotedJson(value), JSON.stringify(value));
    }),
    { seed: 20261128, numRuns: 500 },
  );
});

test("jsonText() writes an error whose stack is no text by its headline", () => {
  for (const stack of [["a", "b"], Array(100).fill("a"), 5, {}, null]) {
    const error = Object.defineProperty(new RangeError("bad"), "stack", { value: stack });
    assertEquals(JSON.parse(jsonText({ error })), { error: "RangeError: bad" });
  }
});
