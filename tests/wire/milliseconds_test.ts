import { assertEquals } from "@std/assert";
import { millisecondsOf } from "../../src/wire/milliseconds.ts";
import { test } from "../test.ts";

test("millisecondsOf() takes the digits that a float means", () => {
  const times = [1_700_000_000.123, 0.9999999, 5, 1_700_000_000.0015];
  assertEquals(times.map(millisecondsOf), [123, 999, 0, 1]);
});
