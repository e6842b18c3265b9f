/**
 * Writes the text of records, in UTF-8, where it is sent from.
 *
 * Browser compatible.
 *
 * @module
 */
import type { LogRecord } from "../logging/log_record.ts";
import { encodeUtf8 } from "../text/utf8.ts";
import type { RecordEncoder } from "../wire/record_encoder.ts";

/** Up to so many characters a text is written where it is sent from, with room to spare. */
const MAX_DIRECT_LENGTH = 4096;

/** UTF-8 has at most this many bytes for a character of a string. */
export const BYTES_A_CHARACTER = 3;

const encoder = /* @__PURE__ */ new TextEncoder();

/** Encodes what `make` makes of a record: bytes as they are, half of a surrogate pair as U+FFFD. */
export class RecordTextEncoder implements RecordEncoder {
  readonly #make: (record: LogRecord) => string | Uint8Array;
  #text = "";
  #bytes: Uint8Array | undefined;

  constructor(make: (record: LogRecord) => string | Uint8Array) {
    this.#make = make;
  }

  prepare(record: LogRecord): number {
    const made = this.#make(record);
    if (typeof made === "string" && made.length <= MAX_DIRECT_LENGTH) {
      this.#text = made.toWellFormed();
      this.#bytes = undefined;
      return made.length * BYTES_A_CHARACTER;
    }
    this.#bytes = toBytes(made);
    return this.#bytes.length;
  }

  write(out: Uint8Array, _view: DataView, at: number): number {
    const bytes = this.#bytes;
    if (bytes === undefined) return encodeUtf8(this.#text, out, at);
    this.#bytes = undefined;
    out.set(bytes, at);
    return at + bytes.length;
  }
}

/** The bytes of a text, in an array of their own. */
export function toBytes(text: string | Uint8Array): Uint8Array {
  if (typeof text === "string") return encoder.encode(text);
  if (text instanceof Uint8Array) return text;
  throw new TypeError("a frame must be a Uint8Array");
}
