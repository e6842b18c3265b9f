import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import process from "node:process";
import { dictConfig } from "../../src/config/dict_config.ts";
import { Formatter } from "../../src/logging/formatter.ts";
import { getLogger } from "../../src/logging/get_logger.ts";
import { LogRecord } from "../../src/logging/log_record.ts";
import { setRaiseExceptions } from "../../src/logging/raise_exceptions.ts";
import { WindowsEventLog } from "../../src/windows/_event_log.ts";
import { MAX_EVENT_CHARACTERS } from "../../src/windows/_event_text.ts";
import {
  EVENTLOG_ERROR_TYPE,
  EVENTLOG_INFORMATION_TYPE,
  EVENTLOG_WARNING_TYPE,
  eventLogHandlerClasses,
  NTEventLogHandler,
  type NTEventLogHandlerOptions,
} from "../../src/windows/nt_event_log_handler.ts";
import { catchStderr } from "../stderr.ts";
import { test } from "../test.ts";
import { ScriptedWindows } from "./scripted_windows.ts";

const ROOT = "SYSTEM\\CurrentControlSet\\Services\\EventLog";
const skip = process.platform === "win32" && "this is Windows";

function recordOf(text: string, levelno = 30, ...args: unknown[]): LogRecord {
  return new LogRecord("shop", levelno, "shop.ts", 1, text, args, null);
}

/** A handler on scripted Windows, and the errors that it reports. */
function setting(options: NTEventLogHandlerOptions = {}, Own = NTEventLogHandler) {
  const windows = new ScriptedWindows();
  const handler = new Own("Shop", { eventLog: new WindowsEventLog(windows), ...options });
  const faults: string[] = [];
  handler.handleError = (record, error) =>
    void faults.push(`${record.getMessage()}: ${(error as Error).message}`);
  return { windows, handler, faults };
}

/** Checks the account, and returns it without the parts that are 0. */
function account({ stats }: NTEventLogHandler): Record<string, number> {
  assertEquals(stats.emitted, stats.sent + stats.droppedTotal);
  const { dropped, droppedTotal: _, ...counts } = stats;
  return Object.fromEntries(Object.entries({ ...counts, ...dropped }).filter(([, n]) => n > 0));
}

test("NTEventLogHandler adds its source to the registry, with Windows' own message file", () => {
  const { windows, handler } = setting();
  assertEquals(windows.registry.get(`${ROOT}\\Application\\Shop`), {
    EventMessageFile: [2, "%SystemRoot%\\System32\\EventCreate.exe"],
    TypesSupported: [4, 7],
  });
  assertEquals([handler.appname, handler.logtype], ["Shop", "Application"]);
  const other = setting({ dllname: "C:\\shop\\messages.dll", logtype: "System" });
  const values = other.windows.registry.get(`${ROOT}\\System\\Shop`);
  assertEquals(values?.EventMessageFile, [2, "C:\\shop\\messages.dll"]);
});

test("NTEventLogHandler ignores a registry that it may not write, and no other error", () => {
  const windows = new ScriptedWindows();
  const make = () => new NTEventLogHandler("Shop", { eventLog: new WindowsEventLog(windows) });
  windows.failures.RegCreateKeyExW = [5];
  const handler = make();
  handler.handle(recordOf("low on ink"));
  assertEquals(windows.events.length, 1);
  windows.failures.RegCreateKeyExW = [1018];
  assertThrows(
    make,
    Error,
    "Cannot create NTEventLogHandler as 'Shop' is not in the registry: Reg",
  );
});

test("NTEventLogHandler writes message 1, category 0 and the type of the level, as Python does", () => {
  const { windows, handler } = setting();
  for (const level of [10, 20, 30, 40, 50, 35, 5]) handler.handle(recordOf("%d", level, level));
  const [error, warning, information] = [1, 2, 4];
  assertEquals(windows.events, [
    ["Shop", information, 0, 1, "10"],
    ["Shop", information, 0, 1, "20"],
    ["Shop", warning, 0, 1, "30"],
    ["Shop", error, 0, 1, "40"],
    ["Shop", error, 0, 1, "50"],
    ["Shop", error, 0, 1, "35"],
    ["Shop", error, 0, 1, "5"],
  ]);
  assertEquals(
    [EVENTLOG_ERROR_TYPE, EVENTLOG_WARNING_TYPE, EVENTLOG_INFORMATION_TYPE],
    [error, warning, information],
  );
  handler.typemap[35] = warning;
  handler.deftype = information;
  handler.handle(recordOf("a", 35));
  handler.handle(recordOf("b", 36));
  assertEquals(windows.events.slice(7).map(([, type]) => type), [warning, information]);
});

test("a subclass says the message, the category and the type of an event", () => {
  class Own extends NTEventLogHandler {
    override getMessageID({ levelno }: LogRecord): number {
      return 0xc000_0000 + levelno;
    }
    override getEventCategory(): number {
      return 7;
    }
    override getEventType(): number {
      return 16;
    }
  }
  const { windows, handler } = setting({}, Own);
  handler.handle(recordOf("no ink"));
  assertEquals(windows.events, [["Shop", 16, 7, 0xc000_001e, "no ink"]]);
});

test("a method that merges the message of a mistaken call loses no record", () => {
  class Own extends NTEventLogHandler {
    override getMessageID(record: LogRecord): number {
      return record.getMessage().length;
    }
  }
  const { windows, handler, faults } = setting({}, Own);
  const bare = { format: (record: LogRecord) => String(record.msg) };
  handler.setFormatter(bare as Formatter);
  handler.handle(recordOf("%d left", 30, "three"));
  const { length } = "%d left (arguments: 'three')";
  assertEquals(windows.events, [["Shop", 2, 0, length, "%d left"]]);
  assertEquals([faults.length, account(handler)], [1, { emitted: 1, sent: 1 }]);
});

test("NTEventLogHandler writes the formatted text, in one string", () => {
  const { windows, handler } = setting();
  handler.setFormatter(new Formatter("%(name)s: %(message)s"));
  handler.handle(recordOf("Größe\n日本 %s\0", 30, "😀"));
  assertEquals(windows.events.map(([, , , , text]) => text), ["shop: Größe\n日本 😀\\x00"]);
});

test("a text beyond the limit of an event is cut, sent and counted as cut", () => {
  const { windows, handler, faults } = setting();
  handler.handle(recordOf("x".repeat(MAX_EVENT_CHARACTERS + 1)));
  assertMatch(windows.events[0]![4], /^x+… \(\d+ characters cut off\)$/);
  assertEquals(account(handler), { emitted: 1, sent: 1, cut: 1 });
  assertEquals(faults, []);
});

test("an event that Windows does not take is dropped, counted and reported", () => {
  const { windows, handler, faults } = setting();
  handler.handle(recordOf("one"));
  windows.failures.ReportEventW = [1722, 1722];
  handler.handle(recordOf("two"));
  handler.handle(recordOf("three"));
  assertEquals(windows.events.map(([, , , , text]) => text), ["one", "three"]);
  assertEquals(faults, ["two: ReportEventW failed: error 1722 (net helpmsg 1722)"]);
  assertEquals(account(handler), { emitted: 3, sent: 2, error: 1 });
});

test("a number that Windows would cut short drops the record", () => {
  const { windows, handler, faults } = setting();
  const wrong: [string, unknown][] = [
    ["getMessageID", 2 ** 32],
    ["getEventCategory", 65536],
    ["getEventType", -1],
    ["getMessageID", Promise.resolve(1)],
    ["getEventCategory", "7"],
  ];
  for (const [name, value] of wrong) {
    Object.assign(handler, { [name]: () => value });
    handler.handle(recordOf(name));
    delete (handler as unknown as Record<string, unknown>)[name];
  }
  assertEquals(windows.events, []);
  assertEquals(faults.map((text) => /'(\w+)\(\)'|synchronous/.exec(text)?.[1]), [
    "getMessageID",
    "getEventCategory",
    "getEventType",
    undefined,
    "getEventCategory",
  ]);
  assertEquals(account(handler), { emitted: 5, error: 5 });
});

test("close() closes the source, leaves the registry as it is, and is final", async () => {
  const { windows, handler, faults } = setting();
  handler.handle(recordOf("one"));
  assertEquals(windows.open.size, 1);
  await handler.close();
  await handler.close();
  assertEquals(windows.open.size, 0);
  assert(windows.registry.has(`${ROOT}\\Application\\Shop`));
  handler.handle(recordOf("two"));
  assertEquals(account(handler), { emitted: 2, sent: 1, closed: 1 });
  assertEquals(faults, []);
});

test(
  "without Windows the handler says so in one line, and counts every record as dropped",
  async () => {
    const { lines, end } = catchStderr();
    try {
      const handler = new NTEventLogHandler("Shop");
      handler.handle(recordOf("one"));
      handler.handle(recordOf("two"));
      assertEquals(account(handler), { emitted: 2, unavailable: 2 });
      await handler.close();
      handler.handle(recordOf("three"));
      assertEquals(account(handler), { emitted: 3, unavailable: 2, closed: 1 });
      setRaiseExceptions(false);
      await new NTEventLogHandler("Silent").close();
    } finally {
      setRaiseExceptions(true);
      end();
    }
    assertEquals(lines, [
      `logwire: NTEventLogHandler Shop: the Windows event log is not available: this system is ` +
      `${process.platform}. Its records are dropped, and counted in 'stats'.`,
    ]);
  },
  { skip },
);

test("NTEventLogHandler checks its arguments", () => {
  // deno-lint-ignore no-explicit-any -- wrong on purpose
  const make = (appname: any, options?: any) => () => new NTEventLogHandler(appname, options);
  assertThrows(make(""), TypeError, "'appname' must be a string that is not empty");
  assertThrows(make("a\\b"), TypeError, "'appname' must be 1 to 255 characters without \\");
  assertThrows(make("x".repeat(256)), TypeError, "'appname' must be 1 to 255 characters");
  assertThrows(make("Shop", { logtype: "a\0" }), TypeError, "'logtype'");
  assertThrows(make("Shop", { dllname: 7 }), TypeError, "'dllname'");
  assertThrows(make("Shop", { dll: "x" }), TypeError, "there is no option 'dll'");
  assertThrows(make("Shop", "x.dll"), TypeError, "'options' must be an object");
  assertThrows(make("Shop", { eventLog: {} }), TypeError, "'eventLog'");
});

test("dictConfig() makes the handler of a dictionary that configures a Python program", async () => {
  const made: NTEventLogHandler[] = [];
  class Own extends NTEventLogHandler {
    constructor(...[appname, options]: [string, NTEventLogHandlerOptions]) {
      super(appname, { ...options, eventLog: new WindowsEventLog(windows) });
      made.push(this);
    }
  }
  const windows = new ScriptedWindows();
  dictConfig({
    version: 1,
    disable_existing_loggers: false,
    handlers: {
      events: { class: "shop.Own", appname: "Shop", dllname: null, logtype: "System" },
    },
    loggers: { "shop.events": { handlers: ["events"], propagate: false } },
  }, { classes: { ...eventLogHandlerClasses, "shop.Own": Own } });
  getLogger("shop.events").warning("low on %s", "ink");
  assertEquals(windows.events, [["Shop", 2, 0, 1, "low on ink"]]);
  assert(windows.registry.has(`${ROOT}\\System\\Shop`));
  for (const handler of made) await handler.close();
  assertEquals(Object.keys(eventLogHandlerClasses), ["logging.handlers.NTEventLogHandler"]);
});
