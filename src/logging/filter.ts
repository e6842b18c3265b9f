/**
 * The filter by logger name, after CPython's `Filter`, and the type of everything that filters.
 *
 * Browser compatible.
 *
 * @module
 */
import type { LogRecord } from "./log_record.ts";

/**
 * What a filter says: false (or anything falsy) drops the record, a {@linkcode LogRecord} takes its
 * place from here on, anything else that is truthy lets it pass.
 */
export type FilterResult = unknown;

/** A function that filters, or an object with a `filter` method. */
export type FilterLike =
  | ((record: LogRecord) => FilterResult)
  | { filter(record: LogRecord): FilterResult };

/**
 * Lets pass what one logger and its descendants logged; without a name, everything.
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
  /** The logger whose events pass; `""` for every logger. */
  readonly name: string;

  /** Makes a filter for `name` and what lies below it. */
  constructor(name: string = "") {
    this.name = name;
  }

  /** Whether the record passes. */
  filter(record: LogRecord): FilterResult {
    const { name } = this;
    return name === "" || record.name === name || record.name.startsWith(name + ".");
  }
}
