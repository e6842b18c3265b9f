/**
 * A logging call whose level is enabled, of a logger or an adapter. Never throws.
 *
 * Browser compatible.
 *
 * @module
 */
import {
  isPlainCall,
  lastKeywords,
  type LogKeywords,
  NO_KEYWORDS,
  type SplitCall,
  splitCall,
} from "./call_arguments.ts";
import { getLevelName } from "./level_names.ts";
import type { LogArguments } from "./log_record.ts";
import { raiseExceptions } from "./raise_exceptions.ts";
import { reportError } from "./report_error.ts";
import { withFallback } from "../text/fallback.ts";
import { pythonRepr } from "../text/python_repr.ts";

/** A logger or an adapter. */
export interface CallTarget {
  /** Logs; the keywords are apart from the arguments. */
  _log(level: number, msg: unknown, args: LogArguments, keywords: LogKeywords): void;
}

/**
 * Logs; with `isException` the message itself is the error, unless the arguments hold one. `args` is
 * the array of the caller's rest parameter, and becomes that of the record.
 */
export function logCall(
  target: CallTarget,
  level: number,
  msg: unknown,
  args: unknown[],
  isException: boolean = false,
): void {
  try {
    if (isPlainCall(msg, args)) {
      return target._log(level, msg, args, isException ? { exc_info: true } : NO_KEYWORDS);
    }
    const last = isException ? undefined : keywordsOf(msg, args);
    if (last !== undefined) {
      args.pop();
      return target._log(level, msg, args, last);
    }
    const [text, rest, keywords] = split(msg, args);
    const needsError = isException && keywords.exc_info === undefined;
    const exc_info = needsError && (shownError(rest) ?? true);
    target._log(level, text, rest, needsError ? { ...keywords, exc_info } : keywords);
  } catch (error) {
    reportError({ msg, args }, error);
  }
}

/** As `lastKeywords()`; `undefined` as well if an object of the call cannot be looked at. */
function keywordsOf(msg: unknown, args: readonly unknown[]): LogKeywords | undefined {
  try {
    return lastKeywords(msg, args);
  } catch {
    return undefined;
  }
}

/** Splits a call; an object in it that cannot be looked at is an argument like any other. */
function split(msg: unknown, args: readonly unknown[]): SplitCall {
  try {
    return splitCall(msg, args);
  } catch (error) {
    reportError({ msg, args }, error);
    return [msg, args, NO_KEYWORDS];
  }
}

/** Returns the last argument, if it is an error: a placeholder shows it, as nothing took it away. */
function shownError(args: readonly unknown[]): Error | undefined {
  return withFallback(() => {
    const last = args[args.length - 1];
    return last instanceof Error ? last : undefined;
  }, undefined);
}

/**
 * Returns the level of `log()`, which CPython takes by number alone: a name is a mistake in the
 * program, and it throws at once, so that no record is lost unseen. Without `raiseExceptions` it may
 * not throw, and a known name is taken, as the alternative is to lose the record.
 *
 * @throws {TypeError} if the level is no integer, unless `raiseExceptions` is false
 */
export function calledLevel(level: unknown): number | undefined {
  if (Number.isInteger(level)) return level as number;
  if (raiseExceptions) {
    throw new TypeError(
      `level must be an integer, such as the constant INFO: got ${pythonRepr(level)}`,
    );
  }
  const known: unknown = typeof level === "string" ? getLevelName(level) : undefined;
  return typeof known === "number" ? known : undefined;
}
