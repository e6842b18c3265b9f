/**
 * Format strings as `{levelname}: {message}`. After CPython's `StrFormatStyle`.
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
import { pythonRepr } from "../text/python_repr.ts";
import { fillParts, type FormatPart, parseFormat } from "../text/str_format.ts";
import { maxTextOf } from "../text/text_budget.ts";

const formatSpec =
  /^([^\n]?[<>=^])?[+ -]?#?0?(\p{Nd}+|\{[\p{L}\p{N}_]+\})?[,_]?(\.(\p{Nd}+|\{[\p{L}\p{N}_]+\}))?[bcdefgnosx%]?\n?$/iu;
const fieldSpec = /^(\p{Nd}+|[\p{L}\p{N}_]+)(\.[\p{L}\p{N}_]+|\[[^\]]+\])*\n?$/u;

/**
 * The style `{`: `{levelname}`.
 *
 * @example
 * ```ts
 * import { makeLogRecord } from "jsr:@logwire/logging";
 * import { StrFormatStyle } from "jsr:@logwire/logging/formatter-styles";
 *
 * const style = new StrFormatStyle("{levelname} {user}", { defaults: { user: "nobody" } });
 * style.validate();
 * const record = makeLogRecord({ levelname: "INFO" });
 * console.assert(style.format(record) === "INFO nobody");
 * ```
 */
export class StrFormatStyle implements FormatStyle {
  /** The format string in place of `null` or `""`; on the prototype. @default {"{message}"} */
  declare default_format: string;
  /** The placeholder of the time; on the prototype. @default {"{asctime}"} */
  declare asctime_format: string;
  /** A part of the placeholder by which `usesTime()` finds it; on the prototype. @default {"{asctime"} */
  declare asctime_search: string;
  // An initializer, so that bundles may leave the class out.
  static readonly #attributes: void = /* @__PURE__ */ setAttributes(this, {
    default_format: "{message}",
    asctime_format: "{asctime}",
    asctime_search: "{asctime",
  });
  /** The format string, or the default of the style. */
  readonly fmt: string;
  readonly #defaults: FormatDefaults | null;
  /** The parsed format, once a record was formatted. */
  #parts: readonly FormatPart[] | undefined;

  /**
   * Makes the style of a format string; `null` or `""` is the default of the style.
   *
   * @throws {TypeError} if an option is unknown
   */
  constructor(fmt: string | null = null, options: FormatStyleOptions = {}) {
    this.fmt = fmt || this.default_format;
    this.#defaults = defaultsOf("StrFormatStyle", options);
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
    let hasFields = false;
    try {
      for (const { field } of parseFormat(this.fmt)) {
        if (field === undefined) continue;
        const { name, conversion, spec } = field;
        if (name !== "") {
          if (!fieldSpec.test(name)) {
            throw new RangeError(`invalid field name/expression: ${pythonRepr(name)}`);
          }
          hasFields = true;
        }
        if (conversion !== "" && !"rsa".includes(conversion)) {
          throw new RangeError(`invalid conversion: ${pythonRepr(conversion)}`);
        }
        if (spec !== "" && !formatSpec.test(spec)) {
          throw new RangeError(`bad specifier: ${pythonRepr(spec)}`);
        }
      }
    } catch (error) {
      throw new RangeError(`invalid format: ${(error as Error).message}`, { cause: error });
    }
    if (!hasFields) throw new RangeError("invalid format: no fields");
  }

  /**
   * Returns the format string with the fields of the record.
   *
   * @throws {RangeError} if the record and the defaults lack a field
   */
  format(record: LogRecord): string {
    const values = new RecordValues(record, this.#defaults);
    return withMissingField(() => {
      this.#parts ??= [...parseFormat(this.fmt)];
      return fillParts(this.#parts, values, maxTextOf(record));
    });
  }
}
