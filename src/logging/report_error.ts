/**
 * What the default `handleError()` does: faults of logging itself go to stderr, each distinct one in
 * full once and then, at its 10th, 100th, 1000th time, as a line with the count. CPython prints the
 * whole block every time. Silent where `raiseExceptions` is false. Never throws.
 *
 * Browser compatible.
 *
 * @module
 */
import { pythonRepr, pythonStr } from "./python_repr.ts";
import { raiseExceptions } from "./raise_exceptions.ts";
import { writeToStderr } from "./stderr.ts";

/** Distinct faults that are counted: bounded, since a message may differ with every record. */
const MAX_FAULTS = 256;

const counts = new Map<string, number>();

/** Reports a fault that cost a record, or (`record` null) something beside one. */
export function reportError(record: object | null, error: unknown): void {
  if (!raiseExceptions) return;
  try {
    const stack = stackOf(error);
    const summary = attempt(() => String(error), "an error that cannot be printed");
    const count = countOf(summary + locationOf(stack));
    if (count === 1) {
      writeToStderr(`--- Logging error ---\n${stack ?? summary}${messageOf(record)}`);
    } else if (/^10+$/.test(String(count))) {
      writeToStderr(`--- Logging error --- ${count} times so far: ${summary}`);
    }
  } catch {
    // Reporting is the last resort: nothing is left to report to.
  }
}

function countOf(fault: string): number {
  const count = (counts.get(fault) ?? 0) + 1;
  // Deleted first, so that the map stays in order of last use and the oldest goes.
  counts.delete(fault);
  counts.set(fault, count);
  if (counts.size > MAX_FAULTS) {
    for (const oldest of counts.keys()) {
      counts.delete(oldest);
      break;
    }
  }
  return count;
}

function stackOf(error: unknown): string | undefined {
  const stack: unknown = attempt(() => (error as { stack?: unknown } | null)?.stack, undefined);
  return typeof stack === "string" && stack !== "" ? stack : undefined;
}

/** The innermost frame of a stack: two faults with one message at two places are two faults. */
function locationOf(stack: string | undefined): string {
  return /^\s*at .*$|^.*@.*:\d+$/m.exec(stack ?? "")?.[0] ?? "";
}

function messageOf(record: object | null): string {
  if (record === null) return "";
  return attempt(() => {
    const { msg, args } = record as { msg?: unknown; args?: unknown };
    const shown = Array.isArray(args) ? `(${args.map(pythonRepr).join(", ")})` : pythonStr(args);
    return `\nMessage: ${pythonRepr(msg)}\nArguments: ${shown}`;
  }, "\nUnable to print the message and arguments - possible formatting error.");
}

function attempt<T>(fn: () => T, fallback: T): T {
  try {
    return fn();
  } catch {
    return fallback;
  }
}
