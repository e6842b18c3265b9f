/**
 * A logger with context, after CPython's `LoggerAdapter`.
 *
 * Browser compatible.
 *
 * @module
 */
import type { Extra } from "./context_reader.ts";
import type { LogKeywords } from "./call_arguments.ts";
import { CRITICAL, DEBUG, ERROR, INFO, type Level, WARNING } from "./level.ts";
import { getLevelName } from "./level_names.ts";
import { checkKnown } from "./validate.ts";
import { logCall } from "./_log_call.ts";
import type { LogArguments } from "./log_record.ts";
import type { Logger, Manager } from "./logger.ts";
import { raiseExceptions } from "./raise_exceptions.ts";

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
export class LoggerAdapter {
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
    const own = extra instanceof Map ? Object.fromEntries(extra) : extra;
    return [msg, { ...keywords, extra: { ...this.extra, ...own } }];
  }

  /** Logs at DEBUG. */
  debug(msg: unknown, ...args: unknown[]): void {
    this.log(DEBUG, msg, ...args);
  }

  /** Logs at INFO. */
  info(msg: unknown, ...args: unknown[]): void {
    this.log(INFO, msg, ...args);
  }

  /** Logs at WARNING. */
  warning(msg: unknown, ...args: unknown[]): void {
    this.log(WARNING, msg, ...args);
  }

  /** The same as `warning()`. */
  warn(msg: unknown, ...args: unknown[]): void {
    this.log(WARNING, msg, ...args);
  }

  /** Logs at ERROR. */
  error(msg: unknown, ...args: unknown[]): void {
    this.log(ERROR, msg, ...args);
  }

  /** Logs an error at ERROR: the trailing argument, or the message if that is an error. */
  exception(msg: unknown, ...args: unknown[]): void {
    if (this.isEnabledFor(ERROR)) logCall(this, ERROR, msg, args, true);
  }

  /** Logs at CRITICAL. */
  critical(msg: unknown, ...args: unknown[]): void {
    this.log(CRITICAL, msg, ...args);
  }

  /**
   * Logs at any level.
   *
   * @throws {TypeError} if `level` is no integer, unless `raiseExceptions` is false
   */
  log(level: number, msg: unknown, ...args: unknown[]): void {
    if (!Number.isInteger(level)) {
      if (raiseExceptions) throw new TypeError("level must be an integer");
      return;
    }
    if (this.isEnabledFor(level)) logCall(this, level, msg, args);
  }

  /** Logs whatever the level is; the keywords are apart from the arguments. */
  _log(level: number, msg: unknown, args: LogArguments, keywords: LogKeywords): void {
    const [processed, complete] = this.process(msg, keywords);
    this.logger._log(level, processed, args, complete);
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
