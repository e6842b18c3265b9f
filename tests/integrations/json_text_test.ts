import { assert, assertEquals } from "@std/assert";
import { jsonText } from "../../src/integrations/_json_text.ts";
import { MAX_TEXT } from "../../src/text/text_budget.ts";
import { test } from "../test.ts";

test("jsonText() writes bytes, bigints, errors, maps and sets, which JSON lacks", () => {
  const value = {
    bytes: new Uint8Array([1, 2, 255]),
    big: 2n ** 70n,
    error: new TypeError("no"),
    map: new Map([["a", new Set([1, new Map([["b", 2]])])]]),
    at: new Date(0),
    none: undefined,
  };
  assertEquals(
    jsonText(value),
    '{"bytes":"AQL/","big":"1180591620717411303424","error":"TypeError: no",' +
      '"map":{"a":[1,{"b":2}]},"at":"1970-01-01T00:00:00.000Z"}',
  );
});

test("jsonText() has a text for undefined, functions, and values that throw", () => {
  const throwing = {
    get x(): never {
      throw new Error("no");
    },
  };
  assertEquals(jsonText(undefined), "undefined");
  assertEquals(jsonText(Symbol("s")), "Symbol(s)");
  assertEquals(jsonText(throwing), "[unreadable]");
});

test("jsonText() marks what contains itself, and writes twice what is there twice", () => {
  const shared = { a: 1 };
  const value: Record<string, unknown> = { first: shared, second: [shared, shared] };
  value.itself = value;
  const set = new Set<unknown>();
  set.add(set);
  assertEquals(
    jsonText(value),
    '{"first":{"a":1},"second":[{"a":1},{"a":1}],"itself":"[Circular]"}',
  );
  assertEquals(jsonText([set]), '[["[Circular]"]]');
});

test("jsonText() cuts what is too long, too deep and too much", () => {
  const text = jsonText({ long: "x".repeat(MAX_TEXT) });
  assert(text.length <= MAX_TEXT && text.endsWith('…"}'), text.slice(-10));
  assert(jsonText(["x".repeat(MAX_TEXT), new Uint8Array(MAX_TEXT)]).length <= MAX_TEXT);
  const nested = (depth: number) => {
    let value: unknown = 1;
    for (let level = 0; level < depth; level++) value = [value];
    return value;
  };
  assertEquals(jsonText(nested(100)), `${"[".repeat(100)}1${"]".repeat(100)}`);
  assertEquals(jsonText(nested(100_000)), `${"[".repeat(100)}"…"${"]".repeat(100)}`);
  // A list that is shared many times over: its whole text would have 2 ** 60 elements.
  let shared: unknown = 1;
  for (let level = 0; level < 60; level++) shared = [shared, shared];
  assert(jsonText(shared).length <= MAX_TEXT);
});
