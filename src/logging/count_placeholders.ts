/**
 * How many arguments a `%` format takes.
 *
 * Browser compatible.
 *
 * @module
 */

/**
 * The number of arguments that `format` takes: one for each conversion and each `*`; one mapping for
 * all of `%(name)s`; none for `%%`.
 */
export function countPlaceholders(format: string): number {
  let count = 0;
  let hasKeys = false;
  for (let at = format.indexOf("%"); at >= 0; at = format.indexOf("%", at)) {
    at++;
    if (format[at] === "%") {
      at++;
      continue;
    }
    if (format[at] === "(") {
      hasKeys = true;
      const end = format.indexOf(")", at);
      if (end < 0) break;
      at = end + 1;
    }
    for (; "-+ #0123456789.*hlL".includes(format[at] ?? "x"); at++) {
      if (format[at] === "*") count++;
    }
    if (at < format.length) count++;
    at++;
  }
  return hasKeys ? 1 : count;
}
