/**
 * The record of one event, after CPython's `LogRecord`. Its own enumerable properties are sent over
 * the network, in this order: name, msg, args, levelname, levelno, pathname, filename, module,
 * exc_info, exc_text, stack_info, lineno, funcName, created, msecs, relativeCreated, thread,
 * threadName, processName, process, taskName, then the fields that `extra` added. They are set in
 * one fixed order, so that every record has the same hidden class.
 *
 * Browser compatible.
 *
 * @module
 */
import { getLevelName } from "./level_names.ts";
import { isMapping } from "../text/is_mapping.ts";
import { percentFormat } from "../text/percent_format.ts";
import { processId } from "./process_id.ts";
import { pythonStr } from "../text/python_repr.ts";
import { logMultiprocessing, logProcesses, logThreads } from "./record_flags.ts";

/** The `pathname` of records whose caller was not looked up. */
export const UNKNOWN_FILE = "(unknown file)";
/** The `funcName` of records whose caller was not looked up. */
export const UNKNOWN_FUNCTION = "(unknown function)";

/** The attributes that are floats in Python, even if they are whole. */
export const TIME_FIELDS: readonly string[] = ["created", "msecs", "relativeCreated"];

/**
 * The arguments of a record's message: a tuple of values (an array), or the one mapping that the
 * caller gave (a plain object or a `Map`).
 */
export type LogArguments =
  | readonly unknown[]
  | Readonly<Record<string, unknown>>
  | ReadonlyMap<unknown, unknown>
  | null;

/** Milliseconds; 0 if the clock does not run yet, as while a Cloudflare worker loads. */
let startTime = Date.now();

/**
 * One event. Loggers make records; `makeLogRecord()` makes one of fields that were received.
 *
 * @example
 * ```ts
 * import { INFO, LogRecord } from "jsr:@logwire/logging";
 *
 * const record = new LogRecord("app", INFO, "app.ts", 7, "%d of %s", [2, "them"], null);
 * console.assert(record.getMessage() === "2 of them");
 * console.assert(record.module === "app");
 * ```
 */
export class LogRecord {
  /** The name of the logger. */
  declare name: string;
  /** The message before its arguments are merged; any value. */
  declare msg: unknown;
  /** The arguments that `getMessage()` merges into `msg`. */
  declare args: LogArguments;
  /** The name of the level. */
  declare levelname: string;
  /** The number of the level. */
  declare levelno: number;
  /** The path of the source file that logged. */
  declare pathname: string;
  /** The last part of `pathname`. */
  declare filename: string;
  /** `filename` without its extension. */
  declare module: string;
  /** The error that is logged, or `null`. */
  declare exc_info: unknown;
  /** The error as text, once a formatter has made it. */
  declare exc_text: string | null;
  /** The stack of the logging call, if the call asked for it. */
  declare stack_info: string | null;
  /** The line of the logging call, or 0. */
  declare lineno: number;
  /** The function that logged. */
  declare funcName: string | null;
  /** The time at which it was made, in seconds since the epoch. */
  declare created: number;
  /** The milliseconds of `created`, 0 to 999. */
  declare msecs: number;
  /** Milliseconds since this module was loaded. */
  declare relativeCreated: number;
  /** Always 0: JavaScript has no thread ids. `null` without `logThreads`. */
  declare thread: number | null;
  /** `"MainThread"`, or `null` without `logThreads`. */
  declare threadName: string | null;
  /** `"MainProcess"`, or `null` without `logMultiprocessing`. */
  declare processName: string | null;
  /** The process id; 0 if there is none, `null` without `logProcesses`. */
  declare process: number | null;
  /** `null`; in a record from Python the name of the asyncio task. */
  declare taskName: string | null;
  /** The merged message, once a formatter has made it. */
  declare message?: string;
  /** The time as text, once a formatter has made it. */
  declare asctime?: string;
  /** The fields that `extra` added. */
  [extra: string]: unknown;

  /** Makes a record with the present time; `exc_info` is the error itself or `null`. */
  constructor(
    name: string,
    level: number,
    pathname: string,
    lineno: number,
    msg: unknown,
    args: LogArguments,
    exc_info: unknown,
    func: string | null = null,
    sinfo: string | null = null,
  ) {
    const now = Date.now();
    if (startTime === 0) startTime = now;
    this.name = name;
    this.msg = msg;
    this.args = soleMapping(args);
    this.levelname = getLevelName(level);
    this.levelno = level;
    this.pathname = pathname;
    if (pathname === UNKNOWN_FILE) {
      this.filename = UNKNOWN_FILE;
      this.module = UNKNOWN_FILE;
    } else if (typeof pathname === "string") {
      this.filename = basename(pathname);
      this.module = withoutExtension(this.filename);
    } else {
      this.filename = pathname;
      this.module = "Unknown module";
    }
    this.exc_info = exc_info ?? null;
    this.exc_text = null;
    this.stack_info = sinfo;
    this.lineno = lineno;
    this.funcName = func;
    this.created = now / 1000;
    // From the whole milliseconds of the clock: exact, and never 1000 (gh-89047). `%` is slower.
    this.msecs = now - Math.floor(now / 1000) * 1000;
    this.relativeCreated = now - startTime;
    this.thread = logThreads ? 0 : null;
    this.threadName = logThreads ? "MainThread" : null;
    this.processName = logMultiprocessing ? "MainProcess" : null;
    this.process = logProcesses ? processId : null;
    this.taskName = null;
  }

  /**
   * Returns the message with its arguments merged: `str(msg) % args`, or `str(msg)` without
   * arguments. Text that is made of arguments or containers is cut at four million characters and
   * then ends with `…`; a text without arguments is never cut.
   */
  getMessage(): string {
    const msg = pythonStr(this.msg);
    return hasItems(this.args) ? percentFormat(msg, this.args) : msg;
  }

  /** Returns CPython's `repr()` of a record. */
  toString(): string {
    const { name, levelno, pathname, lineno, msg } = this;
    const parts = [name, levelno, pathname, lineno].map((part) => pythonStr(part));
    return `<LogRecord: ${parts.join(", ")}, "${pythonStr(msg)}">`;
  }
}

/**
 * Returns a single mapping that is not empty in place of the arguments (CPython:
 * `LogRecord.__init__`).
 */
function soleMapping(args: LogArguments): LogArguments {
  if (!Array.isArray(args) || args.length !== 1) return args;
  const only: unknown = args[0];
  try {
    return isMapping(only) && hasItems(only) ? only : args;
  } catch {
    // A proxy that cannot be looked at.
    return args;
  }
}

/** Returns Python's truth of a tuple, of a mapping, or of any value that a sender put there. */
function hasItems(args: unknown): boolean {
  if (Array.isArray(args)) return args.length > 0;
  if (args instanceof Map || args instanceof Set) return args.size > 0;
  if (!isMapping(args)) return Boolean(args);
  for (const key in args) if (Object.hasOwn(args, key)) return true;
  return false;
}

/**
 * Returns Python's `os.path.basename`: that of Windows if the path begins with a drive, else of
 * POSIX.
 */
function basename(path: string): string {
  return path.split(/^[A-Za-z]:/.test(path) ? /[/\\]/ : "/").at(-1) ?? "";
}

/** Returns Python's `os.path.splitext(name)[0]`: leading dots begin no extension. */
function withoutExtension(name: string): string {
  return name.replace(/^(\.*[^.].*)\.[^.]*$/s, "$1");
}
