/**
 * Lengths and prefixes of text in code points, which Python counts, not in UTF-16 units.
 *
 * Browser compatible.
 *
 * @module
 */

const pair = /[\ud800-\udbff][\udc00-\udfff]/g;

/** Returns Python's `len(text)`. */
export function codePointLength(text: string): number {
  return text.replace(pair, " ").length;
}

/** Returns Python's `text[:count]`. */
export function codePoints(text: string, count: number): string {
  // The text may be long: it is cut before it is searched and spread out.
  const head = text.slice(0, 2 * count);
  return head.search(pair) < 0 ? head.slice(0, count) : [...head].slice(0, count).join("");
}
