/**
 * The logger, after CPython's `Logger`. Differs: no logging method throws because of a message, its
 * arguments, a filter, a handler or `extra`. A mistake in a call is reported, and the record is sent
 * (`call_mistake.ts`); an error of a filter or a handler is reported as by `handleError()`, and loses
 * that record alone. Python's keyword arguments are an object (`call_arguments.ts`).
 *
 * Browser compatible.
 *
 * @module
 */
import { watch } from "./callback.ts";
import { callerFrames, capturesCaller, stackText } from "./caller.ts";
import { contextReader, type Extra } from "./context_reader.ts";
import { addFields } from "./extra_fields.ts";
import { Filterer } from "./filterer.ts";
import type { Handler } from "./handler.ts";
import { type LogKeywords, NO_KEYWORDS } from "./call_arguments.ts";
import type { CallArgument, CallArguments } from "./call_types.ts";
import { lastResort } from "./last_resort.ts";
import { levelEpoch, startLevelEpoch } from "./_level_epoch.ts";
import { CRITICAL, DEBUG, ERROR, INFO, type Level, NOTSET, WARNING } from "./level.ts";
import { checkLevel, getLevelName } from "./level_names.ts";
import { calledLevel, logCall } from "./_log_call.ts";
import { type LogArguments, type LogRecord, UNKNOWN_FILE, UNKNOWN_FUNCTION } from "./log_record.ts";
import {
  type LogRecordClass,
  type LogRecordFactory,
  makeRecord,
  plainFactory,
} from "./log_record_factory.ts";
import type { LoggerLike } from "./logger_like.ts";
import { raiseExceptions } from "./raise_exceptions.ts";
import { reportError, reportFault } from "./report_error.ts";
import { writeToStderr } from "./stderr.ts";
import { refuse } from "./validate.ts";

/** Holds the loggers of one hierarchy by name. A program has one, that of `getLogger()`. */
export interface Manager {
  /** Records of this level and below are off everywhere in the hierarchy. */
  disable: number;
  /** True once the lack of handlers was reported. */
  emittedNoHandlerWarning: boolean;
  /** The root of the hierarchy. */
  readonly root: Logger;
  /** Loggers by name, and a `PlaceHolder` for each name that only has loggers below it. */
  readonly loggerDict: ReadonlyMap<string, unknown>;
  /** The class of this hierarchy's loggers; `null` for that of `getLoggerClass()`. */
  loggerClass: LoggerClass | null;
  /** The factory of this hierarchy's records; `null` for the global factory. */
  readonly recordFactory: LogRecordFactory | null;
  /** Returns the logger of that name, which it makes if there is none. */
  getLogger(name: string): Logger;
  /** Sets the class of the loggers that this hierarchy makes from now on. */
  setLoggerClass(value: LoggerClass): void;
  /** Sets the factory of this hierarchy's records; `null` for the global factory. */
  setLogRecordFactory(factory: LogRecordFactory | LogRecordClass | null): void;
}

/** `Logger`, or a class derived from it whose constructor takes the name alone. */
export type LoggerClass = new (name: string) => Logger;

/** The place of a logging call: file, line, function, and the stack if the call asked for it. */
export type Caller = [pathname: string, lineno: number, func: string, sinfo: string | null];

const UNKNOWN_CALLER: Caller = [UNKNOWN_FILE, 0, UNKNOWN_FUNCTION, null];

/**
 * One channel of events, named by its place in the hierarchy. `getLogger(name)` makes them.
 *
 * @example
 * ```ts
 * import { getLogger } from "jsr:@logwire/logging";
 *
 * const log = getLogger("myapp.area1");
 * log.warning("%s is %d%% full", "/var", 93);
 * log.error("Cannot write", new Error("disk full"));
 * log.info("signed in", { user: "anna" });
 * ```
 */
export class Logger extends Filterer implements LoggerLike {
  /** The root of the program's hierarchy. */
  declare static root: Logger;
  /** The manager of the program's hierarchy. */
  declare static manager: Manager;
  /**
   * Makes the adapters of `child()`; set beside the root, as adapters import this file.
   *
   * @ignore
   */
  declare static makeChild: (logger: Logger, extra: Extra) => LoggerLike;
  /** The name: `a.b` is a child of `a`. */
  readonly name: string;
  /** The level of this logger itself; 0 for that of the nearest ancestor that has one. */
  level: number;
  /** The nearest ancestor that exists; `null` for the root. */
  parent: Logger | null = null;
  /** If true, records go on to the handlers of the ancestors. */
  propagate: boolean = true;
  /** The handlers of this logger itself. */
  readonly handlers: Handler[] = [];
  /** If true, this logger logs nothing. */
  disabled: boolean = false;
  /** The manager of the logger's hierarchy; `null` for a logger made by its constructor. */
  manager: Manager | null = null;
  /** The level from which records are logged, as of `#epoch`. */
  #threshold = 0;
  #epoch = -1;

  /** Makes a logger outside any hierarchy: use `getLogger()`. */
  constructor(name: string, level: Level = NOTSET) {
    super();
    this.name = name;
    this.level = checkLevel(level);
  }

  /** The root of the logger's hierarchy. */
  get root(): Logger {
    return this.manager?.root ?? Logger.root;
  }

  /** Sets the level: a number, or a name that is known. */
  setLevel(level: Level): void {
    this.level = checkLevel(level);
    startLevelEpoch();
  }

  /** Logs at DEBUG. */
  debug<Message, Args extends unknown[]>(
    msg: CallArgument<Message>,
    ...args: CallArguments<Args>
  ): void {
    if (this.isEnabledFor(DEBUG)) logCall(this, DEBUG, msg, args);
  }

  /** Logs at INFO. */
  info<Message, Args extends unknown[]>(
    msg: CallArgument<Message>,
    ...args: CallArguments<Args>
  ): void {
    if (this.isEnabledFor(INFO)) logCall(this, INFO, msg, args);
  }

  /** Logs at WARNING. */
  warning<Message, Args extends unknown[]>(
    msg: CallArgument<Message>,
    ...args: CallArguments<Args>
  ): void {
    if (this.isEnabledFor(WARNING)) logCall(this, WARNING, msg, args);
  }

  /** The same as `warning()`. */
  warn<Message, Args extends unknown[]>(
    msg: CallArgument<Message>,
    ...args: CallArguments<Args>
  ): void {
    this.warning(msg as unknown, ...args as unknown[]);
  }

  /** Logs at ERROR. */
  error<Message, Args extends unknown[]>(
    msg: CallArgument<Message>,
    ...args: CallArguments<Args>
  ): void {
    if (this.isEnabledFor(ERROR)) logCall(this, ERROR, msg, args);
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
    if (this.isEnabledFor(CRITICAL)) logCall(this, CRITICAL, msg, args);
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
   * @throws {TypeError} if `level` is no integer, a name for instance, unless `raiseExceptions` is
   * false, as in CPython: that is a mistake in the program
   */
  log<Message, Args extends unknown[]>(
    level: number,
    msg: CallArgument<Message>,
    ...args: CallArguments<Args>
  ): void {
    const number = calledLevel(level);
    if (number !== undefined && this.isEnabledFor(number)) logCall(this, number, msg, args);
  }

  /**
   * Logs whatever the level is; the keywords are apart from the arguments. Every logging method
   * calls it, and so does an adapter.
   */
  _log(level: number, msg: unknown, args: LogArguments, keywords: LogKeywords): void {
    let made: LogRecord;
    try {
      made = this.#make(level, msg, args, keywords);
    } catch (error) {
      reportError({ msg, args }, error);
      // A keyword that cannot be read. The arguments stay apart from the text, for a filter that
      // removes secrets from them.
      made = this.#make(level, msg, args, NO_KEYWORDS);
    }
    const handled: unknown = this.handle(made);
    if (handled) watch(handled, reportFault);
  }

  #make(level: number, msg: unknown, args: LogArguments, keywords: LogKeywords): LogRecord {
    const { exc_info, extra, stack_info = false, stacklevel = 1 } = keywords;
    let error: unknown = exc_info || null;
    if (error === true) error = msg instanceof Error ? msg : null;
    const [file, line, func, sinfo] = capturesCaller || stack_info
      ? this.findCaller(stack_info, stacklevel)
      : UNKNOWN_CALLER;
    const { name } = this;
    return this.makeRecord(name, level, file, line, msg, args, error, func, extra, sinfo);
  }

  /**
   * Finds the caller: `stacklevel` 1 is the first frame that is not this library's. Without
   * `captureCaller(true)` it looks up only the stack, and only with `stack_info`.
   */
  findCaller(stack_info: boolean = false, stacklevel: number = 1): Caller {
    if (!capturesCaller && !stack_info) return UNKNOWN_CALLER;
    const level = Number.isSafeInteger(stacklevel) ? Math.max(1, stacklevel) : 1;
    const frames = callerFrames(stack_info ? Infinity : level, logCall);
    const at = Math.max(0, Math.min(level, frames.length) - 1);
    const sinfo = stack_info ? stackText("Stack (most recent call last):", frames.slice(at)) : null;
    const frame = frames[at];
    return capturesCaller && frame !== undefined
      ? [frame.file, frame.line, frame.func, sinfo]
      : [UNKNOWN_FILE, 0, UNKNOWN_FUNCTION, sinfo];
  }

  /**
   * Makes a record by the factory in use, and adds the fields of `extra` and then those of
   * `withContext()`. A field that is named like an attribute of the record is added with `_` behind
   * its name (CPython raises `KeyError`).
   */
  makeRecord(
    name: string,
    level: number,
    fn: string,
    lno: number,
    msg: unknown,
    args: LogArguments,
    exc_info: unknown,
    func: string | null = null,
    extra: LogKeywords["extra"] = null,
    sinfo: string | null = null,
  ): LogRecord {
    const factory = this.manager?.recordFactory ?? makeRecord;
    const record = factory(name, level, fn, lno, msg, args, exc_info, func, sinfo);
    if (extra) addFields(record, extra, undefined, factory === plainFactory);
    const context = contextReader.read?.();
    if (context) addFields(record, context, extra ?? undefined);
    return record;
  }

  /**
   * Gives a record to the handlers, unless the logger is disabled or a filter drops it; the level
   * does not matter. Never throws: records from the network may hold anything.
   */
  handle(record: LogRecord): void {
    if (this.disabled) return;
    try {
      const filtered = this.filterOrCorrect(record);
      if (filtered !== false) this.callHandlers(filtered);
    } catch (error) {
      reportError(record, error);
    }
  }

  /**
   * Adds a handler, once.
   *
   * @throws {TypeError} if it is no handler
   */
  addHandler(handler: Handler): void {
    if (typeof handler?.handle !== "function") {
      refuse("add a handler", "handler", "a Handler", handler);
    }
    if (!this.handlers.includes(handler)) this.handlers.push(handler);
  }

  /** Removes a handler; does nothing if it was not added. */
  removeHandler(handler: Handler): void {
    const at = this.handlers.indexOf(handler);
    if (at >= 0) this.handlers.splice(at, 1);
  }

  /** Returns true if this logger, or an ancestor to which its records go, has handlers. */
  hasHandlers(): boolean {
    return this.handlers.length > 0 ||
      (this.propagate && this.parent !== null && this.parent.hasHandlers());
  }

  /**
   * Gives the record to the handlers of this logger, then to those of its ancestors. The levels and
   * filters of the ancestors do not apply, those of the handlers do.
   */
  callHandlers(record: LogRecord): void {
    if (offerUpwards(this, record)) return;
    if (lastResort !== null) offer(lastResort, record);
    else if (raiseExceptions && this.manager?.emittedNoHandlerWarning === false) {
      writeToStderr(`No handlers could be found for logger "${this.name}"\n`);
      this.manager.emittedNoHandlerWarning = true;
    }
  }

  /** Returns the level of this logger, or of the nearest ancestor that has one. */
  getEffectiveLevel(): number {
    return this.level || (this.parent?.getEffectiveLevel() ?? NOTSET);
  }

  /** Returns true if a record of that level would be logged. Cached until any level is set. */
  isEnabledFor(level: number): boolean {
    if (this.disabled) return false;
    if (this.#epoch !== levelEpoch) this.#renewThreshold();
    return level >= this.#threshold;
  }

  #renewThreshold(): void {
    this.#epoch = levelEpoch;
    const disable = this.manager?.disable ?? NOTSET;
    // Levels are integers: above `disable` means at least one more.
    this.#threshold = Math.max(this.getEffectiveLevel(), disable + 1);
  }

  /** Returns the logger `suffix` below this one. */
  getChild(suffix: string): Logger {
    if (this.manager === null) {
      throw new TypeError("Cannot get a child as the logger has no manager");
    }
    return this.manager.getLogger(this.parent === null ? suffix : `${this.name}.${suffix}`);
  }

  /**
   * Returns a logger that adds these fields to each of its records. A call's own fields win.
   *
   * @example
   * ```ts
   * import { getLogger } from "jsr:@logwire/logging";
   *
   * const log = getLogger("shop").child({ request: "a1" });
   * log.info("signed in", { user: "anna" }); // has `request` and `user`
   * log.child({ cart: 7 }).info("paid"); // has `request` and `cart`
   * ```
   */
  child(extra: Extra): LoggerLike {
    return Logger.makeChild(this, extra);
  }

  /** Returns the loggers directly below this one. */
  getChildren(): Set<Logger> {
    const depth = hierarchyDepth(this);
    const children = new Set<Logger>();
    for (const item of this.manager?.loggerDict.values() ?? []) {
      if (item instanceof Logger && item.parent === this && hierarchyDepth(item) === depth + 1) {
        children.add(item);
      }
    }
    return children;
  }

  /** Returns CPython's `repr()` of a logger. */
  override toString(): string {
    return `<${this.constructor.name} ${this.name} (${getLevelName(this.getEffectiveLevel())})>`;
  }
}

/**
 * Gives a record to a handler, if it is of the handler's level or above. A received level that is
 * no number is neither above nor below another: such a record reaches every handler rather than
 * none. A handler that throws although it must not does not keep the record from the next one.
 */
function offer(handler: Handler, record: LogRecord): void {
  try {
    const { levelno } = record as { levelno: unknown };
    if (typeof levelno === "number" && levelno < handler.level) return;
    const handled: unknown = handler.handle(record);
    if (typeof handled === "object") watch(handled, reportFault);
  } catch (error) {
    reportError(record, error);
  }
}

/** Offers a record to the handlers of `logger` and its ancestors; true if there is one. */
function offerUpwards(logger: Logger | null, record: LogRecord): boolean {
  let isOffered = false;
  while (logger !== null) {
    for (const handler of logger.handlers) {
      isOffered = true;
      offer(handler, record);
    }
    logger = logger.propagate ? logger.parent : null;
  }
  return isOffered;
}

function hierarchyDepth(logger: Logger): number {
  return logger.parent === null ? 0 : logger.name.split(".").length;
}
