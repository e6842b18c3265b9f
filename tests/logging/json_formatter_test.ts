import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import fc from "fast-check";
import { JSONFormatter, type JSONFormatterOptions } from "../../src/logging/json_formatter.ts";
import { LogRecord } from "../../src/logging/log_record.ts";
import { makeLogRecord } from "../../src/logging/make_log_record.ts";
import { StreamHandler } from "../../src/logging/stream_handler.ts";
import { PythonObject } from "../../src/wire/pickle/python_object.ts";
import { dag } from "../text/dag.ts";
import { MAX_TEXT } from "../../src/text/text_budget.ts";
import { test } from "../test.ts";
import { receivedRecord, recordOf } from "./helpers.ts";

const format = (fields: Record<string, unknown>, options?: JSONFormatterOptions) =>
  new JSONFormatter(options).format(
    makeLogRecord({ name: "a.b", levelname: "INFO", levelno: 20, created: 1.5, ...fields }),
  );
const START = '{"time":"1970-01-01T00:00:01.500Z","level":"info","logger":"a.b"';

test("JSONFormatter writes time, level, logger, message and fields as one line, in this order", () => {
  assertEquals(
    format({ msg: "%d left", args: [3], user: "anna", nested: { list: [1, null, true] } }),
    `${START},"message":"3 left","user":"anna","nested":{"list":[1,null,true]}}`,
  );
  assertEquals(
    format({ msg: "a\nb\r\u2028\x85\x1b" }),
    [
      ...[START, ',"message":"a\\nb\\r\\u2028\\u0085\\u001b"}'],
    ].join(""),
  );
});

test("JSONFormatter puts _ behind the name of a field that is a key of the line", () => {
  const fields = { time: 1, level: 2, logger: 3, message_: 4, error: 5, level_: 6 };
  const line = JSON.parse(format({ msg: "x", ...fields }));
  assertEquals(
    Object.keys(line).join(),
    "time,level,logger,message,time_,level__,logger_,message_,error_,level_",
  );
  assertEquals([line.time_, line.level__, line.level_], [1, 2, 6]);
});

test("JSONFormatter renames its keys", () => {
  const keys = { time: "@timestamp", message: "msg", error: "err" };
  const line = JSON.parse(format({ msg: "x", time: 7, exc_text: "boom" }, { keys }));
  assertEquals(line, {
    "@timestamp": "1970-01-01T00:00:01.500Z",
    level: "info",
    logger: "a.b",
    msg: "x",
    time: 7,
    err: { stack: "boom" },
  });
});

test("JSONFormatter refuses unknown options, and names that are no names", () => {
  const made = (options: unknown) => () => new JSONFormatter(options as JSONFormatterOptions);
  assertThrows(made({ key: {} }), TypeError, "the options are keys");
  assertThrows(made({ keys: { msg: "m" } }), TypeError, "time, level, logger, message");
  assertThrows(made({ keys: { message: "" } }), TypeError, "keys.message");
  assertThrows(made({ keys: { message: "level" } }), RangeError, 'have the name "level"');
});

test("JSONFormatter writes an error with its causes, and the stack of the call", () => {
  const error = new TypeError("no", { cause: new Error("why") });
  const record = new LogRecord("a", 40, "a.ts", 1, "failed", [], error, null, "at f\nat g");
  const line = JSON.parse(new JSONFormatter().format(record));
  assertEquals([line.error.type, line.error.message], ["TypeError", "no"]);
  assertEquals([line.error.cause.type, line.error.cause.message], ["Error", "why"]);
  assertMatch(line.error.stack, /json_formatter_test/);
  assertEquals(line.stack_info, "at f\nat g");
  assertEquals(record.exc_text, null);
});

test("JSONFormatter calls formatTime(), formatException() and formatStack() of a subclass", () => {
  class Own extends JSONFormatter {
    override formatTime(): string {
      return "now";
    }
    override formatException(error: unknown): string {
      return `<${error}>`;
    }
    override formatStack(stack: string): string {
      return stack.toUpperCase();
    }
  }
  const record = new LogRecord("a", 40, "a.ts", 1, "x", [], new Error("no"), null, "at f");
  const line = JSON.parse(new Own().format(record));
  assertEquals([line.time, line.error.stack, line.stack_info], ["now", "<Error: no>", "AT F"]);
});

test("JSONFormatter has a line for every value that a record may hold", () => {
  const cycle: Record<string, unknown> = {};
  cycle.self = cycle;
  let deep: unknown[] = [];
  for (let i = 0; i < 10_000; i++) deep = [deep];
  const thrower = Object.defineProperty({}, "a", {
    enumerable: true,
    get() {
      throw new Error("boom");
    },
  });
  const values = {
    big: 2n ** 70n,
    nan: NaN,
    map: new Map<unknown, unknown>([["a", 1], [2, 3]]),
    set: new Set([1]),
    bytes: new Uint8Array([0, 255]),
    none: undefined,
    symbol: Symbol("s"),
    date: new Date(0),
    half: "\ud800",
    cycle,
    thrower,
  };
  const { time: _, level: _1, logger: _2, message: _3, ...line } = JSON.parse(
    format({ msg: "x", ...values, deep, f: () => 1 }),
  );
  const { deep: deepText, f, ...rest } = line;
  assertEquals(rest, {
    big: Number(2n ** 70n),
    nan: "NaN",
    map: { a: 1, "2": 3 },
    set: [1],
    bytes: "AP8=",
    none: null,
    symbol: "Symbol(s)",
    date: "1970-01-01T00:00:00.000Z",
    half: "\ud800",
    cycle: { self: "[Circular]" },
    thrower: { a: "[unreadable: Error: boom]" },
  });
  assert(JSON.stringify(deepText).includes("[Nested]") && f.includes("=>"));
});

test("JSONFormatter writes one line of JSON for any record that arrives", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.anything()), (fields) => {
      const line = new JSONFormatter().format(makeLogRecord({ ...fields, msg: "x", args: null }));
      assert(!/[\n\r\u2028]/.test(line));
      assertEquals(JSON.parse(line).message, "x");
    }),
    { seed: 20261128, numRuns: 500 },
  );
});

test("JSONFormatter bounds the text of the fields together, and never cuts the message", () => {
  const msg = "v".repeat(MAX_TEXT + 1);
  const line = format({ msg, wide: dag(), more: dag(), error: "…" });
  assert(line.length < 3 * MAX_TEXT);
  assertEquals(JSON.parse(line).message, msg);
});

test("JSONFormatter cuts the time to milliseconds, and shows a time that is none", () => {
  const time = (created: unknown) => JSON.parse(format({ msg: "x", created })).time;
  for (let ms = 1_764_324_000_000; ms < 1_764_324_001_000; ms++) {
    assertEquals(time(ms / 1000), new Date(ms).toISOString());
  }
  assertEquals(time(1.2349), "1970-01-01T00:00:01.234Z");
  assertEquals([NaN, 1e300, "then", 5n, null].map(time), ["nan", "1e+300", "then", "5", "None"]);
  const dated = new JSONFormatter();
  dated.datefmt = "%Y";
  assertMatch(dated.format(recordOf("x")), /^\{"time":"\d{4}",/);
});

test("JSONFormatter writes values from Python as Python prints them", () => {
  const made = (module: string, name: string, args: unknown[]) =>
    new PythonObject(module, name, args);
  const line = JSON.parse(format({
    msg: "x",
    wait: made("datetime", "timedelta", [1, 0, 0]),
    price: made("decimal", "Decimal", ["1.50"]),
    status: made("http", "HTTPStatus", [404]),
    color: made("app", "Color", [1]),
  }));
  assertEquals([line.wait, line.price, line.status, line.color], [
    ...["1 day, 0:00:00", 1.5, 404, "Color(1)"],
  ]);
});

test("a handler gives JSONFormatter a received record as it came", () => {
  const lines: string[] = [];
  const handler = new StreamHandler({ write: (text: string) => lines.push(text) });
  handler.setFormatter(new JSONFormatter());
  handler.handle(receivedRecord({ msg: "a\nb", exc_text: "E\n  at c" }));
  const line = JSON.parse(lines[0]!);
  assertEquals([lines[0]!.split("\n").length, line.message, line.error.stack], [
    ...[2, "a\nb", "E\n  at c"],
  ]);
});

test("a handler escapes a received record for a formatter that overrides format()", () => {
  class Own extends JSONFormatter {
    override format(record: LogRecord): string {
      return `${super.format(record)} ${record.getMessage()}`;
    }
  }
  const lines: string[] = [];
  const handler = new StreamHandler({ write: (text: string) => lines.push(text) });
  handler.setFormatter(new Own());
  handler.handle(receivedRecord({ msg: "a\nb" }));
  assertEquals(lines[0]!.split("\n").length, 2);
});
