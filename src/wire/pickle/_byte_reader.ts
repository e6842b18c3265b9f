/**
 * Reads numbers and lines out of bytes, from one end to the other; what would reach beyond the end
 * is an UnpicklingError.
 *
 * Browser compatible: imports nothing outside this folder, uses no runtime global.
 *
 * @module
 */
import { UnpicklingError } from "./errors.ts";

const NOTHING = /* @__PURE__ */ new Uint8Array(0);

const float = /* @__PURE__ */ new DataView(/* @__PURE__ */ new ArrayBuffer(8));

/** The bytes, and how far they were read. */
export class ByteReader {
  /** A plain Uint8Array, whose `slice()` copies. */
  bytes: Uint8Array = NOTHING;
  /** Where the next read starts. */
  position = 0;

  /** Starts at the beginning of other bytes. */
  reset(bytes: Uint8Array): void {
    this.bytes = ownView(bytes);
    this.position = 0;
  }

  /** Lets go of the bytes. */
  clear(): void {
    this.bytes = NOTHING;
    this.position = 0;
  }

  /** Steps over `count` bytes and returns where they start. */
  take(count: number): number {
    const at = this.position;
    if (count > this.bytes.length - at) cutShort();
    this.position = at + count;
    return at;
  }

  /** One byte. */
  uint8(): number {
    return this.bytes[this.take(1)]!;
  }

  /** Two bytes, little-endian. */
  uint16(): number {
    const at = this.take(2);
    return this.bytes[at]! | this.bytes[at + 1]! << 8;
  }

  /** Four bytes, little-endian, signed. */
  int32(): number {
    const at = this.take(4);
    const { bytes } = this;
    return bytes[at]! | bytes[at + 1]! << 8 | bytes[at + 2]! << 16 | bytes[at + 3]! << 24;
  }

  /** Four bytes, little-endian. */
  uint32(): number {
    return this.int32() >>> 0;
  }

  /** Four bytes that are a length, though written as a signed number. */
  positiveInt32(): number {
    const value = this.int32();
    if (value < 0) throw new UnpicklingError(`Cannot unpickle as a length is negative: ${value}`);
    return value;
  }

  /** Eight bytes that are a length: beyond 2^53 it is inexact, and longer than anything. */
  uint64(): number {
    const low = this.uint32();
    return this.uint32() * 2 ** 32 + low;
  }

  /** An IEEE 754 double, big-endian. */
  float64(): number {
    const at = this.take(8);
    for (let i = 0; i < 8; i++) float.setUint8(i, this.bytes[at + i]!);
    return float.getFloat64(0);
  }

  /** Steps over a line and returns where it ends, the newline left out. */
  line(): number {
    const end = this.bytes.indexOf(0x0a, this.position);
    if (end < 0) cutShort();
    this.position = end + 1;
    return end;
  }
}

/** Throws for bytes that end too soon. */
export function cutShort(): never {
  throw new UnpicklingError("Cannot unpickle as it is cut short");
}

/** A Uint8Array as they come: `slice()` of Node's Buffer does not copy. */
function ownView(bytes: Uint8Array): Uint8Array {
  if (!(bytes.buffer instanceof ArrayBuffer)) return new Uint8Array(bytes); // for TextDecoder
  if (Object.getPrototypeOf(bytes) === Uint8Array.prototype) return bytes;
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
