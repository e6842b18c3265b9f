import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { Formatter } from "../../src/logging/formatter.ts";
import { LogRecord } from "../../src/logging/log_record.ts";
import { setLogRecordFactory } from "../../src/logging/log_record_factory.ts";
import { makeLogRecord } from "../../src/logging/make_log_record.ts";
import { listLogger, stderrOf } from "./helpers.ts";
import { test } from "../test.ts";

test("makeLogRecord() has defaults for absent keys", () => {
  const record = makeLogRecord({});
  assertInstanceOf(record, LogRecord);
  assertEquals(
    [record.name, record.msg, record.args, record.levelno, record.levelname, record.pathname],
    [null as unknown as string, "", [], null as unknown as number, "Level None", ""],
  );
  assertEquals(record.lineno, 0);
  assert(record.created > 1.6e9);
  assertEquals(record.getMessage(), "");
});

test("makeLogRecord() overwrites attributes and adds new ones", () => {
  const record = makeLogRecord({ name: "a", msg: "%s", args: ["x"], levelno: 30, user: "anna" });
  assertEquals([record.name, record.levelno, record.user], ["a", 30, "anna"]);
  assertEquals(record.getMessage(), "x");
  assertEquals(Object.keys(record).at(-1), "user");
  assertEquals(makeLogRecord(new Map([["name", "m"]])).name, "m");
});

test("makeLogRecord() keeps a received exc_text, and formatting prints it", () => {
  const record = makeLogRecord({ msg: "m", exc_info: null, exc_text: "Traceback\nboom" });
  assertEquals(new Formatter().format(record), "m\nTraceback\nboom");
});

test("makeLogRecord() leaves out keys that would hide a method of the record", () => {
  const hostile = JSON.parse(
    `{"getMessage": "x", "toString": 1, "__proto__": {"evil": 1}, "constructor": "c",
      "hasOwnProperty": 2, "valueOf": 3, "msg": "still %s", "args": ["here"]}`,
  );
  const record = makeLogRecord(hostile);
  assertEquals(record.getMessage(), "still here");
  assert(String(record).startsWith("<LogRecord: "));
  assertInstanceOf(record, LogRecord);
  assertEquals(record.evil, undefined);
  assertEquals(Object.getOwnPropertyDescriptor(record, "__proto__")?.value, { evil: 1 });
  assertEquals(record.constructor, "c" as unknown as typeof record.constructor);
  assertEquals(Object.hasOwn(record, "getMessage"), false);
  assertEquals(new Formatter("%(message)s %(hasOwnProperty)s").format(record), "still here 2");
  const { logger, handler } = listLogger();
  logger.handle(record);
  assertEquals(handler.lines, ["still here"]);
});

test("makeLogRecord() runs no setter of a record class", () => {
  let calls = 0;
  class WithSetter extends LogRecord {
    set user(_value: string) {
      calls++;
    }
  }
  setLogRecordFactory(WithSetter);
  try {
    const record = makeLogRecord({ user: "anna", msg: "m" });
    assertEquals(calls, 0);
    assertEquals(Object.getOwnPropertyDescriptor(record, "user")?.value, "anna");
  } finally {
    setLogRecordFactory(LogRecord);
  }
});

test("makeLogRecord() refuses a value that is no mapping", () => {
  for (const value of [null, undefined, 5, "text", [["a", 1]]]) {
    assertThrows(() => makeLogRecord(value as unknown as Record<string, unknown>), TypeError);
  }
});

test("a record whose level is no number reaches the handlers", () => {
  const { logger, handler } = listLogger();
  handler.setLevel(30);
  for (const levelno of [null, "ERROR", "20", {}, [], NaN, Symbol("x"), 30n]) {
    logger.handle(makeLogRecord({ name: "x", msg: "m", levelno }));
  }
  assertEquals(handler.lines.length, 8);
  logger.handle(makeLogRecord({ name: "x", msg: "m", levelno: 20 }));
  assertEquals(handler.lines.length, 8);
});

test("a received record of any content loses no other record", () => {
  const { logger, handler } = listLogger();
  handler.setFormatter(new Formatter("%(asctime)s %(name)s %(message)s"));
  const bad = [
    { created: "yesterday" },
    { created: NaN },
    { created: 1e300 },
    { msg: "%d", args: ["x"] },
    { msg: "%999999999d", args: [1] },
    { name: 5, args: new Set([1]) },
  ];
  const printed = stderrOf(() => {
    for (const dict of bad) logger.handle(makeLogRecord(dict));
    logger.handle(makeLogRecord({ name: "fine", msg: "m" }));
  });
  assertEquals(handler.errors.length, bad.length);
  assert(handler.lines.at(-1)!.endsWith("fine m"));
  assertEquals(printed, []);
});

/** A complete record as CPython sends it, every value unlike those of an empty record. */
function completeFields(extra: object = {}): Record<string, unknown> {
  const local = new LogRecord("a", 20, "p", 1, "m", null, null);
  const names = Object.keys(local).filter((name) => name !== "taskName");
  return { ...Object.fromEntries(names.map((name, i) => [name, `${name} ${i}`])), ...extra };
}

test("makeLogRecord() makes the same record whatever the order of the keys", () => {
  const extras = [
    {},
    { taskName: "Task-1" },
    { taskName: null, user: "anna", message: "m", asctime: "now" },
    JSON.parse(`{"getMessage": "x", "toString": 1, "__proto__": 2, "constructor": "c", "7": 3}`),
  ];
  for (const extra of extras) {
    const fields = completeFields(extra);
    const shuffled = Object.fromEntries(Object.entries(fields).reverse());
    const [inOrder, other] = [makeLogRecord(fields), makeLogRecord(shuffled)];
    assertInstanceOf(inOrder, LogRecord);
    assertEquals(new Map(Object.entries(inOrder)), new Map(Object.entries(other)));
    const own = Object.keys(new LogRecord("a", 20, "p", 1, "m", null, null));
    assertEquals(Object.keys(inOrder).filter((key) => own.includes(key)), own);
    assertEquals(inOrder.levelno as unknown, fields.levelno);
  }
});

test("makeLogRecord() uses the record factory for complete records too", () => {
  class Own extends LogRecord {
    override getMessage(): string {
      return "own";
    }
  }
  setLogRecordFactory(Own);
  try {
    const record = makeLogRecord(completeFields());
    assertInstanceOf(record, Own);
    assertEquals([record.name, record.getMessage()], ["name 0", "own"]);
  } finally {
    setLogRecordFactory(LogRecord);
  }
});
