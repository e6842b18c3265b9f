import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { parseStructuredData } from "../../../src/wire/syslog/_structured_data_parser.ts";
import { test } from "../../test.ts";
import { structuredData } from "./written.ts";

function parse(text: string, at = 0) {
  const parsed = parseStructuredData(text, at);
  return parsed === undefined ? undefined : [parsed.found, parsed.end];
}

test("parseStructuredData() reads RFC 5424's examples, and where they end", () => {
  const one = '[exampleSDID@32473 iut="3" eventSource="Application" eventID="1011"]';
  const first = { "exampleSDID@32473": { iut: "3", eventSource: "Application", eventID: "1011" } };
  const two = '[examplePriority@32473 class="high"]';
  const second = { "examplePriority@32473": { class: "high" } };
  assertEquals(parse(`${one} text`), [first, one.length]);
  assertEquals(parse(one + two), [{ ...first, ...second }, one.length + two.length]);
  // The text behind a space is the message.
  assertEquals(parse(`${one} ${two}`), [first, one.length]);
  assertEquals(parse("xx- text", 2), [null, 3]);
  assertEquals(parse("[sigSig]"), [{ sigSig: {} }, 8]);
});

test("parseStructuredData() accepts deviations that have only one meaning", () => {
  assertEquals(parse('[a b="x]y"]'), [{ a: { b: "x]y" } }, 11]);
  assertEquals(parse('[a b="\\n\\\\\\"\\]"]')?.[0], { a: { b: '\\n\\"]' } });
  assertEquals(parse('[a b="1" b="2" b="3"][a b="4" c="5"]')?.[0], {
    a: { b: ["1", "2", "3", "4"], c: "5" },
  });
  assertEquals(parse('[a  b="c"   d="e" ][f ] text'), [{ a: { b: "c", d: "e" }, f: {} }, 23]);
});

test("parseStructuredData() refuses other text", () => {
  const long = "x".repeat(33);
  for (
    const text of [
      "",
      "[",
      "[]",
      "[ a]",
      "[a b=c]",
      '[a b="c]',
      '[a b="c\\"]',
    ]
      .concat(`[${long}]`, `[a ${long}="c"]`, '[a b="c"', "[ä]", '[a b="c"][', "x")
  ) {
    assertEquals(parse(text), undefined, text);
  }
});

test("parseStructuredData() treats no parameter name specially", () => {
  const names = ["__proto__", "constructor", "toString", "hasOwnProperty"];
  const text = names.map((id) => `[${id} ${names.map((name) => `${name}="${id}"`).join(" ")}]`);
  const found = parseStructuredData(text.join(""), 0)!.found!;
  assertEquals(Object.keys(found), names);
  for (const id of names) {
    const params = Object.getOwnPropertyDescriptor(found, id)!.value;
    assertEquals(Object.keys(params), names);
    assert(Object.getOwnPropertyDescriptor(params, "__proto__")!.value === id);
  }
  assertEquals(Object.getPrototypeOf(found), Object.prototype);
});

test("parseStructuredData() reads back everything that StructuredData writes", () => {
  const name = fc.stringMatching(/^[!#-<>-\\^-~]{1,32}$/).filter((name) => name !== "__proto__");
  const value = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.string({ unit: fc.constantFrom("\\", '"', "]", "[", "=", " ", "\n") }),
  );
  fc.assert(
    fc.property(name, fc.dictionary(name, value, { noNullPrototype: true }), (id, params) => {
      const text = structuredData(id, params);
      assertEquals(parse(`${text} [x]`), [{ [id]: params }, text.length]);
    }),
    { seed: 20240902, numRuns: 300 },
  );
});

test("parseStructuredData() takes linear time for any text", () => {
  const many = 200_000;
  for (
    const text of [
      `[a b="${"\\".repeat(many)}`,
      `[a b="${'\\"'.repeat(many)}`,
      `[a b="${"\\\\".repeat(many)}"]`,
      `[a${' b=""'.repeat(many)}`,
      `[a${" ".repeat(many)}`,
      "[a]".repeat(many),
      "[".repeat(many),
    ]
  ) {
    const found = parseStructuredData(text, 0);
    assertEquals(found === undefined, !text.endsWith("]"));
  }
});
