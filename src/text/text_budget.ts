/**
 * The budget of text for one record. A value or a format from the network can be small there and
 * ask for any amount of text here: a list that is shared many times over, a width of a million.
 * Text over the limit is replaced by `…`, and the record is still sent.
 *
 * Browser compatible.
 *
 * @module
 */

/**
 * The most characters (UTF-16 code units) that formatting makes of one record. Log collectors
 * accept lines of 1 MiB at most; in UTF-8 this is 12 MB at most, so that a frame with the record's
 * other fields stays below the 16 MiB that a receiver accepts.
 */
export const MAX_TEXT = 4_000_000;

/** How deep containers may nest: deeper than in any log record, far from a stack overflow. */
export const MAX_DEPTH = 100;

/**
 * The price of a value inside a container, in characters, beside its text. So one record has a
 * hundred thousand values at most, which take some milliseconds to write.
 */
const VALUE_COST = 40;

/** Stands in place of text that is over a limit. */
export const ELLIPSIS = "…";

/** The text that may still be written for one record, and the containers that are being written. */
export class TextBudget {
  /** The characters that are left; 0 or less if there are none. */
  left: number = MAX_TEXT;
  /** The containers that are being written, the innermost last. */
  readonly open: object[] = [];

  /** Counts one more value inside a container; false if it may not be written. */
  next(): boolean {
    this.left -= VALUE_COST;
    return this.left > 0;
  }

  /** Counts text that is written, and returns it. */
  spend(text: string): string {
    this.left -= text.length;
    return text;
  }

  /** Returns as much of `text` as is left, and counts it. */
  cut(text: string): string {
    return this.spend(cutText(text, this.left));
  }
}

/** Returns `text`, or `max` characters of it, the last of them `…`, if it is longer. */
export function cutText(text: string, max: number = MAX_TEXT): string {
  if (text.length <= max) return text;
  // A surrogate pair is not cut in half.
  return text.slice(0, Math.max(0, max - 1)).replace(/[\ud800-\udbff]$/, "") + ELLIPSIS;
}

/**
 * Returns the most characters of a record's text. A message without arguments is text of the
 * program or of the sender: it is written in full, once, and all other text has the usual limit.
 */
export function maxTextOf({ msg, message }: { msg: unknown; message?: string }): number {
  return typeof msg === "string" && msg === message ? msg.length + MAX_TEXT : MAX_TEXT;
}
