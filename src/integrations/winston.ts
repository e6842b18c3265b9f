/**
 * `./winston`: `winstonTransport(handler)` is a transport for winston 3 that gives its records to a
 * handler of this package, so that a program that logs by winston sends them to a Python log
 * server, syslog, HTTP or a file.
 *
 * Choose it to keep winston and its calls. The transport gives each record to the handler within
 * the logging call and never waits. While the server is away the logger does not stall, and no
 * error ends it: the handler keeps the records in its bounded queue.
 *
 * ## From winston to a record
 *
 * | winston | record |
 * |---|---|
 * | level `error`, `warn`, `info` | 40, 30, 20 |
 * | `http`, `verbose`, `debug`, `silly` | 15, 12, 10, 5 |
 * | syslog's `emerg`, `alert`, `crit`, `warning`, `notice` | 50, 50, 50, 30, 25 |
 * | any other level | the number in the option `levels`, else 20 |
 * | option `name`, else `format.label()`, else `"winston"` | `name` |
 * | `message` | `msg`: one complete text, without `args` |
 * | an `Error`, wherever it stands in the call | `exc_info`, with its causes |
 * | `stack` and `cause` of `format.errors()` | `exc_text` |
 * | `timestamp` | `created`, if it is a `Date`, milliseconds, or ISO 8601 with a time zone |
 * | meta objects, `defaultMeta`, `child()`, all other fields | fields, as if they stood in `extra` |
 *
 * - A level whose number has no name in Python keeps winston's in capitals: `HTTP`, `NOTICE`.
 * - A `timestamp` without a time zone is kept as a field, and the record is dated at the call.
 * - A field that is named like an attribute of the record (`name`, `process`) gets `_` behind its
 *   name.
 *
 * ## Cheat sheet
 *
 * For a program that moves from winston to the loggers of this package:
 *
 * | winston | `@logwire/logging` |
 * |---|---|
 * | `logger.info("user %s", name)` with `format.splat()` | `log.info("user %s", name)` |
 * | `logger.info("in", { user })` | `log.info("in", { user })` |
 * | `logger.error("failed", err)` | `log.error("failed", err)` |
 * | `logger.log("warn", "x")` | `log.log(30, "x")` |
 * | `logger.child({ requestId })` | `log.child({ requestId })` |
 * | `logger.level = "debug"` | `log.setLevel("debug")` |
 * | `logger.isDebugEnabled()` | `log.isEnabledFor(10)` |
 * | `logger.end()`, then `"finish"` | `await shutdown()` |
 *
 * winston appends the message of an error: `logger.error("failed", err)` has the text
 * `failed disk full`. In a call of this package's loggers the text is `failed`, and the error is in
 * the traceback.
 *
 * ## `%` in messages
 *
 * - Through this transport a `%` is a `%`: `logger.info("50% done")` arrives as `50% done`, also on
 *   the Python side, as the record has no arguments. Without `format.splat()` winston merges
 *   nothing: the text of `logger.info("user %s", name)` is `user %s`. With it winston reads the
 *   `%d` in `"50%done"` if there are arguments.
 * - In a call of this package's loggers that has arguments, write `%%`:
 *   `log.info("%d%% done", 50)`. Without arguments `log.info("50% done")` is sent as it stands.
 * - `%o` is octal in Python, as in C, and `%O` and `%j` do not exist: for an object write `%s` or
 *   `%r`, or pass it as a field.
 *
 * ## Options
 *
 * - `name`, `levels`: see above.
 * - `formatted` (`false`): with `true` the text is the line that the logger's format has made
 *   (`printf`, `json`).
 * - `level`, `silent`, `format`, `handleExceptions` and `handleRejections` are winston's own.
 * - `finishTimeoutMs` (5,000): the longest that `logger.end()` waits for the delivery, in
 *   milliseconds.
 *
 * The handler's `level` and filters apply behind winston's. The levels of this package's loggers
 * have no effect, since the record goes to the handler directly.
 *
 * ## When the server is away
 *
 * The handler decides: with `whileDisconnected: "queue"` it keeps the records in its bounded queue,
 * up to `maxQueuedBytes`. The logger does not stall, and the transport never emits `error`. If
 * another transport of the same logger is slow, winston holds back the records of all of its
 * transports.
 *
 * ## When the program ends
 *
 * `logger.end()` emits `finish` after the handler has delivered the records, or after
 * `finishTimeoutMs`. The transport does not close the handler, which others may use: call
 * `await handler.close()`, or `shutdown()`. After `process.exit()` the handler writes at once what
 * the system takes, and reports on stderr how many records are lost. With `handleExceptions: true`
 * winston logs an uncaught error, waits three seconds, in which the record is delivered, and exits.
 *
 * ## Errors
 *
 * - `winstonTransport` throws a `TypeError` if the handler is no handler, for an unknown option,
 *   and for a value of the wrong type, and a `RangeError` for a number out of range.
 * - The transport never throws. If its own format throws, the error is reported on stderr, and the
 *   record is sent as it was before that format. (winston's own transports throw into the logging
 *   call.) A value that cannot be read is written as `[unreadable]`.
 *
 * The transport is a `Writable` of `node:stream` and needs no package beside winston itself. Runs
 * on Deno, Bun and Node.
 *
 * @example A logger of winston that sends to a log server
 * ```ts
 * import { SocketHandler } from "jsr:@logwire/logging";
 * import { MemoryNetwork } from "jsr:@logwire/logging/testing"; // in place of /deno, /bun or /node
 * import { winstonTransport } from "jsr:@logwire/logging/winston";
 * import winston from "npm:winston@3"; // "winston" on Bun and Node
 *
 * const connector = new MemoryNetwork();
 * const handler = new SocketHandler("logs.example", 9020, {
 *   connector,
 *   whileDisconnected: "queue",
 * });
 * const logger = winston.createLogger({
 *   format: winston.format.splat(),
 *   transports: [winstonTransport(handler, { name: "shop" })],
 * });
 * logger.warn("low on %s", "ink", { left: 2 });
 *
 * await handler.close();
 * console.assert(handler.stats.sent === 1);
 * ```
 *
 * @module
 */
import { Writable } from "node:stream";
import type { Handler } from "../logging/handler.ts";
import { reportFault } from "../logging/report_error.ts";
import {
  checkBoolean,
  checkInteger,
  checkKnown,
  checkMethods,
  checkString,
  MAX_TIMEOUT_MS,
  refuse,
} from "../logging/validate.ts";
import { isError } from "../text/exception_text.ts";
import { handOver } from "./_foreign_record.ts";
import { LEVEL, winstonRecord, type WinstonRecordOptions } from "./_winston_record.ts";

/** The part of a format of winston (`logform`) that is used. */
export interface WinstonFormat {
  /** Returns the changed `info`, or false to drop the record. */
  transform(info: WinstonInfo, options?: unknown): WinstonInfo | boolean;
  /** The options that `transform` gets. */
  options?: object;
}

/** The event that winston passes to a transport, with its level and text under symbols too. */
export interface WinstonInfo {
  /** The name of the level, perhaps with colours. */
  level: string;
  /** The text, or what was logged in its place. */
  message: unknown;
  /** All other fields. */
  [key: string | symbol]: unknown;
}

/** Options of {@linkcode winstonTransport}. */
export interface WinstonTransportOptions {
  /** The name of the records. @default {info.label, else "winston"} */
  name?: string;
  /** The numbers of the program's own levels on Python's scale: `{ audit: 35 }`. */
  levels?: Readonly<Record<string, number>>;
  /** If true, the text is the line that the logger's format has made. @default {false} */
  formatted?: boolean;
  /** The most detailed level that is sent, by its name. @default {that of the logger} */
  level?: string;
  /** If true, nothing is sent. @default {false} */
  silent?: boolean;
  /** A format for this transport alone. */
  format?: WinstonFormat;
  /** If true, winston logs uncaught errors to this transport. @default {false} */
  handleExceptions?: boolean;
  /** If true, winston logs unhandled rejections to this transport. @default {false} */
  handleRejections?: boolean;
  /** The longest that `finish` waits for the delivery, in milliseconds. @default {5000} */
  finishTimeoutMs?: number;
}

/** A transport for `winston.createLogger({ transports })` and `logger.add()`. */
export interface WinstonTransport extends Writable {
  /** The most detailed level that is sent; that of the logger unless set. */
  level?: string;
  /** If true, nothing is sent. */
  silent?: boolean;
  /** A format for this transport alone. */
  format?: WinstonFormat;
  /** True if winston logs uncaught errors to this transport. */
  handleExceptions?: boolean;
  /** True if winston logs unhandled rejections to this transport. */
  handleRejections?: boolean;
  /** Gives a record to the handler, and calls `next` before it returns. */
  log(info: unknown, next: () => void): void;
}

const OPTIONS = [
  ...["name", "levels", "formatted", "level", "silent", "format", "handleExceptions"],
  ...["handleRejections", "finishTimeoutMs"],
];

/** The part of a logger of winston that is used: the stream that this one is piped from. */
interface Source {
  readonly level?: unknown;
  readonly levels?: Readonly<Record<string, number>>;
}

/**
 * Returns a transport for winston 3 that gives each record to `handler`. See the page of this
 * module for levels, fields, and the end of a program.
 *
 * @throws {TypeError | RangeError} if a value is wrong, or for an unknown option
 */
export function winstonTransport(
  handler: Handler,
  options: WinstonTransportOptions = {},
): WinstonTransport {
  const what = "create a transport for winston";
  checkMethods(what, "handler", handler, ["handle", "flush"]);
  checkKnown(what, options, OPTIONS);
  const { name, levels = {}, formatted = false, finishTimeoutMs = 5000, ...own } = options;
  if (name !== undefined) checkString(what, "name", name);
  checkLevels(what, levels);
  checkBoolean(what, "formatted", formatted);
  checkInteger(what, "finishTimeoutMs", finishTimeoutMs, 0, MAX_TIMEOUT_MS);
  if (own.level !== undefined) checkString(what, "level", own.level);
  if (own.format !== undefined) checkMethods(what, "format", own.format, ["transform"]);
  for (const flag of ["silent", "handleExceptions", "handleRejections"] as const) {
    if (own[flag] !== undefined) checkBoolean(what, flag, own[flag]);
  }
  const transport = new Transport(handler, { name, levels, formatted }, finishTimeoutMs);
  return Object.assign(transport, own);
}

function checkLevels(what: string, levels: unknown): void {
  if (typeof levels !== "object" || levels === null) {
    refuse(what, "levels", "an object of numbers", levels);
  }
  for (const [level, levelno] of Object.entries(levels)) {
    checkInteger(what, `levels.${level}`, levelno, 1);
  }
}

/**
 * After `TransportStream` of winston-transport, from which it is not derived: that package would be
 * a dependency for forty lines, and it throws the errors of a format into the logging call.
 */
class Transport extends Writable implements WinstonTransport {
  declare level?: string;
  declare silent?: boolean;
  declare format?: WinstonFormat;
  declare handleExceptions?: boolean;
  declare handleRejections?: boolean;
  readonly #handler: Handler;
  readonly #record: WinstonRecordOptions;
  readonly #finishTimeoutMs: number;
  #source: Source | undefined;

  constructor(handler: Handler, record: WinstonRecordOptions, finishTimeoutMs: number) {
    super({ objectMode: true });
    this.#handler = handler;
    this.#record = record;
    this.#finishTimeoutMs = finishTimeoutMs;
    this.on("pipe", (source: Source) => this.#source = source);
  }

  /** winston waits for the `finish` of a transport that has not finished. */
  get finished(): boolean {
    return this.writableFinished;
  }

  override _write(info: unknown, _encoding: string, callback: () => void): void {
    this.#give(info, true);
    // At once and without an error: else the logger stalls, or unpipes the transport.
    callback();
  }

  /** winston calls it directly for `exceptionHandlers`. */
  log(info: unknown, next: () => void): void {
    this.#give(info, false);
    next();
  }

  override _final(callback: () => void): void {
    const abort = new AbortController();
    const timer = setTimeout(done, this.#finishTimeoutMs);
    let isDone = false;
    function done(): void {
      if (isDone) return;
      isDone = true;
      clearTimeout(timer);
      abort.abort();
      callback();
    }
    this.#handler.flush({ signal: abort.signal }).then(done, done);
  }

  /** Never throws. */
  #give(info: unknown, isFiltered: boolean): void {
    try {
      if (isFiltered && !this.#isWanted(info)) return;
      const formatted = this.#formatted(info);
      if (formatted === undefined) return;
      handOver(this.#handler, winstonRecord(info, formatted, this.#record, reportFault));
    } catch (error) {
      reportFault(error);
    }
  }

  #isWanted(info: unknown): boolean {
    const { exception, [LEVEL]: name } = info as Record<string | symbol, unknown>;
    if (this.silent || (exception === true && !this.handleExceptions)) return false;
    const limit = this.#rank(this.level ?? this.#source?.level);
    const rank = this.#rank(name);
    // Of a level that the logger does not know, every record is sent.
    return limit === undefined || rank === undefined || rank <= limit;
  }

  /** Returns the place of a level among those of the logger: 0 is the most severe. */
  #rank(level: unknown): number | undefined {
    return this.#source?.levels?.[String(level)];
  }

  /** Returns what the transport's own format makes of `info`, or undefined if it drops it. */
  #formatted(info: unknown): unknown {
    const { format } = this;
    if (format === undefined) return info;
    try {
      return format.transform(copyOf(info), format.options) || undefined;
    } catch (error) {
      reportFault(error);
      return info;
    }
  }
}

/** Returns a copy that a format may change; of an error also what is not enumerable. */
function copyOf(info: unknown): WinstonInfo {
  const { message, stack, cause } = info as Error;
  const hidden = isError(info)
    ? { message, ...(stack !== undefined && { stack }), ...(cause !== undefined && { cause }) }
    : {};
  return Object.assign(hidden, info) as unknown as WinstonInfo;
}
