/**
 * Format strings as `${levelname}: $message`. After CPython's `StringTemplateStyle` and
 * `string.Template.substitute`.
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
import { KeyError } from "../text/key_error.ts";
import type { LogRecord } from "./log_record.ts";
import { pythonStr } from "../text/python_repr.ts";
import { cutText, maxTextOf, TextBudget } from "../text/text_budget.ts";

const placeholder = /\$(?:(\$)|([_a-zA-Z][_a-zA-Z0-9]*)|\{([_a-zA-Z][_a-zA-Z0-9]*)\}|())/g;

/**
 * The style `$`: `${levelname}` or `$levelname`.
 *
 * @example
 * ```ts
 * import { makeLogRecord } from "jsr:@logwire/logging";
 * import { StringTemplateStyle } from "jsr:@logwire/logging/formatter-styles";
 *
 * const style = new StringTemplateStyle("$levelname ${user}", { defaults: { user: "nobody" } });
 * style.validate();
 * const record = makeLogRecord({ levelname: "INFO" });
 * console.assert(style.format(record) === "INFO nobody");
 * ```
 */
export class StringTemplateStyle implements FormatStyle {
  /** The format string in place of `null` or `""`; on the prototype. @default {"${message}"} */
  declare default_format: string;
  /** The placeholder of the time; on the prototype. @default {"${asctime}"} */
  declare asctime_format: string;
  /** A part of the placeholder by which `usesTime()` finds it; on the prototype. @default {"${asctime}"} */
  declare asctime_search: string;
  // An initializer, so that bundles may leave the class out.
  static readonly #attributes: void = /* @__PURE__ */ setAttributes(this, {
    default_format: "${message}",
    asctime_format: "${asctime}",
    asctime_search: "${asctime}",
  });
  /** The format string, or the default of the style. */
  readonly fmt: string;
  readonly #defaults: FormatDefaults | null;

  /**
   * Makes the style of a format string; `null` or `""` is the default of the style.
   *
   * @throws {TypeError} if an option is unknown
   */
  constructor(fmt: string | null = null, options: FormatStyleOptions = {}) {
    this.fmt = fmt || this.default_format;
    this.#defaults = defaultsOf("StringTemplateStyle", options);
  }

  /** Returns true if the format string names `asctime`. */
  usesTime(): boolean {
    return this.fmt.includes("$asctime") || this.fmt.includes(this.asctime_search);
  }

  /**
   * Checks the format string.
   *
   * @throws {RangeError} if it is not well-formed, or names no field
   */
  validate(): void {
    let hasFields = false;
    for (const [, escaped, named, braced] of this.fmt.matchAll(placeholder)) {
      if (named !== undefined || braced !== undefined) hasFields = true;
      else if (escaped === undefined) {
        throw new RangeError("invalid format: bare '$' not allowed");
      }
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
    return withMissingField(() => substitute(this.fmt, values, maxTextOf(record)));
  }
}

function substitute(template: string, values: RecordValues, max: number): string {
  const budget = new TextBudget();
  let out = "";
  let end = 0;
  for (const match of template.matchAll(placeholder)) {
    const [all, escaped, named, braced, invalid] = match;
    if (invalid !== undefined) throw invalidPlaceholder(template, match.index);
    out += template.slice(end, match.index);
    end = match.index + all.length;
    const key = named ?? braced ?? "";
    if (escaped === undefined && !values.has(key)) throw new KeyError(key);
    out += escaped ?? pythonStr(values.get(key), budget);
    if (out.length > max) break;
  }
  return cutText(out + template.slice(end), max);
}

function invalidPlaceholder(template: string, at: number): RangeError {
  const lines = template.slice(0, at).split("\n");
  const column = (lines.at(-1)?.length ?? 0) + 1;
  return new RangeError(`Invalid placeholder in string: line ${lines.length}, col ${column}`);
}
