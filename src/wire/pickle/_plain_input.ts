/**
 * Reads the plainest values of a pickle, as CPython's pickler writes them at protocol 1: nearly
 * every field of a log record is one. Any other value, and any error, is `undefined`, and the
 * unpickler reads it; values that are read here are the same there.
 *
 * Browser compatible: imports nothing outside this folder, uses no runtime global.
 *
 * @module
 */
import { decodeAscii } from "./_ascii_decoder.ts";
import * as op from "./opcodes.ts";
import { decodeUtf8, SAFE_DIGITS } from "./literals.ts";

/** 1 MiB: the buffer of a received chunk is kept for the next pickle; a larger one is not. */
const MAX_KEPT_BUFFER = 1_048_576;

/** Longer texts seldom repeat: they are not searched among those that were read before. */
const MAX_SHORT_TEXT = 7;

const NOTHING = /* @__PURE__ */ new ArrayBuffer(0);
const NO_BYTES = /* @__PURE__ */ new Uint8Array(NOTHING);
const NO_VIEW = /* @__PURE__ */ new DataView(NOTHING);

/** A pickle inside a buffer, and the position of the next read. */
export class PlainInput {
  /** The whole buffer, as bytes. */
  bytes: Uint8Array<ArrayBuffer> = NO_BYTES;
  /** The whole buffer. */
  view: DataView<ArrayBuffer> = NO_VIEW;
  /** The position of the next read. */
  position = 0;
  /** The end of the pickle; nothing is read beyond it. */
  end = 0;
  #buffer: ArrayBufferLike = NOTHING;
  #isLarge = false;

  /** Starts at the beginning of a pickle; false if the buffer may change while it is read. */
  begin(pickle: Uint8Array): boolean {
    const { buffer, byteOffset, length } = pickle;
    if (buffer !== this.#buffer) {
      if (!(buffer instanceof ArrayBuffer)) return false;
      this.#open(buffer);
    }
    this.position = byteOffset;
    this.end = byteOffset + length;
    return true;
  }

  /** Drops the buffer, if it is too large to keep. */
  finish(): void {
    if (this.#isLarge) this.#open(NOTHING);
  }

  #open(buffer: ArrayBuffer): void {
    this.#buffer = buffer;
    this.#isLarge = buffer.byteLength > MAX_KEPT_BUFFER;
    this.bytes = new Uint8Array(buffer);
    this.view = new DataView(buffer);
  }

  /** Reads a str that is put into the memo at `index`. */
  text(index: number): string | undefined {
    const { bytes, view, position, end } = this;
    if (end - position < 7 || view.getUint8(position) !== op.BINUNICODE) return undefined;
    const start = position + 5;
    const size = view.getUint32(position + 1, true);
    if (size > end - start - 2) return undefined;
    const stop = start + size;
    if (view.getUint8(stop) !== op.BINPUT || view.getUint8(stop + 1) !== index) return undefined;
    this.position = stop + 2;
    if (size > MAX_SHORT_TEXT && isAscii(view, start, stop)) return decodeAscii(bytes, start, stop);
    return decodeUtf8(bytes, start, stop);
  }

  /** Reads a number, a boolean or None. */
  scalar(): number | boolean | null | undefined {
    const { view, position } = this;
    const room = this.end - position - 1;
    if (room < 0) return undefined;
    switch (view.getUint8(position)) {
      case op.NONE:
        this.position = position + 1;
        return null;
      case op.BININT1:
        if (room < 1) return undefined;
        this.position = position + 2;
        return view.getUint8(position + 1);
      case op.BININT2:
        if (room < 2) return undefined;
        this.position = position + 3;
        return view.getUint16(position + 1, true);
      case op.BININT:
        if (room < 4) return undefined;
        this.position = position + 5;
        return view.getInt32(position + 1, true);
      case op.BINFLOAT:
        if (room < 8) return undefined;
        this.position = position + 9;
        return view.getFloat64(position + 1);
      case op.LONG:
        return this.#longText();
      case op.INT:
        return this.#boolean();
    }
  }

  /**
   * Reads digits, "L" and a newline: an integer of more than 32 bits, such as the id of a thread.
   */
  #longText(): number | undefined {
    const { bytes, end } = this;
    const first = this.position + 1;
    let at = first;
    let value = 0;
    for (const stop = Math.min(end, first + SAFE_DIGITS); at < stop; at++) {
      const digit = bytes[at]! - 0x30;
      if (digit < 0 || digit > 9) break;
      value = 10 * value + digit;
    }
    if (at === first || end - at < 2 || bytes[at] !== 0x4c || bytes[at + 1] !== 0x0a) return;
    this.position = at + 2;
    return value;
  }

  /** Below protocol 2, True and False are the integers 01 and 00. */
  #boolean(): boolean | undefined {
    const { view, position, end } = this;
    if (end - position < 4) return undefined;
    const spelling = view.getInt32(position, true);
    this.position = position + 4;
    return spelling === TRUE ? true : spelling === FALSE ? false : undefined;
  }
}

/** "I01\n" and "I00\n", as little-endian numbers. */
const TRUE = 0x0a313049;
const FALSE = 0x0a303049;

/** Returns true if every byte from `start` to `end` is ASCII; there must be four or more. */
function isAscii(view: DataView, start: number, end: number): boolean {
  let bits = view.getInt32(end - 4);
  let i = start;
  for (; i + 16 <= end; i += 16) {
    bits |= view.getInt32(i) | view.getInt32(i + 4) | view.getInt32(i + 8) | view.getInt32(i + 12);
  }
  for (; i + 4 <= end; i += 4) bits |= view.getInt32(i);
  return (bits & 0x80808080) === 0;
}
