/**
 * Work with a deadline: {@linkcode withDeadline} for work that heeds a signal, {@linkcode withTimeout}
 * for work that may not know what a signal is. The one way to bound a wait: deliveries, writers,
 * adapters and receivers use it.
 *
 * Browser compatible: time comes from a {@linkcode Clock}.
 *
 * @module
 */
import type { Clock } from "./connector.ts";

/** The time that work has. */
export interface Deadline {
  clock: Clock;
  /** Milliseconds. */
  ms: number;
  /** Is aborted when the time is up. @default one of its own */
  abort?: AbortController;
  /** Makes the reason of that. */
  late?: () => Error;
}

/** The bound of work. */
export interface Timeout extends Deadline {
  /** Ends the work when it is aborted; the time-out aborts it. */
  abort: AbortController;
  /** Makes the error of a time-out. */
  late: () => Error;
}

/** Does work under a signal that is aborted when its time is up; settles as the work does. */
export async function withDeadline<Result>(
  work: (signal: AbortSignal) => Promise<Result>,
  { clock, ms, abort = new AbortController(), late }: Deadline,
): Promise<Result> {
  const timer = clock.setTimeout(() => abort.abort(late?.()), ms);
  try {
    return await work(abort.signal);
  } finally {
    clock.clearTimeout(timer);
  }
}

/** Settles as the work does, or rejects with the reason of the abort; the work itself may go on. */
export function withTimeout<Result>(
  work: () => Promise<Result>,
  timeout: Timeout,
): Promise<Result> {
  return withDeadline((signal) => {
    const over = new Promise<never>((_, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason));
    });
    return Promise.race([work(), over]);
  }, timeout);
}
