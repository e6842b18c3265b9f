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
  // Cut before it is searched and spread out: a text may be long.
  const head = text.slice(0, 2 * count);
  return head.search(pair) < 0 ? head.slice(0, count) : [...head].slice(0, count).join("");
}
