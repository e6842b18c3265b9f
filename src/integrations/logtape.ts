/**
 * `./logtape`: `logtapeSink(handler)` is a sink of LogTape that sends its records through any
 * handler of this package: to a Python log server, to syslog, by HTTP, into a file.
 *
 * Choose it for a program, or a library that it uses, that logs with LogTape: the logging calls
 * stay as they are. Records wait for their server in the handler's queue, and are counted in
 * `handler.stats`. Tested with `@logtape/logtape` 2.4; its types are structural, so that this
 * package does not depend on it.
 *
 * ## From LogTape to a record
 *
 * | LogTape | record |
 * | --- | --- |
 * | category `["shop", "cart"]` | `name`: `shop.cart`; the root logger is `root` |
 * | level trace, debug, info, warning, error, fatal | `levelno`: 5, 10, 20, 30, 40, 50 |
 * | message and values | `msg`: one complete text, without `args` |
 * | `timestamp` (milliseconds) | `created` (seconds) |
 * | properties, of the call, of `with()` and of `withContext()` | fields, as if they stood in `extra` |
 * | an `Error` among the properties, or else among the values | `exc_info`, with its causes |
 * | `sourceLocation`, if LogTape captures it | `pathname`, `lineno` |
 *
 * - The level 5 has no name in Python. Its `levelname` is `TRACE`, or the name that the program
 *   gave it by `addLevelName()`.
 * - Values are written as LogTape's own text formatter writes them, by the runtime's `inspect`: a
 *   string stands in quotation marks. With `value: "bare"` it stands as it is.
 * - The error in `exc_info` is the property `error`, else `err`, else the first property that is an
 *   `Error`. This property is then left out of the fields. In the text the error is written without
 *   its stack, as `Error: disk full`, since the record carries the stack; `logger.error(error)` has
 *   the text `disk full`. Other errors stay fields.
 * - A property that is named like an attribute of the record (`name`, `args`) gets `_` behind its
 *   name.
 * - If a lazy message or a lazy property throws, the record is sent with its template as text, and
 *   the error goes to `handler.handleError()`. No failure of this sink reaches LogTape's meta
 *   logger, so the meta logger may have this sink as well.
 *
 * ## Cheat sheet
 *
 * For a program that moves from LogTape to the loggers of this package:
 *
 * | LogTape | `@logwire/logging` |
 * | --- | --- |
 * | `getLogger(["shop", "cart"])` | `getLogger("shop.cart")` |
 * | `logger.trace("…")` | `log.log(5, "…")` |
 * | `logger.warn("…")`, `logger.warning("…")` | `log.warning("…")`, `log.warn("…")` |
 * | `logger.fatal("…")` | `log.critical("…")` |
 * | `logger.info("{n} of {total}", { n, total })` | `log.info("%d of %d", n, total, { n, total })` |
 * | ``logger.info`user ${name}` `` | `log.info("user %s", name)` |
 * | ``logger.debug((l) => l`…`)`` | `if (log.isEnabledFor(DEBUG)) log.debug(…)` |
 * | `logger.error("failed: {error}", { error })` | `log.error("failed", error)` |
 * | `logger.with({ user })` | `log.child({ user })` |
 * | `withContext({ id }, fn)` | `withContext({ id }, fn)` of `./context` |
 * | `lowestLevel: "info"` | `log.setLevel("INFO")` |
 * | `logger.isEnabledFor("debug")` | `log.isEnabledFor(DEBUG)` |
 * | `await dispose()` | `await shutdown()` |
 *
 * ## `%` in messages
 *
 * - Through this sink a `%` is a `%`: `logger.info("50% done")` arrives as `50% done`, also on the
 *   Python side, as the record has no arguments.
 * - In a call of this package's loggers that has arguments, write `%%`:
 *   `log.info("%d%% done", 50)`. Without arguments `log.info("50% done")` is sent as it stands.
 * - `%o` is octal in Python, as in C, and `%O` and `%j` do not exist: for an object write `%s` or
 *   `%r`, or pass it as a field.
 * - Braces are plain text in this package's loggers: `log.info("{n} done")` fills nothing in. In
 *   LogTape write `{{` and `}}` for a brace.
 *
 * ## Options
 *
 * - `value`: `"bare"`, or a function that writes a value, as in LogTape's `getTextFormatter()`.
 * - `rawMessage` (`false`): with `true` each record that has values carries the template as the
 *   field `rawMessage`, such as `"{user} signed in"`, by which a server can group records.
 * - `closeHandler` (`true`): with `false` disposing of the sink flushes the handler and leaves it
 *   open, for a handler that loggers of this package use too.
 *
 * LogTape decides by `lowestLevel` and filters, and then the handler by its own `level` and
 * filters. The levels of this package's loggers have no effect, since the record goes to the
 * handler directly.
 *
 * ## When the server is away
 *
 * The handler decides: with `whileDisconnected: "queue"` it keeps the records in its bounded queue,
 * up to `maxQueuedBytes`. A logging call never waits.
 *
 * ## When the program ends
 *
 * `await dispose()` of LogTape closes the handler, which sends what is queued for at most its
 * `closeTimeoutMs`. `await drain()` of LogTape resolves when all that was logged before is sent or
 * dropped: with `whileDisconnected: "queue"` not before the server is back. After `process.exit()`
 * the handler writes at once what the system takes, and reports on stderr how many records are
 * lost.
 *
 * After `dispose()`, `reset()` and `configure({ reset: true })` the handler is closed for good:
 * configure LogTape with a new one, or set `closeHandler: false`.
 *
 * A sink that closes asynchronously cannot be given to LogTape's `configureSync()`. There pass
 * `(record) => sink(record)`, and close the handler at the end.
 *
 * ## On Cloudflare Workers
 *
 * Give the handler the connector of `./cloudflare`, and call `ctx.waitUntil(sink.drain())` behind
 * each request, or wrap the worker by `withFlush(worker, handler)`. A worker that has no
 * `node:util` (an old compatibility date without the flag `nodejs_compat`) writes values as JSON,
 * as do a browser and Node before 20.16.
 *
 * ## Errors
 *
 * - `logtapeSink()` throws a `TypeError` if the handler is not a handler, for an unknown option,
 *   and for a value of the wrong type.
 * - The sink never throws; `drain()` and disposing never reject. A value that cannot be read is
 *   written as `[unreadable]`.
 *
 * Runs on Deno, Bun, Node, Cloudflare Workers and in browsers.
 *
 * @example LogTape's records to a log server
 * ```ts
 * import { configure, dispose, getLogger } from "npm:@logtape/logtape@^2.4.0";
 * import { SocketHandler } from "jsr:@logwire/logging";
 * import { logtapeSink } from "jsr:@logwire/logging/logtape";
 * import { MemoryNetwork } from "jsr:@logwire/logging/testing";
 *
 * // In a program: import { connector } from "jsr:@logwire/logging/auto".
 * const connector = new MemoryNetwork();
 * const handler = new SocketHandler("logs.example", 9020, {
 *   connector,
 *   whileDisconnected: "queue",
 * });
 * await configure({
 *   sinks: { server: logtapeSink(handler) },
 *   loggers: [
 *     { category: ["shop"], lowestLevel: "info", sinks: ["server"] },
 *     { category: ["logtape", "meta"], lowestLevel: "warning", sinks: ["server"] },
 *   ],
 * });
 * getLogger(["shop", "cart"]).info("{user} ordered {count} pens", { user: "anna", count: 2 });
 * await dispose();
 * console.assert(handler.stats.sent === 1);
 * ```
 *
 * @module
 */
import { type ForeignEvent, foreignRecord, handOver, TRACE } from "./_foreign_record.ts";
import { UNREADABLE } from "./_unreadable.ts";
import { inspect } from "./_value_inspector.ts";
import { callBack } from "../logging/callback.ts";
import { pathOf } from "../logging/caller.ts";
import type { Handler } from "../logging/handler.ts";
import { CRITICAL, DEBUG, ERROR, INFO, WARNING } from "../logging/level.ts";
import { checkBoolean, checkKnown, checkMethods, refuse } from "../logging/validate.ts";
import { isError } from "../text/exception_text.ts";
import { withFallback } from "../text/fallback.ts";
import { cutText } from "../text/text_budget.ts";

/** A record of LogTape, as far as it is read here. */
export interface LogTapeRecord {
  /** The parts of the logger's category. */
  readonly category: readonly string[];
  /** The level: trace, debug, info, warning, error or fatal. */
  readonly level: string;
  /** Texts and values in turn: the first and the last are texts. */
  readonly message: readonly unknown[];
  /** The template of the message, or its parts between the values. */
  readonly rawMessage: string | readonly string[];
  /** The time in milliseconds since the epoch. */
  readonly timestamp: number;
  /** The fields of the call and of its contexts. */
  readonly properties: Record<string, unknown>;
  /** The place of the logging call, if LogTape captures it (since 2.4). */
  readonly sourceLocation?: { readonly file: string; readonly line: number };
}

/** A sink of LogTape: a function that takes a record. */
export interface LogTapeSink extends AsyncDisposable {
  /** Gives a record to the handler. Never throws. */
  (record: LogTapeRecord): void;
  /** Resolves when all records given before are sent or dropped: `handler.flush()`. */
  drain(): Promise<void>;
}

/** Options of {@linkcode logtapeSink}. */
export interface LogTapeSinkOptions {
  /**
   * If true, disposing of the sink closes the handler; else it flushes the handler.
   *
   * @default {true}
   */
  closeHandler?: boolean;
  /**
   * If true, a record with values carries its template as the field `rawMessage`; the values of a
   * tagged template are `{}` in it.
   *
   * @default {false}
   */
  rawMessage?: boolean;
  /**
   * The way in which values are written into the message, as in LogTape's `getTextFormatter()`: by
   * default as the runtime's `inspect` writes them; with `"bare"` strings as they are and others by
   * `inspect`; or by a function, which gets that `inspect` as well.
   */
  value?: "bare" | LogTapeValueRenderer;
}

/** Writes a value of a message as text; `inspect` is the way of the default. */
export type LogTapeValueRenderer = (
  value: unknown,
  inspect: (value: unknown, options?: { colors?: boolean }) => string,
) => string;

const WHAT = "create a LogTape sink";

const LEVELS: ReadonlyMap<string, number> = new Map([
  ["trace", TRACE],
  ["debug", DEBUG],
  ["info", INFO],
  ["warning", WARNING],
  ["error", ERROR],
  ["fatal", CRITICAL],
]);

/**
 * Returns a sink of LogTape that gives its records to `handler`.
 *
 * @throws {TypeError} if `handler` is not a handler, or for a bad value or an unknown option
 */
export function logtapeSink(handler: Handler, options: LogTapeSinkOptions = {}): LogTapeSink {
  checkMethods(WHAT, "handler", handler, ["handle", "handleError", "flush", "close"]);
  checkKnown(WHAT, options, ["closeHandler", "rawMessage", "value"]);
  const { closeHandler = true, rawMessage = false, value } = options;
  checkBoolean(WHAT, "closeHandler", closeHandler);
  checkBoolean(WHAT, "rawMessage", rawMessage);
  const settings: Settings = { render: rendererOf(value), hasTemplate: rawMessage };
  const sink = (record: LogTapeRecord): void => {
    const levelno = LEVELS.get(record.level) ?? INFO;
    // A lazy message is not computed for a record that the handler does not take.
    if (levelno >= handler.level) handOver(handler, recordOf(record, levelno, settings, handler));
  };
  return Object.assign(sink, {
    drain: () => handler.flush(),
    [Symbol.asyncDispose]: () => closeHandler ? handler.close() : handler.flush(),
  });
}

interface Settings {
  render: (value: unknown) => string;
  hasTemplate: boolean;
}

function rendererOf(value: LogTapeSinkOptions["value"]): Settings["render"] {
  if (value === undefined) return (item) => inspect(item);
  if (typeof value === "function") return (item) => String(value(item, inspect));
  if (value !== "bare") refuse(WHAT, "value", `"bare" or a function`, value);
  return (item) => typeof item === "string" ? item : inspect(item);
}

function recordOf(
  record: LogTapeRecord,
  levelno: number,
  settings: Settings,
  handler: Handler,
): ReturnType<typeof foreignRecord> {
  const { category, timestamp, sourceLocation } = record;
  const common: ForeignEvent = {
    name: category.join(".") || "root",
    levelno,
    levelname: record.level.toUpperCase(),
    message: "",
    created: timestamp / 1000,
    pathname: sourceLocation && pathOf(sourceLocation.file),
    lineno: sourceLocation?.line,
  };
  try {
    return foreignRecord({ ...common, ...contentOf(record, settings) });
  } catch (error) {
    // A lazy message or property of the program threw.
    const message = withFallback(() => templateOf(record), "");
    const failed = foreignRecord({ ...common, message });
    callBack(() => handler.handleError(failed, error));
    return failed;
  }
}

/** Returns the text, the error and the fields of a record: what may call the program's functions. */
function contentOf(
  record: LogTapeRecord,
  { render, hasTemplate }: Settings,
): Pick<ForeignEvent, "message" | "error" | "fields"> {
  const { message, properties } = record;
  const { [errorKey(properties) ?? ""]: thrown, ...others } = properties;
  const isProperty = isError(thrown);
  const error = isProperty ? thrown : message.find((part, at) => at % 2 === 1 && isError(part));
  const fields = isProperty ? others : { ...properties };
  if (hasTemplate && message.length > 1) fields.rawMessage ??= templateOf(record);
  return { message: textOf(message, error, render), error, fields };
}

/** Returns the name of the property that becomes the record's error. */
function errorKey(properties: Record<string, unknown>): string | undefined {
  return ["error", "err", ...Object.keys(properties)]
    .find((key) => Object.hasOwn(properties, key) && isError(properties[key]));
}

function textOf(message: readonly unknown[], error: unknown, render: Settings["render"]): string {
  const parts = message.map((part, at) => {
    const isText = at % 2 === 0;
    if (isText || isInError(part, error)) return withFallback(() => String(part), UNREADABLE);
    return withFallback(() => render(part), UNREADABLE);
  });
  return cutText(parts.join(""));
}

/**
 * Returns true for the error of the record, whose stack stands there already, and for its message,
 * which is all that LogTape writes for `logger.error(error)`.
 */
function isInError(value: unknown, error: unknown): boolean {
  return isError(error) && (value === error || value === error.message);
}

function templateOf({ rawMessage }: LogTapeRecord): string {
  return typeof rawMessage === "string" ? rawMessage : rawMessage.join("{}");
}
