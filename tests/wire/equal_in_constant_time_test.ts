import { assert } from "@std/assert";
import { equalInConstantTime } from "../../src/wire/equal_in_constant_time.ts";
import { test } from "../test.ts";

test("equalInConstantTime() finds a difference in any byte or in the length", () => {
  const digest = new Uint8Array(32).map((_, i) => i);
  assert(equalInConstantTime(digest, digest.slice()));
  assert(equalInConstantTime(new Uint8Array(0), new Uint8Array(0)));
  for (let i = 0; i < 32; i++) {
    assert(!equalInConstantTime(digest, digest.with(i, 99)));
    assert(!equalInConstantTime(digest, digest.subarray(0, i)));
    assert(!equalInConstantTime(digest.subarray(0, i), digest));
  }
  assert(!equalInConstantTime(new Uint8Array(32), new Uint8Array(33)));
});
