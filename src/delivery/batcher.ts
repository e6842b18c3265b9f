/**
 * Gathers records to batches: the next one is written when its records have waited long enough.
 *
 * Browser compatible: time comes from a {@linkcode Clock}.
 *
 * @module
 */
import type { Clock } from "../net/connector.ts";

/** How large batches are. */
export interface BatchSettings {
  /** The most records of a batch. */
  records: number;
  /** The most bytes of a batch, unless one record alone is larger. */
  bytes: number;
}

/** Says for one delivery whether a batch that is not full waits for more records. */
export class Batcher {
  readonly #ms: number;
  readonly #clock: Clock;
  readonly #onDue: () => void;
  #timer: unknown;
  #isDue = false;

  /** Calls `onDue` when records have waited for `ms` milliseconds. */
  constructor(ms: number, clock: Clock, onDue: () => void) {
    this.#ms = ms;
    this.#clock = clock;
    this.#onDue = onDue;
  }

  /** Says whether the batch waits; if it does, `onDue` will be called in time. */
  waits(): boolean {
    if (this.#isDue) return false;
    this.#timer ??= this.#clock.setTimeout(() => {
      this.#timer = undefined;
      this.hurry();
      this.#onDue();
    }, this.#ms);
    return true;
  }

  /** The next batch is written, full or not. */
  hurry(): void {
    this.#isDue = true;
  }

  /** A batch was written: the next one may wait. */
  restart(): void {
    this.#isDue = false;
  }

  /** No record waits now. */
  stop(): void {
    if (this.#timer === undefined) return;
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
