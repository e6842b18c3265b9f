/**
 * Format strings as `%(levelname)s: %(message)s`. After CPython's `PercentStyle`.
 *
 * Browser compatible.
 *
 * @module
 */
import {
  type FormatDefaults,
  type FormatStyle,
  RecordValues,
  withMissingField,
} from "./format_style.ts";
import type { LogRecord } from "./log_record.ts";
import { PercentFormat } from "../text/percent_format.ts";
import { maxTextOf } from "../text/text_budget.ts";

const validation = /%\([\p{L}\p{N}_]+\)[#0+ -]*(\*|\p{Nd}+)?(\.(\*|\p{Nd}+))?[diouxefgcrsa%]/iu;

/** The style `%`. */
export class PercentStyle implements FormatStyle {
  readonly fmt: string;
  readonly #defaults: FormatDefaults | null;
  readonly #format: PercentFormat;

  constructor(fmt: string | null, defaults: FormatDefaults | null) {
    this.fmt = fmt || "%(message)s";
    this.#defaults = defaults;
    this.#format = new PercentFormat(this.fmt);
  }

  usesTime(): boolean {
    return this.fmt.includes("%(asctime)");
  }

  validate(): void {
    if (!validation.test(this.fmt)) {
      throw new RangeError(`Invalid format '${this.fmt}' for '%' style`);
    }
  }

  format(record: LogRecord): string {
    if (this.fmt === "%(message)s" && typeof record.message === "string") return record.message;
    const values = new RecordValues(record, this.#defaults);
    return withMissingField(() => this.#format.fill(values, maxTextOf(record)));
  }
}
