/**
 * Limits how often something that failed beside the records, such as a roll-over, is tried again,
 * and how often that is reported.
 *
 * @module
 */

/**
 * The pause between tries, in milliseconds, from the second failure on: a turn of the event loop
 * may last a microsecond.
 */
const PAUSE_MS = 1000;

/** The tries of one handler. */
export class RetryLimiter {
  #failures = 0;
  #batch = -1;
  #failedAt = 0;

  /**
   * True if it may be tried while this batch of records is gathered: not in the batch in which it
   * failed, and after that once a second.
   */
  permits(batch: number): boolean {
    if (this.#failures === 0) return true;
    if (batch === this.#batch) return false;
    return this.#failures === 1 || performance.now() - this.#failedAt >= PAUSE_MS;
  }

  /** Notes a failure; true if it is to be reported: only the first one since the last success. */
  failed(batch: number): boolean {
    this.#batch = batch;
    this.#failedAt = performance.now();
    return this.#failures++ === 0;
  }

  /** Notes a success. */
  succeeded(): void {
    this.#failures = 0;
  }
}
