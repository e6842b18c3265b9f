/**
 * Which arguments of a `%` format may be an object: what comes behind is not meant for it.
 *
 * Browser compatible.
 *
 * @module
 */

/** The conversions that show any value. */
const ANY_VALUE = "sra";

/**
 * How many arguments `format` takes up to the last that may be an object: the last `%s`, `%r` or
 * `%a`; one mapping for all of `%(name)s`. A `%d` shows no object, and a space before the letter
 * means something to numbers alone: `"50% done"` and `"100% sure"` are text that happens to look so.
 */
export function objectReach(format: string): number {
  let count = 0;
  let reach = 0;
  for (let at = format.indexOf("%"); at >= 0; at = format.indexOf("%", at)) {
    at++;
    if (format[at] === "%") {
      at++;
      continue;
    }
    if (format[at] === "(") return 1;
    let isBlank = false;
    for (; "-+ #0123456789.*hlL".includes(format[at] ?? "x"); at++) {
      if (format[at] === "*") count++;
      if (format[at] === " ") isBlank = true;
    }
    count++;
    if (!isBlank && ANY_VALUE.includes(format[at] ?? "?")) reach = count;
    at++;
  }
  return reach;
}
