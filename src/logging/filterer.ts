/**
 * A list of filters, which run in order until one drops the record. After CPython's `Filterer`.
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
    const { handleError = reportError } = this as { handleError?: typeof reportError };
    watch(result, (error) => handleError.call(this, record, error));
  }

  /** Runs the filters. Returns the record, its replacement by a filter, or `false`. */
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
