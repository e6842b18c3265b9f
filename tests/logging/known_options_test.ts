import { assertThrows } from "@std/assert";
import { refuseUnknown } from "../../src/logging/known_options.ts";
import { test } from "../test.ts";

test("refuseUnknown() names the option that does not exist, and those that do", () => {
  refuseUnknown("do it", { a: 1 }, ["a", "b"]);
  assertThrows(
    () => refuseUnknown("do it", { a: 1, c: 2 }, ["a", "b"]),
    TypeError,
    "Cannot do it as there is no option 'c': the options are a, b",
  );
  assertThrows(() => refuseUnknown("do it", { c: 2 }, []), TypeError, "the options are none");
});

test("refuseUnknown() refuses a value that is no object, as Python's third argument would be", () => {
  for (const value of [true, false, "", "{", 1, null]) {
    assertThrows(
      () => refuseUnknown("do it", value as unknown as object, ["a"]),
      TypeError,
      `Cannot do it as 'options' must be an object: current value is ${value}`,
    );
  }
});
