import { assertEquals } from "@std/assert";
import { foreignFields } from "../../src/wire/foreign_fields.ts";
import { test } from "../test.ts";

test("foreignFields() renames a field that cannot be the attribute of its name", () => {
  assertEquals(
    foreignFields({ user: 1, pathname: "a.js", lineno: "x", levelno: 5, message: "m" }),
    { user: 1, pathname: "a.js", lineno_: "x", levelno_: 5, message_: "m" },
  );
});
