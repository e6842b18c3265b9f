/**
 * How much text one record may become. A value or a format that came over the network can be small
 * there and ask for any amount of text here: a list that holds itself many times over, a width of a
 * million. What is over the limit reads `…`, and the record still goes.
 *
 * Browser compatible.
 *
 * @module
 */

/**
 * The most characters (UTF-16 code units) that formatting makes of one record. Log collectors
 * take lines of 1 MiB at most; in UTF-8 it is 12 MB, so that a frame with the record's other fields
 * stays below the 16 MiB that a receiver takes.
 */
export const MAX_TEXT = 4_000_000;

/** Containers inside one another: deeper than any log record, far from the end of any stack. */
export const MAX_DEPTH = 100;

/**
 * What a value inside a container costs, in characters, beside its text: to write a hundred thousand,
 * which is all that there may be in one record, takes some milliseconds.
 */
const VALUE_COST = 40;

/** Stands in place of all that is over a limit. */
export const ELLIPSIS = "…";

/** The text that may still be written of the values in one record, and where the writer is. */
export class TextBudget {
  /** The characters that are left; none where it is 0 or below. */
  left: number = MAX_TEXT;
  /** The containers that the writer is inside of. */
  readonly open: object[] = [];

  /** Accounts for one more value inside a container; false if it may not be written. */
  next(): boolean {
    this.left -= VALUE_COST;
    return this.left > 0;
  }

  /** Accounts for text that is written, and returns it. */
  spend(text: string): string {
    this.left -= text.length;
    return text;
  }

  /** As much of `text` as is left, which is accounted for. */
  cut(text: string): string {
    return this.spend(cutText(text, this.left));
  }
}

/** `text`, or where it is longer than `max` its beginning and `…`, no longer than that. */
export function cutText(text: string, max: number = MAX_TEXT): string {
  if (text.length <= max) return text;
  // Half of a surrogate pair is no text.
  return text.slice(0, Math.max(0, max - 1)).replace(/[\ud800-\udbff]$/, "") + ELLIPSIS;
}

/**
 * The most characters of a record's text. A message that was logged without arguments is the
 * program's or the sender's own text, of its own length: it stands in full, once, and what is
 * formatted beside it has the usual limit.
 */
export function maxTextOf({ msg, message }: { msg: unknown; message?: string }): number {
  return typeof msg === "string" && msg === message ? msg.length + MAX_TEXT : MAX_TEXT;
}
