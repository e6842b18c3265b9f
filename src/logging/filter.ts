/**
 * The filter by logger name, after CPython's `Filter`, and the type of everything that filters.
 *
 * Browser compatible.
 *
 * @module
 */
import type { LogRecord } from "./log_record.ts";

/**
 * The result of a filter: a falsy value drops the record, a {@linkcode LogRecord} replaces it from
 * here on, and any other truthy value lets it pass.
 */
export type FilterResult = unknown;

/** A function that filters, or an object with a `filter` method. */
export type FilterLike =
  | ((record: LogRecord) => FilterResult)
  | { filter(record: LogRecord): FilterResult };

/**
 * Passes the records of one logger and of its descendants; without a name, every record.
 *
 * @example
 * ```ts
 * import { Filter, StreamHandler } from "jsr:@logwire/logging";
 *
 * const handler = new StreamHandler();
 * handler.addFilter(new Filter("spam.eggs")); // and spam.eggs.fish, but not spam.bakedbeans
 * ```
 */
export class Filter {
  /** The logger whose records pass; `""` for every logger. */
  readonly name: string;

  /** Makes a filter for `name` and its descendants. */
  constructor(name: string = "") {
    this.name = name;
  }

  /** Returns true if the record passes. */
  filter(record: LogRecord): FilterResult {
    const { name } = this;
    return name === "" || record.name === name || record.name.startsWith(name + ".");
  }
}
