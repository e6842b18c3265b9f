/**
 * Newline-delimited frames, for payloads that hold no newline (JSON Lines): each payload is
 * followed by one LF. A CR before it belongs to the payload; so does an empty line.
 *
 * Sans-IO, linear, capped, as the length-prefixed framer.
 *
 * @module
 */
import { refuse } from "../logging/validate.ts";
import { ChunkQueue } from "./chunk_queue.ts";
import { checkDeframerOptions, type DeframerOptions, FrameError } from "./framing.ts";
import type { FrameReader, Framing } from "./framing.ts";

const LF = 10;

/** Reads lines; payloads are views or copies as those of `Deframer`. */
class LineReader implements FrameReader {
  readonly #max: number;
  readonly #input: ChunkQueue = new ChunkQueue();

  constructor(options: DeframerOptions = {}) {
    this.#max = checkDeframerOptions(options);
  }

  push(chunk: Uint8Array): void {
    if (!(chunk instanceof Uint8Array)) refuse("read lines", "chunk", "a Uint8Array", chunk);
    this.#input.push(chunk);
  }

  next(): Uint8Array | undefined {
    const input = this.#input;
    for (let available = input.available(); available > 0; available = input.available()) {
      const end = input.indexOf(LF);
      const count = end < 0 ? available : end;
      if (input.gathered + count > this.#max) {
        throw new FrameError("too-large", `a line is longer than ${this.#max} bytes`);
      }
      if (end >= 0) {
        const line = input.take(count);
        input.byte();
        return line;
      }
      input.gather(count, this.#max);
    }
    return undefined;
  }

  get heldBytes(): number {
    return this.#input.allocated;
  }

  end(): void {
    const { gathered } = this.#input;
    if (this.#input.available() > 0) {
      throw new FrameError("cut-off", "the stream was ended before its lines were read");
    }
    if (gathered > 0) {
      throw new FrameError("cut-off", `the stream ended after ${gathered} bytes of a line`);
    }
  }
}

/** The framing of JSON Lines: an LF after each payload, which must hold none itself. */
export const newlineDelimited: Framing = {
  frame(payload: Uint8Array): Uint8Array {
    // This runs once a record, and concat() of @std/bytes takes Bun twice as long.
    const bytes = new Uint8Array(payload.length + 1);
    bytes.set(payload);
    bytes[payload.length] = LF;
    return bytes;
  },
  reader: (options?: DeframerOptions): FrameReader => new LineReader(options),
};
