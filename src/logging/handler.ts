/**
 * The base of every handler, after CPython's `Handler`. Differs: `handle()` never throws, whatever
 * a filter, formatter, `emit()` or `handleError()` does; `flush()` and `close()` return promises
 * that never reject; there are no locks, since JavaScript runs one piece of code at a time.
 *
 * Browser compatible.
 *
 * @module
 */
import { atOnce, callBack, watch } from "./callback.ts";
import { correctMistake } from "./call_mistake.ts";
import { Filterer } from "./filterer.ts";
import type { Formatter } from "./formatter.ts";
import { HandlerRegistry, namesIn, newestFirst } from "./_handler_registry.ts";
import { type Level, NOTSET } from "./level.ts";
import { checkLevel, getLevelName } from "./level_names.ts";
import type { LogRecord } from "./log_record.ts";
import { recordText } from "./_record_text.ts";
import { reportError } from "./report_error.ts";
import { refuse } from "./validate.ts";

const registry: HandlerRegistry<Handler> = new HandlerRegistry<Handler>();

/** Options of `flush()`. */
export interface FlushOptions {
  /** Aborting it ends the wait; records that are left stay queued. */
  signal?: AbortSignal;
}

/**
 * How deep handlers may log within handlers. A handler that goes deeper logs to itself: such
 * records are dropped until the stack is unwound.
 */
const MAX_DEPTH = 100;

let depth = 0;
let isUnwinding = false;

/**
 * Sends records somewhere. A subclass defines `emit()`, which is synchronous and never waits.
 *
 * @example
 * ```ts
 * import { getLogger, Handler, type LogRecord } from "jsr:@logwire/logging";
 *
 * class ListHandler extends Handler {
 *   readonly lines: string[] = [];
 *   override emit(record: LogRecord): void {
 *     this.lines.push(this.format(record));
 *   }
 * }
 *
 * const handler = new ListHandler();
 * getLogger("app").addHandler(handler);
 * getLogger("app").warning("%d left", 3);
 * console.assert(handler.lines[0] === "3 left");
 * ```
 */
export abstract class Handler extends Filterer implements AsyncDisposable {
  /** Loggers do not give records below this level to `handle()`. */
  level: number;
  /** Makes the text of records; `null` for the message alone. */
  formatter: Formatter | null = null;
  #name: string | null = null;
  #closing: Promise<void> | undefined;

  /** Makes a handler for records of `level` and above. */
  constructor(level: Level = NOTSET) {
    super();
    this.level = checkLevel(level);
    registry.add(this);
  }

  /** The name under which `getHandlerByName()` finds the handler; `null` for none. */
  get name(): string | null {
    return this.#name;
  }

  /** Registers the handler under another name. */
  set name(name: string | null) {
    registry.rename(this, this.#name, name);
    this.#name = name;
  }

  /** Returns `name`, as CPython's method does. */
  get_name(): string | null {
    return this.name;
  }

  /** Sets `name`, as CPython's method does. */
  set_name(name: string | null): void {
    this.name = name;
  }

  /** Sets the level: a number, or a name that is known. */
  setLevel(level: Level): void {
    this.level = checkLevel(level);
  }

  /**
   * Sets the formatter; `null` for the message alone.
   *
   * @throws {TypeError} if it is no formatter, a format string for instance
   */
  setFormatter(formatter: Formatter | null): void {
    if (formatter !== null && typeof formatter?.format !== "function") {
      refuse("set the formatter", "formatter", "a Formatter or null", formatter);
    }
    this.formatter = formatter;
  }

  /**
   * Returns the record as text, by this handler's formatter. A record whose arguments do not suit its
   * message is reported, once for all handlers, and its text has the arguments behind the message.
   */
  format(record: LogRecord): string {
    try {
      return this.#textOf(record);
    } catch (error) {
      if (!correctMistake(this, record)) throw error;
      return this.#textOf(record);
    }
  }

  #textOf(record: LogRecord): string {
    const { formatter } = this;
    const text = formatter === null ? recordText(record) : formatter.format(record);
    return typeof text === "string" ? text : atOnce(text, "format()");
  }

  /**
   * Runs the filters, then `emit()`; returns true if the record passed the filters. Never throws:
   * an error goes to `handleError()`, and an error of `handleError()` is ignored.
   */
  handle(record: LogRecord): boolean {
    if (isUnwinding) return false;
    if (depth >= MAX_DEPTH) {
      isUnwinding = true;
      reportError(record, new RangeError(`Handlers log within handlers, ${MAX_DEPTH} deep`));
      return false;
    }
    let passed = false;
    depth++;
    try {
      const filtered = this.filterOrCorrect(record);
      if (filtered === false) return false;
      record = filtered;
      passed = true;
      const result: unknown = this.emit(record);
      // An `async emit()` is a mistake that types do not catch.
      watchFault(this, record, result);
    } catch (error) {
      if (!passed) this.filterFailed(record, error);
      else if (correctMistake(this, record, error)) this.#emitAgain(record);
      else tellFault(this, record, error);
    } finally {
      if (--depth === 0) isUnwinding = false;
    }
    return passed;
  }

  #emitAgain(record: LogRecord): void {
    try {
      watchFault(this, record, this.emit(record));
    } catch (error) {
      tellFault(this, record, error);
    }
  }

  /**
   * Is called for a record that a filter failed on, with the error. It is dropped, because the filter
   * might have removed a secret from it; a handler that counts its records counts it.
   *
   * @ignore
   */
  protected filterFailed(record: LogRecord, error: unknown): void {
    tellFault(this, record, error);
  }

  /**
   * Sends the record. Synchronous; must not wait. If it throws the error of `record.getMessage()`,
   * because the record's arguments do not suit its message, it is called once more, and the message
   * then has the arguments behind it. So call `this.format(record)`, which does not throw for that,
   * or call `getMessage()` before you write anything.
   */
  abstract emit(record: LogRecord): void;

  /**
   * Is called for every record that could not be handled, with the error. This one prints to
   * stderr: each distinct fault once, then a count; nothing if `raiseExceptions` is false.
   */
  handleError(record: LogRecord, error: unknown): void {
    reportError(record, error);
  }

  /** Resolves when all records emitted before are sent or dropped. Never rejects. */
  flush(_options?: FlushOptions): Promise<void> {
    return Promise.resolve();
  }

  /**
   * Flushes the handler and releases its resources; idempotent, never rejects. A subclass that
   * overrides it calls `super.close()`.
   */
  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    registry.rename(this, this.#name, null);
    registry.remove(this);
    try {
      await this.flush();
    } catch (error) {
      reportError(null, error);
    }
  }

  /** The same as `close()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Returns CPython's `repr()` of a handler. */
  override toString(): string {
    return `<${this.constructor.name} (${getLevelName(this.level)})>`;
  }
}

/** Calls a handler's `handleError()`; an error of that method is ignored. */
export function tellFault(handler: Handler, record: LogRecord, error: unknown): void {
  callBack(() => handler.handleError(record, error));
}

/**
 * As {@linkcode tellFault}, if the result of a callback is a promise that rejects. Not in its
 * callers, where every record would allocate the closure.
 */
export function watchFault(handler: Handler, record: LogRecord, result: unknown): void {
  if (typeof result === "object") watch(result, (error) => tellFault(handler, record, error));
}

/** Returns the handler of that name, or `null`. */
export function getHandlerByName(name: string): Handler | null {
  return registry.get(name);
}

/** Returns the names of all handlers that have one: a new set at each call. */
export function getHandlerNames(): Set<string> {
  return namesIn(registry);
}

/** Returns the living handlers, last created first. */
export function handlersNewestFirst(): Handler[] {
  return newestFirst(registry);
}

/** Removes all names from the registry, as CPython does before a configuration. */
export function clearHandlerNames(): void {
  registry.named.clear();
}
