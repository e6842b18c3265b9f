/**
 * A logger with context, after CPython's `LoggerAdapter`.
 *
 * Browser compatible.
 *
 * @module
 */
import type { LogKeywords } from "./call_arguments.ts";
import type { CallArgument, CallArguments } from "./call_types.ts";
import type { Extra } from "./context_reader.ts";
import { mergeFields } from "./_fields.ts";
import { CRITICAL, DEBUG, ERROR, INFO, type Level, WARNING } from "./level.ts";
import { getLevelName } from "./level_names.ts";
import { checkKnown } from "./validate.ts";
import { calledLevel, logCall } from "./_log_call.ts";
import type { LogArguments } from "./log_record.ts";
import type { Logger, Manager } from "./logger.ts";
import type { LoggerLike } from "./logger_like.ts";

/** Options of {@linkcode LoggerAdapter}. */
export interface LoggerAdapterOptions {
  /** If true, a call's own `extra` is added to the adapter's, and wins. @default {false} */
  merge_extra?: boolean;
}

/**
 * Logs through a logger, or another adapter, and adds its own `extra` to every record. A subclass
 * overrides `process()` to do more.
 *
 * @example
 * ```ts
 * import { getLogger, type LogKeywords, LoggerAdapter } from "jsr:@logwire/logging";
 *
 * class ConnectionAdapter extends LoggerAdapter {
 *   override process(msg: unknown, keywords: LogKeywords): [unknown, LogKeywords] {
 *     return [`[${this.extra?.connid}] ${msg}`, keywords];
 *   }
 * }
 *
 * const log = new ConnectionAdapter(getLogger("server"), { connid: 7 });
 * log.warning("slow: %d ms", 950); // [7] slow: 950 ms
 * ```
 */
export class LoggerAdapter implements LoggerLike {
  /** The logger or adapter that the records go to. */
  readonly logger: Logger | LoggerAdapter;
  /** The fields that are added to every record. */
  extra: Extra | null;
  /** If true, a call's own `extra` is added to the adapter's. */
  merge_extra: boolean;

  /**
   * Logs to `logger`, with `extra` on every record.
   *
   * @throws {TypeError} if an option is unknown
   */
  constructor(
    logger: Logger | LoggerAdapter,
    extra: Extra | null = null,
    options: LoggerAdapterOptions = {},
  ) {
    checkKnown("create LoggerAdapter", options, ["merge_extra"]);
    const { merge_extra = false } = options;
    this.logger = logger;
    this.extra = extra;
    this.merge_extra = merge_extra;
  }

  /**
   * Returns the message and the keywords that the logger gets in place of those of the call. This
   * one replaces the call's `extra` by the adapter's, or merges both with `merge_extra`.
   */
  process(msg: unknown, keywords: LogKeywords): [msg: unknown, keywords: LogKeywords] {
    const { extra } = keywords;
    if (!this.merge_extra || !extra) return [msg, { ...keywords, extra: this.extra }];
    return [msg, { ...keywords, extra: mergeFields(this.extra ?? {}, extra) }];
  }

  /** Logs at DEBUG. */
  debug<Message, Args extends unknown[]>(
    msg: CallArgument<Message>,
    ...args: CallArguments<Args>
  ): void {
    this.log(DEBUG, msg as unknown, ...args as unknown[]);
  }

  /** Logs at INFO. */
  info<Message, Args extends unknown[]>(
    msg: CallArgument<Message>,
    ...args: CallArguments<Args>
  ): void {
    this.log(INFO, msg as unknown, ...args as unknown[]);
  }

  /** Logs at WARNING. */
  warning<Message, Args extends unknown[]>(
    msg: CallArgument<Message>,
    ...args: CallArguments<Args>
  ): void {
    this.log(WARNING, msg as unknown, ...args as unknown[]);
  }

  /** The same as `warning()`. */
  warn<Message, Args extends unknown[]>(
    msg: CallArgument<Message>,
    ...args: CallArguments<Args>
  ): void {
    this.log(WARNING, msg as unknown, ...args as unknown[]);
  }

  /** Logs at ERROR. */
  error<Message, Args extends unknown[]>(
    msg: CallArgument<Message>,
    ...args: CallArguments<Args>
  ): void {
    this.log(ERROR, msg as unknown, ...args as unknown[]);
  }

  /** Logs an error at ERROR: the trailing argument, or the message if that is an error. */
  exception<Message, Args extends unknown[]>(
    msg: CallArgument<Message>,
    ...args: CallArguments<Args>
  ): void {
    if (this.isEnabledFor(ERROR)) logCall(this, ERROR, msg, args, true);
  }

  /** Logs at CRITICAL. */
  critical<Message, Args extends unknown[]>(
    msg: CallArgument<Message>,
    ...args: CallArguments<Args>
  ): void {
    this.log(CRITICAL, msg as unknown, ...args as unknown[]);
  }

  /** The same as `critical()`. */
  fatal<Message, Args extends unknown[]>(
    msg: CallArgument<Message>,
    ...args: CallArguments<Args>
  ): void {
    this.critical(msg as unknown, ...args as unknown[]);
  }

  /**
   * Logs at any level.
   *
   * @throws {TypeError} if `level` is no integer, unless `raiseExceptions` is false
   */
  log<Message, Args extends unknown[]>(
    level: number,
    msg: CallArgument<Message>,
    ...args: CallArguments<Args>
  ): void {
    const number = calledLevel(level);
    if (number !== undefined && this.isEnabledFor(number)) logCall(this, number, msg, args);
  }

  /** Logs whatever the level is; the keywords are apart from the arguments. */
  _log(level: number, msg: unknown, args: LogArguments, keywords: LogKeywords): void {
    const [processed, complete] = this.process(msg, keywords);
    this.logger._log(level, processed, args, complete);
  }

  /**
   * Returns a logger that adds these fields to each of its records, beside those of this adapter. A
   * call's own fields win, then these.
   */
  child(extra: Extra): LoggerLike {
    return new ChildAdapter(this, extra);
  }

  /** Returns true if the logger would log a record of that level. */
  isEnabledFor(level: number): boolean {
    return this.logger.isEnabledFor(level);
  }

  /** Sets the level of the logger. */
  setLevel(level: Level): void {
    this.logger.setLevel(level);
  }

  /** Returns the level of the logger, or of the nearest ancestor that has one. */
  getEffectiveLevel(): number {
    return this.logger.getEffectiveLevel();
  }

  /** Returns true if the logger, or an ancestor to which its records go, has handlers. */
  hasHandlers(): boolean {
    return this.logger.hasHandlers();
  }

  /** The name of the logger. */
  get name(): string {
    return this.logger.name;
  }

  /** The manager of the logger. */
  get manager(): Manager | null {
    return this.logger.manager;
  }

  /** Sets the manager of the logger. */
  set manager(manager: Manager | null) {
    this.logger.manager = manager;
  }

  /** Returns CPython's `repr()` of an adapter. */
  toString(): string {
    const level = getLevelName(this.getEffectiveLevel());
    return `<${this.constructor.name} ${this.name} (${level})>`;
  }
}

/**
 * A child of an adapter: its fields, and those of a call, are kept also where an adapter above it
 * replaces the `extra` of a call by its own.
 */
class ChildAdapter extends LoggerAdapter {
  constructor(logger: LoggerAdapter, extra: Extra) {
    super(logger, extra, { merge_extra: true });
  }

  override _log(level: number, msg: unknown, args: LogArguments, keywords: LogKeywords): void {
    [msg, keywords] = this.process(msg, keywords);
    let target = this.logger;
    while (target instanceof LoggerAdapter) {
      const { extra } = keywords;
      [msg, keywords] = target.process(msg, keywords);
      if (!target.merge_extra && extra) {
        keywords = { ...keywords, extra: mergeFields(keywords.extra ?? {}, extra) };
      }
      target = target.logger;
    }
    target._log(level, msg, args, keywords);
  }
}
