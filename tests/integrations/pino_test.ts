/** Records of what the real pino logs; tests/interop/pino_test.ts sends them to CPython. */
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import pino from "pino";
import process from "node:process";
import { pinoDestination, type PinoOptions } from "../../src/integrations/pino.ts";
import { Handler } from "../../src/logging/handler.ts";
import { WARNING } from "../../src/logging/level.ts";
import type { LogRecord } from "../../src/logging/log_record.ts";
import { Logger } from "../../src/logging/logger.ts";
import { test } from "../test.ts";

/** Keeps every record as it is: to format one adds the attribute `message`. */
class ListHandler extends Handler {
  readonly records: LogRecord[] = [];

  override emit(record: LogRecord): void {
    this.records.push(record);
  }

  /** The latest record. */
  get last(): LogRecord {
    const record = this.records.at(-1);
    if (record === undefined) throw new Error("there is no record");
    return record;
  }
}

/** A pino logger, and the records of what it logs. */
function logger(options: pino.LoggerOptions<string> = {}, own: PinoOptions = {}) {
  const handler = new ListHandler();
  const destination = pinoDestination(handler, own);
  const log = pino({ level: "trace", ...options }, destination);
  return { log, handler, destination, records: handler.records };
}

/** The fields that pino added to a record, without the host's name. */
function fieldsOf(record: LogRecord): Record<string, unknown> {
  const { hostname: _hostname, ...fields } = record;
  return Object.fromEntries(Object.entries(fields).filter(([key]) => !STANDARD.includes(key)));
}

const STANDARD = [
  ...["name", "msg", "args", "levelname", "levelno", "pathname", "filename", "module"],
  ...["exc_info", "exc_text", "stack_info", "lineno", "funcName", "created", "msecs"],
  ...["relativeCreated", "thread", "threadName", "processName", "process", "taskName"],
];

test("each of pino's levels has a number and a name of Python's", () => {
  const { log, records } = logger();
  for (const level of ["trace", "debug", "info", "warn", "error", "fatal"] as const) {
    log[level]("x");
  }
  assertEquals(records.map(({ levelno, levelname }) => [levelno, levelname]), [
    [5, "TRACE"],
    [10, "DEBUG"],
    [20, "INFO"],
    [30, "WARNING"],
    [40, "ERROR"],
    [50, "CRITICAL"],
  ]);
});

test("a record has pino's name, text, time, process, host and fields", () => {
  const { log, handler } = logger({ name: "shop" });
  const before = Date.now() / 1000;
  log.info({ user: "anna", list: [1, { a: null }] }, "signed in");
  const record = handler.last;
  assertEquals([record.name, record.getMessage(), record.args], ["shop", "signed in", null]);
  assert(record.created >= before && record.created <= Date.now() / 1000);
  assertEquals(record.msecs, Math.round(record.created * 1000) % 1000);
  assertEquals(record.process, process.pid);
  assertEquals(typeof record.hostname, "string");
  assertEquals(fieldsOf(record), { user: "anna", list: [1, { a: null }] });
});

test("a logger without a name has the name of the option, which is pino unless given", () => {
  const { log, handler } = logger();
  log.info("x");
  assertEquals(handler.last.name, "pino");
  const other = logger({ base: null }, { name: "shop.pino" });
  other.log.info("x");
  assertEquals(other.handler.last.name, "shop.pino");
  assertEquals(fieldsOf(other.handler.last), {});
});

test("bindings of children are fields, and the name of a child is the record's", () => {
  const { log, handler } = logger({ name: "shop", mixin: () => ({ mixed: 1 }) });
  log.child({ request: 7 }).child({ name: "shop.cart", level: "x", pid: "p" }).info("x");
  assertEquals(handler.last.name, "shop.cart");
  assertEquals(fieldsOf(handler.last), { request: 7, mixed: 1, pid: "p" });
});

test("a field that is named like an attribute of the record gets _ behind its name", () => {
  const { log, handler } = logger();
  log.info({ args: [1], message: "m", getMessage: 2, process: 3, __proto__: { a: 1 } }, "x");
  const fields = fieldsOf(handler.last);
  assertEquals(fields, { args_: [1], message_: "m", getMessage_: 2, process_: 3 });
  assertEquals(handler.last.getMessage(), "x");
  const line = `{"level":30,"__proto__":{"a":1},"constructor":2,"msg":"y"}\n`;
  const { handler: raw, destination } = logger();
  destination.write(line);
  assertEquals(Object.entries(fieldsOf(raw.last)), [["__proto__", { a: 1 }], ["constructor", 2]]);
});

test("a text that pino has formatted is not formatted again", () => {
  const { log, records } = logger();
  // pino's types refuse some of these calls.
  const info = log.info.bind(log) as (...args: unknown[]) => void;
  info("50% done");
  info("50% done", 7);
  info("%s left", 3);
  info("%o %O %j", { a: 1 }, { b: 2 }, { c: 3 });
  info("%d", "x");
  info("100%%");
  info("100%% of %s", "it");
  info("hi", { user: 7 });
  info({ user: 7 });
  assertEquals(records.map((record) => record.getMessage()), [
    "50% done",
    "50% done",
    "3 left",
    `{"a":1} {"b":2} {"c":3}`,
    "NaN",
    "100%%",
    "100% of it",
    "hi",
    "",
  ]);
});

test("the page's table of % says what a logger of this package does", () => {
  const log = new Logger("ours");
  const handler = new ListHandler();
  log.addHandler(handler);
  log.warning("50% done");
  log.warning("50% done", 7);
  log.warning("%s left", 3);
  log.warning("100%%");
  log.warning("100%% of %s", "it");
  assertEquals(handler.records.map((record) => record.getMessage()), [
    "50% done",
    "50 7one",
    "3 left",
    "100%%",
    "100% of it",
  ]);
});

test("a message that is no text becomes the record's text", () => {
  const { log, records, destination } = logger();
  log.info(null, "given");
  log.info(undefined, "given");
  for (const value of [5, null]) (log.info as (value: unknown) => void).call(log, value);
  destination.write(`{"level":30,"msg":{"id":18446744073709551616}}\n`);
  assertEquals(records.map((record) => record.getMessage()), [
    "given",
    "given",
    "5",
    "null",
    `{"id":"18446744073709551616"}`,
  ]);
});

test("an error is the record's exc_text, with its causes, and its properties are a field", () => {
  const { log, records } = logger();
  const cause = Object.assign(new RangeError("disk full"), { errno: 28 });
  const error = Object.assign(new TypeError("not saved", { cause }), { code: "E_SAVE" });
  log.error(error);
  log.error({ err: error, user: 7 }, "failed");
  for (const record of records) {
    assertEquals(record.exc_info, null);
    assertMatch(record.exc_text!, /^TypeError: not saved\n[^]*caused by: RangeError: disk full\n/);
    assert(record.exc_text!.includes("pino_test"), "the stack");
    assertEquals(record.err, { code: "E_SAVE" });
  }
  assertEquals(records.map((record) => record.getMessage()), ["not saved", "failed"]);
  assertEquals(records[1]!.user, 7);
});

test("an error without other properties leaves no field behind", () => {
  const { log, handler } = logger();
  log.warn(new Error("a: b"));
  assertEquals(fieldsOf(handler.last), {});
  assertMatch(handler.last.exc_text!, /^Error: a: b\n/);
});

test("the errors of an AggregateError follow its stack, indented", () => {
  const { log, handler } = logger();
  log.error(new AggregateError([new TypeError("one"), new RangeError("two"), "three"], "both"));
  const text = handler.last.exc_text!;
  assertMatch(text, /^AggregateError: both\n/);
  assertMatch(text, /\n {4}\[0\] TypeError: one\n {4}[^]*\n {4}\[1\] RangeError: two\n/);
  assertMatch(text, /\n {4}\[2\] three$/);
});

test("an error keeps its type where the stack does not name it, and a text without a stack", () => {
  class NotFound extends Error {}
  const { log, handler, destination } = logger();
  const error = new NotFound("no such order");
  error.stack = "Error: no such order\n    at somewhere";
  log.error(error);
  assertEquals(handler.last.exc_text, "Error: no such order\n    at somewhere");
  assertEquals(handler.last.err, { type: "NotFound" });
  destination.write(`{"level":50,"err":{"type":"E","message":"m"},"msg":"m"}\n`);
  assertEquals([handler.last.exc_text, handler.last.err], ["E: m", undefined]);
});

test("errors of the serializers errWithCause, of a program's own, and no errors", () => {
  const withCause = logger({ serializers: { err: pino.stdSerializers.errWithCause } });
  withCause.log.error(new Error("outer", { cause: new Error("inner") }));
  assertMatch(withCause.handler.last.exc_text!, /^Error: outer\n[^]*\nCaused by: Error: inner\n/);

  const text = logger({ serializers: { err: (error: Error) => `<${error.message}>` } });
  text.log.error(new Error("outer"));
  assertEquals(text.handler.last.exc_text, "<outer>");

  const { log, handler } = logger();
  log.error({ err: { status: 404 } }, "x");
  assertEquals([handler.last.exc_text, handler.last.err], [null, { status: 404 }]);
});

test("messageKey, errorKey and customLevels are those that the logger says", () => {
  const { log, handler } = logger({
    messageKey: "text",
    errorKey: "error",
    customLevels: { audit: 35 },
  }, { pythonLevels: {} });
  log.error({ msg: 1, err: 2, error: new Error("no") }, "hi");
  assertEquals(handler.last.getMessage(), "hi");
  assertMatch(handler.last.exc_text!, /^Error: no\n/);
  assertEquals(fieldsOf(handler.last), { msg_: 1, err: 2 });
  (log as unknown as { audit(text: string): void }).audit("x");
  assertEquals([handler.last.levelno, handler.last.levelname], [25, "AUDIT"]);
});

test("the options messageKey and errorKey win over what the logger says", () => {
  const { handler, destination } = logger({}, { messageKey: "text", errorKey: "error" });
  destination.write(`{"level":30,"text":"hi","error":"Error: no","msg":"x"}\n`);
  assertEquals(handler.last.getMessage(), "hi");
  assertEquals([handler.last.exc_text, handler.last.msg_], ["Error: no", "x"]);
});

test("pythonLevels gives labels a level, also those of a scale that runs the other way", () => {
  const { log, records } = logger({
    customLevels: { panic: 0, note: 5, chat: 7 },
    useOnlyCustomLevels: true,
    levelComparison: "DESC",
    level: "chat",
  }, { pythonLevels: { panic: "CRITICAL", note: 25 } });
  const calls = log as unknown as Record<string, (text: string) => void>;
  for (const label of ["panic", "note", "chat"]) calls[label]!.call(log, "x");
  assertEquals(records.map(({ levelno, levelname }) => [levelno, levelname]), [
    [50, "CRITICAL"],
    [25, "NOTE"],
    [5, "CHAT"],
  ]);
});

test("a level that formatters.level writes as text, under another key or not at all is the same", () => {
  const formats: ((label: string) => object)[] = [
    (level) => ({ level }),
    (level) => ({ level: level.toUpperCase() }),
    (level) => ({ severity: level }),
    () => ({}),
  ];
  const levels = formats.map((level) => {
    const { log, handler, destination } = logger({ formatters: { level } });
    log.warn("x");
    assertEquals(destination.stats.withoutLevel, 0);
    return handler.last.levelno;
  });
  assertEquals(levels, [30, 30, 30, 30]);
});

test("the time is that of every timestamp function of pino's, and the present one without any", () => {
  const at = (time: string | boolean) => {
    const timestamp = typeof time === "boolean" ? time : () => time;
    const { log, handler } = logger({ timestamp });
    log.info("x");
    return handler.last;
  };
  assertEquals(at(`,"time":1700000000123`).created, 1700000000.123);
  assertEquals(at(`,"time":1700000000`).created, 1700000000);
  assertEquals(at(`,"time":"2023-11-14T22:13:20.123Z"`).created, 1700000000.123);
  assertEquals(at(`,"time":"2023-11-14T22:13:20.123456789Z"`).created, 1700000000.123456789);
  assertEquals(at(`,"time":"2023-11-15T00:13:20+02:00"`).created, 1700000000);
  assertEquals(at(`,"time":"2023-11-14T22:13:20.5Z"`).msecs, 500);

  const elsewhere = at(`,"@timestamp":"2023-11-14T22:13:20Z"`);
  assertEquals([elsewhere.created, elsewhere["@timestamp"]], [1700000000, "2023-11-14T22:13:20Z"]);
  const now = Date.now() / 1000;
  assert(at(false).created >= now);
  const unknown = at(`,"time":"yesterday"`);
  assert(unknown.created >= now);
  assertEquals(unknown.time, "yesterday");

  for (const name of ["isoTime", "unixTime", "epochTime", "isoTimeNano"] as const) {
    const { log, handler } = logger({ timestamp: pino.stdTimeFunctions[name] });
    log.info("x");
    assert(Math.abs(handler.last.created - now) < 60, name);
    assertEquals(fieldsOf(handler.last), {}, name);
  }
});

test("what is nested stays a field, and is fields and an error with the option nestedKey", () => {
  const options = { nestedKey: "payload", base: { pid: 7, host: "a" } };
  const one = logger(options);
  one.log.info({ host: "b" }, "x");
  assertEquals(fieldsOf(one.handler.last), { host: "a", payload: { host: "b" } });

  const { log, handler } = logger(options, { nestedKey: "payload" });
  log.error({ host: "b", level: 1, time: 2, err: new Error("no") }, "x");
  const record = handler.last;
  assertEquals(fieldsOf(record), { host: "a", host_: "b", level: 1, time: 2 });
  assertEquals([record.levelno, record.process, record.getMessage()], [40, 7, "x"]);
  assertMatch(record.exc_text!, /^Error: no\n/);
});

test("serializers, redaction and formatters of pino apply", () => {
  const { log, handler } = logger({
    serializers: { user: ({ id }: { id: number }) => `#${id}` },
    redact: { paths: ["password", "card.number"], censor: "***" },
    formatters: {
      bindings: ({ pid }) => ({ pid, app: "shop" }),
      log: (fields) => ({ ...fields, formatted: true }),
    },
    msgPrefix: "[shop] ",
    base: { pid: 7 },
  });
  log.child({ card: { number: 4 } }).info({ user: { id: 7 }, password: "x" }, "paid");
  assertEquals(handler.last.getMessage(), "[shop] paid");
  assertEquals(fieldsOf(handler.last), {
    app: "shop",
    card: { number: "***" },
    user: "#7",
    password: "***",
    formatted: true,
  });
});

test("integers keep their digits", () => {
  const { log, handler } = logger();
  log.info({ id: 2n ** 64n, deep: { ids: [-(2n ** 63n)] }, small: 5n }, "x");
  assertEquals(fieldsOf(handler.last), { id: 2n ** 64n, deep: { ids: [-(2n ** 63n)] }, small: 5 });
});

test("a line that is no JSON, or has no level, is a record at INFO and is counted", () => {
  const { handler, records, destination } = logger();
  for (const text of ["plain %s\r\n", `{"level":30,"msg":"cut`, "[1]\n", "\n"]) {
    destination.write(text);
  }
  assertEquals(records.map((record) => [record.getMessage(), record.levelno]), [
    ["plain %s", 20],
    [`{"level":30,"msg":"cut`, 20],
    ["[1]", 20],
  ]);
  assertEquals(destination.stats, { lines: 3, notJson: 3, withoutLevel: 0 });
  destination.write(`{"msg":"a","x":1}\n{"level":"loud","msg":"b"}\n`);
  assertEquals(records.slice(3).map((record) => [record.getMessage(), fieldsOf(record)]), [
    ["a", { x: 1 }],
    ["b", { level: "loud" }],
  ]);
  assertEquals(destination.stats, { lines: 5, notJson: 3, withoutLevel: 2 });
  assertEquals(handler.last.levelno, 20);
});

test("crlf and a hook that changes the line lose nothing", () => {
  const { log, records, destination } = logger({
    crlf: true,
    hooks: { streamWrite: (line) => line.replace("secret", "***") },
  });
  log.info("secret");
  assertEquals(records.map((record) => record.getMessage()), ["***"]);
  assertEquals(destination.stats, { lines: 1, notJson: 0, withoutLevel: 0 });
});

test("multistream passes level, time and the logger's own keys on", () => {
  const low = new ListHandler();
  const high = new ListHandler();
  const log = pino(
    { level: "debug", messageKey: "text", formatters: { level: (severity) => ({ severity }) } },
    pino.multistream([
      { level: "debug", stream: pinoDestination(low) },
      { level: "error", stream: pinoDestination(high) },
    ]),
  );
  log.debug("a");
  log.error("b");
  assertEquals(low.records.map((record) => [record.getMessage(), record.levelno]), [
    ["a", 10],
    ["b", 40],
  ]);
  assertEquals(high.records.map((record) => record.getMessage()), ["b"]);
});

test("pino takes the destination as its only argument", () => {
  const handler = new ListHandler();
  pino(pinoDestination(handler)).info("x");
  assertEquals(handler.last.getMessage(), "x");
});

test("a handler gets only the records of its level or above", () => {
  const { log, handler, records } = logger();
  handler.setLevel(WARNING);
  log.info("a");
  log.warn("b");
  assertEquals(records.map((record) => record.getMessage()), ["b"]);
});

test("logger.flush() calls back when the handler has flushed, and end() when it has closed", async () => {
  const steps: string[] = [];
  class Slow extends ListHandler {
    override async flush(): Promise<void> {
      await Promise.resolve();
      steps.push("flushed");
    }
  }
  const handler = new Slow();
  const destination = pinoDestination(handler);
  const log = pino(destination);
  await new Promise<void>((resolve) =>
    log.flush(() => {
      steps.push("called back");
      resolve();
    })
  );
  destination.flushSync();
  assertEquals(destination.writable, true);
  await new Promise<void>((resolve) => destination.end(resolve));
  assertEquals(destination.writable, false);
  assertEquals(steps, ["flushed", "called back", "flushed", "flushed"]);
  await destination[Symbol.asyncDispose]();
});

test("pino never gets an error of the handler, nor of its own records", () => {
  const seen: unknown[] = [];
  class Broken extends ListHandler {
    override emit(record: LogRecord): void {
      throw new Error(`broken at ${record.getMessage()}`);
    }
    override handleError(_record: LogRecord, error: unknown): void {
      seen.push(String(error));
      throw error;
    }
  }
  const destination = pinoDestination(new Broken());
  const log = pino(destination);
  log.info("a");
  destination.write(7 as unknown as string);
  assertEquals(seen, ["Error: broken at a", "Error: broken at 7"]);
  assertEquals(destination.emit("message", null), false);
  assertEquals(destination.emit("message", { code: "PINO_CONFIG", config: 1 }), false);
});

test("pinoDestination() refuses what is no handler and options that do not exist", () => {
  const make = (handler: unknown, options?: unknown) => () =>
    pinoDestination(handler as ListHandler, options as PinoOptions);
  assertThrows(make({}), TypeError, "'handler' must be an object with handle()");
  assertThrows(
    make(new ListHandler(), { nmae: "x" }),
    TypeError,
    "the options are name, pythonLevels, messageKey, errorKey, nestedKey",
  );
  assertThrows(make(new ListHandler(), { name: 7 }), TypeError, "'name' must be a string");
  assertThrows(
    make(new ListHandler(), { pythonLevels: { audit: "LOUD" } }),
    TypeError,
    "'pythonLevels.audit' must be an integer or the name of a level",
  );
});
