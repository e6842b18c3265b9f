/**
 * The calls of a console that print, as events: the level, the text, and the error among the
 * arguments. After the Console Standard (https://console.spec.whatwg.org). Counters and timers
 * belong to one capture.
 *
 * Browser compatible.
 *
 * @module
 */
import { DEBUG, ERROR, INFO, WARNING } from "../logging/level.ts";
import { isError } from "../text/exception_text.ts";
import { withFallback } from "../text/fallback.ts";
import { consoleText, dirText } from "./_console_text.ts";
import { UNREADABLE } from "./_unreadable.ts";

/** One call that prints. */
export interface ConsoleEvent {
  levelno: number;
  /** Returns the text; called only if the event is logged. */
  text(): string;
  /** The first error among the arguments. */
  error?: Error | undefined;
  /** True if the call asks for its stack. */
  hasStack?: boolean;
}

type Args = readonly unknown[];

/** Makes an event of a call, or undefined if the call prints nothing. */
type Call = (args: Args) => ConsoleEvent | undefined;

/** Returns the calls of one console, by the name of the method. */
export function consoleCalls(now: () => number): Record<string, Call> {
  const counts = new Map<string, number>();
  const started = new Map<string, number>();

  const count = (args: Args): ConsoleEvent => {
    const label = labelOf(args);
    const value = (counts.get(label) ?? 0) + 1;
    counts.set(label, value);
    return line(INFO, `${label}: ${value}`);
  };
  const countReset = (args: Args): ConsoleEvent | undefined => {
    const label = labelOf(args);
    if (counts.delete(label)) return undefined;
    return line(WARNING, `Count for '${label}' does not exist`);
  };
  const time = (args: Args): ConsoleEvent | undefined => {
    const label = labelOf(args);
    if (started.has(label)) return line(WARNING, `Timer '${label}' already exists`);
    started.set(label, now());
    return undefined;
  };
  const timeLog = (args: Args): ConsoleEvent => {
    const label = labelOf(args);
    const start = started.get(label);
    if (start === undefined) return line(WARNING, `Timer '${label}' does not exist`);
    const duration = `${label}: ${(now() - start).toFixed(3)}ms`;
    const rest = args.slice(1);
    return rest.length === 0 ? line(INFO, duration) : printed(INFO, ["%s", duration, ...rest]);
  };
  const timeEnd = (args: Args): ConsoleEvent => {
    const event = timeLog(args.slice(0, 1));
    started.delete(labelOf(args));
    return event;
  };
  const group: Call = (args) => args.length === 0 ? undefined : printed(INFO, args);
  return {
    trace: (args) => ({ ...printed(DEBUG, args.length === 0 ? ["Trace"] : args), hasStack: true }),
    debug: (args) => printed(DEBUG, args),
    log: (args) => printed(INFO, args),
    info: (args) => printed(INFO, args),
    warn: (args) => printed(WARNING, args),
    error: (args) => printed(ERROR, args),
    assert: ([condition, ...data]) => condition ? undefined : printed(ERROR, assertion(data)),
    dir: ([value, options]) => ({ levelno: INFO, text: () => dirText(value, options) }),
    dirxml: (args) => printed(INFO, args),
    table: (args) => printed(INFO, args.slice(0, 1)),
    ...{ group, groupCollapsed: group, groupEnd: () => undefined },
    ...{ count, countReset, time, timeLog, timeEnd },
  };
}

function line(levelno: number, text: string): ConsoleEvent {
  return { levelno, text: () => text };
}

function printed(levelno: number, args: Args): ConsoleEvent {
  const error = args.find(isError);
  return { levelno, text: () => consoleText(args, error), error };
}

/** The arguments of an assertion that failed, as the standard completes them. */
function assertion(data: Args): Args {
  const [first, ...rest] = data;
  if (data.length === 0) return ["Assertion failed"];
  return typeof first === "string"
    ? [`Assertion failed: ${first}`, ...rest]
    : ["Assertion failed", ...data];
}

function labelOf([label = "default"]: Args): string {
  return withFallback(() => String(label), UNREADABLE);
}
