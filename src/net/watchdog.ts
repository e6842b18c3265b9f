/**
 * A time-out for work that begins often and mostly ends at once, such as a write: to set and clear a
 * timer each time takes longer than the write (2 of 6 µs on Deno). Here the timer stays, and looks when
 * it rings how long the work has been under way.
 *
 * Browser compatible: time comes from a {@linkcode Clock}.
 *
 * @module
 */
import type { Clock } from "./connector.ts";

/** A timer looks at least so often, so that none is left long after the work has ended. */
const LOOK_MS = 1000;

/** Calls back when work makes no progress for a time. */
export class Watchdog {
  readonly #ms: number;
  readonly #clock: Clock;
  readonly #onLate: () => void;
  /** When the work will be late; `undefined` while none is under way. */
  #dueAt: number | undefined;
  #timer: unknown;

  /** `onLate` is called once when work under way has made no progress for `ms` milliseconds. */
  constructor(ms: number, clock: Clock, onLate: () => void) {
    this.#ms = ms;
    this.#clock = clock;
    this.#onLate = onLate;
  }

  /** Work begins, or has made progress. */
  feed(): void {
    this.#dueAt = this.#clock.now() + this.#ms / 1000;
    if (this.#timer === undefined) this.#arm(this.#ms);
  }

  /** The work has ended; the timer stays a while for the next. */
  rest(): void {
    this.#dueAt = undefined;
  }

  /** The work has ended, and no more follows. */
  stop(): void {
    this.#dueAt = undefined;
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #arm(ms: number): void {
    this.#timer = this.#clock.setTimeout(() => this.#ring(), Math.min(ms, LOOK_MS));
  }

  #ring(): void {
    this.#timer = undefined;
    if (this.#dueAt === undefined) return;
    const leftMs = (this.#dueAt - this.#clock.now()) * 1000;
    // A machine whose clock was set back does not wait for longer than the time itself.
    if (leftMs > 0) return this.#arm(Math.min(leftMs, this.#ms));
    this.#dueAt = undefined;
    this.#onLate();
  }
}
