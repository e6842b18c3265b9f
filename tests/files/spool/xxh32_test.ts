import { assertEquals, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import { viewOf } from "../../../src/files/spool/_segment_format.ts";
import { xxh32 } from "../../../src/files/spool/_xxh32.ts";
import { test } from "../../test.ts";

const hash = (bytes: Uint8Array, seed = 0) => xxh32(viewOf(bytes), 0, bytes.length, seed);

/** The bytes that xxHash's own tests hash. */
function sample(length: number): Uint8Array {
  let value = 2654435761n;
  return Uint8Array.from({ length }, () => {
    const byte = Number(value >> 56n);
    value = value * 11400714785074694797n & (1n << 64n) - 1n;
    return byte;
  });
}

test("xxh32() gives what xxHash's own tests expect", () => {
  const seed = 2654435761;
  const expected: [length: number, seed: number, hash: number][] = [
    [0, 0, 0x02CC5D05],
    [0, seed, 0x36B78AE7],
    [1, 0, 0xCF65B03E],
    [1, seed, 0xB4545AA4],
    [14, 0, 0x1208E7E2],
    [14, seed, 0x6AF1D1FE],
    [222, 0, 0x5BD11DBD],
    [222, seed, 0x58803C5F],
  ];
  for (const [length, seed, wanted] of expected) {
    assertEquals(hash(sample(length), seed), wanted, `${length} bytes, seed ${seed}`);
  }
  assertEquals(hash(new TextEncoder().encode("abc")), 0x32D153FF);
});

/** The description of the algorithm, step by step, in numbers of any size. */
function asSpecified(bytes: readonly number[], seed: number): number {
  const [p1, p2, p3, p4, p5] = [2654435761n, 2246822519n, 3266489917n, 668265263n, 374761393n];
  const mask = (1n << 32n) - 1n;
  const rotated = (value: bigint, bits: bigint) => (value << bits | value >> 32n - bits) & mask;
  const word = (at: number) =>
    bytes.slice(at, at + 4).reduceRight((sum, byte) => sum << 8n | BigInt(byte), 0n);
  const s = BigInt(seed);
  let at = 0;
  let sum = s + p5;
  if (bytes.length >= 16) {
    const lanes = [s + p1 + p2, s + p2, s, s - p1].map((lane) => lane & mask);
    for (; at + 16 <= bytes.length; at += 16) {
      for (const i of [0, 1, 2, 3]) {
        lanes[i] = rotated(lanes[i]! + word(at + 4 * i) * p2 & mask, 13n) * p1 & mask;
      }
    }
    sum = [1n, 7n, 12n, 18n].reduce((all, bits, i) => all + rotated(lanes[i]!, bits), 0n);
  }
  sum = sum + BigInt(bytes.length) & mask;
  for (; at + 4 <= bytes.length; at += 4) {
    sum = rotated(sum + word(at) * p3 & mask, 17n) * p4 & mask;
  }
  for (; at < bytes.length; at++) {
    sum = rotated(sum + BigInt(bytes[at]!) * p5 & mask, 11n) * p1 & mask;
  }
  sum = (sum ^ sum >> 15n) * p2 & mask;
  sum = (sum ^ sum >> 13n) * p3 & mask;
  return Number(sum ^ sum >> 16n);
}

const bytes = fc.uint8Array({ maxLength: 70 });
const seeds = fc.integer({ min: 0, max: 0xffffffff });

test("xxh32() follows the specification for any bytes, wherever they stand in a view", () => {
  fc.assert(fc.property(bytes, seeds, fc.nat(7), (bytes, seed, before) => {
    const all = new Uint8Array(before + bytes.length + 3).fill(7);
    all.set(bytes, before);
    const found = xxh32(viewOf(all), before, before + bytes.length, seed);
    assertEquals(found, asSpecified([...bytes], seed));
  }));
});

test("xxh32() changes with each bit of the bytes and of the seed", () => {
  fc.assert(fc.property(bytes, seeds, (bytes, seed) => {
    const before = hash(bytes, seed);
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      const changed = bytes.slice();
      changed[bit >> 3]! ^= 1 << (bit & 7);
      assertNotEquals(hash(changed, seed), before);
    }
    for (let bit = 0; bit < 32; bit++) {
      assertNotEquals(hash(bytes, (seed ^ 1 << bit) >>> 0), before);
    }
  }));
});
