import { assertEquals, assertInstanceOf, assertStrictEquals, assertThrows } from "@std/assert";
import { LogRecord } from "../../src/logging/log_record.ts";
import {
  getLogRecordFactory,
  type LogRecordFactory,
  setLogRecordFactory,
} from "../../src/logging/log_record_factory.ts";
import { makeLogRecord } from "../../src/logging/make_log_record.ts";
import { listLogger, stderrOf } from "./helpers.ts";
import { test } from "../test.ts";

class DerivedRecord extends LogRecord {
  override getMessage(): string {
    return `derived ${super.getMessage()}`;
  }
}

test("loggers and makeLogRecord() use the factory of setLogRecordFactory()", () => {
  const { logger, handler } = listLogger();
  setLogRecordFactory(DerivedRecord);
  try {
    assertStrictEquals(getLogRecordFactory(), DerivedRecord);
    logger.info("x %d", 1);
    assertInstanceOf(handler.records[0], DerivedRecord);
    assertInstanceOf(makeLogRecord({}), DerivedRecord);
  } finally {
    setLogRecordFactory(LogRecord);
  }
  assertEquals(handler.lines, ["derived x 1"]);
  assertStrictEquals(getLogRecordFactory(), LogRecord);
});

test("setLogRecordFactory() accepts a function that adds fields", () => {
  const { logger, handler } = listLogger();
  const factory: LogRecordFactory = (...args) => {
    const record = new LogRecord(...args);
    record.custom = "c";
    return record;
  };
  setLogRecordFactory(factory);
  try {
    logger.info("x");
  } finally {
    setLogRecordFactory(LogRecord);
  }
  assertEquals(handler.records[0]!.custom, "c");
});

test("setLogRecordFactory() refuses a value that is no function", () => {
  assertThrows(() => setLogRecordFactory(5 as unknown as LogRecordFactory), TypeError, "'factory'");
});

test("a record factory that throws loses only that record", () => {
  const { logger, handler } = listLogger();
  setLogRecordFactory(() => {
    throw new Error("broken factory");
  });
  try {
    assertEquals(stderrOf(() => logger.info("x")).length, 1);
  } finally {
    setLogRecordFactory(LogRecord);
  }
  logger.info("y");
  assertEquals(handler.lines, ["y"]);
});
