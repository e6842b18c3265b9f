/**
 * The caller of a logger: file, line and function, read from the stack trace that V8 (Deno, Node,
 * Cloudflare) or JavaScriptCore (Bun) writes. Off until `captureCaller(true)`, since a stack trace
 * takes many times longer than the rest of a record. On Bun a function that ends with `return
 * log.info()` is not on the stack when the logger reads it: JavaScriptCore has proper tail calls.
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
  /** Its file; a `file:` URL is given as a path. */
  file: string;
  /** The line in that file. */
  line: number;
}

/** True if loggers look up their caller. A live binding, set by {@linkcode captureCaller}. */
export let capturesCaller: boolean = false;

/**
 * Sets whether records name the file, line and function that logged. Each record then takes a stack
 * trace.
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

/**
 * The usual number of frames between the caller and `within`: `info()` and functions that it calls.
 */
const FEW_OWN_FRAMES = 3;
/** The number of such frames with adapters within adapters and handlers within handlers. */
const MANY_OWN_FRAMES = 50;
/** The most frames of `stack_info`: deeper than anyone reads. */
const MOST_FRAMES = 100;

/** A function as `Error.captureStackTrace` takes it. */
type AnyFunction = (...args: never[]) => unknown;

/**
 * Returns the innermost `count` frames that are not this library's, innermost first, or fewer if
 * the stack has no more. Each frame takes time, above all with source maps: so only a few are
 * requested at first, and the runtime leaves out those of `within` and of functions that it called,
 * if it can.
 */
export function callerFrames(count: number, within: AnyFunction): Frame[] {
  const few = Math.min(count + FEW_OWN_FRAMES, MOST_FRAMES);
  const frames = stackFrames(few, within);
  const found = foreign(frames);
  // No frames: `within` was not on the stack. As many as requested: the stack may have more.
  const isAll = frames.length > 0 && (frames.length < few || few === MOST_FRAMES);
  return isAll || found.length >= count
    ? found
    : foreign(stackFrames(few + MANY_OWN_FRAMES, callerFrames));
}

/** Returns the frames as Python prints a stack below its title: the innermost last. */
export function stackText(title: string, frames: readonly Frame[]): string {
  const lines = frames.map(({ file, line, func }) => `  File "${file}", line ${line}, in ${func}`);
  return [title, ...lines.reverse()].join("\n");
}

/** V8's additions to `Error`, which JavaScriptCore has too. */
interface StackTraces {
  stackTraceLimit: number | undefined;
  captureStackTrace?(target: object, within: AnyFunction): void;
}

/** Returns at most `limit` frames, without those of `within` and of functions that it called. */
function stackFrames(limit: number, within: AnyFunction): Frame[] {
  const traces = Error as unknown as StackTraces;
  const before = traces.stackTraceLimit;
  const target: { stack?: unknown } = {};
  const setLimit = (frames: number | undefined) => traces.stackTraceLimit = frames;
  withFallback(() => setLimit(limit), 0); // If Error is frozen, its own limit holds.
  traces.captureStackTrace?.(target, within);
  // Read before the limit is reset: some runtimes write the text only now.
  const stack = String(target.stack);
  withFallback(() => setLimit(before), 0);
  return parseStack(stack);
}

/**
 * `    at name (file:line:column)` and `    at file:line:column` of V8 and Bun, `name@file:line:column`
 * of plain JavaScriptCore.
 */
const framePattern = /^(?: *at (?:async )?(?:([^(\n]*) \()?|([^@\n]*)@)(.*?):(\d+)(?::\d+)?\)?$/gm;

/** Returns every line of a stack trace that is a frame. */
export function parseStack(stack: string): Frame[] {
  return Array.from(stack.matchAll(framePattern), ([, name, alias, file = "", line]) => ({
    func: functionName(name ?? alias ?? ""),
    file: pathOf(file),
    line: Number(line),
  }));
}

/**
 * Returns the bare name, like Python's `co_name`: without class, `new`, `async`, `get`, `set`,
 * alias.
 */
function functionName(name: string): string {
  const bare = /^(?:async |new )*(?:[^[]*\.)?(?:[gs]et )?(.*?)(?: \[as .*\])?$/.exec(name);
  return bare?.[1] || "<anonymous>";
}

/** Returns the path of a file that a stack trace names: a `file:` URL is given as a path. */
export function pathOf(file: string): string {
  if (!file.startsWith("file://")) return file;
  return withFallback(
    () => decodeURIComponent(new URL(file).pathname).replace(/^\/(?=[A-Za-z]:)/, ""),
    file,
  );
}

/**
 * Functions through which a call runs before it gets here, for code that was bundled. Only methods:
 * they keep their names when the bundle is minified.
 */
const OWN_FUNCTIONS =
  /^(findCaller|_log|log|debug|info|warning|warn|error|exception|critical|fatal)$/;

/** The file of this code, once it was looked up. */
let thisFile: string | undefined;

/** This file among the sources, or the file of the npm package that holds it. */
const OWN_FILE = /^(.*\/)logging\/caller\.[jt]s$|^(.*\/@logwire\/logging\/)chunks\/[^/]+\.js$/;

/**
 * Returns the frames that are not this library's. Frames of this library are recognized by its
 * folder; if the library was bundled with the program into one file, by the names of its functions,
 * and then only at the start of the stack.
 */
export function foreign(frames: readonly Frame[]): Frame[] {
  thisFile ??= stackFrames(1, stackFrames)[0]?.file ?? "";
  const [, sources, chunks] = OWN_FILE.exec(thisFile) ?? [];
  const folder = sources ?? chunks;
  if (folder !== undefined) return frames.filter(({ file }) => !file.startsWith(folder));
  const first = frames.findIndex(({ file, func }) =>
    file !== thisFile || !OWN_FUNCTIONS.test(func)
  );
  return first < 0 ? [] : frames.slice(first);
}
