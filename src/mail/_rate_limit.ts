/**
 * So many a minute and no more: an error that happens ten thousand times must not become ten
 * thousand mails.
 *
 * Pure: no clock, no timers.
 *
 * @module
 */

const WINDOW_SECONDS = 60;

/** Counts what began within the last minute. */
export class RateLimit {
  readonly #most: number;
  /** When those began, oldest first; no more than the limit. */
  #began: number[] = [];

  /** @param most how many may begin within any minute, from 1; `Infinity` for no limit */
  constructor(most: number) {
    this.#most = most;
  }

  /** Seconds until the next one may begin; 0: at once. */
  waitSeconds(now: number): number {
    if (this.#began.length < this.#most) return 0;
    // After a clock was set back the minute begins anew, once.
    this.#began = this.#began.map((began) => Math.min(began, now));
    return Math.max((this.#began[0] ?? -Infinity) + WINDOW_SECONDS - now, 0);
  }

  /** One begins. */
  begin(now: number): void {
    if (this.#most === Infinity) return;
    this.#began.push(now);
    if (this.#began.length > this.#most) this.#began.shift();
  }
}
