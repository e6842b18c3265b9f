/**
 * The flushes that wait: each resolves when every record that was queued before it is done with.
 *
 * Browser compatible.
 *
 * @module
 */
import type { WaitOptions } from "../net/connector.ts";
import { holdOpen } from "./hold_open.ts";

/** A flush that waits for the first `target` records. */
interface Waiter {
  readonly target: number;
  done: () => void;
}

/** The waiting flushes of one queue. */
export class FlushTracker {
  readonly #waiters = new Set<Waiter>();

  /** How many wait. */
  get size(): number {
    return this.#waiters.size;
  }

  /** Resolves when the first `target` records are done with, or `signal` is aborted. */
  async wait(target: number, { signal }: WaitOptions = {}): Promise<void> {
    const release = holdOpen();
    const waiter: Waiter = { target, done: () => {} };
    const done = new Promise<void>((resolve) => waiter.done = resolve);
    this.#waiters.add(waiter);
    signal?.addEventListener("abort", waiter.done);
    await done;
    signal?.removeEventListener("abort", waiter.done);
    this.#waiters.delete(waiter);
    release();
  }

  /** The first `done` records are done with: resolves those that wait for no more. */
  wake(done: number): void {
    for (const waiter of this.#waiters) {
      if (waiter.target <= done) waiter.done();
    }
  }
}
