import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { encodeUtf8 } from "../../src/text/utf8.ts";
import { test } from "../test.ts";

function encoded(text: string): Uint8Array {
  const out = new Uint8Array(3 * text.length + 2);
  const end = encodeUtf8(text, out, 1);
  assertEquals([out[0], out[end]], [0, 0], "nothing is written around it");
  return out.subarray(1, end);
}

test("encodeUtf8() writes short and long text as TextEncoder does", () => {
  const encoder = new TextEncoder();
  const pieces = fc.constantFrom("a", "ä", "✓", "𝄞", "x".repeat(40));
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 20 }), (parts) => {
      const text = parts.join("");
      assertEquals(encoded(text), encoder.encode(text));
    }),
    { seed: 20260101, numRuns: 300 },
  );
});

test("encodeUtf8() keeps lone surrogates as Python's surrogatepass does", () => {
  for (const padding of ["", "x".repeat(60)]) {
    const bytes = encoded(`${padding}\ud800\udfff\udc00\ud800`).subarray(padding.length);
    // A pair, then two lone surrogates.
    assertEquals([...bytes], [0xf0, 0x90, 0x8f, 0xbf, 0xed, 0xb0, 0x80, 0xed, 0xa0, 0x80]);
  }
});
