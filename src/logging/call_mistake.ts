/**
 * A mistake in a logging call: arguments that do not suit the message, or that cannot be written.
 * `getMessage()` throws then, as in CPython, which loses the record. Differs: the first handler that
 * merges the message reports the mistake, and the record is sent with the message as it was written
 * and the arguments behind it. Only a call with a mistake takes time here.
 *
 * Browser compatible.
 *
 * @module
 */
import { exceptionText } from "../text/exception_text.ts";
import { withFallback } from "../text/fallback.ts";
import { pythonRepr, pythonStr } from "../text/python_repr.ts";
import { cutText, TextBudget } from "../text/text_budget.ts";
import { typeName } from "../text/type_name.ts";
import { callBack } from "./callback.ts";
import type { LogRecord } from "./log_record.ts";

/** A handler, or another object that reports faults as one does. */
export interface FaultReporter {
  /** Reports the fault of a record. */
  handleError(record: LogRecord, error: unknown): void;
}

/**
 * Corrects a record whose `getMessage()` throws, and reports the mistake; returns false, and changes
 * nothing, if there is none. The record gets a `getMessage()` of its own, which is not enumerable:
 * so the next handlers find no mistake, and `msg` and `args` stay as they were, for filters that
 * replace values in them.
 *
 * Give the error for which the caller would run a filter or an `emit()` again: it returns false if
 * that error is not the mistake, as the other run may then send the record twice.
 */
export function correctMistake(
  reporter: FaultReporter,
  record: LogRecord,
  error?: unknown,
): boolean {
  try {
    record.getMessage();
    return false;
  } catch (mistake) {
    if (error !== undefined && !isOf(mistake, error)) return false;
    try {
      Object.defineProperty(record, "getMessage", { value: correctedMessage, configurable: true });
    } catch {
      // A frozen record cannot be corrected.
      return false;
    }
    callBack(() => reporter.handleError(record, mistake));
    return true;
  }
}

/** Returns true if an error is a mistake, or an error that was made of it and has its text. */
function isOf(mistake: unknown, error: unknown): boolean {
  if (error === mistake) return true;
  const text = withFallback(() => String(mistake), "");
  return exceptionText(error).includes(text) ||
    withFallback(() => String(error), "").includes(text);
}

/** Returns true if a record's mistake is corrected. */
export function isCorrected(record: LogRecord): boolean {
  return record.getMessage === correctedMessage;
}

function correctedMessage(this: LogRecord): string {
  return callText(this.msg, this.args);
}

/** Returns a message as it was written, and its arguments behind it: `text (arguments: 'x', 3)`. */
export function callText(msg: unknown, args: unknown): string {
  const budget = new TextBudget();
  const text = textOr(msg, () => pythonStr(msg, budget));
  const values = Array.isArray(args) ? args : args === null || args === undefined ? [] : [args];
  if (values.length === 0) return text;
  const shown = values.map((value) =>
    budget.next() ? textOr(value, () => pythonRepr(value, budget)) : "…"
  );
  return cutText(`${text}${text === "" ? "" : " "}(arguments: ${shown.join(", ")})`);
}

/** Returns the text of a value, or the name of its type if it cannot be written. */
function textOr(value: unknown, text: () => string): string {
  return withFallback(text, `<unprintable ${withFallback(() => typeName(value), "object")}>`);
}
