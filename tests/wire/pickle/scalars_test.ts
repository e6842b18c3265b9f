import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  MAX_VALUE_BYTES,
  writeFloat,
  writePlain,
  writeText,
} from "../../../src/wire/pickle/scalars.ts";
import { loads } from "../../../src/wire/pickle/pickle.ts";
import { test } from "../../test.ts";
import { text } from "./arbitrary.ts";

const out = new Uint8Array(10_000);
const view = new DataView(out.buffer);

/** Loads the pickle that was written from byte 1 on. */
function read(end: number, length = 0): unknown {
  assertEquals(end - 1 <= 3 * length + MAX_VALUE_BYTES, true);
  out[end] = 0x2e;
  return loads(out.slice(1, end + 1));
}

test("writePlain() writes bytes that loads() reads, in the room that it asks for", () => {
  const numbers = fc.oneof(fc.double(), fc.maxSafeInteger(), fc.integer({ max: 70_000 }));
  fc.assert(
    fc.property(fc.oneof(numbers, fc.boolean(), fc.constant(null)), (value) => {
      assertEquals(read(writePlain(value, out, view, 1)), value);
    }),
    { seed: 20260101, numRuns: 1000 },
  );
  assertEquals(read(writePlain(undefined, out, view, 1)), null);
});

test("writeText() writes bytes that loads() reads, in the room that it asks for", () => {
  fc.assert(
    fc.property(text, (text) => {
      assertEquals(read(writeText(text, out, view, 1), text.length), text);
    }),
    { seed: 20260101, numRuns: 300 },
  );
});

test("writeFloat() writes a float for a whole number too", () => {
  assertEquals(writeFloat(5, out, view, 1), 10);
  assertEquals([...out.subarray(1, 10)], [0x47, 0x40, 0x14, 0, 0, 0, 0, 0, 0]);
});
