/**
 * Which arguments of a `%` format may be an object: what comes behind is not meant for it.
 *
 * Browser compatible.
 *
 * @module
 */
import { conversionAt } from "./_percent_conversion.ts";

/**
 * How many arguments `format` takes up to the last that may be an object: the last `%s`, `%r` or
 * `%a`; one mapping for all of `%(name)s`. A `%d` shows no object, and a space before the letter
 * means something to numbers alone: `"50% done"` and `"100% sure"` are text that happens to look so.
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
