/**
 * The ids of the chunks that a receiver has handled, or is handling, so that one that comes again is
 * handled once: senders send a chunk again whose acknowledgement was lost.
 *
 * Pure: uses no runtime global. At most so many ids are kept as its owner says; the oldest are forgotten.
 *
 * @module
 */

/** A chunk that a connection handles. */
export interface OpenChunk {
  /** Its entries that are handled, those of earlier connections included. */
  handled: number;
  /** All of them are handled. */
  finish(): void;
  /** The connection has ended: another one may go on with the chunk. */
  release(): void;
}

/** The chunks of one receiver. */
export class ChunkHistory {
  /** Chunks that came again when all of their entries had been handled. */
  duplicates = 0;
  readonly #most: number;
  /** For each id how many entries are handled; `Infinity`: all. The oldest first. */
  readonly #handled = new Map<string, number>();
  /** The chunks that are being handled; each promise resolves when that has ended. */
  readonly #open = new Map<string, Promise<void>>();

  /** @param most how many ids are kept, from 1 */
  constructor(most: number) {
    this.#most = most;
  }

  /**
   * Begins a chunk. Returns `undefined` for one that was handled before, and a promise for one that
   * another connection is handling: it resolves when that has ended, and then `begin()` says more.
   */
  begin(id: string): OpenChunk | undefined | Promise<void> {
    const busy = this.#open.get(id);
    if (busy !== undefined) return busy;
    const handled = this.#handled.get(id) ?? 0;
    if (handled === Infinity) {
      this.duplicates++;
      this.#keep(id, handled);
      return undefined;
    }
    let resolve = () => {};
    this.#open.set(id, new Promise((over) => resolve = over));
    const chunk: OpenChunk = {
      handled,
      finish: () => end(true),
      release: () => end(false),
    };
    const end = (isWhole: boolean) => {
      if (this.#open.delete(id)) this.#keep(id, isWhole ? Infinity : chunk.handled);
      resolve();
    };
    return chunk;
  }

  #keep(id: string, handled: number): void {
    this.#handled.delete(id);
    if (handled === 0) return;
    this.#handled.set(id, handled);
    if (this.#handled.size <= this.#most) return;
    const [oldest] = this.#handled.keys();
    this.#handled.delete(oldest!);
  }
}
