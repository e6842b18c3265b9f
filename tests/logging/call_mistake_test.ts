import { assert, assertEquals, assertThrows } from "@std/assert";
import { callText, correctMistake, isCorrected } from "../../src/logging/call_mistake.ts";
import { Formatter } from "../../src/logging/formatter.ts";
import { Handler } from "../../src/logging/handler.ts";
import { Logger } from "../../src/logging/logger.ts";
import { LogRecord } from "../../src/logging/log_record.ts";
import { LoggerAdapter } from "../../src/logging/logger_adapter.ts";
import { makeLogRecord } from "../../src/logging/make_log_record.ts";
import { setLogRecordFactory } from "../../src/logging/log_record_factory.ts";
import { setRaiseExceptions } from "../../src/logging/raise_exceptions.ts";
import { reportError } from "../../src/logging/report_error.ts";
import { StreamHandler } from "../../src/logging/stream_handler.ts";
import { ListHandler, listLogger, receivedRecord, recordOf, stderrOf } from "./helpers.ts";
import { test } from "../test.ts";

// Calls within `stderrOf()` are written with `void`: Bun leaves a function that returns a call out of
// the stack, and a fault is printed once for each place.

const boom = (): never => {
  throw new Error("boom");
};
const silent = { handleError: () => {} };

/** A handler whose lines are read, with the formatter of the text alone. */
function stream(): { handler: StreamHandler; lines: string[] } {
  const lines: string[] = [];
  return { handler: new StreamHandler({ write: (text: string) => lines.push(text) }), lines };
}

test("callText() writes the message as it is, and the arguments behind it", () => {
  const cases: [msg: unknown, args: unknown, text: string][] = [
    ["took %d ms", ["long"], "took %d ms (arguments: 'long')"],
    ["%s", ["a", 3, null, true], "%s (arguments: 'a', 3, None, True)"],
    ["", [5], "(arguments: 5)"],
    ["%(a)s", { b: 1 }, "%(a)s (arguments: {'b': 1})"],
    ["plain", [], "plain"],
    ["plain", null, "plain"],
    ["plain", undefined, "plain"],
    [new Error("e"), [1], "Error: e (arguments: 1)"],
    ["%s", [{ toString: boom }], "%s (arguments: <unprintable dict>)"],
    [{ toString: boom }, ["a"], "<unprintable dict> (arguments: 'a')"],
    [new Proxy({}, { getPrototypeOf: boom }), [], "<unprintable object>"],
    ["a", ["line\nfeed"], "a (arguments: 'line\\nfeed')"],
  ];
  for (const [msg, args, text] of cases) assertEquals(callText(msg, args), text);
});

test("callText() cuts arguments that are too long", () => {
  const long = "x".repeat(3_000_000);
  const text = callText("a", [long, long, long, long]);
  assert(text.length <= 4_000_000 && text.startsWith("a (arguments: 'xxx"), String(text.length));
});

test("correctMistake() changes and reports nothing where the message can be merged", () => {
  const record = recordOf("%d left", 3);
  assertEquals(correctMistake({ handleError: boom }, record), false);
  assertEquals(isCorrected(record), false);
});

test("correctMistake() reports once, and leaves the message and the arguments as they were", () => {
  const reported: unknown[] = [];
  const reporter = { handleError: (_: LogRecord, error: unknown) => void reported.push(error) };
  const record = recordOf("%d left", "three");
  const before = { ...record };
  for (let i = 0; i < 2; i++) correctMistake(reporter, record);
  assertEquals(reported.length, 1);
  assert(reported[0] instanceof TypeError);
  assertEquals(record.getMessage(), "%d left (arguments: 'three')");
  assertEquals({ ...record }, before);
  assertEquals(isCorrected(record), true);
});

test("correctMistake() does not correct a record that is frozen", () => {
  assertEquals(correctMistake(silent, Object.freeze(recordOf("%d", "x"))), false);
});

test("a copy of a corrected record has the mistake again, as its arguments may be others", () => {
  const record = recordOf("%d", "secret");
  correctMistake(silent, record);
  const copy = makeLogRecord({ ...record, args: ["[redacted]"] });
  assertThrows(() => copy.getMessage(), TypeError);
  correctMistake(silent, copy);
  assertEquals(copy.getMessage(), "%d (arguments: '[redacted]')");
});

test("getMessage() of a new record throws at a mistake, as in CPython", () => {
  const record = new LogRecord("a", 20, "", 0, "%d", ["x"], null);
  assertThrows(
    () => record.getMessage(),
    TypeError,
    "%d format: a real number is required, not str",
  );
  assertThrows(() => new Formatter().format(record), TypeError);
});

/** Calls with a mistake, and the text that is sent of each. */
const mistakes: [call: [string, ...unknown[]], text: string][] = [
  [["too many", 1], "too many (arguments: 1)"],
  [["too few %s %s", 1], "too few %s %s (arguments: 1)"],
  [["no number %d", "x"], "no number %d (arguments: 'x')"],
  [["%s", { toString: boom }], "%s (arguments: <unprintable dict>)"],
  [["%(name)s", { user: 1 }], "%(name)s (arguments: {'user': 1})"],
  [["%(name)s", 1], "%(name)s (arguments: 1)"],
  [["%*d", "wide", 3], "%*d (arguments: 'wide', 3)"],
  [["100% sure %s", "a"], "100% sure %s (arguments: 'a')"],
  [["an object", new Date(0)], "an object (arguments: '1970-01-01T00:00:00.000Z')"],
  [["a list", [1]], "a list (arguments: [1])"],
  [["nothing", undefined], "nothing (arguments: None)"],
  [["two errors", new Error("a"), new Error("b")], "two errors (arguments: Error('a'))"],
];

test("a call with a mistake keeps its record, and is reported once for all handlers", () => {
  for (const [[msg, ...args], text] of mistakes) {
    const logger = new Logger(`mistake ${msg}`, 1);
    const handlers = [stream(), stream(), stream()];
    const reported: unknown[] = [];
    for (const { handler } of handlers) {
      handler.handleError = (_record, error) => void reported.push(error);
      logger.addHandler(handler);
    }
    logger.info(msg, ...args);
    assertEquals(reported.length, 1, msg);
    for (const { lines } of handlers) {
      assertEquals(lines.length, 1, msg);
      assert(lines[0]!.startsWith(text), lines[0]);
    }
  }
});

test("a mistake is printed once for all handlers", () => {
  const logger = new Logger("printed", 1);
  for (let i = 0; i < 3; i++) logger.addHandler(stream().handler);
  assertEquals(stderrOf(() => void logger.info("printed %d", "x")).length, 1);
});

test("the report of a mistake shows the template and the types of the arguments, not their values", () => {
  const logger = new Logger("report", 1);
  logger.addHandler(stream().handler);
  const secret = { password: "secret" };
  const [printed] = stderrOf(() => void logger.info("user %d of %d", "secret", secret, { a: 1 }));
  assert(printed!.includes("Message: 'user %d of %d'\nArguments: (str)"), printed);
  assert(!printed!.includes("'secret'") && !printed!.includes("password"), printed);
});

test("an adapter and its child keep the record of a call with a mistake", () => {
  const { logger, handler } = listLogger();
  new LoggerAdapter(logger, { a: 1 }).info("%d", "x");
  logger.child({ b: 2 }).info("%d", "y");
  assertEquals(handler.lines, ["%d (arguments: 'x')", "%d (arguments: 'y')"]);
  assertEquals(handler.errors.length, 2);
  assertEquals([handler.records[0]!.a, handler.records[1]!.b], [1, 2]);
});

/** A handler as programs write it: without `format()`. */
class Plain extends Handler {
  readonly lines: string[] = [];
  readonly errors: unknown[] = [];
  override emit(record: LogRecord): void {
    this.lines.push(record.getMessage());
  }
  override handleError(_record: LogRecord, error: unknown): void {
    this.errors.push(error);
  }
}

/** A handler as Python programs write it: it catches its own errors. */
class Careful extends Plain {
  override emit(record: LogRecord): void {
    try {
      this.lines.push(this.format(record));
    } catch (error) {
      this.handleError(record, error);
    }
  }
}

test("handlers of a program keep the record of a call with a mistake", () => {
  for (const handler of [new Plain(), new Careful()]) {
    handler.handle(recordOf("%d", "x"));
    assertEquals(handler.lines, ["%d (arguments: 'x')"]);
    assertEquals(handler.errors.length, 1);
  }
});

test("formatters of a program keep the record of a call with a mistake", () => {
  class Own extends Formatter {
    override format(record: LogRecord): string {
      return `<${record.getMessage()}>`;
    }
  }
  const { handler, lines } = stream();
  handler.setFormatter(new Own());
  assertEquals(stderrOf(() => void handler.handle(recordOf("%d own", "x"))).length, 1);
  assertEquals(lines, ["<%d own (arguments: 'x')>\n"]);
});

test("a filter that merges the message keeps the record of a call with a mistake", () => {
  const { logger, handler } = listLogger();
  const filter = (record: LogRecord) => !record.getMessage().includes("health");
  handler.addFilter(filter);
  logger.info("%d", "x");
  assertEquals([handler.lines, handler.errors.length], [["%d (arguments: 'x')"], 1]);
  logger.addFilter(filter);
  assertEquals(stderrOf(() => void logger.info("%d logger", "y")).length, 1);
  assertEquals(handler.lines[1], "%d logger (arguments: 'y')");
});

test("a handler that fails for another reason reports that, and emits once", () => {
  let emitted = 0;
  class Broken extends Plain {
    override emit(): void {
      emitted++;
      throw new Error("disk full");
    }
  }
  const handler = new Broken();
  handler.handle(recordOf("good"));
  assertEquals([emitted, handler.errors.map(String)], [1, ["Error: disk full"]]);
});

test("a received record with a mistake is written on one line", () => {
  const { handler, lines } = stream();
  const record = receivedRecord({ msg: "%d\nforged", args: ["a\nb"] });
  assertEquals(stderrOf(() => void handler.handle(record)).length, 1);
  assertEquals(lines, ["%d\\nforged (arguments: 'a\\nb')\n"]);
});

test("a class of records keeps its own way to merge, and its mistakes keep the record", () => {
  class BraceRecord extends LogRecord {
    override getMessage(): string {
      const args = this.args as unknown[];
      return String(this.msg).replace(/{(\d+)}/g, (_, index) => {
        if (!(index in args)) throw new RangeError("no such argument");
        return String(args[index]);
      });
    }
  }
  const { logger, handler } = listLogger();
  setLogRecordFactory(BraceRecord);
  try {
    logger.info("{0} of {1}", 1, 2);
    logger.info("{0} of {2}", 1, 2);
  } finally {
    setLogRecordFactory(LogRecord);
  }
  assertEquals(handler.lines, ["1 of 2", "{0} of {2} (arguments: 1, 2)"]);
});

test("arguments that cannot be looked at do not lose the record", () => {
  const proxy = new Proxy({}, { getPrototypeOf: boom, ownKeys: boom, has: boom, get: boom });
  const keywords = {
    get extra(): never {
      return boom();
    },
  };
  const cases: [unknown[], string][] = [
    [["x", proxy], "x (arguments: <unprintable object>)"],
    [["%s", proxy], "%s (arguments: <unprintable object>)"],
    [[proxy], "<unprintable object>"],
    [[proxy, "x"], "<unprintable object> (arguments: 'x')"],
    [["x", keywords], "x"],
    [["%s", "a", keywords], "%s (arguments: 'a', <unprintable dict>)"],
    [["x", { extra: proxy }], "x"],
  ];
  for (const [[msg, ...args], text] of cases) {
    const { logger, handler } = listLogger();
    stderrOf(() => void logger.info(msg, ...args));
    assertEquals(handler.lines, [text]);
  }
});

test("a mistake in the message of a list handler is reported to it alone", () => {
  const { logger, handler } = listLogger();
  const second = new ListHandler();
  logger.addHandler(second);
  logger.info("%d", "x");
  assertEquals([handler.errors.length, second.errors.length], [1, 0]);
  assertEquals([handler.lines, second.lines], [["%d (arguments: 'x')"], ["%d (arguments: 'x')"]]);
});

test("emit() runs once if it fails for another reason, although the call has a mistake too", () => {
  let written = 0;
  class Store extends Plain {
    override emit(): void {
      written++;
      throw new Error("connection lost behind the write");
    }
  }
  const handler = new Store();
  handler.handle(recordOf("%d", "x"));
  assertEquals(written, 1);
  assertEquals(handler.errors.map(String), ["Error: connection lost behind the write"]);
});

test("emit() runs again if it wraps the mistake in an error of its own", () => {
  const wraps: ((error: Error) => unknown)[] = [
    (cause) => new Error("no row", { cause }),
    (error) => new Error(`no row: ${error}`),
    (error) => `no row: ${error}`,
  ];
  for (const wrap of wraps) {
    class Wrapping extends Plain {
      override emit(record: LogRecord): void {
        try {
          super.emit(record);
        } catch (error) {
          throw wrap(error as Error);
        }
      }
    }
    const handler = new Wrapping();
    handler.handle(recordOf("%d", "x"));
    assertEquals(handler.lines, ["%d (arguments: 'x')"]);
    assertEquals(handler.errors.length, 1);
  }
});

test("a filter before the one that finds a mistake runs once", () => {
  const { logger, handler } = listLogger();
  for (const filterer of [logger, handler]) {
    let seen = 0;
    // Passes every second record.
    filterer.addFilter(() => seen++ % 2 === 0);
    filterer.addFilter((record) => record.getMessage() !== "");
  }
  stderrOf(() => void logger.info("%d passed", "x"));
  stderrOf(() => void logger.info("%d dropped", "x"));
  assertEquals(handler.lines, ["%d passed (arguments: 'x')"]);
});

test("a filter that fails for another reason runs once, although the call has a mistake too", () => {
  const { logger, handler } = listLogger();
  let runs = 0;
  handler.addFilter(() => {
    runs++;
    throw new Error("no table");
  });
  logger.info("%d", "x");
  assertEquals([runs, handler.lines, handler.errors.map(String)], [1, [], ["Error: no table"]]);
});

test("an override of filter() that merges the message keeps the record", () => {
  class Own extends ListHandler {
    override filter(record: LogRecord): LogRecord | false {
      return record.getMessage() === "" ? false : super.filter(record);
    }
  }
  const handler = new Own();
  handler.handle(recordOf("%d", "x"));
  assertEquals(handler.lines, ["%d (arguments: 'x')"]);
});

test("a keyword that cannot be read loses neither the arguments nor the error", () => {
  const { logger, handler } = listLogger();
  const keywords = {
    get stacklevel(): never {
      return boom();
    },
  };
  stderrOf(() => void logger.info("%s left", 3, keywords));
  const fields = new Proxy({}, { ownKeys: boom });
  const error = new Error("e");
  stderrOf(() => void logger.info("%s left", 3, { extra: fields, exc_info: error }));
  assertEquals(handler.lines[0], "3 left");
  assertEquals(handler.records[1]!.exc_info, error);
  assert(handler.lines[1]!.startsWith("3 left\n"), handler.lines[1]);
});

test("without raiseExceptions a mistake is not reported, and every handler sends the record", () => {
  const { logger, handler } = listLogger();
  const other = stream();
  logger.addHandler(other.handler);
  handler.handleError = (record, error) => reportError(record, error);
  setRaiseExceptions(false);
  try {
    assertEquals(stderrOf(() => void logger.info("%d silent", "x")), []);
  } finally {
    setRaiseExceptions(true);
  }
  assertEquals(handler.lines, ["%d silent (arguments: 'x')"]);
  assertEquals(other.lines, ["%d silent (arguments: 'x')\n"]);
});
