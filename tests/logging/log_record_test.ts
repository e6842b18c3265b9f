import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { LogRecord, UNKNOWN_FILE } from "../../src/logging/log_record.ts";
import {
  setLogMultiprocessing,
  setLogProcesses,
  setLogThreads,
} from "../../src/logging/record_flags.ts";
import { recordOf } from "./helpers.ts";
import { test } from "../test.ts";

test("LogRecord has its attributes in the order in which they are sent", () => {
  assertEquals(Object.keys(recordOf("x")), [
    ...["name", "msg", "args", "levelname", "levelno", "pathname", "filename", "module"],
    ...["exc_info", "exc_text", "stack_info", "lineno", "funcName", "created", "msecs"],
    ...["relativeCreated", "thread", "threadName", "processName", "process", "taskName"],
  ]);
});

test("LogRecord derives filename and module from pathname", () => {
  const of = (pathname: unknown) => {
    const { filename, module } = new LogRecord("n", 20, pathname as string, 1, "", [], null);
    return [filename, module];
  };
  assertEquals(of("/a/b/c.test.ts"), ["c.test.ts", "c.test"]);
  assertEquals(of("plain"), ["plain", "plain"]);
  assertEquals(of("/a/.hidden"), [".hidden", ".hidden"]);
  assertEquals(of("/a/..x.y"), ["..x.y", "..x"]);
  assertEquals(of("/a/"), ["", ""]);
  assertEquals(of("C:\\dir\\file.ts"), ["file.ts", "file"]);
  assertEquals(of("/dir/back\\slash.ts"), ["back\\slash.ts", "back\\slash"]);
  assertEquals(of(null), [null, "Unknown module"]);
  assertEquals(of(UNKNOWN_FILE), [UNKNOWN_FILE, UNKNOWN_FILE]);
});

test("LogRecord takes created and msecs from whole milliseconds", () => {
  const before = Date.now() / 1000;
  const { created, msecs, relativeCreated } = recordOf("x");
  assert(created >= before && created <= Date.now() / 1000);
  assertEquals(msecs, Math.round(created * 1000) % 1000);
  assert(relativeCreated >= 0);
});

test("LogRecord never has 1000 milliseconds", () => {
  const real = Date.now;
  try {
    for (const [now, msecs] of [[1_677_902_297_100, 100], [1_677_903_920_999, 999], [1_000, 0]]) {
      Date.now = () => now!;
      const record = recordOf("x");
      assertEquals([record.created, record.msecs], [now! / 1000, msecs]);
    }
  } finally {
    Date.now = real;
  }
});

test("LogRecord takes a single mapping argument as its args", () => {
  const mapping = { less: "more", n: 2 };
  assertStrictEquals(recordOf("%(less)s of %(n)03d", mapping).args, mapping);
  assertEquals(recordOf("%(less)s of %(n)03d", mapping).getMessage(), "more of 002");
  assertEquals(recordOf("%(a)s", new Map([["a", 1]])).getMessage(), "1");
  assertEquals(recordOf("%s", mapping).getMessage(), "{'less': 'more', 'n': 2}");
  assertEquals(recordOf("%s", {}).args, [{}]);
  assertEquals(recordOf("%s", {}).getMessage(), "{}");
  assertEquals(recordOf("%s", new Map()).args, [new Map()]);
  assertEquals(recordOf("%s %s", mapping, 1).args, [mapping, 1]);
});

test("getMessage() formats the message only if there are arguments", () => {
  assertEquals(recordOf("100%").getMessage(), "100%");
  assertEquals(recordOf("%s and %d", "x", 3).getMessage(), "x and 3");
  assertEquals(recordOf(42).getMessage(), "42");
  assertEquals(recordOf(null).getMessage(), "None");
  assertEquals(recordOf(new TypeError("no")).getMessage(), "TypeError: no");
  assertThrows(() => recordOf("100%", 1).getMessage(), RangeError, "incomplete format");
  assertThrows(() => recordOf("%s %s", 1).getMessage(), TypeError, "not enough arguments");
  assertThrows(() => recordOf("%s", 1, 2).getMessage(), TypeError, "not all arguments converted");
  assertThrows(() => recordOf("%d", "x").getMessage(), TypeError, "%d format: a real number");
});

test("getMessage() formats with any value that a sender left in args", () => {
  const of = (msg: string, args: unknown) => {
    const record = recordOf(msg);
    record.args = args as null;
    return record.getMessage();
  };
  assertEquals(of("%s-%s", ["a", 1]), "a-1");
  assertEquals(of("%(k)s", { k: "v" }), "v");
  assertEquals(of("100%", null), "100%");
  assertEquals(of("%s", "alone"), "alone");
  assertEquals(of("%s", 0), "%s");
});

test("toString() is CPython's repr of a record", () => {
  assertEquals(
    String(recordOf('say "hi" to %s', "x")),
    '<LogRecord: test, 20, /dir/file.ts, 7, "say "hi" to %s">',
  );
});

test("LogRecord has null for each attribute whose flag is off", () => {
  const on = recordOf("x");
  assertEquals([on.thread, on.threadName, on.processName], [0, "MainThread", "MainProcess"]);
  assert(on.process! > 0);
  assertEquals(on.taskName, null);
  setLogThreads(false);
  setLogProcesses(false);
  setLogMultiprocessing(false);
  try {
    const off = recordOf("x");
    assertEquals([off.thread, off.threadName, off.processName, off.process], [
      ...[null, null, null, null],
    ]);
    assertEquals(Object.keys(off), Object.keys(on));
  } finally {
    setLogThreads(true);
    setLogProcesses(true);
    setLogMultiprocessing(true);
  }
});
