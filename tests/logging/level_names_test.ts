import { assertEquals, assertThrows } from "@std/assert";
import {
  addLevelName,
  checkLevel,
  getLevelName,
  getLevelNamesMapping,
} from "../../src/logging/level_names.ts";
import type { Level } from "../../src/logging/level.ts";
import { ListHandler } from "./helpers.ts";
import { Logger } from "../../src/logging/logger.ts";
import { test } from "../test.ts";

test("getLevelName() maps numbers to names and names to numbers", () => {
  assertEquals(getLevelName("INFO"), 20);
  assertEquals(getLevelName(20), "INFO");
  assertEquals(getLevelName("FATAL"), 50);
  assertEquals(getLevelName(50), "CRITICAL");
  assertEquals(getLevelName("NOTSET"), 0);
  assertEquals(getLevelName(0), "NOTSET");
  assertEquals(getLevelName(25), "Level 25");
  assertEquals(getLevelName("NOPE"), "Level NOPE");
  assertEquals(getLevelName(null as unknown as number), "Level None");
});

test("addLevelName() names a level, even by an empty name", () => {
  addLevelName(123, "");
  assertEquals(getLevelName(123), "");
  addLevelName(123, "VERBOSE");
  assertEquals(getLevelName(123), "VERBOSE");
  assertEquals(getLevelName("VERBOSE"), 123);
  assertEquals(checkLevel("VERBOSE"), 123);
  addLevelName(20, "");
  try {
    assertEquals([getLevelName(20), getLevelName(0), getLevelName("NOTSET")], ["", "NOTSET", 0]);
  } finally {
    addLevelName(20, "INFO");
  }
});

test("getLevelNamesMapping() returns a new map at each call", () => {
  const mapping = getLevelNamesMapping();
  for (const name of ["CRITICAL", "FATAL", "ERROR", "WARN", "WARNING", "INFO", "DEBUG", "NOTSET"]) {
    assertEquals(mapping.get(name), getLevelName(name));
  }
  mapping.clear();
  assertEquals(getLevelNamesMapping().get("INFO"), 20);
});

test("checkLevel() accepts only integers, booleans and known names, in any case", () => {
  assertEquals(checkLevel(7), 7);
  assertEquals(checkLevel(true), 1);
  assertEquals(checkLevel("ERROR"), 40);
  for (const name of ["INFO", "info", "Info"]) assertEquals(checkLevel(name), 20);
  assertThrows(
    () => checkLevel("inof"),
    RangeError,
    "Unknown level: 'inof': the names are CRITICAL, FATAL, ERROR, WARN, WARNING, INFO, DEBUG, NOTSET",
  );
  assertThrows(() => checkLevel(null), TypeError, "Level not an integer or a valid string: None");
  assertThrows(() => checkLevel(10.5), TypeError, "a valid string: 10.5");
  assertThrows(() => checkLevel([0, 0]), TypeError, "a valid string: [0, 0]");
  assertThrows(() => checkLevel(NaN), TypeError, "a valid string: nan");
});

test("a name that addLevelName() adds is found as it is written, then in any case", () => {
  addLevelName(5, "TraceTest");
  addLevelName(6, "tracetest");
  assertEquals([getLevelName("TraceTest"), getLevelName("tracetest")], [5, 6]);
  assertEquals([checkLevel("TRACETEST"), getLevelName(5)], [5, "TraceTest"]);
  assertThrows(() => checkLevel("trace"), RangeError, "TraceTest, tracetest");
});

test("getLevelName() returns the number of a name in lower case", () => {
  assertEquals([getLevelName("debug"), getLevelName("warn")], [10, 30]);
  assertEquals(getLevelName("nonsense"), "Level nonsense");
});

test("setLevel() of loggers and of handlers refuses unknown levels", () => {
  const logger = new Logger("x");
  const handler = new ListHandler();
  for (const owner of [logger, handler]) {
    owner.setLevel("WARN");
    assertEquals(owner.level, 30);
    owner.setLevel("info");
    assertEquals(owner.level, 20);
    owner.setLevel("warn");
    const unknown = "wran" as string as Level;
    assertThrows(() => owner.setLevel(unknown), RangeError, "Unknown level: 'wran'");
    assertThrows(() => owner.setLevel(undefined as unknown as number), TypeError);
    assertEquals(owner.level, 30);
  }
});
