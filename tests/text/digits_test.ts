import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { writeDigits, writePadded } from "../../src/text/digits.ts";
import { test } from "../test.ts";

function text(write: (out: Uint8Array, at: number) => number): string {
  const out = new Uint8Array(20);
  return new TextDecoder().decode(out.subarray(3, write(out, 3)));
}

test("writeDigits() writes what String() makes of an integer", () => {
  const powers = Array.from({ length: 10 }, (_, i) => 10 ** i);
  for (const value of [0, 2_147_483_647, ...powers, ...powers.map((power) => power - 1)]) {
    assertEquals(text((out, at) => writeDigits(value, out, at)), String(value));
  }
  fc.assert(
    fc.property(fc.nat(), (value) => {
      assertEquals(text((out, at) => writeDigits(value, out, at)), String(value));
    }),
    { seed: 20261129, numRuns: 500 },
  );
});

test("writePadded() writes the last digits, with zeros before them", () => {
  assertEquals(text((out, at) => writePadded(0, 6, out, at)), "000000");
  assertEquals(text((out, at) => writePadded(1234, 6, out, at)), "001234");
  assertEquals(text((out, at) => writePadded(1234, 2, out, at)), "34");
});
