/**
 * What loggers and handlers share: a list of filters, run in order until one refuses. After
 * CPython's `Filterer`.
 *
 * Browser compatible.
 *
 * @module
 */
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
   * @throws {TypeError} where it is neither a function nor an object that filters
   */
  addFilter(filter: FilterLike): void {
    const filters: unknown = typeof filter === "function" ? filter : filter?.filter;
    if (typeof filters !== "function") {
      refuse("add a filter", "filter", "a function or have a method filter(record)", filter);
    }
    if (!this.filters.includes(filter)) this.filters.push(filter);
  }

  /** Takes a filter off; harmless where it is not there. */
  removeFilter(filter: FilterLike): void {
    const at = this.filters.indexOf(filter);
    if (at >= 0) this.filters.splice(at, 1);
  }

  /**
   * An `async` filter lets every record pass, and may fail. Apart, as a closure within `filter()`
   * would cost every record.
   */
  #watch(result: unknown, record: LogRecord): void {
    const { handleError = reportError } = this as { handleError?: typeof reportError };
    watch(result, (error) => handleError.call(this, record, error));
  }

  /** Runs the filters: the record, or the one that a filter put in its place, or `false`. */
  filter(record: LogRecord): LogRecord | false {
    for (const filter of this.filters) {
      const result: unknown = typeof filter === "function" ? filter(record) : filter.filter(record);
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
