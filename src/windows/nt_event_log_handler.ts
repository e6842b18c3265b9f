/**
 * `./nt-event-log-handler`: `NTEventLogHandler` writes records to the event log of Windows, as
 * CPython's `logging.handlers.NTEventLogHandler` does. On Node it uses the npm package koffi.
 *
 * Choose it for a service on Windows, whose operators read the Event Viewer: set its level to
 * `WARNING` or `ERROR`. For the log itself choose a file handler.
 *
 * ## Options
 *
 * - `appname` (the first argument): the name of the event source. The constructor adds it to the
 *   registry, below `HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\EventLog`, which takes an
 *   administrator: run the program once as one, or let its installer do it. Without the entry the
 *   events are written all the same, and the Event Viewer puts a remark before their texts.
 * - `dllname`: the file that holds the messages. Python's default is a DLL of pywin32; here it is
 *   `%SystemRoot%\System32\EventCreate.exe`, which Windows has: its messages 1 to 1000 show the
 *   text of the event, and nothing else.
 * - `logtype` (`"Application"`): the log; `"System"`, or one of your own.
 *
 * Override `getMessageID()` (1), `getEventCategory()` (0) or `getEventType()`, or change `typemap`
 * and `deftype`: as in Python `DEBUG` and `INFO` are information, `WARNING` is a warning, and every
 * other level is an error. The types are `EVENTLOG_INFORMATION_TYPE` and its like.
 *
 * An event has at most 31,839 UTF-16 code units: a longer text is cut, ends with a note that says
 * so, and is counted in `stats.cut`. A NUL is written as `\x00`, a lone surrogate as U+FFFD. The
 * Event Viewer reads `%1` and `%%1` within a text as placeholders; Windows has no way to escape
 * them.
 *
 * ## When there is no event log
 *
 * On another system, on Node without koffi, and on Deno without `--allow-ffi`, the constructor
 * says so in one line on stderr. The handler can be used all the same, so that one configuration
 * serves each system: every record is dropped and counted in `stats.dropped.unavailable`.
 *
 * An event that Windows does not take, because its service is stopped or the log is full, is tried
 * once more with a new handle, then dropped, counted in `stats.dropped.error` and given to
 * `handleError()`. `emitted = sent + droppedTotal` at every moment.
 *
 * ## When the program ends
 *
 * Nothing is left to write: each record is given to Windows within the logging call, as a text to
 * stderr is. It is a call to a service of the same machine; a batch would be as slow, as Windows
 * takes one event a call, and would date its events late. `close()` closes the source.
 *
 * ## Errors
 *
 * - The constructor throws a `TypeError` or `RangeError` for a bad value and for an unknown option;
 *   and, as in CPython, the error of a registry that cannot be written, unless access is denied.
 * - Every failure of a record goes to `handleError()`.
 *
 * Differs from CPython: the line about a missing event log goes to stderr and says why; the source
 * stays open between two events; the limits above; `close()` is final.
 *
 * Runs on Node with koffi (`npm install koffi`), on Bun and on Deno, which needs `--allow-ffi`.
 *
 * @example Errors in the Event Viewer
 * ```ts
 * import { getLogger } from "jsr:@logwire/logging";
 * import { type NTEvent, NTEventLogHandler } from "jsr:@logwire/logging/nt-event-log-handler";
 *
 * class ShopHandler extends NTEventLogHandler {
 *   override getEventCategory(): number {
 *     return 7;
 *   }
 * }
 *
 * // For this example alone: events that go nowhere. Without it: the event log of Windows.
 * const events: NTEvent[] = [];
 * const eventLog = {
 *   addSourceToRegistry() {},
 *   reportEvent: (_appname: string, event: NTEvent) => void events.push(event),
 *   close() {},
 * };
 * await using handler = new ShopHandler("Shop", { eventLog });
 * handler.setLevel("ERROR");
 * getLogger("shop").addHandler(handler);
 * getLogger("shop").error("no %s", "ink");
 * console.assert(events[0]?.text === "no ink" && events[0].category === 7);
 * ```
 *
 * @module
 */
import { atOnce, callBack, watch } from "../logging/callback.ts";
import { correctMistake } from "../logging/call_mistake.ts";
import { classFactory } from "../logging/class_factory.ts";
import { Handler, tellFault } from "../logging/handler.ts";
import { CRITICAL, DEBUG, ERROR, INFO, WARNING } from "../logging/level.ts";
import type { LogRecord } from "../logging/log_record.ts";
import { raiseExceptions } from "../logging/raise_exceptions.ts";
import { reportFault } from "../logging/report_error.ts";
import { writeToStderr } from "../logging/stderr.ts";
import {
  checkInteger,
  checkKnown,
  checkMethods,
  checkString,
  refuse,
} from "../logging/validate.ts";
import { ERROR_ACCESS_DENIED, type EventLog, type NTEvent, WindowsEventLog } from "./_event_log.ts";
import { eventText } from "./_event_text.ts";
import { systemFunctions } from "./_system_functions.ts";

export type { EventLog, NTEvent };

/** The type of an event that is an error. */
export const EVENTLOG_ERROR_TYPE = 1;
/** The type of an event that is a warning. */
export const EVENTLOG_WARNING_TYPE = 2;
/** The type of an event that informs. */
export const EVENTLOG_INFORMATION_TYPE = 4;

/** Options of {@linkcode NTEventLogHandler}. */
export interface NTEventLogHandlerOptions {
  /**
   * The file that holds the messages: a path, in which `%SystemRoot%` and the like are expanded
   * when it is read. @default {"%SystemRoot%\\System32\\EventCreate.exe"}
   */
  dllname?: string | null;
  /** The log of the source. @default {"Application"} */
  logtype?: string;
  /** The event log; tests give one of their own. @default the one of Windows */
  eventLog?: EventLog;
}

/** A snapshot of a handler's counters; `emitted === sent + droppedTotal`, always. */
export interface NTEventLogHandlerStats {
  /** Records given to `emit()`. */
  emitted: number;
  /** Records that Windows took. */
  sent: number;
  /** Records of these whose text was cut. */
  cut: number;
  /** Records that were lost: there is no event log, it failed, or the handler was closed. */
  dropped: { unavailable: number; error: number; closed: number };
  /** The sum of `dropped`. */
  droppedTotal: number;
}

const WHAT = "create NTEventLogHandler";

/** Every Windows has it, and its messages 1 to 1000 are `%1`: the text of the event alone. */
const DEFAULT_DLL = "%SystemRoot%\\System32\\EventCreate.exe";

/** The longest name of a key of the registry, in characters. */
const MAX_KEY_NAME = 255;

/** Writes records to the event log of Windows; see the module's description. */
export class NTEventLogHandler extends Handler {
  /** The name of the event source. */
  readonly appname: string;
  /** The file that holds the messages. */
  readonly dllname: string;
  /** The log of the source. */
  readonly logtype: string;
  /** The type of an event whose level is not in `typemap`. */
  deftype: number = EVENTLOG_ERROR_TYPE;
  /** The types of events, by the numbers of levels. */
  typemap: Record<number, number> = {
    [DEBUG]: EVENTLOG_INFORMATION_TYPE,
    [INFO]: EVENTLOG_INFORMATION_TYPE,
    [WARNING]: EVENTLOG_WARNING_TYPE,
    [ERROR]: EVENTLOG_ERROR_TYPE,
    [CRITICAL]: EVENTLOG_ERROR_TYPE,
  };
  readonly #eventLog: EventLog | undefined;
  readonly #dropped = { unavailable: 0, error: 0, closed: 0 };
  #sent = 0;
  #cut = 0;
  #isClosed = false;

  /**
   * Adds the source to the registry.
   *
   * @param appname the name of the event source, of 1 to 255 characters and without `\`
   * @throws {TypeError | RangeError} when a value is bad or an option unknown
   * @throws {Error} when the registry cannot be written, unless access is denied
   */
  constructor(appname: string, options: NTEventLogHandlerOptions = {}) {
    checkKnown(WHAT, options, ["dllname", "logtype", "eventLog"]);
    const { dllname, logtype = "Application", eventLog } = options;
    checkKeyName("appname", appname);
    checkKeyName("logtype", logtype);
    const file = checkString(WHAT, "dllname", dllname || DEFAULT_DLL);
    const methods = ["addSourceToRegistry", "reportEvent", "close"];
    if (eventLog !== undefined) checkMethods(WHAT, "eventLog", eventLog, methods);
    const log = eventLog ?? openEventLog(appname);
    if (log !== undefined) register(log, appname, file, logtype);
    super();
    this.appname = appname;
    this.dllname = file;
    this.logtype = logtype;
    this.#eventLog = log;
  }

  /** The counts so far. */
  get stats(): NTEventLogHandlerStats {
    const dropped = { ...this.#dropped };
    const droppedTotal = dropped.unavailable + dropped.error + dropped.closed;
    return {
      emitted: this.#sent + droppedTotal,
      sent: this.#sent,
      cut: this.#cut,
      dropped,
      droppedTotal,
    };
  }

  /** The number of the record's message in `dllname`, from 0 to 0xffffffff: 1, unless overridden. */
  getMessageID(_record: LogRecord): number {
    return 1;
  }

  /** The category of the record's event, from 0 to 0xffff: 0, unless overridden. */
  getEventCategory(_record: LogRecord): number {
    return 0;
  }

  /**
   * The type of the record's event: that of its level in `typemap`, or `deftype`. A level between
   * two others is not in `typemap`.
   */
  getEventType(record: LogRecord): number {
    const { typemap, deftype } = this;
    return Object.hasOwn(typemap, record.levelno) ? typemap[record.levelno]! : deftype;
  }

  /** Writes the record to the event log; if that fails, the record is dropped. */
  override emit(record: LogRecord): void {
    if (this.#isClosed) return void this.#dropped.closed++;
    const eventLog = this.#eventLog;
    if (eventLog === undefined) return void this.#dropped.unavailable++;
    try {
      this.#report(eventLog, record);
    } catch (error) {
      this.#reportCorrected(eventLog, record, error);
    }
  }

  /** Reports a record once more if an override of a method found a mistake in the logging call. */
  #reportCorrected(eventLog: EventLog, record: LogRecord, error: unknown): void {
    try {
      if (!correctMistake(this, record, error)) throw error;
      this.#report(eventLog, record);
    } catch (error) {
      this.#dropped.error++;
      tellFault(this, record, error);
    }
  }

  #report(eventLog: EventLog, record: LogRecord): void {
    const { text, isCut } = eventText(atOnce(this.format(record), "format()"));
    const number = (name: string, value: number, max: number) =>
      checkInteger("report an event", name, atOnce(value, name), 0, max);
    const event = {
      id: number("getMessageID()", this.getMessageID(record), 0xffff_ffff),
      category: number("getEventCategory()", this.getEventCategory(record), 0xffff),
      type: number("getEventType()", this.getEventType(record), 0xffff),
      text,
    };
    atOnce<unknown>(eventLog.reportEvent(this.appname, event), "reportEvent()");
    this.#sent++;
    if (isCut) this.#cut++;
  }

  /**
   * Counts the record as emitted, and as dropped.
   *
   * @ignore
   */
  protected override filterFailed(record: LogRecord, error: unknown): void {
    if (this.#isClosed) this.#dropped.closed++;
    else this.#dropped.error++;
    tellFault(this, record, error);
  }

  /**
   * Closes the event source. As in CPython its entry stays in the registry: the Event Viewer needs
   * it. Final: records emitted afterwards count as `dropped.closed`. Never rejects.
   */
  override async close(): Promise<void> {
    if (!this.#isClosed) {
      this.#isClosed = true;
      callBack(() => this.#eventLog?.close(), reportFault);
    }
    await super.close();
  }
}

/** Checks the name of a key of the registry. */
function checkKeyName(name: string, value: unknown): void {
  const text = checkString(WHAT, name, value);
  if (text.length <= MAX_KEY_NAME && !/[\\\0]/.test(text)) return;
  refuse(WHAT, name, `1 to ${MAX_KEY_NAME} characters without \\ and NUL`, text);
}

/** Opens the event log of Windows; `undefined`: there is none, which a line on stderr says. */
function openEventLog(appname: string): EventLog | undefined {
  try {
    return new WindowsEventLog(systemFunctions());
  } catch (error) {
    if (raiseExceptions) {
      writeToStderr(
        `logwire: NTEventLogHandler ${appname}: the Windows event log is not available: ` +
          `${(error as Error).message}. Its records are dropped, and counted in 'stats'.\n`,
      );
    }
    return undefined;
  }
}

/** Adds the source to the registry. Only an administrator may: a program that is none goes on. */
function register(log: EventLog, appname: string, dllname: string, logtype: string): void {
  try {
    watch(log.addSourceToRegistry(appname, dllname, logtype), reportFault);
  } catch (error) {
    const { winerror } = Object(error) as { winerror?: unknown };
    if (winerror === ERROR_ACCESS_DENIED) return;
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`Cannot ${WHAT} as '${appname}' is not in the registry: ${why}`, {
      cause: error,
    });
  }
}

/** The table that makes the handler of a dictionary, under Python's name. */
export type EventLogHandlerClasses = Readonly<
  Record<string, (keywords: Readonly<Record<string, unknown>>) => NTEventLogHandler>
>;

/**
 * The table of `logging.handlers.NTEventLogHandler`, for `dictConfig()`.
 *
 * @example
 * ```ts
 * import { shutdown } from "jsr:@logwire/logging";
 * import { dictConfig } from "jsr:@logwire/logging/config";
 * import { eventLogHandlerClasses } from "jsr:@logwire/logging/nt-event-log-handler";
 *
 * dictConfig({
 *   version: 1,
 *   handlers: {
 *     events: {
 *       class: "logging.handlers.NTEventLogHandler",
 *       level: "ERROR",
 *       appname: "Shop",
 *     },
 *   },
 *   root: { handlers: ["events"] },
 * }, { classes: eventLogHandlerClasses });
 * await shutdown();
 * ```
 */
export const eventLogHandlerClasses: EventLogHandlerClasses = {
  "logging.handlers.NTEventLogHandler": classFactory(
    NTEventLogHandler,
    (Own, { appname, ...own }) => new Own(appname, own),
  ),
};
