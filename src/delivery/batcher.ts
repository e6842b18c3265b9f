/**
 * Gathers records to batches: the next one is written when its records have waited long enough.
 *
 * Browser compatible: time comes from a {@linkcode Clock}.
 *
 * @module
 */
import type { Clock } from "../net/connector.ts";
import { holdOpen } from "./hold_open.ts";

/** How large batches are. */
export interface BatchSettings {
  /** The most records of a batch. */
  records: number;
  /** The most bytes of a batch, unless one record alone is larger. */
  bytes: number;
}

/**
 * How long the next request waits to be filled if records came while the last one was under way: short
 * beside what a request takes over the internet, and long enough for many records of a busy program.
 */
const LOAD_MS = 15;

/**
 * A burst is written whenever so much of it waits, by one call to `emit()` of some two thousand: were
 * each chunk written when it is full, one of a hundred and twenty calls would take fifty times as long.
 */
const BURST_BYTES = 1024 * 1024;

/** Says whether the full chunks of a burst wait for others, which they do not where a small queue fills. */
export function burstWaits(
  { bytes, records, waitingBytes }: { bytes: number; records: number; waitingBytes: number },
  { maxQueuedBytes, maxQueuedRecords }: { maxQueuedBytes: number; maxQueuedRecords: number },
): boolean {
  return waitingBytes < BURST_BYTES && bytes * 2 <= maxQueuedBytes &&
    records * 2 <= maxQueuedRecords;
}

/** Decides for one delivery whether a batch that is not full waits for more records. */
export class Batcher {
  readonly #ms: number;
  readonly #loadMs: number;
  readonly #clock: Clock;
  readonly #onDue: () => void;
  #timer: unknown;
  #release: (() => void) | undefined;
  #isDue = false;
  #isLoaded = false;

  /**
   * Calls `onDue` when records have waited for `ms` milliseconds.
   *
   * @param isFilling batches are worth filling under load also if `ms` is 0: each is a request
   */
  constructor(ms: number, isFilling: boolean, clock: Clock, onDue: () => void) {
    this.#ms = ms;
    this.#loadMs = ms === 0 && isFilling ? LOAD_MS : ms;
    this.#clock = clock;
    this.#onDue = onDue;
  }

  /**
   * Says whether the batch waits; if it does, `onDue` will be called in time.
   *
   * @param isUrgent it is full, or a flush waits for it
   */
  waits(isUrgent: boolean): boolean {
    const ms = this.#isLoaded ? this.#loadMs : this.#ms;
    if (isUrgent || this.#isDue || ms === 0) return false;
    if (this.#timer !== undefined) return true;
    // A request holds the process open, and so does the pause between two of them.
    if (this.#ms === 0) this.#release = holdOpen();
    this.#timer = this.#clock.setTimeout(() => {
      this.stop();
      this.hurry();
      this.#onDue();
    }, ms);
    return true;
  }

  /** The next batch is written, full or not. */
  hurry(): void {
    this.#isDue = true;
  }

  /** A batch was written: the next one may wait. `isLoaded`: records came meanwhile. */
  restart(isLoaded: boolean): void {
    this.#isDue = false;
    this.#isLoaded = isLoaded;
  }

  /** No record waits now, or the connection is lost. */
  stop(): void {
    if (this.#timer === undefined) return;
    this.#release?.();
    this.#clock.clearTimeout(this.#timer);
    this.#timer = this.#release = undefined;
  }
}
