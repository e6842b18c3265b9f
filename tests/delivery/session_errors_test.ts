import { assertEquals } from "@std/assert";
import { quoted, serverOf, violation } from "../../src/delivery/_session_errors.ts";
import { test } from "../test.ts";

test("serverOf() is the address that was dialled, where the connector has several", () => {
  assertEquals(serverOf({}), "the server");
  assertEquals(serverOf({ dialled: { address: "logs-2.example:601" } }), "logs-2.example:601");
});

test("quoted() keeps 200 characters, and no control character", () => {
  assertEquals(quoted("x".repeat(300)), "x".repeat(200));
  assertEquals(quoted("a\x1b[2J"), "a\\x1b[2J");
});

test("violation() names the server, the protocol and the cause", () => {
  const cause = new TypeError("scripted");
  const error = violation("the server", "RELP", cause);
  assertEquals([error.code, error.cause], ["other", cause]);
  assertEquals(error.message, "the server does not speak RELP: scripted");
});
