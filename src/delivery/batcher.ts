/**
 * Gathers records to batches: the next one leaves when it is full, when its records have
 * waited long enough, or when a flush asks for it.
 *
 * Browser compatible: time comes from a {@linkcode Clock}.
 *
 * @module
 */
import type { Clock } from "../net/connector.ts";

/** The size of a batch, and the wait for it to be filled. */
export interface BatchSettings {
  /** The most records of a batch. */
  records: number;
  /** The most bytes of a batch, unless one record alone is larger. */
  bytes: number;
  /** How long records wait for the batch to fill, in milliseconds, while none is under way. */
  ms: number;
}

/** Says for one delivery whether the next batch waits. */
export class Batcher {
  readonly #settings: BatchSettings;
  readonly #clock: Clock;
  /** Called when the wait is over; the delivery sets it. */
  onDue: () => void = () => {};
  #timer: unknown;
  #isDue = false;

  constructor(settings: BatchSettings, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
  }

  /** Says whether so much waits for more; if it does, `onDue` will be called in time. */
  waits(records: number, bytes: number): boolean {
    const most = this.#settings;
    if (most.ms === 0 || this.#isDue || records === 0) return false;
    if (records >= most.records || bytes >= most.bytes) return false;
    this.#timer ??= this.#clock.setTimeout(() => {
      this.#timer = undefined;
      this.hurry();
      this.onDue();
    }, most.ms);
    return true;
  }

  /** The next batch leaves, full or not. */
  hurry(): void {
    this.#isDue = true;
  }

  /** A batch is through: the next one may wait. */
  restart(): void {
    this.#isDue = false;
  }

  /** Nothing is waited for now. */
  stop(): void {
    if (this.#timer === undefined) return;
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
