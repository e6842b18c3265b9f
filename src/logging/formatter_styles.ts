/**
 * `./formatter-styles`: the classes of the three styles of a format string, by which `Formatter` makes
 * its texts: CPython's `PercentStyle`, `StrFormatStyle` and `StringTemplateStyle`. Programs that format
 * need none of them: `new Formatter(fmt, null, { style: "{" })` picks the style by its character.
 *
 * Use them to check a format string of a user by `validate()` before you log with it, to look by
 * `usesTime()` for a time in it, and to make a style of your own: `Formatter` takes a class as its
 * `style`.
 *
 * - `fmt` is the format string (CPython's `_fmt`). It does not change.
 * - `default_format`, `asctime_format` and `asctime_search` stand on the prototypes, as CPython's class
 *   attributes.
 * - The option `defaults` has values for fields that a record may lack.
 *
 * ## Errors
 *
 * - `validate()` throws a `RangeError`, CPython's `ValueError`, for a format string that is not
 *   well-formed or names no field; the constructor does not look at it.
 * - `format()` throws a `RangeError` for a field that neither the record nor `defaults` has.
 *
 * Differs from CPython: `defaults` is a property of an options object, as its keyword argument cannot
 * be one; there is no table `_STYLES`, as `Formatter` takes a class.
 *
 * Browser compatible.
 *
 * @example A style of your own
 * ```ts
 * import { Formatter, type LogRecord, makeLogRecord } from "jsr:@logwire/logging";
 * import { StrFormatStyle } from "jsr:@logwire/logging/formatter-styles";
 *
 * class LoudStyle extends StrFormatStyle {
 *   override format(record: LogRecord): string {
 *     return super.format(record).toUpperCase();
 *   }
 * }
 *
 * const formatter = new Formatter("{name}: {message}", null, { style: LoudStyle });
 * const record = makeLogRecord({ name: "app", msg: "low on %s", args: ["ink"] });
 * console.assert(formatter.format(record) === "APP: LOW ON INK");
 * ```
 *
 * @module
 */
export type {
  FormatDefaults,
  FormatStyle,
  FormatStyleClass,
  FormatStyleOptions,
} from "./format_style.ts";
export { PercentStyle } from "./percent_style.ts";
export { StrFormatStyle } from "./str_format_style.ts";
export { StringTemplateStyle } from "./string_template_style.ts";
