import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { ConnectionError } from "../../src/net/connection_error.ts";
import { test } from "../test.ts";

test("ConnectionError carries its code, its message and the runtime's own error", () => {
  const cause = new Error("ECONNREFUSED");
  const error = new ConnectionError("refused", "Cannot connect to 127.0.0.1:9020", { cause });
  assertInstanceOf(error, Error);
  assertEquals(error.code, "refused");
  assertEquals(String(error), "ConnectionError: Cannot connect to 127.0.0.1:9020");
  assertEquals(error.cause, cause);
});

test("ConnectionError has no cause unless it is given one", () => {
  assert(!("cause" in new ConnectionError("closed", "closed on this side")));
});
