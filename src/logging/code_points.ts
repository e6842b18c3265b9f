/**
 * Lengths and prefixes in code points, as Python counts them, and not in UTF-16 units.
 *
 * Browser compatible.
 *
 * @module
 */

/** Any surrogate: where there is none, units and code points are the same. */
const surrogate = /[\ud800-\udfff]/;

/** Python's `len(text)`. */
export function codePointLength(text: string): number {
  if (!surrogate.test(text)) return text.length;
  let length = 0;
  for (const _ of text) length++;
  return length;
}

/** Python's `text[:count]`. */
export function codePoints(text: string, count: number): string {
  if (text.length <= count || !surrogate.test(text)) return text.slice(0, count);
  let end = 0;
  for (const character of text) {
    if (count-- <= 0) break;
    end += character.length;
  }
  return text.slice(0, end);
}
