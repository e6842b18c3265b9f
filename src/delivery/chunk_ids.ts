/**
 * The ids of batches for protocols whose other side can drop what comes twice: the chunks of Forward,
 * the messages of JetStream.
 *
 * Browser compatible: randomness is given.
 *
 * @module
 */
import type { Batch } from "./batch_writer.ts";

/** Names the chunks of a handler, each in one way whenever it is sent. */
export class ChunkIds {
  readonly #random: () => string;
  #prefix: string | undefined;
  #last = 0;

  constructor(random: () => string) {
    this.#random = random;
  }

  /** The id of a batch. A part of one begins with the same record, so that the number of records counts. */
  of({ id, key, lengths }: Batch): string {
    return `${key ?? `${this.#own}-${id}`}-${lengths.length}`;
  }

  /** An id for what is written as the process ends, and is not sent again. */
  last(): string {
    return `${this.#own}-last-${this.#last++}`;
  }

  /** Random from the first chunk on: workers have no randomness before. */
  get #own(): string {
    return this.#prefix ??= this.#random();
  }
}
