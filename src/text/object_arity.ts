/**
 * The number of arguments of a `%` format up to the last that may be an object. Objects behind
 * these are not meant for the format: they are keywords, or an error.
 *
 * Browser compatible.
 *
 * @module
 */
import { keptParts, readPart } from "./_percent_parts.ts";

/** Longer formats are not kept, so that no long text stays in memory. */
const MAX_LENGTH = 200;

/** The last format: a program that logs much often repeats one. */
let lastFormat = "";
let lastArity = 0;

/**
 * Returns how many arguments `format` takes up to its last `%s`, `%r` or `%a`; one mapping serves
 * all of `%(name)s`. A `%d` shows no object, and a space before the letter has a meaning for
 * numbers alone: `"50% done"` and `"100% sure"` are plain text that looks like a conversion.
 */
export function objectArity(format: string): number {
  if (format === lastFormat) return lastArity;
  const arity = readArity(format);
  if (format.length <= MAX_LENGTH) [lastFormat, lastArity] = [format, arity];
  return arity;
}

function readArity(format: string): number {
  let count = 0;
  let reach = 0;
  const parts = keptParts(format);
  for (let i = 0, at = 0;; i++) {
    const part = parts === undefined ? readPart(format, at) : parts[i]!;
    const { key, flags, width, precision, letter } = part;
    at = part.end;
    if (key !== undefined) return 1;
    if (letter === undefined) return reach;
    if (part.bare === "%") continue;
    if (width === "*") count++;
    if (precision === "*") count++;
    count++;
    const isText = letter === "s" || letter === "r" || letter === "a";
    if (isText && !flags.includes(" ")) reach = count;
  }
}
