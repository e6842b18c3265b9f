/**
 * The end of logging, after CPython's `shutdown`. Differs: asynchronous, and not called by itself at
 * exit, since no runtime waits for promises there.
 *
 * Browser compatible.
 *
 * @module
 */
import { type Handler, handlersNewestFirst } from "./handler.ts";
import { reportError } from "./report_error.ts";

/**
 * Flushes and closes every handler, or those that are given, the last one first, so that a handler
 * which passes records on is closed before the one that it passes them to. What fails is reported,
 * and the rest is closed all the same. Never rejects.
 *
 * @example
 * ```ts
 * import { getLogger, shutdown, StreamHandler } from "jsr:@logwire/logging";
 *
 * getLogger().addHandler(new StreamHandler());
 * await shutdown();
 * ```
 *
 * @param handlers the handlers, in the order of their creation; all that are alive where absent
 */
export async function shutdown(handlers?: Iterable<Handler>): Promise<void> {
  const newestFirst = handlers ? [...handlers].reverse() : handlersNewestFirst();
  for (const handler of newestFirst) {
    const flushes = (handler as Handler & { flushOnClose?: boolean }).flushOnClose !== false;
    // Side by side: a flush may wait for a server that is away, and close() has a bound for that.
    await Promise.all([
      flushes && reported(() => handler.flush()),
      reported(() => handler.close()),
    ]);
  }
}

/** Closes a handler that others replace, and does not wait for it; an error is reported. */
export function closeInBackground(handler: Handler): void {
  void reported(() => handler.close());
}

async function reported(step: () => Promise<void>): Promise<void> {
  try {
    await step();
  } catch (error) {
    reportError(null, error);
  }
}
