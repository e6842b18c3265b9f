/**
 * The methods that `Logger` and `LoggerAdapter` share: the type for code that only logs.
 *
 * Browser compatible: types only.
 *
 * @module
 */
import type { LogKeywords } from "./call_arguments.ts";
import type { CallArgument, CallArguments } from "./call_types.ts";
import type { Extra } from "./context_reader.ts";
import type { Level } from "./level.ts";
import type { LogArguments } from "./log_record.ts";

/** A logger, or an adapter of one, as `child()` returns it: the type for code that only logs. */
export interface LoggerLike {
  /** The name of the logger. */
  readonly name: string;
  /** Logs at DEBUG. */
  debug<Message, Args extends unknown[]>(
    msg: CallArgument<Message>,
    ...args: CallArguments<Args>
  ): void;
  /** Logs at INFO. */
  info<Message, Args extends unknown[]>(
    msg: CallArgument<Message>,
    ...args: CallArguments<Args>
  ): void;
  /** Logs at WARNING. */
  warning<Message, Args extends unknown[]>(
    msg: CallArgument<Message>,
    ...args: CallArguments<Args>
  ): void;
  /** The same as `warning()`. */
  warn<Message, Args extends unknown[]>(
    msg: CallArgument<Message>,
    ...args: CallArguments<Args>
  ): void;
  /** Logs at ERROR. */
  error<Message, Args extends unknown[]>(
    msg: CallArgument<Message>,
    ...args: CallArguments<Args>
  ): void;
  /** Logs an error at ERROR: the trailing argument, or the message if that is an error. */
  exception<Message, Args extends unknown[]>(
    msg: CallArgument<Message>,
    ...args: CallArguments<Args>
  ): void;
  /** Logs at CRITICAL. */
  critical<Message, Args extends unknown[]>(
    msg: CallArgument<Message>,
    ...args: CallArguments<Args>
  ): void;
  /** The same as `critical()`. */
  fatal<Message, Args extends unknown[]>(
    msg: CallArgument<Message>,
    ...args: CallArguments<Args>
  ): void;
  /**
   * Logs at any level.
   *
   * @throws {TypeError} if `level` is no integer, unless `raiseExceptions` is false
   */
  log<Message, Args extends unknown[]>(
    level: number,
    msg: CallArgument<Message>,
    ...args: CallArguments<Args>
  ): void;
  /**
   * Logs whatever the level is; the keywords are apart from the arguments. For code that passes on
   * the calls of another logger: a text that is complete has no arguments, whatever `%` is in it.
   */
  _log(level: number, msg: unknown, args: LogArguments, keywords: LogKeywords): void;
  /** Returns true if a record of that level would be logged. */
  isEnabledFor(level: number): boolean;
  /** Returns the level of the logger, or of the nearest ancestor that has one. */
  getEffectiveLevel(): number;
  /** Sets the level of the logger: a number, or a name that is known, in any case. */
  setLevel(level: Level): void;
  /** Returns true if the logger, or an ancestor to which its records go, has handlers. */
  hasHandlers(): boolean;
  /** Returns a logger that adds these fields to each of its records. A call's own fields win. */
  child(extra: Extra): LoggerLike;
}
