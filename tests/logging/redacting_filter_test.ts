import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { Filter } from "../../src/logging/filter.ts";
import { Formatter } from "../../src/logging/formatter.ts";
import { JSONFormatter } from "../../src/logging/json_formatter.ts";
import { Logger } from "../../src/logging/logger.ts";
import { LogRecord } from "../../src/logging/log_record.ts";
import { setLogRecordFactory } from "../../src/logging/log_record_factory.ts";
import { makeLogRecord } from "../../src/logging/make_log_record.ts";
import { isReceived } from "../../src/logging/received_mark.ts";
import { RedactingFilter } from "../../src/logging/redacting_filter.ts";
import { SocketHandler } from "../../src/handlers/socket_handler.ts";
import { MemoryNetwork } from "../../src/testing/memory.ts";
import { ListHandler, listLogger, receivedRecord, stderrOf } from "./helpers.ts";
import { test } from "../test.ts";

/** Returns the message and the fields of what a filter with these paths passes. */
function logged(paths: string[], msg: unknown, ...args: unknown[]): Record<string, unknown> {
  const { logger, handler } = listLogger();
  handler.addFilter(new RedactingFilter(paths, { replacement: "***" }));
  handler.setFormatter(new JSONFormatter());
  logger.info(msg, ...args);
  const { time: _, level: _1, logger: _2, ...line } = JSON.parse(handler.lines[0]!);
  return line;
}

test("RedactingFilter redacts fields, by their exact name and by paths into them", () => {
  const extra = {
    password: "tulip",
    user: { token: "tulip", name: "anna" },
    headers: { authorization: "tulip", accept: "*/*" },
    deep: [{ er: { secret: "tulip" } }],
  };
  const paths = ["password", "*.token", "headers.authorization", "**.secret"];
  assertEquals(logged(paths, "x", { extra }), {
    message: "x",
    password: "***",
    user: { token: "***", name: "anna" },
    headers: { authorization: "***", accept: "*/*" },
    deep: [{ er: { secret: "***" } }],
  });
  assertEquals(extra.password, "tulip");
});

test("RedactingFilter redacts arguments before they are merged", () => {
  const user = { name: "anna", password: "tulip" };
  assertEquals(logged(["password"], "%(name)s: %(password)s", user).message, "anna: ***");
  assertEquals(
    logged(["password"], "%s %s", 1, user).message,
    "1 {'name': 'anna', 'password': '***'}",
  );
  assertEquals(
    logged(["*.password"], "%s", [user]).message,
    "[{'name': 'anna', 'password': '***'}]",
  );
  assertEquals(logged(["password"], "%(password)s", new Map([["password", 1]])).message, "***");
  assertEquals(user.password, "tulip");
});

test("RedactingFilter redacts a message that is an object, and the members of a logged error", () => {
  class Event {
    password = "tulip";
  }
  assertEquals(logged(["password"], new Event()).message, "{'password': '***'}");
  const filter = new RedactingFilter(["config.token"]);
  const error = Object.assign(new TypeError("no"), { config: { token: "tulip" } });
  const record = new LogRecord("a", 40, "a.ts", 1, "x", [], error);
  const copy = filter.filter(record) as LogRecord;
  assertInstanceOf(copy.exc_info, TypeError);
  assertEquals((copy.exc_info as typeof error).config, { token: "[redacted]" });
  assertEquals(error.config.token, "tulip");
});

test("RedactingFilter finds a field that is named like an attribute by its first name", () => {
  const extra = { name: "anna", msg: { token: "tulip" }, other_: 1 };
  const { message: _, ...fields } = logged(["name", "msg.token", "other"], "x", { extra });
  assertEquals(fields, { name_: "***", msg_: { token: "***" }, other_: 1 });
});

test("RedactingFilter looks into no text, and changes no attribute of the record itself", () => {
  const line = logged(["message", "msg", "lineno", "tulip"], "token %s", "tulip");
  assertEquals(line, { message: "token tulip" });
});

test("RedactingFilter passes the record itself if nothing is redacted", () => {
  const filter = new RedactingFilter(["**.password"]);
  const record = makeLogRecord({ msg: "%s", args: [{ a: 1 }], user: { name: "anna" } });
  assertStrictEquals(filter.filter(record), true);
  assertInstanceOf(filter, Filter);
});

test("RedactingFilter leaves the record of other handlers as it is", () => {
  const { logger, handler } = listLogger();
  const other = new ListHandler();
  other.setFormatter(new Formatter("%(message)s %(user)s"));
  handler.setFormatter(new Formatter("%(message)s %(user)s"));
  handler.addFilter(new RedactingFilter(["password"]));
  handler.addFilter(new RedactingFilter(["user"], { replacement: "" }));
  logger.addHandler(other);
  // The first handler formats last: a message that was merged before is not taken over.
  logger.handlers.reverse();
  logger.info("%(password)s", { password: "tulip" }, { extra: { user: "anna" } });
  assertEquals([other.lines, handler.lines], [["tulip anna"], ["[redacted] "]]);
});

test("RedactingFilter on a logger redacts for all handlers, those of loggers above it too", () => {
  const { logger, handler } = listLogger();
  const above = new Logger("above", 1);
  const top = new ListHandler();
  above.addHandler(top);
  logger.parent = above;
  logger.addFilter(new RedactingFilter(["password"]));
  logger.info("%(password)s", { password: "tulip" });
  assertEquals([handler.lines, top.lines], [["[redacted]"], ["[redacted]"]]);
});

test("RedactingFilter keeps the class and the mark of a record", () => {
  class Own extends LogRecord {
    override getMessage(): string {
      return `own ${super.getMessage()}`;
    }
  }
  const filter = new RedactingFilter(["password"]);
  const own = new Own("a", 20, "a.ts", 1, "%(password)s", { password: "tulip" }, null);
  own.message = "own tulip";
  const copy = filter.filter(own) as LogRecord;
  assertInstanceOf(copy, Own);
  assertEquals([copy.getMessage(), copy.message], ["own [redacted]", undefined]);
  const received = filter.filter(receivedRecord({ msg: "a", password: "tulip" })) as LogRecord;
  assert(isReceived(received) && received.password === "[redacted]");
});

test("RedactingFilter keeps a getMessage() of the record itself, which sees the redacted arguments", () => {
  const record = makeLogRecord({ msg: "%d", args: { password: "tulip" } });
  Object.defineProperty(record, "getMessage", {
    value(this: LogRecord) {
      return `${this.msg} ${JSON.stringify(this.args)}`;
    },
  });
  const copy = new RedactingFilter(["password"]).filter(record) as LogRecord;
  assertEquals(copy.getMessage(), '%d {"password":"[redacted]"}');
  assert(!Object.keys(copy).includes("getMessage"));
});

/** A value that no filter with `**` can search. */
const closed = Object.defineProperty({}, "a", {
  enumerable: true,
  get() {
    throw new Error("boom");
  },
});

test("a record that RedactingFilter cannot search is dropped, counted and reported", async () => {
  const filter = new RedactingFilter(["**.password"]);
  const handler = new SocketHandler("host", 1, { connector: new MemoryNetwork(), onEvent() {} });
  const errors: unknown[] = [];
  handler.handleError = (_record, error) => void errors.push(error);
  handler.addFilter(filter);
  const record = makeLogRecord({ msg: "x", closed });
  assertEquals(handler.handle(record), false);
  const { emitted, sent, queued, dropped, droppedTotal } = handler.stats;
  assertEquals([emitted, sent, queued, dropped.error, droppedTotal], [1, 0, 0, 1, 1]);
  assertEquals([errors.map(String), filter.dropped], [["Error: boom"], 1]);
  handler.handle(makeLogRecord({ msg: "x" }));
  assertEquals([handler.stats.emitted, handler.stats.droppedTotal], [2, 1]);
  await handler.close();
  handler.handle(record);
  assertEquals(handler.stats.dropped.closed, 1);
  assertEquals(handler.stats.emitted, handler.stats.sent + handler.stats.droppedTotal);
});

test("a record that RedactingFilter on a logger cannot search reaches no handler, and is reported", () => {
  const { logger, handler } = listLogger();
  const filter = new RedactingFilter(["**.password"]);
  logger.addFilter(filter);
  const lines = stderrOf(() => logger.info("x", { extra: { closed } }));
  assertEquals([handler.records.length, filter.dropped], [0, 1]);
  assert(lines.join("\n").includes("Error: boom"));
});

test("RedactingFilter reads names of any length in linear time", () => {
  const filter = new RedactingFilter(["name", "**.pin"]);
  const names = ["_".repeat(1e6) + "x", "name" + "_".repeat(1e6), "pin"];
  const record = makeLogRecord(Object.fromEntries(names.map((name) => [name, { a: 1 }])));
  const copy = filter.filter(record) as LogRecord;
  assertEquals(names.map((name) => copy[name]), [{ a: 1 }, "[redacted]", "[redacted]"]);
});

test("RedactingFilter refuses paths that are none, and wrong options", () => {
  const made = (...args: unknown[]) => () => new (RedactingFilter as never as FilterClass)(...args);
  assertThrows(made(), TypeError, "Cannot create RedactingFilter as 'paths' must be an array");
  assertThrows(made("password"), TypeError, "'paths' must be an array");
  assertThrows(made(["a"], { censor: "x" }), TypeError, "the options are replacement");
  assertThrows(made(["a"], { replacement: 5 }), TypeError, "'replacement' must be a string");
});

type FilterClass = new (...args: unknown[]) => RedactingFilter;

test("RedactingFilter redacts what an earlier handler has written of an error", () => {
  const { logger, handler } = listLogger();
  const second = new ListHandler();
  second.addFilter(new RedactingFilter(["**.password"], { replacement: "***" }));
  logger.addHandler(second);
  for (
    const exc_info of [new Error("e", { cause: { password: "tulip" } }), { password: "tulip" }]
  ) {
    logger.error("failed", { exc_info });
    assert(handler.lines.at(-1)!.includes("tulip"));
    assert(!second.lines.at(-1)!.includes("tulip"), second.lines.at(-1));
    assert(second.lines.at(-1)!.includes("***"), second.lines.at(-1));
  }
});

test("RedactingFilter finds a cause that the class of an error has a getter for", () => {
  class Failure extends Error {
    override get cause(): unknown {
      return { password: "tulip" };
    }
  }
  const text = JSON.stringify(logged(["cause.password"], "x", new Failure("failed")));
  assert(text.includes('"cause":{"password":"***"}'), text);
});

test("RedactingFilter leaves an object no toString() of its own that shows what is redacted", () => {
  const user = { name: "anna", password: "tulip", toString: () => "anna/tulip" };
  for (const path of ["password", "**.password"]) {
    assertEquals(logged([path], "%s", user).message, "{'name': 'anna', 'password': '***'}");
  }
});

test("RedactingFilter finds a field that is named like one of the factory by its first name", () => {
  class OwnRecord extends LogRecord {
    user: unknown = "host";
  }
  const { logger, handler } = listLogger();
  logger.addFilter(new RedactingFilter(["user", "getMessage"]));
  setLogRecordFactory(OwnRecord);
  try {
    logger.info("x", { user: "anna", getMessage: 1 });
  } finally {
    setLogRecordFactory(LogRecord);
  }
  const [{ user, user_, getMessage_ }] = handler.records as [LogRecord];
  assertEquals([user, user_, getMessage_], ["[redacted]", "[redacted]", "[redacted]"]);
});

test("RedactingFilter redacts the arguments that a mistake in a call leaves behind the text", () => {
  const user = { password: "tulip" };
  const paths = ["password"];
  assertEquals(
    logged(paths, "a %d", user, "b").message,
    "a %d (arguments: {'password': '***'}, 'b')",
  );
  assertEquals(logged(paths, "%(a)s", user).message, "%(a)s (arguments: {'password': '***'})");
  assertEquals(
    logged(paths, "%(a)s", new Map(Object.entries(user))).message,
    "%(a)s (arguments: {'password': '***'})",
  );
});

test("no call puts its arguments into the text, where RedactingFilter does not find them", () => {
  const boom = (): never => {
    throw new Error("boom");
  };
  const user = { password: "tulip" };
  const keywords = { exc_info: null, extra: {} };
  const bad = Object.defineProperty(keywords, "stack_info", { get: boom, enumerable: true });
  stderrOf(() => {
    assertEquals(logged(["password"], "%s", user, bad).message, "{'password': '***'}");
  });
  const proxy = new Proxy({}, { getPrototypeOf: boom });
  const { logger, handler } = listLogger();
  const filter = new RedactingFilter(["password"]);
  handler.addFilter(filter);
  stderrOf(() => void logger.info("x", user, proxy));
  // What cannot be searched is dropped.
  assertEquals([handler.lines, filter.dropped, handler.errors.length], [[], 1, 1]);
});

test("RedactingFilter counts a record once that it cannot search, although the call has a mistake", () => {
  const { logger, handler } = listLogger();
  const filter = new RedactingFilter(["*.pin"]);
  logger.addFilter(filter);
  const fields = Object.defineProperty({}, "pin", {
    enumerable: true,
    get() {
      throw new Error("shut");
    },
  });
  stderrOf(() => void logger.info("%d", "x", { fields }));
  assertEquals([filter.dropped, handler.lines], [1, []]);
});
