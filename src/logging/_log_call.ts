/**
 * A logging call whose level is enabled, of a logger or an adapter. Never throws.
 *
 * Browser compatible.
 *
 * @module
 */
import { type LogKeywords, splitArguments } from "./call_arguments.ts";
import type { LogArguments } from "./log_record.ts";
import { reportError } from "./report_error.ts";

/** A logger or an adapter. */
export interface CallTarget {
  /** Logs; the keywords are apart from the arguments. */
  _log(level: number, msg: unknown, args: LogArguments, keywords: LogKeywords): void;
}

/** Logs; with `isException` the message itself is the error, unless the arguments hold one. */
export function logCall(
  target: CallTarget,
  level: number,
  msg: unknown,
  args: readonly unknown[],
  isException: boolean = false,
): void {
  try {
    const [rest, keywords] = splitArguments(msg, args);
    const needsError = isException && keywords.exc_info === undefined;
    target._log(level, msg, rest, needsError ? { ...keywords, exc_info: true } : keywords);
  } catch (error) {
    reportError({ msg, args }, error);
  }
}
