/**
 * Reads numbers and lines from bytes, from the first to the last; a read beyond the end throws an
 * UnpicklingError.
 *
 * Browser compatible: imports nothing outside this folder, uses no runtime global.
 *
 * @module
 */
import { UnpicklingError } from "./errors.ts";

const NOTHING = /* @__PURE__ */ new Uint8Array(0);

const float = /* @__PURE__ */ new DataView(/* @__PURE__ */ new ArrayBuffer(8));

/** The bytes, and the position of the next read. */
export class ByteReader {
  /** A plain Uint8Array, whose `slice()` copies. */
  bytes: Uint8Array = NOTHING;
  /** The position of the next read. */
  position = 0;

  /** Starts at the beginning of other bytes. */
  reset(bytes: Uint8Array): void {
    this.bytes = ownView(bytes);
    this.position = 0;
  }

  /** Drops the bytes. */
  clear(): void {
    this.bytes = NOTHING;
    this.position = 0;
  }

  /** Skips `count` bytes and returns the position of the first. */
  take(count: number): number {
    const at = this.position;
    if (count > this.bytes.length - at) cutShort();
    this.position = at + count;
    return at;
  }

  /** Reads one byte. */
  uint8(): number {
    return this.bytes[this.take(1)]!;
  }

  /** Reads two bytes, little-endian. */
  uint16(): number {
    const at = this.take(2);
    return this.bytes[at]! | this.bytes[at + 1]! << 8;
  }

  /** Reads four bytes, little-endian, signed. */
  int32(): number {
    const at = this.take(4);
    const { bytes } = this;
    return bytes[at]! | bytes[at + 1]! << 8 | bytes[at + 2]! << 16 | bytes[at + 3]! << 24;
  }

  /** Reads four bytes, little-endian. */
  uint32(): number {
    return this.int32() >>> 0;
  }

  /** Reads a length of four bytes that is written as a signed number. */
  positiveInt32(): number {
    const value = this.int32();
    if (value < 0) throw new UnpicklingError(`Cannot unpickle as a length is negative: ${value}`);
    return value;
  }

  /** Reads a length of eight bytes: beyond 2^53 it is inexact, and longer than any pickle. */
  uint64(): number {
    const low = this.uint32();
    return this.uint32() * 2 ** 32 + low;
  }

  /** Reads an IEEE 754 double, big-endian. */
  float64(): number {
    const at = this.take(8);
    for (let i = 0; i < 8; i++) float.setUint8(i, this.bytes[at + i]!);
    return float.getFloat64(0);
  }

  /** Skips a line and returns the position of its newline. */
  line(): number {
    const end = this.bytes.indexOf(0x0a, this.position);
    if (end < 0) cutShort();
    this.position = end + 1;
    return end;
  }
}

/** Throws the error for bytes that end too soon. */
export function cutShort(): never {
  throw new UnpicklingError("Cannot unpickle as it is cut short");
}

/** Returns a plain Uint8Array of the same bytes: `slice()` of Node's Buffer does not copy. */
function ownView(bytes: Uint8Array): Uint8Array {
  if (!(bytes.buffer instanceof ArrayBuffer)) return new Uint8Array(bytes); // for TextDecoder
  if (Object.getPrototypeOf(bytes) === Uint8Array.prototype) return bytes;
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
