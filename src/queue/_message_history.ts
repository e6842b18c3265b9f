/**
 * The ids of messages that a listener is done with, so that one that comes again is not handled again.
 * At most 65,536 are kept; the oldest are forgotten.
 *
 * Browser compatible.
 *
 * @module
 */

/** With ids of usual length these are some 10 MiB. */
const MAX_IDS = 65_536;

/** The messages of one listener. */
export class MessageHistory {
  /** The oldest first. */
  readonly #ids = new Set<string>();

  /** Says whether a message was here; it counts as the newest from now on. */
  has(id: string): boolean {
    if (!this.#ids.delete(id)) return false;
    this.#ids.add(id);
    return true;
  }

  add(id: string): void {
    this.#ids.add(id);
    if (this.#ids.size <= MAX_IDS) return;
    const [oldest] = this.#ids;
    this.#ids.delete(oldest!);
  }
}
