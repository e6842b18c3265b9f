/**
 * Several records as one text. After CPython's `BufferingFormatter`.
 *
 * Browser compatible.
 *
 * @module
 */
import { Formatter } from "./formatter.ts";
import type { LogRecord } from "./log_record.ts";

/**
 * Makes one text of many records: a header, their texts with nothing between them, a footer.
 *
 * @example
 * ```ts
 * import { BufferingFormatter, makeLogRecord } from "jsr:@logwire/logging";
 *
 * const records = [makeLogRecord({ msg: "one" }), makeLogRecord({ msg: "two" })];
 * console.assert(new BufferingFormatter().format(records) === "onetwo");
 * ```
 */
export class BufferingFormatter {
  /** The formatter of each record. */
  linefmt: Formatter;

  /** Makes one with a formatter for each record; without one, the message alone. */
  constructor(linefmt: Formatter | null = null) {
    this.linefmt = linefmt ?? new Formatter();
  }

  /** Returns the text before the records: none, unless a subclass overrides it. */
  formatHeader(_records: readonly LogRecord[]): string {
    return "";
  }

  /** Returns the text behind the records: none, unless a subclass overrides it. */
  formatFooter(_records: readonly LogRecord[]): string {
    return "";
  }

  /** Returns the text of the records; `""` for no records. */
  format(records: readonly LogRecord[]): string {
    if (records.length === 0) return "";
    let text = this.formatHeader(records);
    for (const record of records) text += this.linefmt.format(record);
    return text + this.formatFooter(records);
  }
}
