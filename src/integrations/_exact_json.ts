/**
 * JSON text as values, with the digits of every integer: `JSON.parse` rounds those beyond 2^53, and
 * an id that is rounded is the id of something else.
 *
 * Browser compatible.
 *
 * @module
 */

/** An integer below 2^53 has at most 16 digits. */
const LONG_INTEGER = /\d{16}/;

/** A text, or an integer of 16 digits or more that is no part of a fraction or of a power. */
const TEXT_OR_INTEGER = /"(?:[^"\\]|\\.)*"|(?<![\w.+-])-?\d{16,}(?![\w.])/g;

/**
 * Parses JSON as `JSON.parse` does, but returns an integer that no `number` holds as a `bigint`.
 *
 * @throws {SyntaxError} if the text is no JSON
 */
export function parseExactly(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (!LONG_INTEGER.test(text)) return value;
  // Node 20 gives a reviver no source text, so each long integer is parsed as a marked text.
  let mark = "\ue000";
  while (text.includes(mark)) mark += "\ue000";
  const marked = text.replace(
    TEXT_OR_INTEGER,
    (token) => token.startsWith('"') ? token : `"${mark}${token}"`,
  );
  return JSON.parse(marked, (_key, item: unknown) => {
    if (typeof item !== "string" || !item.startsWith(mark)) return item;
    const digits = item.slice(mark.length);
    const number = Number(digits);
    return Number.isSafeInteger(number) ? number : BigInt(digits);
  });
}
