/**
 * `./console`: `captureConsole(logger)` logs to a logger all that a program, and each library in
 * it, prints by `console.log`, `console.error` and the like. It replaces the methods of the global
 * console, and returns a function that restores them.
 *
 * Choose it to send what a program prints to a log server, a file or syslog without a change of its
 * calls. In new code call a logger: its records have arguments and fields.
 *
 * ## From the console to a record
 *
 * | call | record |
 * |---|---|
 * | `console.trace`, `console.debug` | `DEBUG` (10); `trace` has `stack_info` |
 * | `console.log`, `console.info` | `INFO` (20) |
 * | `console.warn` | `WARNING` (30) |
 * | `console.error`, a failed `console.assert` | `ERROR` (40) |
 * | `console.dir`, `dirxml`, `table` | `INFO`, the value as text; a table is not drawn |
 * | `console.group`, `groupCollapsed` | `INFO`, the label; what follows is not indented |
 * | `console.count`, `timeLog`, `timeEnd` | `INFO`: `label: 3`, `label: 12.345ms` |
 * | `countReset`, `time`, `timeLog`, `timeEnd` with a wrong label | `WARNING` |
 * | the first `Error` among the arguments | `exc_info`, with its causes |
 * | the logger's name | `name`: `captureConsole(getLogger("shop.console"))` |
 *
 * - `msg` is one complete text, without `args`: that of `util.format()` of `node:util`, as the
 *   runtime has it. Where there is no `node:util` (a browser, a worker without Node's modules, Node
 *   before 20.16) the text follows the Console Standard, and objects are written as JSON.
 * - The error in `exc_info` is written into the text without its stack:
 *   `Cannot save Error: disk full`.
 * - Levels and filters of the logger apply: with the usual level `WARNING` of the root logger,
 *   `console.log` logs nothing. Set the logger's level.
 * - What is written to `process.stdout`, what the runtime itself prints (warnings, uncaught
 *   errors), and the calls of a `new console.Console()` of Node are not captured. `console.clear`,
 *   `profile` and other methods that print no text stay as they are.
 *
 * ## Cheat sheet
 *
 * For a program that moves from the console to the loggers of this package:
 *
 * | console | `@logwire/logging` |
 * |---|---|
 * | `console.log("user", name)` | `log.info("user %s", name)` |
 * | `console.error("failed", err)` | `log.error("failed", err)` |
 * | `console.log("order", { id })` | `log.info("order", { id })`: a field, not text |
 * | `console.log("%o", value)` | `log.info("%r", value)` |
 *
 * ## `%` in messages
 *
 * - In a captured call a `%` follows the console's rules. The text is complete before it is logged,
 *   and a `%` that is left in it is a `%`, also on the Python side.
 * - In a call of this package's loggers that has arguments, write `%%`:
 *   `log.info("%d%% done", 50)`. Without arguments `log.info("50% done")` is sent as it stands.
 * - `%o` is octal in Python, as in C, and `%O` and `%j` do not exist: for an object write `%s` or
 *   `%r`, or pass it as a field. `%c` is a character in Python, not CSS.
 *
 * ## Options
 *
 * - `passThrough` (`false`): with `true` each call also prints as before. With a handler that
 *   writes to the terminal each line stands there twice.
 *
 * Captures nest: the last one logs, and with `passThrough` passes the call to the one before. They
 * can be restored in any order, and restoring twice does no harm.
 *
 * ## When the server is away
 *
 * The handlers of the logger decide: with `whileDisconnected: "queue"` a handler keeps the records
 * in its bounded queue. Reports of this package (`--- Logging error ---`, lost records) go to
 * standard error, and never to the logger. While a record is being logged, calls of the console
 * print as before: a handler that prints by the console does not log to itself. A handler that
 * prints by the console *later* (in a promise, a timer) would log to itself without end: make it
 * write to `process.stdout`, or keep `console.log` from before the capture.
 *
 * ## When the program ends
 *
 * The capture has nothing to end: call `await handler.close()`, or `shutdown()`. After
 * `process.exit()` the handler writes at once what the system takes, and reports on stderr how many
 * records are lost.
 *
 * ## On Cloudflare Workers
 *
 * Give the handler the connector of `./cloudflare`, and wrap the worker by
 * `withFlush(worker, handler)`.
 *
 * ## Errors
 *
 * - `captureConsole` throws a `TypeError` if `logger` is no logger, for an unknown option, and for
 *   a value of the wrong type.
 * - The replaced methods never throw. A value that cannot be read is written as `[unreadable]`.
 *
 * Runs on Deno, Bun, Node, Cloudflare Workers and in browsers.
 *
 * @example Console calls as records
 * ```ts
 * import { Formatter, getLogger, StreamHandler } from "jsr:@logwire/logging";
 * import { captureConsole } from "jsr:@logwire/logging/console";
 *
 * const lines: string[] = [];
 * const handler = new StreamHandler({ write: (line: string) => lines.push(line) });
 * handler.setFormatter(new Formatter("%(levelname)s:%(name)s:%(message)s"));
 * const log = getLogger("shop.console");
 * log.addHandler(handler);
 * log.setLevel("INFO");
 *
 * const restore = captureConsole(log);
 * console.log("50% done");
 * console.warn("low on %s", "ink", { left: 2 });
 * restore();
 * console.assert(
 *   lines.join("") === "INFO:shop.console:50% done\n" +
 *       "WARNING:shop.console:low on ink { left: 2 }\n",
 * );
 * ```
 *
 * @module
 */
import type { LogKeywords } from "../logging/call_arguments.ts";
import type { LoggerLike } from "../logging/logger_like.ts";
import { reportFault } from "../logging/report_error.ts";
import { checkBoolean, checkKnown, checkMethods } from "../logging/validate.ts";
import { consoleCalls } from "./_console_calls.ts";

/** Options of {@linkcode captureConsole}. */
export interface CaptureConsoleOptions {
  /** If true, each call also prints as before. @default {false} */
  passThrough?: boolean;
}

type Method = (...args: unknown[]) => unknown;

interface Capture {
  readonly logger: LoggerLike;
  readonly passThrough: boolean;
  readonly calls: ReturnType<typeof consoleCalls>;
}

/** A method of the console before the first capture. */
interface Original {
  readonly method: Method;
  readonly replacement: Method;
  readonly descriptor: PropertyDescriptor | undefined;
}

/** The captures of the console, the latest last. */
const captures: Capture[] = [];
/** The methods of the console, while there is a capture. */
const originals: Map<string, Original> = /* @__PURE__ */ new Map();
/** True while a record is logged or a text is printed: calls within are printed. */
let isBusy = false;

/**
 * Logs the calls of the global console to `logger`, until the function that it returns is called. A
 * `Logger`, a `LoggerAdapter` and what `child()` returns are such loggers.
 * See the page of this module for levels and texts.
 *
 * @throws {TypeError} if `logger` is no logger, or for an unknown option
 */
export function captureConsole(
  logger: LoggerLike,
  options: CaptureConsoleOptions = {},
): () => void {
  const what = "capture the console";
  checkMethods(what, "logger", logger, ["isEnabledFor", "_log"]);
  checkKnown(what, options, ["passThrough"]);
  const passThrough = checkBoolean(what, "passThrough", options.passThrough ?? false);
  const capture: Capture = { logger, passThrough, calls: consoleCalls(() => performance.now()) };
  if (captures.length === 0) replaceMethods(Object.keys(capture.calls));
  captures.push(capture);
  return () => {
    const at = captures.indexOf(capture);
    if (at < 0) return;
    captures.splice(at, 1);
    if (captures.length === 0) restoreMethods();
  };
}

const target = console as unknown as Record<string, Method>;

function replaceMethods(names: readonly string[]): void {
  for (const name of names) {
    const method = target[name];
    if (typeof method !== "function") continue;
    // In an object, so that the function has the name of the method.
    const { [name]: replacement } = {
      [name]: (...args: unknown[]) => call(name, method, args, captures.length - 1),
    };
    const descriptor = Object.getOwnPropertyDescriptor(target, name);
    target[name] = replacement!;
    originals.set(name, { method, replacement: replacement!, descriptor });
  }
}

function restoreMethods(): void {
  for (const [name, { replacement, descriptor }] of originals) {
    // A method that another library has replaced since then calls ours, which now only prints.
    if (target[name] !== replacement) continue;
    if (descriptor === undefined) delete target[name];
    else Object.defineProperty(target, name, descriptor);
  }
  originals.clear();
}

/** Logs a call to the capture at that place, and prints it if there is none. */
function call(name: string, print: Method, args: unknown[], at: number): void {
  const capture = isBusy ? undefined : captures[at];
  if (capture === undefined) return printAsBefore(print, args);
  isBusy = true;
  try {
    log(capture, name, args);
  } catch (error) {
    reportFault(error);
  } finally {
    isBusy = false;
  }
  if (capture.passThrough) call(name, print, args, at - 1);
}

function printAsBefore(print: Method, args: unknown[]): void {
  const wasBusy = isBusy;
  // Node's own console.table() calls console.log().
  isBusy = true;
  try {
    print.apply(target, args);
  } finally {
    isBusy = wasBusy;
  }
}

function log({ logger, calls }: Capture, name: string, args: readonly unknown[]): void {
  const event = calls[name]?.(args);
  if (event === undefined || !logger.isEnabledFor(event.levelno)) return;
  const keywords: LogKeywords = { exc_info: event.error ?? null };
  if (event.hasStack) keywords.stack_info = true;
  logger._log(event.levelno, event.text(), [], keywords);
}
