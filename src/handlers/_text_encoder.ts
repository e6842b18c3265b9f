/**
 * Writes the text of records, in UTF-8, where it is sent from.
 *
 * Browser compatible.
 *
 * @module
 */
import type { LogRecord } from "../logging/log_record.ts";
import { BYTES_A_CHARACTER, encodeUtf8 } from "../text/utf8.ts";
import type { RecordEncoder } from "../wire/record_encoder.ts";

/** Up to so many characters a text is written where it is sent from, with room to spare. */
const MAX_DIRECT_LENGTH = 4096;

const encoder = /* @__PURE__ */ new TextEncoder();

/** Keeps a text until it is written: bytes as they are, half of a surrogate pair as U+FFFD. */
export class PreparedText {
  #text = "";
  #bytes: Uint8Array | undefined;

  /** Takes the text; returns the most bytes that `write()` may write. */
  set(text: string | Uint8Array): number {
    if (typeof text === "string" && text.length <= MAX_DIRECT_LENGTH) {
      this.#text = text.toWellFormed();
      this.#bytes = undefined;
      return text.length * BYTES_A_CHARACTER;
    }
    this.#bytes = toBytes(text);
    return this.#bytes.length;
  }

  /** See {@linkcode RecordEncoder}. */
  write(out: Uint8Array, _view: DataView, at: number): number {
    const bytes = this.#bytes;
    if (bytes === undefined) return encodeUtf8(this.#text, out, at);
    this.#bytes = undefined;
    out.set(bytes, at);
    return at + bytes.length;
  }
}

/** Encodes the text or the bytes that `make` makes of a record. */
export class RecordTextEncoder extends PreparedText implements RecordEncoder {
  readonly #make: (record: LogRecord) => string | Uint8Array;

  constructor(make: (record: LogRecord) => string | Uint8Array) {
    super();
    this.#make = make;
  }

  prepare(record: LogRecord): number {
    return this.set(this.#make(record));
  }
}

/** The bytes of a text, in an array of their own. */
export function toBytes(text: string | Uint8Array): Uint8Array {
  if (typeof text === "string") return encoder.encode(text);
  if (text instanceof Uint8Array) return text;
  throw new TypeError("a frame must be a Uint8Array");
}
