import { assertEquals, assertStrictEquals } from "@std/assert";
import { getLogger, manager, root } from "../../src/logging/get_logger.ts";
import { nearestLogger } from "../../src/logging/nearest_logger.ts";
import { test } from "../test.ts";

test("nearestLogger() finds the logger of that name or its nearest ancestor", () => {
  const b = getLogger("nearest_test.a.b");
  const top = getLogger("nearest_test");
  const cases: [string, unknown][] = [
    ["nearest_test.a.b", b],
    ["nearest_test.a.b.c.d", b],
    ["nearest_test.a", top],
    ["nearest_test.a.bc", top],
    ["nearest_test.x", top],
    ["nearest_test.", top],
    ["nearest_testing", root],
    ["other_nearest_test.a", root],
    [".nearest_test", root],
    ["", root],
    ["root", root],
    ["..", root],
  ];
  for (const [name, logger] of cases) assertStrictEquals(nearestLogger(name), logger, name);
});

test("nearestLogger() finds loggers whose names have empty parts", () => {
  for (const name of [".nearest_dots.a", "nearest_dots..b", "nearest_dots.c.", "..nearest_dots"]) {
    const logger = getLogger(name);
    assertStrictEquals(nearestLogger(`${name}.x.y`), logger, name);
  }
});

test("nearestLogger() makes neither a logger nor a place-holder", () => {
  const before = manager.loggerDict.size;
  for (let i = 0; i < 100; i++) nearestLogger(`nearest_none${i}` + ".a".repeat(500));
  assertEquals(manager.loggerDict.size, before);
});
