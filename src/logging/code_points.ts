/**
 * Lengths and prefixes in code points, as Python counts them, and not in UTF-16 units.
 *
 * Browser compatible.
 *
 * @module
 */

const pair = /[\ud800-\udbff][\udc00-\udfff]/g;

/** Python's `len(text)`. */
export function codePointLength(text: string): number {
  return text.replace(pair, " ").length;
}

/** Python's `text[:count]`. */
export function codePoints(text: string, count: number): string {
  if (text.search(pair) < 0) return text.slice(0, count);
  // Cut before it is spread out: a text may be long.
  return [...text.slice(0, 2 * count)].slice(0, count).join("");
}
