/**
 * A growing, re-usable buffer that bytes, numbers and text are appended to.
 *
 * Browser compatible: imports nothing outside this folder, uses no runtime global.
 *
 * @module
 */
import { PicklingError } from "./errors.ts";
import { encodeUtf8 } from "./utf8.ts";

/** What a fresh buffer holds: a log record takes about 600 bytes. */
const INITIAL_CAPACITY = 1024;

/** A buffer that grew beyond this is let go on `reset()`, as one large record is an exception. */
const MAX_KEPT_CAPACITY = 1 << 20;

/** Text is written in parts of this many characters: three bytes a character are reserved ahead. */
const LONG_TEXT = 1 << 16;

const float = new Float64Array(1);
const floatBytes = new Uint8Array(float.buffer);
float[0] = 1;
const isLittleEndian = floatBytes[7] !== 0;

/** The buffer; `bytes` up to `length` are what was written. */
export class ByteWriter {
  /** Replaced by a larger one as needed: not to be held on to across a write. */
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(INITIAL_CAPACITY);
  /** How many bytes were written. */
  length = 0;
  #maxLength = Infinity;

  /** Starts anew, `reserved` bytes in; writing beyond `maxLength` is a PicklingError from here on. */
  reset(reserved: number, maxLength: number): void {
    if (this.bytes.length > MAX_KEPT_CAPACITY) this.bytes = new Uint8Array(INITIAL_CAPACITY);
    this.length = 0;
    this.#maxLength = maxLength;
    this.reserve(reserved);
    this.length = reserved;
  }

  /** Throws if the limit was overrun: `reserve()` alone looks only when the buffer grows. */
  checkLength(adding = 0): void {
    if (this.length + adding > this.#maxLength) {
      throw new PicklingError(
        `Cannot pickle the value as it takes more than ${this.#maxLength} bytes`,
      );
    }
  }

  /** Makes room for `count` more bytes, which the caller then writes. */
  reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.bytes.length) return;
    this.checkLength();
    const grown = new Uint8Array(Math.max(needed, 2 * this.bytes.length));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }

  /** Appends one byte. */
  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  /** Appends an opcode and its argument of four bytes, little-endian. */
  opcodeUint32(opcode: number, value: number): void {
    this.reserve(5);
    this.setOpcodeUint32(this.length, opcode, value);
    this.length += 5;
  }

  /** Writes an opcode and its argument of four bytes over what is at `position`. */
  setOpcodeUint32(position: number, opcode: number, value: number): void {
    const { bytes } = this;
    bytes[position] = opcode;
    bytes[position + 1] = value;
    bytes[position + 2] = value >>> 8;
    bytes[position + 3] = value >>> 16;
    bytes[position + 4] = value >>> 24;
  }

  /** Appends an IEEE 754 double, big-endian. */
  float64(value: number): void {
    this.reserve(8);
    float[0] = value;
    const { bytes, length } = this;
    for (let i = 0; i < 8; i++) bytes[length + i] = floatBytes[isLittleEndian ? 7 - i : i]!;
    this.length = length + 8;
  }

  /** Appends text that is known to be ASCII and short. */
  ascii(text: string): void {
    this.reserve(text.length);
    const { bytes } = this;
    for (let i = 0; i < text.length; i++) bytes[this.length++] = text.charCodeAt(i);
  }

  /** Appends each byte of `source` as the UTF-8 of the Latin-1 character it stands for. */
  latin1AsUtf8(source: Uint8Array): void {
    let size = source.length;
    for (let i = 0; i < source.length; i++) size += source[i]! >>> 7;
    this.checkLength(size);
    this.reserve(size);
    const { bytes } = this;
    let at = this.length;
    for (let i = 0; i < source.length; i++) {
      const byte = source[i]!;
      if (byte < 0x80) {
        bytes[at++] = byte;
      } else {
        bytes[at++] = 0xc0 | byte >>> 6;
        bytes[at++] = 0x80 | byte & 0x3f;
      }
    }
    this.length = at;
  }

  /** Appends text as UTF-8, lone surrogates included. */
  utf8(text: string): void {
    for (let start = 0; start < text.length;) {
      let end = Math.min(start + LONG_TEXT, text.length);
      // A pair that the end of this part would cut goes with the next one.
      if (end < text.length && isHighSurrogate(text.charCodeAt(end - 1))) end--;
      const part = start === 0 && end === text.length ? text : text.slice(start, end);
      this.checkLength(part.length);
      this.reserve(3 * part.length);
      this.length = encodeUtf8(part, this.bytes, this.length);
      start = end;
    }
  }
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code < 0xdc00;
}
