/**
 * Writes a message with its arguments, without making its text first: an engine joins the parts to
 * a tree, and flattens that when it is read. It knows formats of `%s` for texts and of `%d` or `%s`
 * for integers, as most are.
 *
 * Browser compatible.
 *
 * @module
 */
import { plainParts, type TextBefore } from "../text/percent_format.ts";
import { encodeUtf8 } from "../text/utf8.ts";

/** The most characters of an integer. */
const MAX_DIGITS = 17;

/** Prepares and writes one message at a time. */
export class MergedMessage {
  #parts: readonly TextBefore[] = [];
  readonly #values: (string | number)[] = [];

  /**
   * Prepares `format % args` for `write()`. Returns the most characters that it may have;
   * `undefined` if the text must be made.
   */
  prepare(format: string, args: readonly unknown[]): number | undefined {
    const values = this.#values;
    const parts = plainParts(format, args, values);
    if (parts === undefined) return undefined;
    let most = format.length;
    for (let i = 1; i < parts.length; i++) {
      const value = values[i - 1]!;
      most += typeof value === "string" ? value.length : MAX_DIGITS;
    }
    this.#parts = parts;
    return most;
  }

  /** Writes the prepared message at `start`, and returns its end. */
  write(out: Uint8Array, start: number): number {
    const parts = this.#parts;
    let at = start;
    for (let i = 0;; i++) {
      const { before } = parts[i]!;
      let end = encodeUtf8(before, out, at);
      if (end - at !== before.length) return encodeUtf8(this.#text(), out, start);
      at = end;
      if (i === parts.length - 1) return at;
      const value = this.#values[i]!;
      if (typeof value === "number") {
        at = encodeInteger(value, out, at);
      } else {
        end = encodeUtf8(value, out, at);
        if (end - at !== value.length) return encodeUtf8(this.#text(), out, start);
        at = end;
      }
    }
  }

  /** Beyond ASCII the end of one part and the begin of the next may be one character. */
  #text(): string {
    const last = this.#parts.length - 1;
    return this.#parts.map(({ before }, i) => i < last ? before + this.#values[i] : before).join(
      "",
    );
  }
}

/** Writes the digits of an integer at `at`, and returns their end. */
function encodeInteger(value: number, out: Uint8Array, at: number): number {
  if ((value | 0) !== value || value < 0) return encodeUtf8(String(value), out, at);
  let end = at + 1;
  for (let left = value; left > 9; left = left / 10 | 0) end++;
  for (let i = end - 1; i >= at; i--) {
    const left = value / 10 | 0;
    out[i] = 0x30 + value - left * 10;
    value = left;
  }
  return end;
}
