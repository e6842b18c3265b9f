/**
 * The base of every handler, after CPython's `Handler`. Differs: `handle()` never throws, whatever
 * a filter, formatter, `emit()` or `handleError()` does; `flush()` and `close()` are promises that
 * never reject; there are no locks, since nothing here runs beside anything else.
 *
 * Browser compatible.
 *
 * @module
 */
import { atOnce, callBack, watch } from "./callback.ts";
import { Filterer } from "./filterer.ts";
import type { Formatter } from "./formatter.ts";
import { HandlerRegistry, namesIn, newestFirst } from "./_handler_registry.ts";
import { type Level, NOTSET } from "./level.ts";
import { checkLevel, getLevelName } from "./level_names.ts";
import type { LogRecord } from "./log_record.ts";
import { recordText } from "./_record_text.ts";
import { reportError } from "./report_error.ts";

const registry: HandlerRegistry<Handler> = new HandlerRegistry<Handler>();

/** What `flush()` takes. */
export interface FlushOptions {
  /** Aborting it ends the wait; what is left stays where it is. */
  signal?: AbortSignal;
}

/**
 * Handlers within handlers, within which another one logs, and so on. Deeper than this it is a
 * handler that logs to itself: such records are dropped until the stack is unwound.
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
  /** Records below this level are not given to `handle()`. */
  level: number;
  /** How records become text; `null` for the message alone. */
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

  /** Sets the level: a number, or a name that is known. */
  setLevel(level: Level): void {
    this.level = checkLevel(level);
  }

  /** Sets the formatter; `null` for the message alone. */
  setFormatter(formatter: Formatter | null): void {
    this.formatter = formatter;
  }

  /** The record as text, by this handler's formatter. */
  format(record: LogRecord): string {
    const { formatter } = this;
    const text = formatter === null ? recordText(record) : formatter.format(record);
    return typeof text === "string" ? text : atOnce(text, "format()");
  }

  /**
   * Runs the filters, then `emit()`; whether the filters let the record pass. Never throws: an error
   * goes to `handleError()`, and an error from there goes nowhere.
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
      const filtered = this.filter(record);
      if (filtered === false) return false;
      record = filtered;
      passed = true;
      const result: unknown = this.emit(record);
      // An `async emit()` is a mistake that types do not catch.
      watchFault(this, record, result);
    } catch (error) {
      tellFault(this, record, error);
    } finally {
      if (--depth === 0) isUnwinding = false;
    }
    return passed;
  }

  /** Sends the record. Synchronous, never waits. */
  abstract emit(record: LogRecord): void;

  /**
   * Told of every record that could not be handled, and why. This one prints to stderr: each
   * distinct fault once, then a count; nothing if `raiseExceptions` is false.
   */
  handleError(record: LogRecord, error: unknown): void {
    reportError(record, error);
  }

  /** Resolves when everything emitted before is sent or dropped. Never rejects. */
  flush(_options?: FlushOptions): Promise<void> {
    return Promise.resolve();
  }

  /**
   * Flushes and releases everything; idempotent, never rejects. A subclass that overrides it calls
   * `super.close()`.
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

  /** CPython's `repr()` of a handler. */
  override toString(): string {
    return `<${this.constructor.name} (${getLevelName(this.level)})>`;
  }
}

/** Tells a handler's `handleError()`: a hook that reports errors and fails at it stops nothing. */
export function tellFault(handler: Handler, record: LogRecord, error: unknown): void {
  callBack(() => handler.handleError(record, error));
}

/**
 * As {@linkcode tellFault}, should what a call-back has returned be a promise that rejects. Apart from
 * its callers, as a closure within them would cost every record.
 */
export function watchFault(handler: Handler, record: LogRecord, result: unknown): void {
  if (typeof result === "object") watch(result, (error) => tellFault(handler, record, error));
}

/** The handler of that name, or `null`. */
export function getHandlerByName(name: string): Handler | null {
  return registry.get(name);
}

/** The names of all handlers that have one: a new set at each call. */
export function getHandlerNames(): Set<string> {
  return namesIn(registry);
}

/** The handlers that are alive, last created first. */
export function handlersNewestFirst(): Handler[] {
  return newestFirst(registry);
}

/** Forgets all names, as CPython does before a configuration: the handlers keep their own. */
export function clearHandlerNames(): void {
  registry.named.clear();
}
