/**
 * A bound for work that may not know what a signal is.
 *
 * Browser compatible: time comes from a {@linkcode Clock}.
 *
 * @module
 */
import type { Clock } from "../net/connector.ts";

/** What ends work early. */
export interface Bound {
  /** Ends it when it is aborted, and is aborted when its time is over. */
  abort: AbortController;
  clock: Clock;
  /** Its time in milliseconds. */
  ms: number;
  /** What to say when that is over. */
  late: () => Error;
}

/** Settles as the work does, or rejects with the reason of the abort; the work itself may go on. */
export async function bounded<Result>(
  work: () => Promise<Result>,
  { abort, clock, ms, late }: Bound,
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
