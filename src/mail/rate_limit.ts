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
  readonly #began: number[] = [];

  /** @param most how many may begin within any minute, from 1; `Infinity` for no limit */
  constructor(most: number) {
    this.#most = most;
  }

  /** Seconds until the next one may begin; 0: at once. */
  waitSeconds(now: number): number {
    const [oldest] = this.#began;
    if (oldest === undefined || this.#began.length < this.#most) return 0;
    // A clock that was set back makes nobody wait for longer than the minute.
    return Math.min(Math.max(oldest + WINDOW_SECONDS - now, 0), WINDOW_SECONDS);
  }

  /** One begins. */
  begin(now: number): void {
    if (this.#most === Infinity) return;
    this.#began.push(now);
    if (this.#began.length > this.#most) this.#began.shift();
  }
}
