import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { PicklingError, UnpicklingError } from "../../../src/wire/pickle/errors.ts";
import { test } from "../../test.ts";

test("PicklingError and UnpicklingError are errors with a name and a cause", () => {
  const cause = new Error("why");
  for (const type of [PicklingError, UnpicklingError]) {
    const error = new type("Cannot", { cause });
    assert(error instanceof Error);
    assertEquals(String(error), `${type.name}: Cannot`);
    assertStrictEquals(error.cause, cause);
  }
});
