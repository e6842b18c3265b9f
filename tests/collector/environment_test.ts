import { assertEquals } from "@std/assert";
import process from "node:process";
import { variable } from "../../src/collector/_environment.ts";
import { test } from "../test.ts";

test("variable() returns a variable of the environment", () => {
  assertEquals(variable("PATH"), process.env.PATH);
  assertEquals(variable("LOGWIRE_NO_SUCH_VARIABLE"), undefined);
});
