/**
 * A queue of bytes that arrive in chunks and are read as payloads: a payload that lies in one chunk
 * is a view of it, a split one is gathered in a buffer that grows with the bytes that arrive.
 *
 * Sans-IO and linear: however small the chunks are, a byte is copied a constant number of times.
 *
 * @module
 */

/** The first allocation for a payload that is split between chunks: most records fit in one. */
const FIRST_ALLOCATION = 1024;

const NOTHING = /* @__PURE__ */ new Uint8Array(0);

/** A queue of chunks, read from the front; see the module for views and copies. */
export class ChunkQueue {
  #chunks: Uint8Array[] = [];
  #first = 0;
  #offset = 0;
  #partial: Uint8Array = NOTHING;
  #gathered = 0;

  /** Adds a chunk at the end. */
  push(chunk: Uint8Array): void {
    if (chunk.length > 0) this.#chunks.push(chunk);
  }

  /** The number of bytes of the current payload that are gathered. */
  get gathered(): number {
    return this.#gathered;
  }

  /** The number of bytes that are allocated for the current payload. */
  get allocated(): number {
    return this.#partial.length;
  }

  /** Returns how many bytes of the first chunk can be read; 0 if the queue is empty. */
  available(): number {
    const chunk = this.#chunks[this.#first];
    if (chunk === undefined) return 0;
    if (this.#offset < chunk.length) return chunk.length - this.#offset;
    this.#offset = 0;
    if (++this.#first < this.#chunks.length) return this.#chunks[this.#first]!.length;
    this.#chunks = [];
    this.#first = 0;
    return 0;
  }

  /** Reads the next byte, which must be `available()`. */
  byte(): number {
    return this.#chunks[this.#first]![this.#offset++]!;
  }

  /** Returns one of the `available()` bytes, counted from the next one, and reads none. */
  peek(index: number = 0): number {
    return this.#chunks[this.#first]![this.#offset + index]!;
  }

  /** Returns the `available()` bytes, and reads none. */
  view(): Uint8Array {
    return this.#chunks[this.#first]!.subarray(this.#offset);
  }

  /**
   * Returns how many of the `available()` bytes lie before the first `byte`; -1 if it is missing.
   */
  indexOf(byte: number): number {
    const index = this.#chunks[this.#first]!.indexOf(byte, this.#offset);
    return index < 0 ? -1 : index - this.#offset;
  }

  /** As {@linkcode indexOf}, for the first of two bytes. */
  indexOfEither(one: number, other: number): number {
    // Two searches would each read the whole chunk, again for every payload in it.
    const chunk = this.#chunks[this.#first]!;
    for (let i = this.#offset; i < chunk.length; i++) {
      if (chunk[i] === one || chunk[i] === other) return i - this.#offset;
    }
    return -1;
  }

  /** Moves `count` of the `available()` bytes to a payload of at most `most` bytes. */
  gather(count: number, most: number): void {
    const filled = this.#gathered + count;
    if (filled > this.#partial.length) {
      const grown = new Uint8Array(Math.min(most, Math.max(FIRST_ALLOCATION, filled * 2)));
      grown.set(this.#partial.subarray(0, this.#gathered));
      this.#partial = grown;
    }
    this.#partial.set(this.#read(count), this.#gathered);
    this.#gathered = filled;
  }

  /** Returns the payload: the gathered bytes and `count` of the `available()` bytes. */
  take(count: number): Uint8Array {
    if (this.#gathered === 0) return this.#read(count);
    this.gather(count, this.#gathered + count);
    const payload = this.#partial.subarray(0, this.#gathered);
    this.#partial = NOTHING;
    this.#gathered = 0;
    return payload;
  }

  #read(count: number): Uint8Array {
    const chunk = this.#chunks[this.#first];
    if (chunk === undefined) return NOTHING;
    return chunk.subarray(this.#offset, this.#offset += count);
  }
}
