/**
 * Who called the logger: file, line and function, read off the stack trace that V8 (Deno, Node,
 * Cloudflare) or JavaScriptCore (Bun) writes. Off until `captureCaller(true)`, since a stack trace
 * costs many times what the rest of a record does.
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

/** Frames of this library between the caller and the look-up, at most. */
const OWN_FRAMES = 20;
/** Frames for `stack_info`: as deep as anyone reads. */
const STACK_INFO_FRAMES = 100;

/**
 * The stack as this library's caller sees it, innermost first. `count`: how many frames are wanted.
 */
export function callerFrames(count: number | "all"): Frame[] {
  const frames = stackFrames(OWN_FRAMES + (count === "all" ? STACK_INFO_FRAMES : count));
  const isOwn = ownership(frames[0]?.file ?? "");
  const first = frames.findIndex((frame) => !isOwn(frame));
  return first < 0 ? [] : frames.slice(first).filter((frame) => !isOwn(frame));
}

/** The frames as Python prints a stack: the innermost last. */
export function stackText(frames: readonly Frame[]): string {
  const lines = frames.map(({ file, line, func }) => `  File "${file}", line ${line}, in ${func}`);
  return ["Stack (most recent call last):", ...lines.reverse()].join("\n");
}

/** The innermost frame of an error's stack, and whether it is this library's. */
export function innermostFrame(stack: string): { frame: Frame | undefined; isOwn: boolean } {
  const frame = parseStack(stack)[0];
  const isOwn = ownership(stackFrames(1)[0]?.file ?? "");
  return { frame, isOwn: frame !== undefined && isOwn(frame) };
}

function stackFrames(limit: number): Frame[] {
  const before = Error.stackTraceLimit;
  let stack: string | undefined;
  try {
    Error.stackTraceLimit = limit;
    stack = new Error().stack;
    Error.stackTraceLimit = before;
  } catch {
    stack = new Error().stack; // Error is frozen: its own limit holds.
  }
  return parseStack(stack ?? "");
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

/** The bare name, as Python's `co_name`: without class, receiver, `new`, `async` and alias. */
function functionName(name: string): string {
  const bare = name.replace(/^(?:async |new )+/, "").replace(/ \[as .*\]$/, "");
  return bare.slice(bare.lastIndexOf(".") + 1) || "<anonymous>";
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
  "stackFrames",
  "callerFrames",
  "findCaller",
  "_log",
  "log",
  "debug",
  "info",
  "warning",
  "warn",
  "error",
  "exception",
  "critical",
  "fatal",
]);

/**
 * Tells this library's frames: by its folder, `innermost` being a frame of this very file; or, where
 * the library was bundled with the program into one file, by the names of its functions, and then
 * only those that come first.
 */
function ownership(innermost: string): (frame: Frame) => boolean {
  const folder = /^(.*\/)logging\/caller\.[jt]s$/.exec(innermost)?.[1];
  if (folder !== undefined) return ({ file }) => file.startsWith(folder);
  let isInside = true;
  return ({ file, func }) => isInside &&= file === innermost && OWN_FUNCTIONS.has(func);
}
