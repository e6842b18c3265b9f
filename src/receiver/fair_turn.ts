/**
 * Waits for a turn of the event loop, so that everybody else gets one: awaiting a promise that is
 * resolved already lets nobody but other promises go on.
 *
 * Browser compatible: `setImmediate` is taken where there is one, as it does not wait a millisecond.
 *
 * @module
 */
const { setImmediate: immediately } = globalThis as {
  setImmediate?: (callback: () => void) => unknown;
};

/** Resolves in the next turn of the event loop. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    if (immediately === undefined) setTimeout(resolve, 0);
    else immediately(resolve);
  });
}
