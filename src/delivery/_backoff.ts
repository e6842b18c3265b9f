/**
 * When the next dial is allowed: the arithmetic of CPython's `SocketHandler.createSocket`, event
 * for event. Times are seconds, and are given by the caller.
 *
 * Browser compatible: no clock, no randomness, no I/O.
 *
 * @module
 */
import { MAX_TIMEOUT_MS } from "../logging/validate.ts";

/** A timer waits this long at least: what CPython's `retryStart = 0` means is a dial a record. */
export const MIN_RETRY_SECONDS = 0.1;

/**
 * Exponential back-off with CPython's names, units and defaults. Where the connector has several
 * addresses it waits behind a round of failed dials, not behind each.
 */
export class Backoff {
  /** Seconds to wait after the first failed dial; not capped by `retryMax`. @default {1} */
  retryStart = 1;
  /** The factor by which each further failure multiplies the wait. @default {2} */
  retryFactor = 2;
  /** The longest wait, in seconds. @default {30} */
  retryMax = 30;
  /** The instant from which a dial is allowed again; `null`: at once. */
  retryTime: number | null = null;
  /** The last wait, in seconds; it outlives a success, as in CPython. 0 before the first failure. */
  retryPeriod = 0;
  /** The dials of this round that failed so far: 0 outside of a round. */
  failedDials = 0;
  /** The `retryTime` that a failed dial has set. */
  #failedUntil: number | null = null;
  readonly #addresses: number;

  /**
   * @param addresses how many the connector dials in turn: a round, in which each of them fails once, counts
   * as one failed dial
   */
  constructor(addresses = 1) {
    this.#addresses = addresses;
  }

  /**
   * Says whether a dial is allowed at `now`; at exactly `retryTime` it is. A clock that was set back makes
   * a failed dial wait for one period from now, not for as long as it was set back.
   */
  permits(now: number): boolean {
    const { retryTime, retryPeriod } = this;
    if (retryTime === null || now >= retryTime) return true;
    if (retryTime === this.#failedUntil && retryTime - now > retryPeriod) {
      this.retryTime = this.#failedUntil = now + retryPeriod;
    }
    return false;
  }

  /**
   * A dial begun at `dialledAt` failed: the wait counts from its beginning, as in CPython. Says whether
   * there is a wait: within a round there is none.
   *
   * @param least seconds for which the other side asked to be left alone
   */
  failed(dialledAt: number, least = 0): boolean {
    if (++this.failedDials < this.#addresses) return false;
    this.failedDials = 0;
    const period = this.retryTime === null
      ? this.retryStart
      // Zero times infinity is a wait of nothing.
      : Math.min(this.retryPeriod * this.retryFactor || 0, this.retryMax);
    this.retryPeriod = Math.max(period, least);
    this.retryTime = this.#failedUntil = dialledAt + this.retryPeriod;
    return true;
  }

  /** A dial succeeded: the next one, whenever it comes, need not wait. */
  succeeded(): void {
    this.retryTime = null;
  }

  /**
   * Milliseconds from `now` to a timed dial: to `retryTime` and, so that a fleet does not return
   * in one instant, up to a tenth of the period more. Never longer than that, should the clock have
   * been set back, and never so short that a timer becomes a busy loop.
   *
   * @param random uniform in [0, 1)
   */
  delayMs(now: number, random: number): number {
    const left = Math.min((this.retryTime ?? now) - now, this.retryPeriod);
    const seconds = Math.max(left, MIN_RETRY_SECONDS) + random * this.retryPeriod / 10;
    return Math.min(seconds * 1000, MAX_TIMEOUT_MS);
  }
}
