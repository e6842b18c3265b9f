import { assertEquals } from "@std/assert";
import { unixNano } from "../../src/wire/unix_nano.ts";
import { test } from "../test.ts";

test("unixNano() has the digits that the time is printed with, and no others", () => {
  const expected: [seconds: number, nanoseconds: bigint][] = [
    [1_764_385_200, 1_764_385_200_000_000_000n],
    [1_764_385_200.123, 1_764_385_200_123_000_000n],
    // Times of Python, which have microseconds.
    [1_764_385_200.123456, 1_764_385_200_123_456_000n],
    [1_764_385_200.0000012, 1_764_385_200_000_001_200n],
    [0.001, 1_000_000n],
    [0.0000001, 100n],
    [18_446_744_072, 18_446_744_072_000_000_000n],
  ];
  for (const [seconds, nanoseconds] of expected) {
    assertEquals(unixNano(seconds), nanoseconds, `${seconds}`);
  }
});

test("unixNano() is 0 for what is no time that it can express", () => {
  for (const value of [0, -1, NaN, Infinity, 1e11, "1764385200", null, undefined, {}]) {
    assertEquals(unixNano(value), 0n, String(value));
  }
});
