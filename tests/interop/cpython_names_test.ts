// `MiscTestCase.test__all__` of CPython's Lib/test/test_logging.py, from outside.
import { assertEquals } from "@std/assert";
import * as logwire from "../../mod.ts";
import { test } from "../test.ts";
import { runProgram } from "./programs.ts";

/** `logging.__all__` of CPython 3.13, which 3.14 has too. */
const names = [
  ...["BASIC_FORMAT", "BufferingFormatter", "CRITICAL", "DEBUG", "ERROR", "FATAL", "FileHandler"],
  ...["Filter", "Formatter", "Handler", "INFO", "LogRecord", "Logger", "LoggerAdapter", "NOTSET"],
  ...["NullHandler", "StreamHandler", "WARN", "WARNING", "addLevelName", "basicConfig"],
  ...["captureWarnings", "critical", "debug", "disable", "error", "exception", "fatal"],
  ...["getLevelName", "getLogger", "getLoggerClass", "info", "log", "makeLogRecord"],
  ...["setLoggerClass", "shutdown", "warn", "warning", "getLogRecordFactory"],
  ...["setLogRecordFactory", "lastResort", "raiseExceptions", "getLevelNamesMapping"],
  ...["getHandlerByName", "getHandlerNames"],
];

test("mod.ts has every name of CPython's logging but FileHandler and captureWarnings", () => {
  const missing = names.filter((name) => !(name in logwire));
  assertEquals(missing, ["FileHandler", "captureWarnings"]);
});

test("ext://sys.stdout has every line when the program calls process.exit()", async () => {
  const { stdout, stderr } = await runProgram("stdout_program.ts", []);
  assertEquals([stdout.split("\n").length, stderr], [5001, ""]);
  assertEquals(stdout.slice(-1 - 60), `line 4999 ${"x".repeat(50)}\n`);
});
