import { assert, assertEquals } from "@std/assert";
import { equals } from "@std/bytes";
import { lastWrite } from "../../src/net/last_write.ts";
import { test } from "../test.ts";

const bytes = Uint8Array.from({ length: 1024 * 1024 + 1 }, (_, i) => i % 251);

/** A kernel that takes so many bytes of each piece, and undefined after the last number. */
function kernel(sizes: number[]): { take(piece: Uint8Array): number | undefined; got: number[] } {
  const got: number[] = [];
  return {
    got,
    take(piece) {
      const size = sizes.shift();
      if (size === undefined) return undefined;
      const taken = piece.subarray(0, size);
      for (const byte of taken) got.push(byte);
      return taken.length;
    },
  };
}

test("lastWrite() writes all bytes in order, and goes on where a piece was cut", () => {
  const { take, got } = kernel([1e9, 0, 7, 0, 1e9, 1e9, 1e9, 1e9]);
  assertEquals(lastWrite(bytes, take), bytes.length);
  assert(equals(Uint8Array.from(got), bytes));
  assertEquals(got.length, bytes.length);
});

test("lastWrite() stops where trying again is of no use", () => {
  const { take } = kernel([10, 20]);
  assertEquals(lastWrite(bytes, take), 30);
  assertEquals(lastWrite(bytes, () => undefined), 0);
});

test("lastWrite() gives up on a peer that reads nothing any more", () => {
  let calls = 0;
  assertEquals(lastWrite(bytes, () => calls++ === 0 ? 5 : 0), 5);
  assertEquals(calls, 101);
});

test("lastWrite() gives up on a peer that reads too slowly", () => {
  let calls = 0;
  const taken = lastWrite(bytes, () => calls++ % 50 === 0 ? 1 : 0);
  assertEquals([taken, calls], [40, 2000]);
});
