import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { checkWellFormed, encodeStrict, truncateUtf8 } from "../../src/text/strict_utf8.ts";
import { test } from "../test.ts";

const encoder = new TextEncoder();

test("encodeStrict() writes any well-formed text as a TextEncoder does", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 200 }), (text) => {
      assertEquals([...encodeStrict(text)], [...encoder.encode(text)]);
    }),
    { seed: 20240902, numRuns: 200 },
  );
  for (const length of [21_845, 21_846, 65_536, 200_000]) {
    const text = "€".repeat(length);
    assertEquals(encodeStrict(text).length, 3 * length);
    assertEquals(new TextDecoder().decode(encodeStrict(text)) === text, true);
  }
});

test("encodeStrict() refuses a lone surrogate and says where it is", () => {
  for (const text of ["ab\ud800", "ab\ud800\ud800", "ab\udfff", "ab\ud83dx", "ab\udc00\ud800"]) {
    const error = assertThrows(() => encodeStrict(text), RangeError, "lone surrogate");
    assert(error.message.endsWith("at position 2"), error.message);
  }
  assertThrows(() => encodeStrict("😀\ud800"), RangeError, "'\\ud800' at position 2");
  assertThrows(() => checkWellFormed("a\udfff"), RangeError, "'\\udfff' at position 1");
  checkWellFormed("späm 😀");
});

test("truncateUtf8() cuts text at the last character that fits", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary", maxLength: 40 }).filter((text) => text.isWellFormed()),
      fc.nat({ max: 50 }),
      (text, max) => {
        let expected = "";
        for (const character of text) {
          if (encoder.encode(expected + character).length > max) break;
          expected += character;
        }
        const cut = truncateUtf8(encoder.encode(text), max);
        assertEquals([...cut], [...encoder.encode(expected)]);
      },
    ),
    { seed: 20240902, numRuns: 500 },
  );
});

test("truncateUtf8() also cuts bytes that are no text", () => {
  const bytes = new Uint8Array(100).fill(0x80);
  const cut = truncateUtf8(bytes, 50);
  assert(cut.length >= 47 && cut.length <= 50);
  assertEquals(truncateUtf8(bytes, 0).length, 0);
  assertEquals(truncateUtf8(bytes, 100), bytes);
});
