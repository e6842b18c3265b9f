/**
 * Holds the process open while a flush is awaited: the sockets and timers of a handler do not.
 *
 * Browser compatible.
 *
 * @module
 */

/** A day: the timer is there to exist, not to fire. */
const LONG_MS = 86_400_000;

/** Holds the process open until the function that is returned is called. */
export function holdOpen(): () => void {
  try {
    const id = setInterval(() => {}, LONG_MS);
    return () => clearInterval(id);
  } catch {
    // A worker has no timers while its modules load, and no process to hold open.
    return () => {};
  }
}
