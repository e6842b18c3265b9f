/**
 * A growing, reusable buffer to which values without parts are appended.
 *
 * Browser compatible: imports nothing outside this folder, uses no runtime global.
 *
 * @module
 */
import { encodeUtf8 } from "../../text/utf8.ts";
import { PicklingError } from "./errors.ts";
import type { Scalar } from "../../text/scalar.ts";
import { MAX_VALUE_BYTES, writeFloat, writePlain, writeText } from "./scalars.ts";

/** The size of a new buffer: a log record takes about 600 bytes. */
const INITIAL_CAPACITY = 1024;

/** 1 MiB: `reset()` drops a larger buffer, as large records are rare. */
const MAX_KEPT_CAPACITY = 1_048_576;

/** The buffer; `bytes` are written up to `length`. */
export class ByteWriter {
  /** The bytes; a write may replace them by a larger array. */
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(INITIAL_CAPACITY);
  /** The number of bytes written. */
  length = 0;
  #view = new DataView(this.bytes.buffer);
  #maxLength = Infinity;

  /**
   * Starts again behind `reserved` bytes; from now on a write beyond `maxLength` throws.
   */
  reset(reserved: number, maxLength: number): void {
    if (this.bytes.length > MAX_KEPT_CAPACITY) this.#renew(INITIAL_CAPACITY);
    this.length = reserved;
    this.#maxLength = maxLength;
  }

  #renew(capacity: number): void {
    this.bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.bytes.buffer);
  }

  /** Throws if the limit is exceeded: `#reserve()` itself checks only when the buffer grows. */
  checkLength(adding = 0): void {
    if (this.length + adding > this.#maxLength) {
      throw new PicklingError(
        `Cannot pickle the value as it takes more than ${this.#maxLength} bytes`,
      );
    }
  }

  /** Makes room for `count` more bytes. */
  #reserve(count: number): void {
    const { bytes, length } = this;
    if (length + count <= bytes.length) return;
    this.checkLength();
    this.#renew(Math.max(length + count, 2 * bytes.length));
    this.bytes.set(bytes.subarray(0, length));
  }

  /** Appends one byte. */
  byte(value: number): void {
    this.#reserve(1);
    this.bytes[this.length++] = value;
  }

  /** Appends text without a header. */
  utf8(text: string): void {
    this.checkLength(text.length);
    this.#reserve(3 * text.length + MAX_VALUE_BYTES);
    this.length = encodeUtf8(text, this.bytes, this.length);
  }

  /** Appends text with its header. */
  text(text: string): void {
    this.checkLength(text.length);
    this.#reserve(3 * text.length + MAX_VALUE_BYTES);
    this.length = writeText(text, this.bytes, this.#view, this.length);
  }

  /** Appends a value that is no text. */
  plain(value: Exclude<Scalar, string>): void {
    this.#reserve(MAX_VALUE_BYTES);
    this.length = writePlain(value, this.bytes, this.#view, this.length);
  }

  /** Appends a float. */
  float(value: number): void {
    this.#reserve(MAX_VALUE_BYTES);
    this.length = writeFloat(value, this.bytes, this.#view, this.length);
  }

  /** Appends one of two opcodes and an index: the first where the index fits in a byte. */
  index(short: number, long: number, index: number): void {
    this.#reserve(5);
    const { bytes, length } = this;
    bytes[length] = index < 256 ? short : long;
    bytes[length + 1] = index;
    if (index >= 256) this.#view.setUint32(length + 1, index, true);
    this.length += index < 256 ? 2 : 5;
  }
}
