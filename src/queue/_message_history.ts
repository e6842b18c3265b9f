/**
 * The ids of messages that a listener is done with, so that one that comes again is not handled again.
 * At least the last 65,536 are kept.
 *
 * Browser compatible.
 *
 * @module
 */

/** Two generations of so many ids of usual length are some 20 MiB at most. */
const MOST_IDS = 65_536;

/** The messages of one listener. */
export class MessageHistory {
  // Not one set whose oldest id is deleted: to find that takes longer with each deletion before it.
  #newer = new Set<string>();
  #older = new Set<string>();

  /** Says whether a message was here; it counts as the newest from now on. */
  has(id: string): boolean {
    if (this.#newer.has(id)) return true;
    if (!this.#older.has(id)) return false;
    this.add(id);
    return true;
  }

  add(id: string): void {
    this.#newer.add(id);
    if (this.#newer.size < MOST_IDS) return;
    this.#older = this.#newer;
    this.#newer = new Set();
  }
}
