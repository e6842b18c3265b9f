/**
 * An error as text: its stack as the runtime prints it, then its causes (`Caused by:`) and the
 * errors of an `AggregateError`, indented. Whatever can be thrown can be printed: values that are no
 * errors, errors that cause themselves, getters that throw.
 *
 * Browser compatible.
 *
 * @module
 */
import { pythonStr } from "./python_repr.ts";

/** Errors in one text: a chain or an aggregate may be of any length, a log line should not. */
const MAX_ERRORS = 50;

/** The text of `error`, without a line break at its end. */
export function exceptionText(error: unknown): string {
  const seen: unknown[] = [];
  const lines: string[] = [];
  append(error, "", "", seen, lines);
  return lines.join("\n");
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
    const isCircular = error instanceof Error && seen.includes(error);
    seen.push(error);
    if (!(error instanceof Error) || isCircular) {
      lines.push(indent + label + (isCircular ? "[circular] " : "") + headline(error));
      return;
    }
    for (const line of (label + stackOf(error)).split("\n")) lines.push(indent + line);
    for (const [index, inner] of errorsOf(error)) {
      append(inner, `[${index}] `, indent + "    ", seen, lines);
      if (seen.length >= MAX_ERRORS) return;
    }
    const cause = propertyOf(error, "cause");
    if (cause === undefined || cause === null) return;
    error = cause;
    label = "Caused by: ";
  }
}

function stackOf(error: Error): string {
  const stack = propertyOf(error, "stack");
  return typeof stack === "string" && stack !== "" ? stack.trimEnd() : headline(error);
}

function errorsOf(error: Error): Iterable<[number, unknown]> {
  const errors = propertyOf(error, "errors");
  return Array.isArray(errors) ? errors.entries() : [];
}

function headline(error: unknown): string {
  try {
    return pythonStr(error);
  } catch {
    return "[an error that cannot be printed]";
  }
}

function propertyOf(error: Error, name: string): unknown {
  try {
    return (error as unknown as Record<string, unknown>)[name];
  } catch {
    return undefined;
  }
}
