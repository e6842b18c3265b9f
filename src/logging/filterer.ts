/**
 * A list of filters, which run in order until one drops the record. After CPython's `Filterer`.
 *
 * Browser compatible.
 *
 * @module
 */
import { correctMistake } from "./call_mistake.ts";
import { watch } from "./callback.ts";
import type { FilterLike } from "./filter.ts";
import { LogRecord } from "./log_record.ts";
import { copyMark } from "./received_mark.ts";
import { reportError } from "./report_error.ts";
import { refuse } from "./validate.ts";

/** The base of `Logger` and `Handler`. */
export class Filterer {
  /** The filters, in the order in which they run. */
  readonly filters: FilterLike[] = [];

  /**
   * Adds a filter, once.
   *
   * @throws {TypeError} if it is neither a function nor an object that filters
   */
  addFilter(filter: FilterLike): void {
    const filters: unknown = typeof filter === "function" ? filter : filter?.filter;
    if (typeof filters !== "function") {
      refuse("add a filter", "filter", "a function or have a method filter(record)", filter);
    }
    if (!this.filters.includes(filter)) this.filters.push(filter);
  }

  /** Removes a filter; does nothing if it was not added. */
  removeFilter(filter: FilterLike): void {
    const at = this.filters.indexOf(filter);
    if (at >= 0) this.filters.splice(at, 1);
  }

  /**
   * Reports the rejection of an `async` filter, which lets every record pass. Not in `filter()`,
   * where every record would allocate the closure.
   */
  #watch(result: unknown, record: LogRecord): void {
    watch(result, (error) => this.#report(record, error));
  }

  /** Returns the result of `handleError()`, whose own rejection the caller then ignores. */
  #report(record: LogRecord, error: unknown): unknown {
    const { handleError = reportError } = this as { handleError?: typeof reportError };
    return handleError.call(this, record, error);
  }

  /** Runs a filter again that has merged the message and found a mistake; the others ran once. */
  #filterAgain(filter: FilterLike, record: LogRecord, error: unknown): unknown {
    if (!this.#correct(record, error)) throw error;
    return resultOf(filter, record);
  }

  #correct(record: LogRecord, error: unknown): boolean {
    return correctMistake({ handleError: this.#report.bind(this) }, record, error);
  }

  /**
   * Returns what `filter()` returns; runs it once more if an override of it merges the message and
   * finds a mistake.
   *
   * @ignore
   */
  protected filterOrCorrect(record: LogRecord): LogRecord | false {
    try {
      return this.filter(record);
    } catch (error) {
      if (!this.#correct(record, error)) throw error;
      return this.filter(record);
    }
  }

  /** Runs the filters. Returns the record, its replacement by a filter, or `false`. */
  filter(record: LogRecord): LogRecord | false {
    for (const filter of this.filters) {
      let result: unknown;
      try {
        result = resultOf(filter, record);
      } catch (error) {
        result = this.#filterAgain(filter, record, error);
      }
      if (!result) return false;
      if (result instanceof LogRecord) {
        copyMark(record, result);
        record = result;
      } else if (result !== true) {
        this.#watch(result, record);
      }
    }
    return record;
  }
}

function resultOf(filter: FilterLike, record: LogRecord): unknown {
  return typeof filter === "function" ? filter(record) : filter.filter(record);
}
