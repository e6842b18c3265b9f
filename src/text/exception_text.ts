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
  const seen: unknown[] = [];
  const lines: string[] = [];
  append(error, "", "", seen, lines);
  return cutText(lines.join("\n"));
}

function append(
  error: unknown,
  label: string,
  indent: string,
  seen: unknown[],
  lines: string[],
): void {
  for (;;) {
    if (seen.length >= MAX_ERRORS) {
      lines.push(`${indent}${label}[more than ${MAX_ERRORS} errors]`);
      return;
    }
    const hasStack = isError(error);
    const isCircular = hasStack && seen.includes(error);
    seen.push(error);
    if (!hasStack || isCircular) {
      lines.push(indent + label + (isCircular ? "[circular] " : "") + headline(error));
      return;
    }
    const text = stackOf(error)?.trimEnd() ?? headline(error);
    // Every character may be a line of its own, and every line is indented.
    const left = (MAX_TEXT - lines.join("\n").length) / (1 + indent.length);
    for (const line of cutText(label + text, left).split("\n")) lines.push(indent + line);
    const errors = propertyOf(error, "errors");
    for (const [index, inner] of Array.isArray(errors) ? errors.entries() : []) {
      append(inner, `[${index}] `, indent + "    ", seen, lines);
      if (seen.length >= MAX_ERRORS) return;
    }
    const cause = propertyOf(error, "cause");
    if (cause === undefined || cause === null) return;
    error = cause;
    label = "Caused by: ";
  }
}

/** Returns true for an `Error`, false for any other value, also for a proxy that was revoked. */
export function isError(value: unknown): value is Error {
  return withFallback(() => value instanceof Error, false);
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
  return withFallback(() => (error as Record<string, unknown> | null)?.[name], undefined);
}
