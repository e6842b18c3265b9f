import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { concat } from "@std/bytes";
import fc from "fast-check";
import {
  Deframer,
  frame,
  FrameError,
  type FrameReader,
  type Framing,
  lengthPrefixed,
} from "../../src/wire/length_prefix_framing.ts";
import { newlineDelimited } from "../../src/wire/_line_framing.ts";
import { test } from "../test.ts";

function drain(reader: FrameReader): Uint8Array[] {
  const payloads: Uint8Array[] = [];
  for (let next = reader.next(); next !== undefined; next = reader.next()) payloads.push(next);
  return payloads;
}

test("frame() writes a 4-byte big-endian length and the payload", () => {
  assertEquals([...frame(new Uint8Array(0))], [0, 0, 0, 0]);
  assertEquals([...frame(new Uint8Array([9]))], [0, 0, 0, 1, 9]);
  assertEquals([...frame(new Uint8Array(0x0102)).subarray(0, 4)], [0, 0, 1, 2]);
  assertEquals([...frame(new Uint8Array(0x01020304)).subarray(0, 4)], [1, 2, 3, 4]);
});

test("frame() refuses a payload of more than 4 GiB", () => {
  const huge = Object.defineProperty(new Uint8Array(0), "length", { value: 2 ** 32 });
  const error = assertThrows(() => frame(huge), FrameError, "4294967296");
  assertEquals(error.code, "too-large");
});

const framings: [string, Framing, fc.Arbitrary<Uint8Array>][] = [
  ["length-prefixed", lengthPrefixed, fc.uint8Array({ maxLength: 3000 })],
  [
    "newline-delimited",
    newlineDelimited,
    fc.uint8Array({ maxLength: 3000 }).map((bytes) => bytes.filter((byte) => byte !== 10)),
  ],
];

for (const [name, framing, payload] of framings) {
  test(`${name} frames come out the same however the stream is split`, () => {
    fc.assert(
      fc.property(
        fc.array(payload, { maxLength: 8 }),
        fc.array(fc.nat({ max: 5000 }), { maxLength: 30 }),
        fc.boolean(),
        (payloads, cuts, eager) => {
          const stream = concat(payloads.map((payload) => framing.frame(payload)));
          const reader = framing.reader();
          const found: Uint8Array[] = [];
          let start = 0;
          for (const cut of [...cuts.sort((a, b) => a - b), stream.length]) {
            const end = Math.max(start, Math.min(cut, stream.length));
            const chunk = stream.slice(start, end);
            reader.push(chunk);
            start = end;
            if (eager) {
              found.push(...drain(reader).map((view) => view.slice()));
              // The reader must not refer to a chunk after the last next().
              chunk.fill(0xee);
            }
          }
          found.push(...drain(reader));
          reader.end();
          assertEquals(found.map((bytes) => [...bytes]), payloads.map((bytes) => [...bytes]));
        },
      ),
      { seed: 20240902, numRuns: 150 },
    );
  });

  test(`a ${name} frame of 2 MiB in single bytes takes linear time`, () => {
    const size = 2 * 1024 * 1024;
    const stream = framing.frame(new Uint8Array(size).fill(7));
    const reader = framing.reader();
    let found: Uint8Array | undefined;
    let arrived = 0;
    while (found === undefined && arrived < stream.length) {
      reader.push(stream.subarray(arrived, ++arrived));
      found = reader.next();
    }
    assertEquals(arrived, stream.length);
    assertEquals(found?.length, size);
    assert(found?.every((byte) => byte === 7));
    reader.end();
  });

  test(`the ${name} reader takes a frame of the cap and refuses one byte more, for ever`, () => {
    const reader = framing.reader({ maxFrameBytes: 5 });
    reader.push(framing.frame(new Uint8Array(5)));
    assertEquals(reader.next()?.length, 5);
    reader.push(framing.frame(new Uint8Array(6)));
    for (let i = 0; i < 2; i++) {
      const error = assertThrows(() => reader.next(), FrameError, "5");
      assertEquals(error.code, "too-large");
      assertEquals(error.name, "FrameError");
    }
  });

  test(`the ${name} reader's end() throws unless the stream ended between frames`, () => {
    const stream = framing.frame(new Uint8Array([1, 2, 3]));
    for (let cut = 0; cut <= stream.length; cut++) {
      const reader = framing.reader();
      reader.push(stream.subarray(0, cut));
      const found = drain(reader).length;
      if (cut === 0 || cut === stream.length) {
        reader.end();
        assertEquals(found, cut === 0 ? 0 : 1);
      } else {
        const error = assertThrows(() => reader.end(), FrameError);
        assertEquals([found, error.code], [0, "cut-off"]);
      }
    }
    const unread = framing.reader();
    unread.push(stream);
    assertThrows(() => unread.end(), FrameError, "before its");
  });

  test(`the ${name} reader refuses bad options and bad chunks`, () => {
    for (const maxFrameBytes of [0, -1, 1.5, NaN, 2 ** 32]) {
      assertThrows(() => framing.reader({ maxFrameBytes }), RangeError, "'maxFrameBytes'");
    }
    assertThrows(
      () => framing.reader({ maxFrame: 5 } as Record<string, number>),
      TypeError,
      "'maxFrame'",
    );
    const reader = framing.reader();
    assertThrows(() => reader.push("text" as unknown as Uint8Array), TypeError, "'chunk'");
  });
}

test("Deframer returns a view of a frame in one chunk, and a copy of a split one", () => {
  const chunk = concat([frame(new Uint8Array([1, 2])), frame(new Uint8Array([3, 4]))]);
  const whole = new Deframer();
  whole.push(chunk);
  for (const payload of drain(whole)) assertStrictEquals(payload.buffer, chunk.buffer);

  const split = new Deframer();
  split.push(chunk.subarray(0, 5));
  assertStrictEquals(split.next(), undefined);
  split.push(chunk.subarray(5));
  const [first, second] = drain(split);
  assert(first!.buffer !== chunk.buffer);
  assertStrictEquals(second!.buffer, chunk.buffer);
});

test("Deframer returns a view when only the length lies in another chunk", () => {
  const chunk = frame(new Uint8Array([1, 2]));
  const deframer = new Deframer();
  deframer.push(chunk.subarray(0, 3));
  assertStrictEquals(deframer.next(), undefined);
  deframer.push(chunk.subarray(3));
  assertStrictEquals(deframer.next()?.buffer, chunk.buffer);
});

test("Deframer allocates for bytes that have arrived, not for the claimed length", () => {
  const claimed = 0xf000_0000;
  const deframer = new Deframer({ maxFrameBytes: 0xffff_ffff });
  deframer.push(new Uint8Array([0xf0, 0, 0, 0, 1, 2, 3]));
  assertStrictEquals(deframer.next(), undefined);
  assertThrows(() => deframer.end(), FrameError, `3 of the ${claimed} bytes`);
});

test("Deframer checks the claimed length before the payload arrives", () => {
  const deframer = new Deframer();
  deframer.push(new Uint8Array([1, 0, 0, 1]));
  assertThrows(() => deframer.next(), FrameError, "claims 16777217 bytes: the most is 16777216");
});

test("heldBytes is the memory of a frame that has begun, and 0 between frames", () => {
  const deframer = new Deframer();
  const bytes = frame(new Uint8Array(10_000));
  const held: number[] = [];
  for (const [from, to] of [[0, 0], [0, 1], [1, 4], [4, 5], [5, 3_000], [3_000, 10_004]] as const) {
    deframer.push(bytes.subarray(from, to));
    const payload = deframer.next();
    assertEquals(payload !== undefined, to === bytes.length);
    held.push(deframer.heldBytes);
  }
  assertEquals(held, [0, 1, 4, 1024, 5992, 0]);
});
