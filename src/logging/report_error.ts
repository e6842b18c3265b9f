/**
 * The reports of the default `handleError()`: faults of logging itself are printed to stderr, each
 * distinct one in full once and then, at its 10th, 100th, 1000th time, as a line with the count.
 * CPython prints the whole block every time, and the values of the arguments. Prints nothing if `raiseExceptions` is false.
 *
 * Browser compatible.
 *
 * @module
 */
import { withFallback } from "../text/fallback.ts";
import { callerFrames, foreign, parseStack, stackText } from "./caller.ts";
import { stackOf } from "../text/exception_text.ts";
import { NOT_ALL_CONVERTED } from "../text/percent_format.ts";
import { pythonRepr } from "../text/python_repr.ts";
import { typeName } from "../text/type_name.ts";
import { raiseExceptions } from "./raise_exceptions.ts";
import { writeToStderr } from "./stderr.ts";

/** The most faults that are counted: bounded, since a message may differ with every record. */
const MAX_FAULTS = 256;

/** A hint for users of other loggers of JavaScript, which CPython's message does not give. */
const ADVICE =
  "\nA message needs a %s for each argument; fields of a record go behind them: { user: … }.";

const counts = new Map<string, number>();

/** Reports an error that lost a record, or another error (`record` is null). Never throws. */
export function reportError(record: object | null, error: unknown): void {
  if (!raiseExceptions) return;
  try {
    const stack = stackOf(error);
    const summary = withFallback(() => String(error), "an error that cannot be printed");
    const count = countOf(summary + placeOf(stack ?? ""));
    if (count === 1) {
      const advice = summary.endsWith(NOT_ALL_CONVERTED) ? ADVICE : "";
      const what = (stack ?? summary) + callStack() + messageOf(record) + advice;
      writeToStderr(`--- Logging error ---\n${what}\n`);
    } else if (/^10+$/.test(String(count))) {
      writeToStderr(`--- Logging error --- ${count} times so far: ${summary}\n`);
    }
  } catch {
    // No other way is left to report it.
  }
}

/** As {@linkcode reportError}, without a record. */
export function reportFault(error: unknown): void {
  reportError(null, error);
}

function countOf(fault: string): number {
  const count = (counts.get(fault) ?? 0) + 1;
  // Deleted first, so that the map stays in order of last use, and the oldest is deleted.
  counts.delete(fault);
  counts.set(fault, count);
  if (counts.size > MAX_FAULTS) counts.delete(counts.keys().next().value ?? fault);
  return count;
}

/**
 * Returns the place of a fault. An error that this library throws, for a message that does not suit
 * its arguments, has the place of the logging call; any other error has the place that threw it.
 */
function placeOf(stack: string): string {
  const innermost = parseStack(stack).slice(0, 1);
  if (innermost.length === 0) return "";
  const [place] = [...foreign(innermost), ...callerFrames(1, reportError)];
  return place === undefined ? "" : `${place.file}:${place.line}`;
}

/** Returns the stack of the logging call: the error's own stack may be too short to show it. */
function callStack(): string {
  const frames = callerFrames(Infinity, reportError);
  return frames.length === 0 ? "" : stackText("\nCall stack:", frames);
}

/**
 * Returns the message before its arguments are merged, and the types of the arguments. Their values
 * are left out: a report goes where no filter of the program removes secrets from it.
 */
function messageOf(record: object | null): string {
  if (record === null) return "";
  return withFallback(() => {
    const { msg, args } = record as { msg?: unknown; args?: unknown };
    const text = typeof msg === "string" ? pythonRepr(msg) : typeName(msg);
    const types = Array.isArray(args) ? `(${args.map(typeName).join(", ")})` : typeName(args);
    return `\nMessage: ${text}\nArguments: ${types}`;
  }, "\nUnable to print the message and arguments - possible formatting error.");
}
