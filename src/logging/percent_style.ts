/**
 * Format strings as `%(levelname)s: %(message)s`. After CPython's `PercentStyle`.
 *
 * Browser compatible.
 *
 * @module
 */
import { setAttributes } from "./_class_attributes.ts";
import {
  defaultsOf,
  type FormatDefaults,
  type FormatStyle,
  type FormatStyleOptions,
  RecordValues,
  withMissingField,
} from "./format_style.ts";
import type { LogRecord } from "./log_record.ts";
import { PercentFormat } from "../text/percent_format.ts";
import { maxTextOf } from "../text/text_budget.ts";

// The width begins with no 0, which is a flag: CPython's pattern takes a day for a million of them.
const validation =
  /%\([\p{L}\p{N}_]+\)[#0+ -]*(\*|(?!0)\p{Nd}+)?(\.(\*|\p{Nd}+))?[diouxefgcrsa%]/iu;

/**
 * The style `%`: `%(levelname)s`.
 *
 * @example
 * ```ts
 * import { makeLogRecord } from "jsr:@logwire/logging";
 * import { PercentStyle } from "jsr:@logwire/logging/formatter-styles";
 *
 * const style = new PercentStyle("%(levelname)s %(user)s", { defaults: { user: "nobody" } });
 * style.validate();
 * const record = makeLogRecord({ levelname: "INFO" });
 * console.assert(style.format(record) === "INFO nobody");
 * ```
 */
export class PercentStyle implements FormatStyle {
  /** The format string in place of `null` or `""`; on the prototype. @default {"%(message)s"} */
  declare default_format: string;
  /** The placeholder of the time; on the prototype. @default {"%(asctime)s"} */
  declare asctime_format: string;
  /** A part of the placeholder by which `usesTime()` finds it; on the prototype. @default {"%(asctime)"} */
  declare asctime_search: string;
  // An initializer, so that bundles may leave the class out.
  static readonly #attributes: void = /* @__PURE__ */ setAttributes(this, {
    default_format: "%(message)s",
    asctime_format: "%(asctime)s",
    asctime_search: "%(asctime)",
  });
  /** The format string, or the default of the style. */
  readonly fmt: string;
  readonly #defaults: FormatDefaults | null;
  readonly #format: PercentFormat;

  /**
   * Makes the style of a format string; `null` or `""` is the default of the style.
   *
   * @throws {TypeError} if an option is unknown
   */
  constructor(fmt: string | null = null, options: FormatStyleOptions = {}) {
    this.fmt = fmt || this.default_format;
    this.#defaults = defaultsOf("PercentStyle", options);
    this.#format = new PercentFormat(this.fmt);
  }

  /** Returns true if the format string names `asctime`. */
  usesTime(): boolean {
    return this.fmt.includes(this.asctime_search);
  }

  /**
   * Checks the format string.
   *
   * @throws {RangeError} if it is not well-formed, or names no field
   */
  validate(): void {
    if (!validation.test(this.fmt)) {
      throw new RangeError(`Invalid format '${this.fmt}' for '%' style`);
    }
  }

  /**
   * Returns the format string with the fields of the record.
   *
   * @throws {RangeError} if the record and the defaults lack a field
   */
  format(record: LogRecord): string {
    if (this.fmt === "%(message)s" && typeof record.message === "string") return record.message;
    const values = new RecordValues(record, this.#defaults);
    return withMissingField(() => this.#format.fill(values, maxTextOf(record)));
  }
}
