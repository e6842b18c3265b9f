/**
 * Finds the end of a MessagePack value, whose bytes may come in any pieces, without decoding it. So a
 * value is known to be whole and within its limits before memory is allocated for it.
 *
 * Sans-IO, linear, never recursive; it holds a number for each container that is open.
 *
 * @module
 */
import { FrameError } from "../framing.ts";

/** The depth to which containers may nest: our handlers nest the values of a record 100 deep at most. */
const MAX_DEPTH = 120;

/** The kind of value that a size belongs to. */
type Sized = "bytes" | "extension" | "array" | "map";

/** The values whose size stands behind their first byte, from 0xc4 to 0xc9 and from 0xd9 to 0xdf. */
const SIZED: Readonly<Record<number, readonly [kind: Sized, sizeBytes: number]>> = {
  0xc4: ["bytes", 1],
  0xc5: ["bytes", 2],
  0xc6: ["bytes", 4],
  0xc7: ["extension", 1],
  0xc8: ["extension", 2],
  0xc9: ["extension", 4],
  0xd9: ["bytes", 1],
  0xda: ["bytes", 2],
  0xdb: ["bytes", 4],
  0xdc: ["array", 2],
  0xdd: ["array", 4],
  0xde: ["map", 2],
  0xdf: ["map", 4],
};

/** The number of bytes behind the first one, from 0xca (a float) to 0xd8 (an extension of 16 bytes). */
const FIXED = [4, 8, 1, 2, 4, 8, 1, 2, 4, 8, 2, 3, 5, 9, 17];

/** Limits of a value. */
export interface ValueLimits {
  /** The most bytes. */
  readonly maxBytes: number;
  /** The most values in it, itself included: one byte may ask for an object of fifty. */
  readonly maxValues: number;
}

/** Scans one value after the other; see the module. */
export class ValueScanner {
  readonly #limits: ValueLimits;
  /** The values that are to come in each container around the innermost one. */
  readonly #outer: number[] = [];
  /** The values that are to come in the innermost container. */
  #left = 1;
  /** Bytes of the value at hand that are passed over. */
  #skip = 0;
  /** The kind of a value whose size is being read, the bytes that lack, and the size so far. */
  #kind: Sized = "bytes";
  #sizeLeft = 0;
  #size = 0;
  #bytes = 0;
  #values = 0;

  constructor(limits: ValueLimits) {
    this.#limits = limits;
  }

  /** Says whether a part of a value was scanned. */
  get isWithin(): boolean {
    return this.#bytes > 0;
  }

  /**
   * Scans on, from an index on; returns the index behind the value, or -1 if it goes on behind these
   * bytes.
   *
   * @throws {FrameError} for a value that is over a limit, or is none
   */
  scan(bytes: Uint8Array, from = 0): number {
    let at = from;
    while (at < bytes.length) {
      if (this.#skip > 0) {
        const some = Math.min(this.#skip, bytes.length - at);
        at += some;
        this.#skip -= some;
        this.#bytes += some;
        if (this.#skip > 0) return -1;
      } else if (this.#sizeLeft > 0) {
        this.#size = this.#size * 256 + bytes[at++]!;
        this.#bytes++;
        if (--this.#sizeLeft > 0) continue;
        this.#sized(this.#kind, this.#size);
      } else {
        this.#bytes++;
        this.#begin(bytes[at++]!);
      }
      if (this.#skip > 0 || this.#sizeLeft > 0) continue;
      if (this.#isOver()) return at;
    }
    return -1;
  }

  #begin(byte: number): void {
    if (++this.#values > this.#limits.maxValues) {
      throw new FrameError(
        "too-large",
        `a message has more than ${this.#limits.maxValues} values in one event`,
      );
    }
    this.#left--;
    if (byte < 0x80 || byte >= 0xe0 || byte === 0xc0 || byte === 0xc2 || byte === 0xc3) {
      this.#claim(0);
    } else if (byte < 0x90) this.#sized("map", byte & 15);
    else if (byte < 0xa0) this.#sized("array", byte & 15);
    else if (byte < 0xc0) this.#sized("bytes", byte & 31);
    else if (byte === 0xc1) throw new FrameError("malformed", "a message holds the byte c1");
    else if (byte >= 0xca && byte <= 0xd8) this.#sized("bytes", FIXED[byte - 0xca]!);
    else {
      const [kind, sizeBytes] = SIZED[byte]!;
      this.#kind = kind;
      this.#sizeLeft = sizeBytes;
      this.#size = 0;
      this.#claim(sizeBytes);
    }
  }

  #sized(kind: Sized, size: number): void {
    if (kind === "bytes" || kind === "extension") {
      this.#skip = kind === "bytes" ? size : size + 1;
      return this.#claim(this.#skip);
    }
    const values = kind === "map" ? 2 * size : size;
    // Each of them takes a byte at least.
    this.#claim(values);
    if (values === 0) return;
    if (this.#outer.length === MAX_DEPTH) {
      throw new FrameError("too-large", `a message nests values more than ${MAX_DEPTH} deep`);
    }
    this.#outer.push(this.#left);
    this.#left = values;
  }

  #claim(bytes: number): void {
    const { maxBytes } = this.#limits;
    const size = this.#bytes + bytes;
    if (size <= maxBytes) return;
    throw new FrameError("too-large", `a message claims ${size} bytes: the most is ${maxBytes}`);
  }

  /** Says whether the whole value is over, and readies the scanner for the next one. */
  #isOver(): boolean {
    while (this.#left === 0) {
      const left = this.#outer.pop();
      if (left === undefined) {
        this.#left = 1;
        this.#bytes = this.#values = 0;
        return true;
      }
      this.#left = left;
    }
    return false;
  }
}
