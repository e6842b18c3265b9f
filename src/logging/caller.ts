/**
 * Who called the logger: file, line and function, read off the stack trace that V8 (Deno, Node,
 * Cloudflare) or JavaScriptCore (Bun) writes. Off until `captureCaller(true)`, since a stack trace
 * costs many times what the rest of a record does. On Bun a function that ends in `return log.info()`
 * is not on the stack any more when the logger looks: JavaScriptCore has proper tail calls.
 *
 * Browser compatible.
 *
 * @module
 */

import { withFallback } from "../text/fallback.ts";

/** One line of a stack trace. */
export interface Frame {
  /** The function, or `"<anonymous>"`. */
  func: string;
  /** Its file: a path where the runtime gives a `file:` URL. */
  file: string;
  /** The line in that file. */
  line: number;
}

/** Whether loggers look up their caller. A live binding. */
export let capturesCaller: boolean = false;

/**
 * Whether records name the file, line and function that logged. Costs a stack trace a record.
 *
 * @example
 * ```ts
 * import { captureCaller, Formatter, StreamHandler } from "jsr:@logwire/logging";
 *
 * captureCaller(true);
 * const handler = new StreamHandler();
 * handler.setFormatter(new Formatter("%(filename)s:%(lineno)d %(message)s"));
 * captureCaller(false);
 * ```
 */
export function captureCaller(enabled: boolean): void {
  capturesCaller = enabled;
}

/** Frames between the caller and a function that is left out: `info()` and what it calls. */
const FEW_OWN_FRAMES = 3;
/** Adapters within adapters, handlers within handlers. */
const MANY_OWN_FRAMES = 50;
/** Frames for `stack_info`: as deep as anyone reads. */
const MOST_FRAMES = 100;

/** A function as `Error.captureStackTrace` takes it. */
type AnyFunction = (...args: never[]) => unknown;

/**
 * The innermost `count` frames that are not this library's, innermost first; or as many as there are.
 * Each frame costs, above all where source maps apply: so only a few are asked for at first, and
 * those of `within` and of what it called are left out where the runtime can do that.
 */
export function callerFrames(count: number, within: AnyFunction): Frame[] {
  const few = Math.min(count + FEW_OWN_FRAMES, MOST_FRAMES);
  const frames = stackFrames(few, within);
  const found = foreign(frames);
  // None at all: `within` was not on the stack. As many as asked for: there may be more.
  const isAll = frames.length > 0 && (frames.length < few || few === MOST_FRAMES);
  return isAll || found.length >= count
    ? found
    : foreign(stackFrames(few + MANY_OWN_FRAMES, callerFrames));
}

/** The frames as Python prints a stack below its title: the innermost last. */
export function stackText(title: string, frames: readonly Frame[]): string {
  const lines = frames.map(({ file, line, func }) => `  File "${file}", line ${line}, in ${func}`);
  return [title, ...lines.reverse()].join("\n");
}

/** V8's additions to `Error`, which JavaScriptCore has too. */
interface StackTraces {
  stackTraceLimit: number | undefined;
  captureStackTrace?(target: object, within: AnyFunction): void;
}

/** At most `limit` frames, without those of `within` and of what it called. */
function stackFrames(limit: number, within: AnyFunction): Frame[] {
  const traces = Error as unknown as StackTraces;
  const before = traces.stackTraceLimit;
  const target: { stack?: unknown } = {};
  const setLimit = (frames: number | undefined) => traces.stackTraceLimit = frames;
  withFallback(() => setLimit(limit), 0); // Where Error is frozen its own limit holds.
  traces.captureStackTrace?.(target, within);
  // Read before the limit is set back: some runtimes write the text only now.
  const stack = String(target.stack);
  withFallback(() => setLimit(before), 0);
  return parseStack(stack);
}

/**
 * `    at name (file:line:column)` and `    at file:line:column` of V8 and Bun, `name@file:line:column`
 * of plain JavaScriptCore.
 */
const framePattern = /^(?: *at (?:async )?(?:([^(\n]*) \()?|([^@\n]*)@)(.*?):(\d+)(?::\d+)?\)?$/gm;

/** Every line of a stack trace that is a frame. */
export function parseStack(stack: string): Frame[] {
  return Array.from(stack.matchAll(framePattern), ([, name, alias, file = "", line]) => ({
    func: functionName(name ?? alias ?? ""),
    file: pathOf(file),
    line: Number(line),
  }));
}

/** The bare name, as Python's `co_name`: without class, receiver, `new`, `async`, `get`, `set`, alias. */
function functionName(name: string): string {
  const bare = /^(?:async |new )*(?:[^[]*\.)?(?:[gs]et )?(.*?)(?: \[as .*\])?$/.exec(name);
  return bare?.[1] || "<anonymous>";
}

function pathOf(file: string): string {
  if (!file.startsWith("file://")) return file;
  return withFallback(
    () => decodeURIComponent(new URL(file).pathname).replace(/^\/(?=[A-Za-z]:)/, ""),
    file,
  );
}

/**
 * Functions through which a call runs before it gets here: for code that was bundled. Only such as
 * keep their names where the bundle is minified.
 */
const OWN_FUNCTIONS =
  /^(findCaller|_log|log|debug|info|warning|warn|error|exception|critical|fatal)$/;

/** The file that this code is in, found out once. */
let thisFile: string | undefined;

/**
 * The frames of others. This library's are told by its folder; or, where the library was bundled with
 * the program into one file, by the names of its functions, and then only those that come first.
 */
export function foreign(frames: readonly Frame[]): Frame[] {
  thisFile ??= stackFrames(1, stackFrames)[0]?.file ?? "";
  const folder = /^(.*\/)logging\/caller\.[jt]s$/.exec(thisFile)?.[1];
  if (folder !== undefined) return frames.filter(({ file }) => !file.startsWith(folder));
  const first = frames.findIndex(({ file, func }) =>
    file !== thisFile || !OWN_FUNCTIONS.test(func)
  );
  return first < 0 ? [] : frames.slice(first);
}
