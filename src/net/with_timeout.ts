/**
 * A promise with a time-out, for work that may not know what a signal is. The one way to bound a wait:
 * writers, adapters and receivers use it.
 *
 * Browser compatible: time comes from a {@linkcode Clock}.
 *
 * @module
 */
import type { Clock } from "./connector.ts";

/** What ends work early. */
export interface Timeout {
  /** Ends it when it is aborted, and is aborted when its time is over. */
  abort: AbortController;
  clock: Clock;
  /** Its time in milliseconds. */
  ms: number;
  /** What to say when that is over. */
  late: () => Error;
}

/** Settles as the work does, or rejects with the reason of the abort; the work itself may go on. */
export async function withTimeout<Result>(
  work: () => Promise<Result>,
  { abort, clock, ms, late }: Timeout,
): Promise<Result> {
  const { signal } = abort;
  const over = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason));
  });
  const timer = clock.setTimeout(() => abort.abort(late()), ms);
  try {
    return await Promise.race([work(), over]);
  } finally {
    clock.clearTimeout(timer);
  }
}
