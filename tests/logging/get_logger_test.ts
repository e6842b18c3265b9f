import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { disable, getLogger, manager, root } from "../../src/logging/get_logger.ts";
import type { Level } from "../../src/logging/level.ts";
import { Logger } from "../../src/logging/logger.ts";
import { Manager } from "../../src/logging/_manager.ts";
import { RootLogger } from "../../src/logging/_root_logger.ts";
import { test } from "../test.ts";

test("getLogger() returns the root for no name, '', null and 'root'", () => {
  assertStrictEquals(getLogger(), root);
  assertStrictEquals(getLogger(undefined), root);
  assertStrictEquals(getLogger(null), root);
  assertStrictEquals(getLogger(""), root);
  assertStrictEquals(getLogger("root"), root);
  assertStrictEquals(getLogger("foo").parent, root);
  assertStrictEquals(getLogger("foo.bar").parent, getLogger("foo"));
  assert(getLogger("\0") !== root);
  assertThrows(() => getLogger(5 as unknown as string), TypeError, "must be a string");
});

test("disable() turns off a level and those below it in every logger; CRITICAL is the default", () => {
  const logger = getLogger("get_logger_test");
  logger.setLevel(1);
  try {
    disable();
    assertEquals(manager.disable, 50);
    assertEquals(logger.isEnabledFor(50), false);
    disable("WARN");
    assertEquals([30, 31].map((level) => logger.isEnabledFor(level)), [false, true]);
    assertThrows(() => disable("doesnotexists" as string as Level), RangeError);
    assertThrows(() => disable({} as Level), TypeError);
    assertEquals(manager.disable, 30);
  } finally {
    disable(0);
  }
  assert(logger.isEnabledFor(1));
});

test("Logger.root is the root, on the class and on every logger", () => {
  assertStrictEquals(Logger.root, root);
  assertStrictEquals(Logger.manager, manager);
  const loggers = [root, getLogger("foo"), getLogger("foo.bar"), new Logger("by hand")];
  for (const logger of loggers) assertStrictEquals(logger.root, root);
  const other = new Manager(new RootLogger("DEBUG"));
  assertStrictEquals(other.getLogger("foo").root, other.root);
});
