import { assertEquals, assertInstanceOf, assertStrictEquals, assertThrows } from "@std/assert";
import { Logger, type LoggerClass } from "../../src/logging/logger.ts";
import { getLoggerClass, setLoggerClass } from "../../src/logging/logger_class.ts";
import { LogRecord } from "../../src/logging/log_record.ts";
import { Manager } from "../../src/logging/_manager.ts";
import { PlaceHolder } from "../../src/logging/place_holder.ts";
import { RootLogger } from "../../src/logging/_root_logger.ts";
import { ListHandler } from "./helpers.ts";
import { test } from "../test.ts";

class DerivedLogger extends Logger {}

test("setLoggerClass() of a manager sets the class of its new loggers", () => {
  const manager = new Manager(new RootLogger(30));
  manager.setLoggerClass(DerivedLogger);
  assertInstanceOf(manager.getLogger("a"), DerivedLogger);
  assertThrows(
    () => manager.setLoggerClass(class Other {} as unknown as LoggerClass),
    TypeError,
    "logger not derived from logging.Logger: Other",
  );
});

test("the module's setLoggerClass() applies to managers without a class of theirs", () => {
  const manager = new Manager(new RootLogger(30));
  setLoggerClass(DerivedLogger);
  try {
    assertStrictEquals(getLoggerClass(), DerivedLogger);
    assertInstanceOf(manager.getLogger("a"), DerivedLogger);
    assertThrows(() => setLoggerClass(Date as unknown as LoggerClass), TypeError, "Date");
  } finally {
    setLoggerClass(Logger);
  }
  assertEquals(manager.getLogger("b") instanceof DerivedLogger, false);
});

test("a logger of a derived class is made once, and logs by its own level", () => {
  const made: string[] = [];
  class Counted extends Logger {
    constructor(name: string) {
      super(name);
      made.push(name);
    }
  }
  const manager = new Manager(new RootLogger(30));
  manager.setLoggerClass(Counted);
  const logger = manager.getLogger("counted");
  assertStrictEquals(manager.getLogger("counted"), logger);
  assertEquals(made, ["counted"]);
  const handler = new ListHandler();
  logger.addHandler(handler);
  for (const level of ["DEBUG", "INFO", "DEBUG"] as const) {
    logger.setLevel(level);
    logger.debug("at %s", level);
  }
  assertEquals(handler.lines, ["at DEBUG", "at DEBUG"]);
});

test("setLogRecordFactory() of a manager applies only to its loggers", () => {
  class Special extends LogRecord {}
  const manager = new Manager(new RootLogger(1));
  const handler = new ListHandler();
  manager.root.addHandler(handler);
  manager.setLogRecordFactory(Special);
  assertStrictEquals(manager.logRecordFactory, Special);
  manager.getLogger("a").info("x");
  assertInstanceOf(handler.records[0], Special);
  manager.setLogRecordFactory(null);
  manager.getLogger("a").info("x");
  assertEquals(handler.records[1] instanceof Special, false);
});

test("getLogger() leaves place-holders for the names between", () => {
  const manager = new Manager(new RootLogger(30));
  const deep = manager.getLogger("a.b.c");
  assertInstanceOf(manager.loggerDict.get("a"), PlaceHolder);
  assertInstanceOf(manager.loggerDict.get("a.b"), PlaceHolder);
  assertStrictEquals(deep.parent, manager.root);
  const top = manager.getLogger("a");
  assertStrictEquals(deep.parent, top);
  const middle = manager.getLogger("a.b");
  assertStrictEquals(deep.parent, middle);
  assertStrictEquals(middle.parent, top);
});

test('getLogger() adopts children whose names begin with "r", "ro" or "roo"', () => {
  const manager = new Manager(new RootLogger(30));
  for (const name of ["r", "ro", "roo"]) {
    const child = manager.getLogger(`${name}.x`);
    assertStrictEquals(child.parent, manager.root);
    assertStrictEquals(manager.getLogger(name), child.parent as unknown as Logger);
  }
});

test("getLogger() accepts any string as a name, and nothing else", () => {
  const manager = new Manager(new RootLogger(30));
  for (const name of ["\0", ".", "..", "a..b", "__proto__", "constructor", ".a"]) {
    assertEquals(manager.getLogger(name).name, name);
  }
  for (const name of [5, null, {}, Symbol("s")]) {
    assertThrows(
      () => manager.getLogger(name as unknown as string),
      TypeError,
      "A logger name must be a string",
    );
  }
});
