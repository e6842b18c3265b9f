/**
 * An error as text: its stack as the runtime prints it, then its causes (`Caused by:`) and the
 * errors of an `AggregateError`, indented. Every thrown value has a text: also a value that is no
 * error, an error that causes itself, one whose getters throw.
 *
 * Browser compatible.
 *
 * @module
 */
import { withFallback } from "./fallback.ts";
import { pythonStr } from "./python_repr.ts";
import { cutText, MAX_TEXT } from "./text_budget.ts";

/** The most errors in one text: a chain or an aggregate may be endless, a log line should not. */
const MAX_ERRORS = 50;

/**
 * Returns the text of `error`, without a line break at its end; a text that is too long ends with
 * `…`.
 */
export function exceptionText(error: unknown): string {
  return cutText(append("", error, "", "", []));
}

/** Returns `out` and, below it, the text of an error with its causes and its errors. */
function append(
  out: string,
  error: unknown,
  label: string,
  indent: string,
  seen: unknown[],
): string {
  for (;;) {
    const begun = out === "" && seen.length === 0 ? "" : out + "\n";
    if (seen.length >= MAX_ERRORS) {
      return `${begun}${indent}${label}[more than ${MAX_ERRORS} errors]`;
    }
    const hasStack = isError(error);
    const isCircular = hasStack && seen.includes(error);
    seen.push(error);
    if (!hasStack || isCircular) {
      return begun + indent + label + (isCircular ? "[circular] " : "") + headline(error);
    }
    const text = label + (stackOf(error)?.trimEnd() ?? headline(error));
    // Every character may be a line of its own, and every line is indented.
    const shown = cutText(text, (MAX_TEXT - out.length) / (1 + indent.length));
    out = begun + indent + (indent === "" ? shown : shown.replaceAll("\n", "\n" + indent));
    const errors = propertyOf(error, "errors");
    for (const [index, inner] of Array.isArray(errors) ? errors.entries() : []) {
      out = append(out, inner, `[${index}] `, indent + "    ", seen);
      if (seen.length >= MAX_ERRORS) return out;
    }
    const cause = propertyOf(error, "cause");
    if (cause === undefined || cause === null) return out;
    error = cause;
    label = "Caused by: ";
  }
}

/** Returns true for an `Error`, false for any other value, also for a proxy that was revoked. */
export function isError(value: unknown): value is Error {
  try {
    return value instanceof Error;
  } catch {
    return false;
  }
}

/** Returns the stack of a thrown value, if it has one. */
export function stackOf(error: unknown): string | undefined {
  const stack = propertyOf(error, "stack");
  return typeof stack === "string" && stack !== "" ? stack : undefined;
}

function headline(error: unknown): string {
  return withFallback(() => pythonStr(error), "[an error that cannot be printed]");
}

function propertyOf(error: unknown, name: string): unknown {
  try {
    return (error as Record<string, unknown> | null)?.[name];
  } catch {
    return undefined;
  }
}
