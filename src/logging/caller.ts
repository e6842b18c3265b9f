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
const STACK_INFO_FRAMES = 100;

/** A function as `Error.captureStackTrace` takes it. */
type AnyFunction = (...args: never[]) => unknown;

/**
 * The innermost `count` frames that are not this library's, innermost first; `"all"` for as many as
 * there are. Each frame costs, above all where source maps apply: so only a few are asked for at
 * first, and those of `within` and of what it called are left out where the runtime can do that.
 */
export function callerFrames(count: number | "all", within: AnyFunction = callerFrames): Frame[] {
  const few = count === "all" ? STACK_INFO_FRAMES : count + FEW_OWN_FRAMES;
  const frames = stackFrames(few, within);
  const found = foreign(frames);
  if (count === "all" ? frames.length > 0 : found.length >= count) return found;
  // None at all: `within` was not on the stack. As many as asked for: there may be more.
  if (frames.length > 0 && frames.length < few) return found;
  return foreign(stackFrames(few + MANY_OWN_FRAMES, callerFrames));
}

/** The frames of others: from the first that is none of ours, and without ours behind it. */
function foreign(frames: readonly Frame[]): Frame[] {
  const isOwn = ownership();
  return frames.filter((frame) => !isOwn(frame));
}

/** The frames as Python prints a stack: the innermost last. */
export function stackText(frames: readonly Frame[]): string {
  const lines = frames.map(({ file, line, func }) => `  File "${file}", line ${line}, in ${func}`);
  return ["Stack (most recent call last):", ...lines.reverse()].join("\n");
}

/** The innermost frame of an error's stack, and whether it is this library's. */
export function innermostFrame(stack: string): { frame: Frame | undefined; isOwn: boolean } {
  const frame = parseStack(stack)[0];
  return { frame, isOwn: frame !== undefined && ownership()(frame) };
}

/** V8's additions to `Error`, which JavaScriptCore has too. */
interface StackTraces {
  stackTraceLimit?: number;
  captureStackTrace?(target: object, within: AnyFunction): void;
}

/** At most `limit` frames, those of `within` and of what it called left out where that can be done. */
function stackFrames(limit: number, within: AnyFunction): Frame[] {
  const traces = Error as StackTraces;
  const before = traces.stackTraceLimit;
  try {
    traces.stackTraceLimit = limit;
  } catch {
    return parseStack(new Error().stack ?? ""); // Error is frozen: its own limit holds.
  }
  const target: { stack?: string } = traces.captureStackTrace === undefined ? new Error() : {};
  traces.captureStackTrace?.(target, within);
  // Read before the limit is set back: some runtimes write the text only now.
  const stack = String(target.stack ?? "");
  if (before === undefined) delete traces.stackTraceLimit;
  else traces.stackTraceLimit = before;
  return parseStack(stack);
}

/** Every line of a stack trace that is a frame. */
export function parseStack(stack: string): Frame[] {
  const frames: Frame[] = [];
  for (const line of stack.split("\n")) {
    const frame = parseFrame(line);
    if (frame !== undefined) frames.push(frame);
  }
  return frames;
}

/**
 * `    at name (file:line:column)` and `    at file:line:column` of V8 and Bun, `name@file:line:column`
 * of plain JavaScriptCore.
 */
function parseFrame(line: string): Frame | undefined {
  let name: string;
  let place: string;
  const at = /^\s*at (?:async )?(.*)$/.exec(line);
  if (at !== null) {
    const text = at[1] ?? "";
    const open = text.indexOf(" (");
    name = open < 0 ? "" : text.slice(0, open);
    place = open < 0 ? text : text.slice(open + 2, text.lastIndexOf(")"));
  } else {
    const sign = line.indexOf("@");
    if (sign < 0) return undefined;
    name = line.slice(0, sign);
    place = line.slice(sign + 1);
  }
  const position = /^(.*?):(\d+)(?::\d+)?$/.exec(place);
  if (position === null) return undefined;
  return {
    func: functionName(name),
    file: pathOf(position[1] ?? ""),
    line: Number(position[2]),
  };
}

/** The bare name, as Python's `co_name`: without class, receiver, `new`, `async`, `get`, `set`, alias. */
function functionName(name: string): string {
  const bare = name.replace(/^(?:async |new )+/, "").replace(/ \[as .*\]$/, "");
  return bare.slice(bare.lastIndexOf(".") + 1).replace(/^[gs]et /, "") || "<anonymous>";
}

function pathOf(file: string): string {
  if (!file.startsWith("file://")) return file;
  try {
    const path = decodeURIComponent(new URL(file).pathname);
    return /^\/[A-Za-z]:/.test(path) ? path.slice(1) : path;
  } catch {
    return file;
  }
}

/** Functions through which a call runs before it gets here: for code that was bundled. */
const OWN_FUNCTIONS = new Set([
  ...["findCaller", "_log", "#logArguments", "log", "debug", "info", "warning", "warn", "error"],
  ...["exception", "critical", "fatal", "callStack", "placeOf", "reportError", "thisFile"],
]);

/** The file that this code is in, found out once. */
let innermost: string | undefined;

function thisFile(): string {
  return stackFrames(1, stackFrames)[0]?.file ?? "";
}

/**
 * Tells this library's frames: by its folder; or, where the library was bundled with the program
 * into one file, by the names of its functions, and then only those that come first.
 */
function ownership(): (frame: Frame) => boolean {
  innermost ??= thisFile();
  const folder = /^(.*\/)logging\/caller\.[jt]s$/.exec(innermost)?.[1];
  if (folder !== undefined) return ({ file }) => file.startsWith(folder);
  let isInside = true;
  return ({ file, func }) => isInside &&= file === innermost && OWN_FUNCTIONS.has(func);
}
