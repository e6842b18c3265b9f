/**
 * Bytes that every pickle of a template has in one place: they are compared four at a time.
 *
 * Browser compatible: imports nothing, uses no runtime global.
 *
 * @module
 */

/** The bytes; see the module. */
export class ConstantBytes {
  /** The number of the bytes. */
  readonly length: number;
  /** The bytes in fours, little-endian; the last one, two or three are left out. */
  readonly #words: Int32Array;
  /** The bytes behind those. */
  readonly #rest: Uint8Array;

  /** Copies `bytes`. */
  constructor(bytes: Uint8Array) {
    const { length } = bytes;
    this.length = length;
    const view = new DataView(bytes.buffer, bytes.byteOffset, length);
    this.#words = Int32Array.from({ length: length >> 2 }, (_, i) => view.getInt32(4 * i, true));
    this.#rest = bytes.slice(length & ~3);
  }

  /** Returns true if the bytes are those at `position`; there must be as many. */
  equals(view: DataView, position: number): boolean {
    const words = this.#words;
    const { length } = words;
    let i = 0;
    for (; i + 4 <= length; i += 4, position += 16) {
      const difference = words[i]! ^ view.getInt32(position, true) |
        words[i + 1]! ^ view.getInt32(position + 4, true) |
        words[i + 2]! ^ view.getInt32(position + 8, true) |
        words[i + 3]! ^ view.getInt32(position + 12, true);
      if (difference !== 0) return false;
    }
    for (; i < length; i++, position += 4) {
      if (words[i] !== view.getInt32(position, true)) return false;
    }
    const rest = this.#rest;
    for (let j = 0; j < rest.length; j++) {
      if (rest[j] !== view.getUint8(position + j)) return false;
    }
    return true;
  }
}
