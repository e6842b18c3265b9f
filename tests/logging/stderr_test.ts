import { assertEquals } from "@std/assert";
import process from "node:process";
import { Logger } from "../../src/logging/logger.ts";
import { LogRecord } from "../../src/logging/log_record.ts";
import { writeToStderr } from "../../src/logging/stderr.ts";
import { StreamHandler } from "../../src/logging/stream_handler.ts";
import { catchStderr } from "../stderr.ts";
import { test } from "../test.ts";
import { stderrOf } from "./helpers.ts";

test("writeToStderr() adds no line break", () => {
  const { end } = catchStderr();
  const written: string[] = [];
  process.stderr.write = ((text: string) => written.push(text) > 0) as typeof process.stderr.write;
  try {
    writeToStderr("a");
    writeToStderr("b\nc\n");
    const handler = new StreamHandler();
    handler.terminator = ";";
    handler.emit(new LogRecord("x", 30, "", 0, "d", [], null));
  } finally {
    end();
  }
  assertEquals(written, ["a", "b\nc\n", "d;"]);
});

test("writeToStderr() does not call a console.error that the program has replaced", () => {
  const { error } = globalThis.console;
  const seen: unknown[] = [];
  globalThis.console.error = (text: unknown) => void seen.push(text);
  try {
    assertEquals(stderrOf(() => writeToStderr("a\n")), ["a"]);
  } finally {
    globalThis.console.error = error;
  }
  assertEquals(seen, []);
});

test("a process.stderr.write() that logs is called once for each record", () => {
  const log = new Logger("circle", 1);
  log.addHandler(new StreamHandler());
  const { end } = catchStderr();
  const written: string[] = [];
  process.stderr.write = ((text: string) => {
    written.push(text);
    if (written.length < 50) log.debug("");
    return true;
  }) as typeof process.stderr.write;
  try {
    log.warning("a");
    log.warning("b");
  } finally {
    end();
  }
  assertEquals(written, ["a\n", "b\n"]);
});

test("StreamHandler reports a record that its own stream logs, once", () => {
  const log = new Logger("circle", 1);
  const written: string[] = [];
  const faults: unknown[] = [];
  class Watched extends StreamHandler {
    override handleError(record: LogRecord, error: unknown): void {
      faults.push(`${record.msg}: ${error}`);
    }
  }
  const stream = {
    write(text: string): void {
      written.push(text);
      log.info("from write()");
    },
  };
  log.addHandler(new Watched(stream));
  log.addHandler(new Watched(stream));
  log.warning("a");
  assertEquals(written, ["a\n", "from write()\n", "a\n", "from write()\n"]);
  const fault =
    "from write(): RangeError: Cannot write a record as its stream logs while it writes";
  assertEquals(faults, Array(6).fill(fault));
});
