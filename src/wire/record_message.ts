/**
 * Writes the message of a record. Arguments are merged where they are written to, without making the
 * text first: an engine joins the parts to a tree, and flattens that when it is read. This is for
 * formats of `%s` for texts and of `%d` or `%s` for integers, as most are; `getMessage()` merges others.
 *
 * Browser compatible.
 *
 * @module
 */
import { LogRecord } from "../logging/log_record.ts";
import { prototypeMethod } from "../logging/prototype_method.ts";
import { writeDigits } from "../text/digits.ts";
import { plainParts, type TextBefore } from "../text/percent_format.ts";
import { encodeUtf8 } from "../text/utf8.ts";

const getMessage = /* @__PURE__ */ prototypeMethod(LogRecord, "getMessage");

/** The most characters of an integer. */
const MAX_DIGITS = 17;

/** Prepares and writes one message at a time. */
export class RecordMessage {
  /** The texts before the values and behind the last one. */
  #parts: readonly TextBefore[] = [];
  readonly #values: (string | number)[] = [];
  readonly #whole = { before: "" };
  readonly #wholeOnly: readonly TextBefore[] = [this.#whole];
  /** The parts of a format that were found to be well-formed last. */
  #wellFormed: readonly TextBefore[] | undefined;
  /** The most characters that the prepared message may have. */
  length = 0;

  /** Returns the most characters that the message may have; `undefined` if it is no text. */
  prepare(record: LogRecord): number | undefined {
    const { msg, args } = record;
    const parts = typeof msg === "string" && Array.isArray(args) && args.length > 0 &&
        record.getMessage === getMessage
      ? plainParts(msg, args, this.#values)
      : undefined;
    this.#parts = parts ?? this.#wholeOnly;
    if (parts === undefined) {
      const message: unknown = record.getMessage();
      if (typeof message !== "string") return undefined;
      this.#whole.before = message;
      return this.length = message.length;
    }
    let most = (msg as string).length;
    for (let i = 1; i < parts.length; i++) {
      const value = this.#values[i - 1]!;
      most += typeof value === "string" ? value.length : MAX_DIGITS;
    }
    return this.length = most;
  }

  /** Says that no text of the prepared message has a lone surrogate, not even one half of a pair. */
  get isWellFormed(): boolean {
    const parts = this.#parts;
    const last = parts.length - 1;
    if (parts !== this.#wellFormed) {
      if (!parts.every(({ before }) => before.isWellFormed())) return false;
      this.#wellFormed = parts === this.#wholeOnly ? undefined : parts;
    }
    for (let i = 0; i < last; i++) {
      const value = this.#values[i];
      if (typeof value === "string" && !value.isWellFormed()) return false;
    }
    return true;
  }

  /** Writes the prepared message at `start`, and returns its end. */
  write(out: Uint8Array, start: number): number {
    const last = this.#parts.length - 1;
    let end = start;
    let length = 0;
    for (let i = 0; i < last; i++) {
      const { before } = this.#parts[i]!;
      const value = this.#values[i]!;
      end = encodeUtf8(before, out, end);
      length += before.length;
      if (typeof value === "string") {
        end = encodeUtf8(value, out, end);
        length += value.length;
      } else {
        const digitsAt = end;
        end = writeInteger(value, out, end);
        length += end - digitsAt;
      }
    }
    const { before } = this.#parts[last]!;
    // Behind ASCII alone the last text begins no character's second half.
    if (end - start === length) return encodeUtf8(before, out, end);
    // The end of one text and the begin of the next may be one character.
    return encodeUtf8(this.text, out, start);
  }

  /** The prepared message. */
  get text(): string {
    const last = this.#parts.length - 1;
    let text = "";
    for (let i = 0; i < last; i++) text += this.#parts[i]!.before + this.#values[i];
    return text + this.#parts[last]!.before;
  }
}

/** Writes an integer at `at`, and returns the end. */
function writeInteger(value: number, out: Uint8Array, at: number): number {
  const isShort = (value | 0) === value && value >= 0;
  return isShort ? writeDigits(value, out, at) : encodeUtf8(String(value), out, at);
}
