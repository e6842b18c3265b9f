/** The transport in real loggers of winston. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { once } from "node:events";
import process from "node:process";
import winston from "winston";
import { SocketHandler } from "../../src/handlers/socket_handler.ts";
import { winstonTransport, type WinstonTransportOptions } from "../../src/integrations/winston.ts";
import type { FlushOptions } from "../../src/logging/handler.ts";
import type { LogRecord } from "../../src/logging/log_record.ts";
import { MemoryNetwork } from "../../src/testing/memory.ts";
import { account } from "../handlers/wire.ts";
import { catchStderr } from "../stderr.ts";
import { test } from "../test.ts";
import { turns } from "../turns.ts";
import { BrokenHandler, ListHandler } from "./list_handler.ts";

const { format } = winston;

/** The attributes that every record has. */
const ATTRIBUTES = new Set(
  Object.keys(logged((logger) => logger.info("x"), { format: format.simple() })),
);

/** The fields that a record has besides its attributes. */
function fieldsOf(record: LogRecord): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => !ATTRIBUTES.has(key)));
}

/** The record that a logger with these options makes of the one call in `log`. */
function logged(
  log: (logger: winston.Logger) => unknown,
  options: winston.LoggerOptions = {},
  own: WinstonTransportOptions = {},
): LogRecord {
  const handler = new ListHandler();
  log(winston.createLogger({
    level: "silly",
    transports: [winstonTransport(handler, own)],
    ...options,
  }));
  return handler.only;
}

test("the levels of winston and of syslog have the numbers of Python's scale", () => {
  const numbers = (levels: winston.config.AbstractConfigSetLevels, own = {}) =>
    Object.fromEntries(
      Object.keys(levels).map((level) => [
        level,
        logged((logger) => logger.log(level, "x"), {
          levels,
          level: Object.keys(levels).at(-1)!,
        }, own).levelno,
      ]),
    );
  assertEquals(numbers(winston.config.npm.levels), {
    ...{ error: 40, warn: 30, info: 20, http: 15, verbose: 12, debug: 10, silly: 5 },
  });
  assertEquals(numbers(winston.config.syslog.levels), {
    ...{ emerg: 50, alert: 50, crit: 50, error: 40, warning: 30, notice: 25, info: 20, debug: 10 },
  });
  const custom = { audit: 0, error: 1, odd: 2 };
  assertEquals(numbers(custom, { levels: { audit: 35, error: 45 } }), {
    ...{ audit: 35, error: 45, odd: 20 },
  });
});

test("a level keeps its name in capitals where Python has none for its number", () => {
  const nameOf = (level: string) => logged((logger) => logger.log(level, "x")).levelname;
  assertEquals(["http", "silly", "warn"].map(nameOf), ["HTTP", "SILLY", "WARNING"]);
});

test("colours do not change the level", () => {
  const record = logged((logger) => logger.warn("x"), { format: format.colorize() });
  assertEquals([record.levelno, record.levelname, record.msg], [30, "WARNING", "x"]);
});

test("the name is the option, else the label, else winston", () => {
  const options = { format: format.label({ label: "shop" }) };
  const call = (logger: winston.Logger) => logger.info("x");
  assertEquals(logged(call).name, "winston");
  const labelled = logged(call, options);
  assertEquals([labelled.name, fieldsOf(labelled)], ["shop", {}]);
  const named = logged(call, options, { name: "own" });
  assertEquals([named.name, fieldsOf(named)], ["own", { label: "shop" }]);
});

test("a % in the text is a %, and format.splat() merges the arguments", () => {
  const splat = { format: format.splat() };
  assertEquals(logged((logger) => logger.info("50% done")).getMessage(), "50% done");
  assertEquals(logged((logger) => logger.info("50% done"), splat).getMessage(), "50% done");
  const merged = logged(
    (logger) => logger.info("%s: %d%% of %j", "a", 5, { b: 1 }, { c: 2 }),
    splat,
  );
  assertEquals([merged.getMessage(), fieldsOf(merged)], ['a: 5% of {"b":1}', { c: 2 }]);
  const object = logged((logger) => logger.info("is %o", { a: [1] }), splat);
  assertEquals(object.getMessage(), "is { a: [ 1, [length]: 1 ] }");
  assertEquals(logged((logger) => logger.info("user %s", "anna")).getMessage(), "user %s");
});

test("metadata of the call, the child and the logger are fields", () => {
  const record = logged(
    (logger) => logger.child({ requestId: 7 }).info("in", { user: "anna", name: "clash" }),
    { defaultMeta: { service: "shop" }, format: format.combine(format.ms(), format.json()) },
  );
  const { ms, ...fields } = fieldsOf(record);
  assertEquals(fields, { requestId: 7, user: "anna", name_: "clash", service: "shop" });
  assert(typeof ms === "string");
  const alone = logged((logger) => logger.info({ user: "anna" }));
  assertEquals([alone.getMessage(), fieldsOf(alone)], ["", { user: "anna" }]);
  const entry = logged((logger) => logger.log({ level: "warn", message: "x", user: "anna" }));
  assertEquals([entry.getMessage(), entry.levelno, fieldsOf(entry)], ["x", 30, { user: "anna" }]);
});

test("a message that is no text is printed as the console prints it", () => {
  const text = (message: unknown) =>
    logged((logger) => logger.info(message as string)).getMessage();
  assertEquals([5, true, null, [1, "a"]].map(text), ["5", "true", "null", "[ 1, 'a' ]"]);
});

test("an error becomes exc_info wherever it stands in the call", () => {
  const error = Object.assign(new Error("disk full", { cause: new Error("quota") }), { code: "E" });
  const calls: [(logger: winston.Logger) => unknown, text: string, fields: object][] = [
    [(logger) => logger.error(error), "disk full", { code: "E" }],
    [(logger) => logger.error("failed", error), "failed disk full", { code: "E" }],
    [(logger) => logger.error("failed", { error, a: 1 }), "failed", { a: 1 }],
    [(logger) => logger.log({ level: "error", message: error as never }), "disk full", {}],
    [(logger) => logger.child({ id: 7 }).error("x", error), "x disk full", { code: "E", id: 7 }],
  ];
  for (const [call, text, fields] of calls) {
    const record = logged(call);
    assertEquals([record.exc_info, record.exc_text], [error, null], String(call));
    assertEquals([record.getMessage(), fieldsOf(record)], [text, fields], String(call));
  }
});

test("of format.errors() the stack and the cause become exc_text", () => {
  const error = new Error("disk full", { cause: new Error("quota") });
  const options = { format: format.errors({ stack: true, cause: true }) };
  const record = logged((logger) => logger.error(error), options);
  assertEquals([record.exc_info, record.getMessage(), fieldsOf(record)], [null, "disk full", {}]);
  const lines = record.exc_text!.split("\n").filter((line) => !line.startsWith("    at"));
  assertEquals(lines, ["Error: disk full", "Caused by: Error: quota"]);
  const bare = logged((logger) => logger.error(error), { format: format.errors({ stack: true }) });
  assertEquals(bare.exc_text, error.stack);
});

test("a stack or a cause that is of no error is a field", () => {
  const fields = (meta: object) => fieldsOf(logged((logger) => logger.info("x", meta)));
  assertEquals(fields({ stack: ["a"], cause: "timeout" }), { stack: ["a"], cause: "timeout" });
  const cause = new Error("quota");
  assertEquals(fields({ cause }), {});
  assertEquals(logged((logger) => logger.info("x", { cause })).exc_info, cause);
  const error = new Error("disk full");
  assertEquals(fields({ error, stack: "own", cause: 5 }), { stack: "own", cause: 5 });
});

test("a field that cannot be read does not lose the record", () => {
  const info = {
    level: "info",
    message: "x",
    a: 1,
    get broken() {
      throw new Error("by the getter");
    },
    ["__proto__"]: 5,
  };
  const record = logged((logger) => logger.log(info), { format: format((info) => info)() });
  assertEquals(fieldsOf(record).a, 1);
  assertEquals(record.broken, "[unreadable]");
  assertEquals(Object.getOwnPropertyDescriptor(record, "__proto__")?.value, 5);
});

test("an event that cannot be read is reported, and is a record of its level", () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  // Most formats of winston throw at such a value themselves.
  const options = { format: format((info) => info)() };
  const field = logged(
    (logger) => logger.log({ level: "info", message: "x", proxy, a: 1 }),
    options,
  );
  assertEquals([field.getMessage(), field.a], ["x", 1]);
  const stderr = catchStderr();
  const info = { level: "warn", message: proxy as never };
  const message = logged((logger) => logger.log(info), options, { name: "shop" });
  stderr.end();
  assertEquals([message.name, message.levelno, message.getMessage()], ["shop", 30, "[unreadable]"]);
  assertEquals(stderr.lines.length, 1);
});

test("a transport in exceptionHandlers gets the uncaught errors alone", () => {
  const handler = new ListHandler();
  const transport = winstonTransport(handler);
  const logger = winston.createLogger({
    transports: [winstonTransport(new ListHandler())],
    exceptionHandlers: [transport],
  });
  logger.error("usual");
  logger.log({ level: "error", message: "uncaughtException: x", exception: true });
  logger.exceptions.unhandle();
  assertEquals(handler.texts, ["uncaughtException: x"]);
});

test("a timestamp with a time zone dates the record, any other text is a field", () => {
  const at = 1_700_000_000.123;
  const dated = (timestamp: unknown) => {
    const record = logged((logger) => logger.info("x", { timestamp }));
    return [record.created, fieldsOf(record)];
  };
  for (
    const timestamp of [
      ...["2023-11-14T22:13:20.123Z", "2023-11-14 23:13:20.123 +01:00", at * 1000],
      ...["2023-11-14T23:13:20.123+0100", new Date(at * 1000)],
    ]
  ) {
    assertEquals(dated(timestamp), [at, {}], String(timestamp));
  }
  for (const timestamp of ["2023-11-14 22:13:20", "11/14/2023, 10:13 PM", "today", null]) {
    const before = Date.now() / 1000;
    const [created, fields] = dated(timestamp);
    assertEquals(fields, { timestamp });
    assert((created as number) >= before, String(timestamp));
  }
  const before = Date.now() / 1000;
  const usual = logged((logger) => logger.info("x"), { format: format.timestamp() });
  assert(usual.created >= before && usual.created <= Date.now() / 1000);
  assertEquals(fieldsOf(usual), {});
});

test("with formatted the text is the line of the logger's format", () => {
  const line = format.printf(({ level, message }) => `<${level}> ${message}`);
  const record = logged((logger) => logger.warn("low"), { format: line }, { formatted: true });
  assertEquals(record.getMessage(), "<warn> low");
});

test("level, silent and the handler's level hold records back, as winston does", () => {
  const handler = new ListHandler();
  const transport = winstonTransport(handler, { level: "http" });
  const logger = winston.createLogger({ level: "error", transports: [transport] });
  for (const level of ["error", "http", "verbose"]) logger.log(level, level);
  assertEquals(handler.texts, ["error", "http"]);
  transport.silent = true;
  logger.error("silent");
  transport.silent = false;
  handler.setLevel("ERROR");
  logger.info("below the handler's level");
  delete transport.level;
  handler.setLevel("DEBUG");
  logger.info("below the logger's level");
  logger.level = "info";
  logger.info("info");
  assertEquals(handler.texts, ["error", "http", "info"]);
});

test("a format of the transport changes or drops records, and one that throws loses none", () => {
  const handler = new ListHandler();
  const shout = format((info) => {
    if (info.message === "throw") throw new Error("by the format");
    if (info.message === "drop") return false;
    return { ...info, message: String(info.message).toUpperCase() };
  });
  const transport = winstonTransport(handler, { format: shout() });
  const logger = winston.createLogger({ transports: [transport, winstonTransport(handler)] });
  const stderr = catchStderr();
  const error = new Error("as an error");
  logger.info("drop");
  logger.info("throw");
  logger.error(error);
  stderr.end();
  assertEquals(handler.texts, ["drop", "throw", "throw", "AS AN ERROR", "as an error"]);
  assertEquals(handler.records.at(-2)?.exc_info, error);
  assertEquals(stderr.lines.length, 1);
  assert(stderr.lines[0]!.includes("by the format"));
});

test("10,000 records with the server away neither stall the logger nor pass the handler's cap", async () => {
  const network = new MemoryNetwork({ whenNobodyListens: "refused" });
  const handler = new SocketHandler("logs", 9020, {
    connector: network,
    whileDisconnected: "queue",
    maxQueuedRecords: 1000,
    clock: network.clock,
    onEvent: () => {},
  });
  const transport = winstonTransport(handler, { finishTimeoutMs: 1 });
  const logger = winston.createLogger({ transports: [transport] });
  const errors: unknown[] = [];
  logger.on("error", (error) => errors.push(error));
  for (let i = 0; i < 10_000; i++) logger.info("record", { i });
  await turns(1);
  const { emitted, queued, dropped } = account(handler);
  assertEquals([emitted, queued, dropped.overflow], [10_000, 1000, 9000]);
  assertEquals([transport.writableLength, logger.readableLength], [0, 0]);
  assertEquals([errors, logger.transports.length], [[], 1]);
  logger.end();
  await once(logger, "finish");
  assertEquals(account(handler).queued, 1000);
  const closed = handler.close();
  while (!await Promise.race([closed.then(() => true), turns(1).then(() => false)])) {
    await network.clock.advance();
  }
});

test("finish comes after the delivery, and the handler stays open", async () => {
  let deliver = () => {};
  class SlowHandler extends ListHandler {
    override flush(_options?: FlushOptions): Promise<void> {
      return new Promise((resolve) => deliver = resolve);
    }
  }
  const handler = new SlowHandler();
  const transport = winstonTransport(handler);
  const logger = winston.createLogger({ transports: [transport] });
  const order: string[] = [];
  transport.on("finish", () => order.push("transport"));
  const finished = once(logger, "finish").then(() => order.push("logger"));
  logger.info("x");
  logger.end();
  await turns(3);
  assertEquals(order, []);
  order.push("delivered");
  deliver();
  await finished;
  assertEquals(order, ["delivered", "transport", "logger"]);
  assertEquals(handler.texts, ["x"]);
});

test("finish comes after finishTimeoutMs if the handler does not deliver", async () => {
  let signal: AbortSignal | undefined;
  class StuckHandler extends ListHandler {
    override flush(options?: FlushOptions): Promise<void> {
      signal = options?.signal;
      return new Promise(() => {});
    }
  }
  const transport = winstonTransport(new StuckHandler(), { finishTimeoutMs: 1 });
  const logger = winston.createLogger({ transports: [transport] });
  logger.end();
  await once(logger, "finish");
  assertEquals(signal?.aborted, true);
});

test("two loggers with one transport both finish", async () => {
  const transport = winstonTransport(new ListHandler());
  for (const logger of [1, 2].map(() => winston.createLogger({ transports: [transport] }))) {
    logger.end();
    await once(logger, "finish");
  }
});

test("a transport that was removed can be added again", () => {
  const handler = new ListHandler();
  const transport = winstonTransport(handler);
  const logger = winston.createLogger({ transports: [transport] });
  logger.info("one");
  logger.remove(transport);
  logger.add(transport);
  logger.info("two");
  assertEquals(handler.texts, ["one", "two"]);
});

test("a handler that throws, and a value that is no info object, do not harm the logger", () => {
  const handler = new BrokenHandler();
  const transport = winstonTransport(handler);
  const logger = winston.createLogger({ transports: [transport] });
  const stderr = catchStderr();
  logger.info("one");
  logger.info("two");
  transport.write("text");
  stderr.end();
  assertEquals(handler.texts, ["one", "two", "text"]);
  assertEquals(stderr.lines.length, 1);
  assertEquals(logger.transports, [transport as unknown as winston.transport]);
});

test("an unhandled rejection has its stack once", () => {
  const error = new Error("rejected");
  const record = logged((logger) => {
    const rejections = logger.rejections as unknown as { getAllInfo(error: Error): object };
    logger.log(rejections.getAllInfo(error) as winston.LogEntry);
  });
  assertEquals([record.exc_info, record.rejection], [error, true]);
  const text = record.getMessage();
  assert(text.endsWith("ejection: rejected") && !text.includes("\n"), text);
});

test("with handleRejections winston listens for unhandled rejections", () => {
  const count = () => process.listenerCount("unhandledRejection");
  const before = count();
  const loggers = [true, false].map((handleRejections) => {
    const transport = winstonTransport(new ListHandler(), { handleRejections });
    return winston.createLogger({ transports: [transport] });
  });
  assertEquals(count(), before + 1);
  for (const logger of loggers) logger.rejections.unhandle();
  assertEquals(count(), before);
});

test("an uncaught error has its stack once, and comes only with handleExceptions", () => {
  const error = new Error("thrown");
  const info = (logger: winston.Logger) =>
    (logger.exceptions as unknown as { getAllInfo(error: Error): object }).getAllInfo(error);
  const handler = new ListHandler();
  const transport = winstonTransport(handler);
  const logger = winston.createLogger({ transports: [transport] });
  logger.log(info(logger) as winston.LogEntry);
  assertEquals(handler.records, []);
  transport.handleExceptions = true;
  logger.log(info(logger) as winston.LogEntry);
  const { only } = handler;
  assertEquals([only.getMessage(), only.levelno], ["uncaughtException: thrown", 40]);
  assertEquals([only.exc_info, only.exception], [error, true]);
  assert(Array.isArray(only.trace) && typeof only.process === "number");
});

test("winstonTransport() refuses a wrong option, and lists the options for an unknown one", () => {
  const handler = new ListHandler();
  const wrong: [WinstonTransportOptions, string][] = [
    [{ nam: "x" } as object, "no option 'nam': the options are name, levels, formatted, level"],
    [{ name: "" }, "'name' must be a string that is not empty"],
    [{ levels: { audit: "35" as never } }, "'levels.audit' must be an integer >= 1"],
    [{ finishTimeoutMs: -1 }, "'finishTimeoutMs' must be an integer from 0 to"],
    [{ format: {} as never }, "'format' must be an object with transform()"],
    [{ silent: 1 as never }, "'silent' must be true or false"],
  ];
  for (const [options, text] of wrong) {
    assertThrows(() => winstonTransport(handler, options), Error, text);
  }
  assertThrows(() => winstonTransport({} as never), TypeError, "'handler' must be an object with");
});
