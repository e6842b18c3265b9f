import { assertEquals, assertThrows } from "@std/assert";
import { FrameError } from "../../src/wire/framing.ts";
import { unframed } from "../../src/wire/datagram_framing.ts";
import { test } from "../test.ts";

test("unframed reads each datagram as one payload, even an empty one", () => {
  const reader = unframed.reader();
  for (const length of [1, 0, 65_507]) {
    reader.push(unframed.frame(new Uint8Array(length).fill(7)));
    assertEquals(reader.next()?.length, length);
    assertEquals(reader.next(), undefined);
    reader.end();
  }
});

test("unframed returns a copy of the payload", () => {
  const payload = new Uint8Array([1, 2]);
  const frame = unframed.frame(payload);
  payload.fill(9);
  assertEquals([...frame], [1, 2]);
});

test("unframed refuses a datagram over the cap, and reads the next", () => {
  const reader = unframed.reader({ maxFrameBytes: 5 });
  reader.push(new Uint8Array(6));
  assertEquals(assertThrows(() => reader.next(), FrameError, "6 bytes").code, "too-large");
  reader.push(new Uint8Array(5));
  assertThrows(() => reader.end(), FrameError, "before its frames were read");
  assertEquals(reader.next()?.length, 5);
});

test("unframed refuses bad options and values that are no bytes", () => {
  assertThrows(() => unframed.reader({ maxFrameBytes: 0 }), RangeError, "'maxFrameBytes'");
  const reader = unframed.reader();
  assertThrows(() => reader.push("text" as unknown as Uint8Array), TypeError, "'chunk'");
});
