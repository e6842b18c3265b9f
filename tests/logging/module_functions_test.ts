import { assertEquals } from "@std/assert";
import { root } from "../../src/logging/get_logger.ts";
import * as logging from "../../src/logging/module_functions.ts";
import { ListHandler, stderrOf, withBareRoot } from "./helpers.ts";
import { test } from "../test.ts";

test("the module-level functions log with the root logger", async () => {
  await withBareRoot(() => {
    const handler = new ListHandler();
    root.addHandler(handler);
    root.setLevel(1);
    logging.debug("%s", "d");
    logging.info("%s", "i");
    logging.warning("%s", "w");
    logging.warn("%s", "n");
    logging.error("%s", "e");
    logging.exception("%s", "x", new Error("boom"));
    logging.critical("%s", "c");
    logging.fatal("%s", "f");
    logging.log(17, "%s", "l");
    assertEquals(handler.records.map((record) => record.getMessage()).join(""), "diwnexcfl");
    assertEquals(handler.records.map(({ levelno }) => levelno), [
      ...[10, 20, 30, 30, 40, 40, 50, 50, 17],
    ]);
    assertEquals(root.handlers, [handler]);
  });
});

test("the module-level functions configure a root that has no handlers, once", async () => {
  await withBareRoot(() => {
    const printed = stderrOf(() => {
      logging.debug("not shown");
      logging.warning("shown %d", 1);
      logging.log(40, "and this");
    });
    assertEquals(printed, ["WARNING:root:shown 1", "ERROR:root:and this"]);
    assertEquals(root.handlers.length, 1);
  });
});

test("every module-level function configures a root that has no handlers", async () => {
  const calls: [name: string, call: () => void][] = [
    ["DEBUG", () => logging.debug("x")],
    ["INFO", () => logging.info("x")],
    ["WARNING", () => logging.warning("x")],
    ["ERROR", () => logging.error("x")],
    ["CRITICAL", () => logging.critical("x")],
    ["WARNING", () => logging.log(30, "x")],
  ];
  for (const [name, call] of calls) {
    await withBareRoot(() => {
      root.setLevel(1);
      assertEquals(stderrOf(call), [`${name}:root:x`]);
      assertEquals(root.handlers.length, 1);
    });
  }
});
