import { encode } from "@msgpack/msgpack";
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { FrameError } from "../../../src/wire/framing.ts";
import { ValueScanner } from "../../../src/wire/forward/_value_scanner.ts";
import { test } from "../../test.ts";

const limits = { maxBytes: 100_000, maxValues: 10_000 };

test("scan() finds the end of any value, in whatever pieces it comes", () => {
  const value = fc.anything({
    maxDepth: 4,
    values: [fc.string(), fc.double(), fc.integer(), fc.boolean(), fc.uint8Array()],
  });
  fc.assert(
    fc.property(value, fc.integer({ min: 1, max: 9 }), (value, size) => {
      const bytes = encode(value ?? null);
      const two = Uint8Array.from([...bytes, ...bytes]);
      const whole = new ValueScanner(limits);
      assertEquals([whole.scan(two), whole.isWithin], [bytes.length, false]);
      const scanner = new ValueScanner(limits);
      let at = 0;
      while (at < bytes.length) {
        const end = scanner.scan(two.subarray(at, at + size));
        if (end >= 0) return assertEquals(at + end, bytes.length);
        assert(scanner.isWithin);
        at += size;
      }
      assert(false, "it found no end");
    }),
    { seed: 20261129, numRuns: 300 },
  );
});

test("scan() knows every head of MessagePack", () => {
  const heads: [head: number[], payload: number][] = [
    [[0x00], 0],
    [[0xff], 0],
    [[0xc0], 0],
    [[0xc3], 0],
    [[0xc4, 3], 3],
    [[0xc5, 1, 0], 256],
    [[0xc6, 0, 0, 1, 0], 256],
    [[0xc7, 3], 4],
    [[0xc8, 1, 0], 257],
    [[0xc9, 0, 0, 1, 0], 257],
    ...[4, 8, 1, 2, 4, 8, 1, 2, 4, 8, 2, 3, 5, 9, 17].map((
      size,
      i,
    ): [number[], number] => [[0xca + i], size]),
    [[0xd9, 3], 3],
    [[0xda, 1, 0], 256],
    [[0xdb, 0, 0, 1, 0], 256],
    [[0xdc, 0, 3], 3],
    [[0xdd, 0, 0, 0, 3], 3],
    [[0xde, 0, 3], 6],
    [[0xdf, 0, 0, 0, 3], 6],
    [[0x93], 3],
    [[0x83], 6],
    [[0xa3], 3],
  ];
  for (const [head, payload] of heads) {
    const bytes = Uint8Array.from([...head, ...new Array(payload + 5).fill(0)]);
    assertEquals(new ValueScanner(limits).scan(bytes), head.length + payload, `${head}`);
  }
});

test("scan() refuses a claim over the limit at once, and deep nesting, and too many values", () => {
  const bad: [bytes: number[], message: RegExp][] = [
    [[0xc6, 0, 1, 0x86, 0xa0], /claims 100005 bytes: the most is 100000/],
    [[0xdd, 255, 255, 255, 255], /claims/],
    [[0xdf, 255, 255, 255, 255], /claims/],
    [[0xc9, 255, 255, 255, 255], /claims/],
    [new Array(121).fill(0x91), /more than 120 deep/],
    [[0xdd, 0, 0, 0x40, 0, ...new Array(10_000).fill(0)], /more than 10000 values/],
    [[0xc1], /holds the byte c1/],
  ];
  for (const [bytes, expected] of bad) {
    const scanner = new ValueScanner(limits);
    const error = assertThrows(() => scanner.scan(Uint8Array.from(bytes)), FrameError);
    assert(expected.test(error.message), error.message);
  }
});
