/**
 * Who awaits a flush, and how far the records have come: a flush is done when every record that
 * was queued before it is sent or dropped.
 *
 * Browser compatible.
 *
 * @module
 */
import type { WaitOptions } from "../net/connector.ts";
import { holdOpen } from "./hold_open.ts";

/** Somebody who awaits the end of the first `target` records. */
interface Waiter {
  readonly target: number;
  done: () => void;
}

/** The flushes of one delivery. */
export class Flushes {
  readonly #waiters = new Set<Waiter>();
  #queued = 0;
  #done = 0;
  /** Records that went although older ones were in flight, and may come back. */
  #behind = 0;

  /** How many there are. */
  get size(): number {
    return this.#waiters.size;
  }

  /** Where the queue ends now, for {@linkcode reached}. */
  get mark(): number {
    return this.#queued;
  }

  /** Whether every record before the mark is done with. */
  reached(mark: number): boolean {
    return mark <= this.#done;
  }

  /** Resolves when what was queued until now is done with, or `signal` is aborted. */
  async wait({ signal }: WaitOptions): Promise<void> {
    const release = holdOpen();
    const waiter: Waiter = { target: this.#queued, done: () => {} };
    const done = new Promise<void>((resolve) => waiter.done = resolve);
    this.#waiters.add(waiter);
    signal?.addEventListener("abort", waiter.done);
    await done;
    signal?.removeEventListener("abort", waiter.done);
    this.#waiters.delete(waiter);
    release();
  }

  /** A record was queued. */
  queued(): void {
    this.#queued++;
  }

  /** A flight is over: `records` of it are done with; `all`: none of it came back. */
  settled(records: number, all: boolean): void {
    this.#done += records;
    if (all) this.emptied(0);
  }

  /** The oldest that were not in flight went, to make room. */
  dropped(records: number, isFlying: boolean): void {
    if (isFlying || this.#behind > 0) this.#behind += records;
    else this.#done += records;
  }

  /** Records that were done with go again. */
  restored(records: number): void {
    this.#done -= records;
  }

  /** All that was left went. */
  emptied(records: number): void {
    this.#done += this.#behind + records;
    this.#behind = 0;
  }

  /** Resolves those whose records are done with, or all of them. */
  wake(all = false): void {
    for (const waiter of this.#waiters) {
      if (all || this.reached(waiter.target)) waiter.done();
    }
  }
}
