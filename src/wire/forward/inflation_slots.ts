/**
 * Bounds how many messages of a receiver are inflated at once: a sender needs a few kilobytes to have
 * memory taken for the largest message that is allowed.
 *
 * Pure: uses no runtime global.
 *
 * @module
 */

/** Four messages of 16 MiB are as much as unfinished messages may take. */
const SLOTS = 4;

/** The slots of one receiver. */
export class InflationSlots {
  #free = SLOTS;
  readonly #waiting: (() => void)[] = [];

  /** Resolves when there is a free slot, which is then taken. */
  async take(): Promise<void> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Gives a slot back: to the one that has waited the longest, if there is one. */
  give(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free++;
    else next();
  }
}
