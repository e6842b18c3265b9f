/**
 * Python's white space, which differs from JavaScript's: a byte order mark is none, and the four
 * separators of ASCII and U+0085 are.
 *
 * Browser compatible: imports nothing, uses no runtime global.
 *
 * @module
 */

const SPACE =
  // deno-lint-ignore no-control-regex -- Python counts them as white space
  /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

/** Returns `text.lstrip()`. */
export function stripStart(text: string): string {
  let start = 0;
  while (start < text.length && SPACE.test(text[start]!)) start++;
  return text.slice(start);
}

/** Returns `text.rstrip()`. */
export function stripEnd(text: string): string {
  let end = text.length;
  while (end > 0 && SPACE.test(text[end - 1]!)) end--;
  return text.slice(0, end);
}

/** Returns `text.strip()`. */
export function strip(text: string): string {
  return stripStart(stripEnd(text));
}
