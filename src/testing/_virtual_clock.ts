/**
 * A {@linkcode Clock} that stands still until a test moves it.
 *
 * Browser compatible. The only thing real about it is that `advance` waits for a few turns of the
 * event loop, so that what awaits a promise goes on before the next timer runs.
 *
 * @module
 */
import type { Clock } from "../net/connector.ts";

// Taken when the module loads: a test may put mock timers in their place.
const nextTurn: (callback: () => void) => unknown =
  (globalThis as { setImmediate?: (callback: () => void) => unknown }).setImmediate ??
    ((callback) => setTimeout(callback, 0));

// One turn runs every promise job; three let code that itself waits for a turn go on as well.
const TURNS = 3;

// Far more than a test has timers, and few enough to end a timer that arms itself anew at once.
const MAX_TIMERS = 100_000;

interface Timer {
  atMs: number;
  callback: () => void;
}

/**
 * Time that moves only by {@linkcode VirtualClock.advance}.
 *
 * @example
 * ```ts
 * import { VirtualClock } from "jsr:@logwire/logging/testing";
 *
 * const clock = new VirtualClock();
 * let rang = false;
 * clock.setTimeout(() => rang = true, 1000);
 * await clock.advance(999);
 * console.assert(!rang);
 * await clock.advance(1);
 * console.assert(rang && clock.now() === 1);
 * ```
 */
export class VirtualClock implements Clock {
  readonly #start: number;
  #elapsedMs = 0;
  #lastId = 0;
  // In the order of setting, which is the order of running among those due at the same instant.
  readonly #timers = new Map<unknown, Timer>();

  /** Makes a clock that shows `start` seconds since the epoch. */
  constructor(start = 0) {
    this.#start = start;
  }

  /** Seconds since the epoch. */
  now(): number {
    return this.#start + this.#elapsedMs / 1000;
  }

  /** How many timers are set and have not run. */
  get pendingTimers(): number {
    return this.#timers.size;
  }

  /** Calls back when the clock has been moved by `ms` milliseconds. */
  setTimeout(callback: () => void, ms: number): unknown {
    const id = ++this.#lastId;
    this.#timers.set(id, { atMs: this.#elapsedMs + Math.max(0, ms || 0), callback });
    return id;
  }

  /** Takes a timer off again; harmless if it has run. */
  clearTimeout(id: unknown): void {
    this.#timers.delete(id);
  }

  /**
   * Moves time by `ms` milliseconds: runs the timers that fall due, in order and each at its own
   * instant, those that they set included, and lets promise jobs settle before, between and after.
   * `advance()` only settles, and runs timers that are due already. Rejects with what a timer
   * throws.
   */
  async advance(ms = 0): Promise<void> {
    if (!(ms >= 0 && ms < Infinity)) {
      throw new RangeError(
        `Cannot advance as 'ms' must be a finite number >= 0: current value is ${ms}`,
      );
    }
    const untilMs = this.#elapsedMs + ms;
    await settle();
    for (let ran = 0;; ran++) {
      const next = this.#next(untilMs);
      if (next === undefined) break;
      if (ran === MAX_TIMERS) {
        throw new Error(`Cannot advance as more than ${MAX_TIMERS} timers ran within ${ms} ms`);
      }
      const [id, timer] = next;
      this.#timers.delete(id);
      this.#elapsedMs = Math.max(this.#elapsedMs, timer.atMs);
      timer.callback();
      await settle();
    }
    this.#elapsedMs = Math.max(this.#elapsedMs, untilMs);
  }

  #next(untilMs: number): [unknown, Timer] | undefined {
    let earliest: [unknown, Timer] | undefined;
    for (const entry of this.#timers) {
      if (entry[1].atMs > untilMs) continue;
      if (earliest === undefined || entry[1].atMs < earliest[1].atMs) earliest = entry;
    }
    return earliest;
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) {
    await new Promise<void>((resolve) => void nextTurn(resolve));
  }
}
