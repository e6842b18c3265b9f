/**
 * A reader of frames that counts what passes through it: a receiver bounds by these numbers what a
 * connection may hold, and for how long.
 *
 * Browser compatible.
 *
 * @module
 */
import type { SourceReader } from "./_server.ts";

/** Reads frames by another reader, and counts; see the module. */
export class MeteredReader implements SourceReader {
  /** The sender's IP address, where the reader has it. */
  readonly sender: string | undefined;
  /** The bytes that were pushed so far. */
  bytes = 0;
  /** The whole frames that were read so far. */
  frames = 0;
  readonly #reader: SourceReader;
  /** The bytes that were pushed since the last whole frame. */
  #unfinished = 0;

  /** Counts what `reader` reads. */
  constructor(reader: SourceReader) {
    this.sender = reader.sender;
    this.#reader = reader;
  }

  /** Takes the next bytes of the stream. */
  push(chunk: Uint8Array): void {
    this.bytes += chunk.length;
    this.#unfinished += chunk.length;
    this.#reader.push(chunk);
  }

  /** The next payload, or `undefined` if more bytes are needed. */
  next(): Uint8Array | undefined {
    const payload = this.#reader.next();
    if (payload !== undefined) {
      this.frames++;
      this.#unfinished = 0;
    }
    return payload;
  }

  /** Says that the stream is over. */
  end(): void {
    this.#reader.end();
  }

  /** The memory, in bytes, that a frame takes which has begun; 0 between two frames. */
  get heldBytes(): number {
    return this.#reader.heldBytes ?? this.#unfinished;
  }
}
