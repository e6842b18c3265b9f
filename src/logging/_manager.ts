/**
 * The hierarchy of loggers, after CPython's `Manager`. Differs: `loggerDict` is a `Map`; a record
 * factory that is set here is used (CPython stores it and never uses it).
 *
 * Browser compatible.
 *
 * @module
 */
import { checkLevel } from "./level_names.ts";
import { startLevelEpoch } from "./_level_epoch.ts";
import { asFunction, type LogRecordClass, type LogRecordFactory } from "./log_record_factory.ts";
import { Logger, type LoggerClass, type Manager as ManagerContract } from "./logger.ts";
import { checkLoggerClass, getLoggerClass } from "./logger_class.ts";
import { PlaceHolder } from "./place_holder.ts";
import { valueText } from "./validate.ts";

/**
 * Holds the loggers of one hierarchy by name. A program normally has one, that of `getLogger()`.
 */
export class Manager implements ManagerContract {
  /** The root of the hierarchy. */
  readonly root: Logger;
  /** Loggers by name, and place-holders for names that only have loggers below them. */
  readonly loggerDict: Map<string, Logger | PlaceHolder> = new Map();
  /** True once the lack of handlers was reported. */
  emittedNoHandlerWarning: boolean = false;
  /** The class of this hierarchy's loggers; `null` for that of `getLoggerClass()`. */
  loggerClass: LoggerClass | null = null;
  #disable = 0;
  #logRecordFactory: LogRecordFactory | LogRecordClass | null = null;
  #recordFactory: LogRecordFactory | null = null;

  /** Makes the manager of the hierarchy below `root`. */
  constructor(root: Logger) {
    this.root = root;
    root.manager = this;
  }

  /** Records of this level and below are off in the whole hierarchy. */
  get disable(): number {
    return this.#disable;
  }

  /** Sets that level: a number, or a level name that is known. */
  set disable(level: unknown) {
    this.#disable = checkLevel(level);
    startLevelEpoch();
  }

  /** The factory that was set for this hierarchy, or `null`. */
  get logRecordFactory(): LogRecordFactory | LogRecordClass | null {
    return this.#logRecordFactory;
  }

  /** The same factory as a function. */
  get recordFactory(): LogRecordFactory | null {
    return this.#recordFactory;
  }

  /** Sets the factory of this hierarchy's records; `null` for the global factory. */
  setLogRecordFactory(factory: LogRecordFactory | LogRecordClass | null): void {
    this.#logRecordFactory = factory;
    this.#recordFactory = factory === null ? null : asFunction(factory);
  }

  /**
   * Sets the class of the loggers that this hierarchy makes from now on.
   *
   * @throws {TypeError} if it is not derived from `Logger`
   */
  setLoggerClass(value: LoggerClass): void {
    checkLoggerClass(value);
    this.loggerClass = value;
  }

  /**
   * Returns the logger of that name, and makes it if there is none.
   *
   * @throws {TypeError} if the name is no string
   */
  getLogger(name: string): Logger {
    if (typeof name !== "string") {
      throw new TypeError(`A logger name must be a string: current value is ${valueText(name)}`);
    }
    const found = this.loggerDict.get(name);
    if (found instanceof Logger) return found;
    const logger = new (this.loggerClass ?? getLoggerClass())(name);
    logger.manager = this;
    this.loggerDict.set(name, logger);
    if (found !== undefined) this.#adopt(found, logger);
    this.#findParent(logger);
    return logger;
  }

  /** Finds the nearest ancestor, and puts a place-holder at every name between. */
  #findParent(logger: Logger): void {
    const { name } = logger;
    for (let dot = name.lastIndexOf("."); dot > 0; dot = name.lastIndexOf(".", dot - 1)) {
      const above = name.slice(0, dot);
      const found = this.loggerDict.get(above);
      if (found instanceof Logger) {
        logger.parent = found;
        return;
      }
      if (found === undefined) this.loggerDict.set(above, new PlaceHolder(logger));
      else found.loggerMap.add(logger);
    }
    logger.parent = this.root;
  }

  /**
   * Puts the new logger between the loggers below its place-holder and their parents, unless
   * another logger is between already. (CPython compares only names, and so takes the root for a
   * logger below `r`, `ro` and `roo`.)
   */
  #adopt(placeHolder: PlaceHolder, logger: Logger): void {
    for (const child of placeHolder.loggerMap) {
      const { parent } = child;
      if (parent === null || parent === this.root || !parent.name.startsWith(logger.name)) {
        child.parent = logger;
      }
    }
  }
}
