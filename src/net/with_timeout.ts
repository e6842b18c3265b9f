/**
 * A promise with a time-out, for work that may not know what a signal is. The one way to bound a wait:
 * writers, adapters and receivers use it.
 *
 * Browser compatible: time comes from a {@linkcode Clock}.
 *
 * @module
 */
import type { Clock } from "./connector.ts";

/** The bound of work. */
export interface Timeout {
  /** Ends the work when it is aborted; the time-out aborts it. */
  abort: AbortController;
  clock: Clock;
  /** Its time in milliseconds. */
  ms: number;
  /** Makes the error of a time-out. */
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
