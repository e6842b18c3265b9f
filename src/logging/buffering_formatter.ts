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
 * Makes one text of many records: header, their texts without anything between, footer.
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
  /** Formats each record. */
  linefmt: Formatter;

  /** Takes the formatter of each record; without one, the message alone. */
  constructor(linefmt: Formatter | null = null) {
    this.linefmt = linefmt ?? new Formatter();
  }

  /** What stands before the records: nothing, unless overridden. */
  formatHeader(_records: readonly LogRecord[]): string {
    return "";
  }

  /** What stands behind the records: nothing, unless overridden. */
  formatFooter(_records: readonly LogRecord[]): string {
    return "";
  }

  /** The text of the records; `""` for none. */
  format(records: readonly LogRecord[]): string {
    if (records.length === 0) return "";
    let text = this.formatHeader(records);
    for (const record of records) text += this.linefmt.format(record);
    return text + this.formatFooter(records);
  }
}
