/**
 * When something that failed beside the records, a roll-over say, is tried again, and whether it is
 * reported: once, until it succeeds.
 *
 * @module
 */

/** Between tries, from the second failure on: a turn of the event loop may last a microsecond. */
const PAUSE_MS = 1000;

/** The tries of one handler. */
export class RetryPace {
  #failures = 0;
  #batch = -1;
  #failedAt = 0;

  /**
   * Says whether it may be tried while this batch of records is gathered: not in the one in which it
   * failed, and after that once a second.
   */
  permits(batch: number): boolean {
    if (this.#failures === 0) return true;
    if (batch === this.#batch) return false;
    return this.#failures === 1 || performance.now() - this.#failedAt >= PAUSE_MS;
  }

  /** It failed; whether that is to be reported. */
  failed(batch: number): boolean {
    this.#batch = batch;
    this.#failedAt = performance.now();
    return this.#failures++ === 0;
  }

  /** It succeeded. */
  succeeded(): void {
    this.#failures = 0;
  }
}
