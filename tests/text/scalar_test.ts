import { assertEquals } from "@std/assert";
import { isScalar } from "../../src/text/scalar.ts";
import { test } from "../test.ts";

test("isScalar() is true for text and for values of a bounded size", () => {
  const values = ["", 0, NaN, true, null, undefined, 1n, Symbol(), {}, [], () => {}];
  assertEquals(values.map(isScalar), [...Array(6).fill(true), ...Array(5).fill(false)]);
});
