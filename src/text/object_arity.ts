/**
 * The number of arguments of a `%` format up to the last that may be an object. Objects behind
 * these are not meant for the format: they are keywords, or an error.
 *
 * Browser compatible.
 *
 * @module
 */
import { conversionAt } from "./_percent_conversion.ts";

/**
 * Returns how many arguments `format` takes up to its last `%s`, `%r` or `%a`; one mapping serves
 * all of `%(name)s`. A `%d` shows no object, and a space before the letter has a meaning for
 * numbers alone: `"50% done"` and `"100% sure"` are plain text that looks like a conversion.
 */
export function objectArity(format: string): number {
  let count = 0;
  let reach = 0;
  for (let at = format.indexOf("%"); at >= 0; at = format.indexOf("%", at)) {
    if (format[++at] === "(") return 1;
    const [all, flags, width, precision, letter] = conversionAt(format, at);
    at += all.length;
    if (all === "%") continue;
    for (const size of [width, precision]) if (size === "*") count++;
    count++;
    if (/[sra]/.test(letter) && !flags.includes(" ")) reach = count;
  }
  return reach;
}
