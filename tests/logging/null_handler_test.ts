import { assertEquals } from "@std/assert";
import { Logger } from "../../src/logging/logger.ts";
import { NullHandler } from "../../src/logging/null_handler.ts";
import { recordOf, stderrOf } from "./helpers.ts";
import { test } from "../test.ts";

test("NullHandler drops every record without running its filters", () => {
  const handler = new NullHandler();
  handler.addFilter(() => {
    throw new Error("asked");
  });
  assertEquals(
    stderrOf(() => {
      handler.handle(recordOf("%d", "x"));
      handler.emit(recordOf("%d", "x"));
    }),
    [],
  );
});

test("the last resort prints nothing when there is a NullHandler", () => {
  const logger = new Logger("library", 1);
  logger.addHandler(new NullHandler());
  assertEquals(stderrOf(() => logger.error("x")), []);
});
