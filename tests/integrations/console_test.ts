// deno-lint-ignore-file no-console -- the console is what is tested
/** The real console of the runtime, captured. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { captureConsole, type CaptureConsoleOptions } from "../../src/integrations/console.ts";
import { captureCaller } from "../../src/logging/caller.ts";
import { SocketHandler } from "../../src/handlers/socket_handler.ts";
import { Formatter } from "../../src/logging/formatter.ts";
import type { Handler } from "../../src/logging/handler.ts";
import { Logger } from "../../src/logging/logger.ts";
import { LoggerAdapter } from "../../src/logging/logger_adapter.ts";
import type { LogRecord } from "../../src/logging/log_record.ts";
import { StreamHandler } from "../../src/logging/stream_handler.ts";
import { stdoutStream } from "../../src/logging/stdout_stream.ts";
import { MemoryNetwork } from "../../src/testing/memory.ts";
import { catchStderr } from "../stderr.ts";
import { test } from "../test.ts";
import { advanceUntil } from "../until.ts";
import { BrokenHandler, ListHandler } from "./list_handler.ts";

function loggerWith(...handlers: Handler[]): Logger {
  const logger = new Logger("console", "DEBUG");
  for (const handler of handlers) logger.addHandler(handler);
  return logger;
}

/** The records of what `print` prints. */
function captured(print: () => void, options?: CaptureConsoleOptions): LogRecord[] {
  const handler = new ListHandler();
  const restore = captureConsole(loggerWith(handler), options);
  try {
    print();
  } finally {
    restore();
  }
  return handler.records;
}

/** Runs `body` with methods of the console that keep what is printed. */
function printedIn(body: (printed: string[]) => void): void {
  const printed: string[] = [];
  const before = { log: console.log, error: console.error, table: console.table };
  console.log = (...args: unknown[]) => void printed.push(`log ${args.join(" ")}`);
  console.error = (...args: unknown[]) => void printed.push(`error ${args.join(" ")}`);
  // As Node's own console.table() does.
  console.table = (data: unknown) => console.log(`table of ${data}`);
  try {
    body(printed);
  } finally {
    Object.assign(console, before);
  }
}

const lineOf = ({ levelno, msg }: LogRecord) => `${levelno} ${msg}`;

test("the methods of the console log at their levels, with the console's text", () => {
  const records = captured(() => {
    console.debug("a %d%%", 50);
    console.log("50% done");
    console.info({ a: 1 }, [2]);
    console.warn("low on %s", "ink", { left: 2 });
    console.error();
  });
  assertEquals(records.map(lineOf), [
    ...["10 a 50%", "20 50% done", "20 { a: 1 } [ 2 ]", "30 low on ink { left: 2 }", "40 "],
  ]);
  for (const record of records) {
    assertEquals([record.name, record.args, record.exc_info], ["console", [], null]);
    assertEquals(record.getMessage(), record.msg);
  }
});

test("console.trace() logs the stack", () => {
  const records = captured(() => {
    console.trace("here");
    console.trace();
  });
  assertEquals(records.map(lineOf), ["10 here", "10 Trace"]);
  assert(records[0]!.stack_info!.includes("console_test.ts"));
  assert(!records[0]!.stack_info!.includes("src/integrations/"));
});

test("an error among the arguments is exc_info, and the text has its first line alone", () => {
  const error = new Error("disk full", { cause: new Error("quota") });
  const records = captured(() => {
    console.error("failed", error);
    console.error(error);
    console.log("%s: %s", "failed", error, new Error("another"));
    console.assert(false, "why", error);
  });
  for (const record of records) assertEquals(record.exc_info, error);
  assertEquals(records.slice(0, 2).map(lineOf), [
    ...["40 failed Error: disk full", "40 Error: disk full"],
  ]);
  const [first, ...stack] = String(records[2]!.msg).split("\n");
  assertEquals(first, "failed: Error: disk full Error: another");
  assert(stack.length > 0, "the stack of the other error is text");
  const text = new Formatter().format(records[0]!);
  assert(text.startsWith("failed Error: disk full\n") && text.includes("Caused by: Error: quota"));
});

test("assert, dir, table, group, count and time log as their pages say", () => {
  const records = captured(() => {
    console.assert(true, "no");
    console.assert(false);
    console.assert(false, "a %s", "b");
    console.assert(0 as never, { a: 1 });
    console.dir({ a: { b: { c: { d: 1 } } } }, { depth: 0 });
    console.dir([{ a: 1 }]);
    console.dirxml({ a: 1 }, 2);
    console.table([{ a: 1 }]);
    console.group("group %s", 1);
    console.group();
    console.groupCollapsed("closed");
    console.log("inside");
    for (let i = 0; i < 3; i++) console.groupEnd();
    console.count();
    console.count("x");
    console.count("x");
    console.countReset("x");
    console.countReset("y");
    console.count("x");
    console.time("t");
    console.time("t");
    console.timeLog("t", "more", 1);
    console.timeEnd("t");
    console.timeEnd("t");
  });
  const lines = records.map(lineOf).map((line) => line.replace(/\d+\.\d{3}ms/, "5.000ms"));
  assertEquals(lines, [
    ...["40 Assertion failed", "40 Assertion failed: a b", "40 Assertion failed { a: 1 }"],
    ...["20 { a: [Object] }", "20 [ { a: 1 } ]", "20 { a: 1 } 2", "20 [ { a: 1 } ]"],
    ...["20 group 1", "20 closed", "20 inside"],
    ...["20 default: 1", "20 x: 1", "20 x: 2", "30 Count for 'y' does not exist", "20 x: 1"],
    ...["30 Timer 't' already exists", "20 t: 5.000ms more 1", "20 t: 5.000ms"],
    "30 Timer 't' does not exist",
  ]);
});

test("every method is the runtime's again after the restore, and works without this", () => {
  const before = Object.entries(Object.getOwnPropertyDescriptors(console));
  const records = captured(() => {
    const { log, warn } = console;
    log("loose %s", "log");
    [1].forEach(warn);
    assertEquals(console.log.name, "log");
  });
  assertEquals(records.map(lineOf), ["20 loose log", "30 1 0 [ 1 ]"]);
  for (const [name, descriptor] of before) {
    assertEquals(Object.getOwnPropertyDescriptor(console, name), descriptor, name);
  }
});

test("with passThrough a call also prints as before, and is logged once", () => {
  printedIn((printed) => {
    const records = captured(() => {
      console.log("a %s", 1);
      console.table("data");
    }, { passThrough: true });
    assertEquals(records.map(lineOf), ["20 a 1", "20 data"]);
    assertEquals(printed, ["log a %s 1", "log table of data"]);
  });
});

test("without passThrough nothing is printed", () => {
  printedIn((printed) => {
    captured(() => console.log("a"));
    assertEquals(printed, []);
  });
});

test("the last of several captures logs, and passes on with passThrough", () => {
  printedIn((printed) => {
    const [first, second] = [new ListHandler(), new ListHandler()];
    const endFirst = captureConsole(loggerWith(first), { passThrough: true });
    const endSecond = captureConsole(loggerWith(second));
    console.log("to the second");
    endSecond();
    console.log("to the first");
    const endThird = captureConsole(loggerWith(second), { passThrough: true });
    console.log("to both");
    endFirst();
    endFirst();
    console.log("to the second again");
    endThird();
    console.log("to none");
    assertEquals(first.texts, ["to the first", "to both"]);
    assertEquals(second.texts, ["to the second", "to both", "to the second again"]);
    assertEquals(printed, [
      ...["log to the first", "log to both", "log to the second again", "log to none"],
    ]);
  });
});

test("a library that wraps the console after the capture keeps its wrapper after the restore", () => {
  printedIn((printed) => {
    const handler = new ListHandler();
    const restore = captureConsole(loggerWith(handler));
    const { log } = console;
    const wrapper = (...args: unknown[]) => log("wrapped", ...args);
    console.log = wrapper;
    console.log(1);
    restore();
    assertEquals(console.log, wrapper);
    console.log(2);
    const restoreAgain = captureConsole(loggerWith(handler), { passThrough: true });
    console.log(3);
    restoreAgain();
    assertEquals(console.log, wrapper);
    assertEquals(handler.texts, ["wrapped 1", "3"]);
    assertEquals(printed, ["log wrapped 2", "log wrapped 3"]);
  });
});

test("a handler that writes to the console does not log to itself", () => {
  printedIn((printed) => {
    const logger = new Logger("console", "DEBUG");
    const write = (text: string) => console.log(text.trimEnd());
    logger.addHandler(new StreamHandler({ write }));
    const restore = captureConsole(logger);
    console.log("once");
    console.error("twice");
    restore();
    assertEquals(printed, ["log once", "log twice"]);
  });
});

test("a handler of standard output or standard error does not log to itself", () => {
  const stderr = catchStderr();
  const logger = loggerWith(new ListHandler());
  logger.addHandler(new StreamHandler());
  const counted = new ListHandler();
  logger.addHandler(counted);
  const restore = captureConsole(logger);
  console.log("to standard error");
  restore();
  stderr.end();
  assertEquals(counted.texts, ["to standard error"]);
  assertEquals(typeof stdoutStream.write, "function");
});

test("the report of a handler that throws goes to standard error, not to the logger", () => {
  const handler = new BrokenHandler();
  const stderr = catchStderr();
  const restore = captureConsole(loggerWith(handler));
  console.log("one");
  console.log("two");
  restore();
  stderr.end();
  assertEquals(handler.texts, ["one", "two"]);
  assertEquals(stderr.lines.length, 1);
  assert(stderr.lines[0]!.startsWith("--- Logging error ---"));
});

test("the report of an outage goes to standard error, not to the logger", async () => {
  const network = new MemoryNetwork({ whenNobodyListens: "refused" });
  const handler = new SocketHandler("logs", 9020, {
    connector: network,
    whileDisconnected: "queue",
    closeTimeoutMs: 1,
    clock: network.clock,
  });
  const logged = new ListHandler();
  const stderr = catchStderr();
  const restore = captureConsole(loggerWith(handler, logged));
  console.log("one");
  await advanceUntil(network.clock, () => stderr.lines.length > 0);
  const closed = handler.close();
  await advanceUntil(network.clock, () => handler.stats.queued === 0);
  await closed;
  restore();
  stderr.end();
  assertEquals(logged.texts, ["one"]);
  assert(stderr.lines[0]!.includes("refused"), stderr.lines.join("\n"));
});

test("an argument that logs while it is printed does not log to the logger", () => {
  printedIn((printed) => {
    const noisy = {
      toString() {
        console.log("noise");
        return "noisy";
      },
    };
    assertEquals(captured(() => console.log("%s", noisy)).map(lineOf), ["20 noisy"]);
    assertEquals(printed, ["log noise"]);
  });
});

test("the replaced methods never throw", () => {
  class Broken extends Logger {
    override _log(): void {
      throw new Error("broken logger");
    }
  }
  const broken = new Broken("broken", 1);
  const stderr = catchStderr();
  const restore = captureConsole(broken);
  console.log("x");
  console.count(Symbol("label") as never);
  restore();
  stderr.end();
  assert(stderr.lines.every((line) => line.startsWith("--- Logging error ---")));
});

test("an argument that cannot be read costs neither the record nor the program", () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const fail = (): never => {
    throw new Error("by the value");
  };
  const label = { toString: fail } as never;
  const records = captured(() => {
    console.log("a", proxy);
    console.log("b", { [Symbol.for("nodejs.util.inspect.custom")]: fail });
    console.error("c %s", { toString: fail }, new Error("kept"));
    console.dir(proxy, {
      get depth() {
        return fail();
      },
    } as never);
    console.assert(false, proxy);
    console.count(label);
    console.time(label);
    console.timeEnd(label);
  });
  assertEquals(records.length, 7);
  assertEquals(records.slice(0, 3).map(({ msg }) => String(msg)[0]), ["a", "b", "c"]);
  assertEquals(String(records[2]?.exc_info), "Error: kept");
  assertEquals(records[5]?.msg, "[unreadable]: 1");
});

test("the level of the logger applies, and no text is made for a record that is off", () => {
  const handler = new ListHandler();
  const logger = loggerWith(handler);
  logger.setLevel("WARNING");
  let isRead = false;
  const restore = captureConsole(logger);
  console.log("%s", {
    toString() {
      isRead = true;
      return "";
    },
  });
  console.warn("on");
  restore();
  assertEquals([handler.texts, isRead], [["on"], false]);
});

test("an adapter adds its fields", () => {
  const handler = new ListHandler();
  const restore = captureConsole(new LoggerAdapter(loggerWith(handler), { worker: 3 }));
  console.log("x");
  restore();
  assertEquals([handler.only.worker, handler.only.msg], [3, "x"]);
});

test("with captureCaller() a record names the place of the call", () => {
  captureCaller(true);
  const [record] = captured(function printing() {
    console.log("x");
  });
  captureCaller(false);
  assertEquals([record?.filename, record?.funcName], ["console_test.ts", "printing"]);
});

test("captureConsole() refuses what is no logger, and an unknown option", () => {
  assertThrows(
    () => captureConsole({} as Logger),
    TypeError,
    "Cannot capture the console as 'logger' must be an object with isEnabledFor() and _log()",
  );
  const options = { passTrough: true } as CaptureConsoleOptions;
  const logger = loggerWith();
  assertThrows(() => captureConsole(logger, options), TypeError, "the options are passThrough");
  assertThrows(
    () => captureConsole(logger, { passThrough: 1 as never }),
    TypeError,
    "'passThrough' must be true or false",
  );
});
