import { assertEquals } from "@std/assert";
import { lengthPrefixed } from "../../src/wire/length_prefix_framing.ts";
import { newlineDelimited } from "../../src/wire/_line_framing.ts";
import { FrameSource } from "../../src/receivers/_frame_source.ts";
import { test } from "../test.ts";
import { spam } from "./setting.ts";

test("FrameSource counts the bytes and frames of a reader, and reads the same", () => {
  const reader = new FrameSource(lengthPrefixed.reader());
  reader.push(spam);
  reader.push(spam.subarray(0, 3));
  assertEquals(reader.next()?.length, spam.length - 4);
  assertEquals(reader.next(), undefined);
  assertEquals([reader.bytes, reader.frames, reader.heldBytes], [spam.length + 3, 1, 3]);
});

test("FrameSource counts the bytes since the last frame if a reader has no heldBytes", () => {
  const { push, next, end } = bound(newlineDelimited.reader());
  const reader = new FrameSource({ push, next, end });
  const held: number[] = [];
  for (const text of ["spam", "eggs", "\n", "ham"]) {
    reader.push(new TextEncoder().encode(text));
    while (reader.next() !== undefined);
    held.push(reader.heldBytes);
  }
  assertEquals([held, reader.frames], [[4, 8, 0, 3], 1]);
});

function bound(reader: ReturnType<typeof newlineDelimited.reader>) {
  return {
    push: (chunk: Uint8Array) => reader.push(chunk),
    next: () => reader.next(),
    end: () => reader.end(),
  };
}
