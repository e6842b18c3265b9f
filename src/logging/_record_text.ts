/**
 * A record as text without a format string: the message, then the error, then the stack. Separate
 * from `Formatter`, so that a program without formatters does not load the styles.
 *
 * Browser compatible.
 *
 * @module
 */
import { atOnce } from "./callback.ts";
import { exceptionText } from "../text/exception_text.ts";
import type { LogRecord } from "./log_record.ts";
import { pythonStr } from "../text/python_repr.ts";
import { cutText, MAX_TEXT, maxTextOf } from "../text/text_budget.ts";

/** Writes the error and the stack; a `Formatter` is one. */
export interface TraceFormat {
  /** Returns an error as text. */
  formatException(error: unknown): string;
  /** Returns the stack of a logging call as text. */
  formatStack(stack_info: string): string;
}

const asTheyAre: TraceFormat = {
  formatException: exceptionText,
  formatStack: (stack_info) => stack_info,
};

/**
 * Returns the text of a record for handlers without a formatter, as CPython's `_defaultFormatter`.
 */
export function recordText(record: LogRecord): string {
  const message = record.message = record.getMessage();
  if (typeof message !== "string") atOnce(message, "getMessage()");
  return withTraces(message, record, asTheyAre);
}

/**
 * Returns the text of a record, and below it its error and its stack. Sets `exc_text`, unless the
 * record has one. Text that is longer than a record may be is cut and ends with `…`.
 */
export function withTraces(text: string, record: LogRecord, format: TraceFormat): string {
  if (record.exc_info && !record.exc_text) {
    record.exc_text = format.formatException(record.exc_info);
  }
  if (record.exc_text) text = appended(text, pythonStr(record.exc_text));
  if (record.stack_info) text = appended(text, format.formatStack(pythonStr(record.stack_info)));
  return text.length <= MAX_TEXT ? text : cutText(text, maxTextOf(record));
}

function appended(text: string, more: string): string {
  return text.endsWith("\n") ? text + more : `${text}\n${more}`;
}
