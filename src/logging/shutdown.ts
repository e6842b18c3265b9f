/**
 * The end of logging, after CPython's `shutdown`. Differs: asynchronous, and not called
 * automatically at exit, since no runtime waits for promises there.
 *
 * Browser compatible.
 *
 * @module
 */
import { type Handler, handlersNewestFirst } from "./handler.ts";
import { reportError } from "./report_error.ts";

/**
 * Flushes and closes every handler, or the given ones, the last one first, so that a handler that
 * passes records on is closed before the one that gets them. An error is reported, and the other
 * handlers are closed nevertheless. Never rejects.
 *
 * @example
 * ```ts
 * import { getLogger, shutdown, StreamHandler } from "jsr:@logwire/logging";
 *
 * getLogger().addHandler(new StreamHandler());
 * await shutdown();
 * ```
 *
 * @param handlers the handlers, in the order of their creation; by default all living handlers
 */
export async function shutdown(handlers?: Iterable<Handler>): Promise<void> {
  const newestFirst = handlers ? [...handlers].reverse() : handlersNewestFirst();
  for (const handler of newestFirst) {
    const flushes = (handler as Handler & { flushOnClose?: boolean }).flushOnClose !== false;
    // At the same time: a flush may wait for a server that is down, and close() limits that wait.
    await Promise.all([
      flushes && reported(() => handler.flush()),
      reported(() => handler.close()),
    ]);
  }
}

/** Closes a handler without waiting for it; an error is reported. */
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
