/**
 * A clock that two processes can compare.
 *
 * @module
 */

/** Milliseconds since the epoch, to the microsecond: from a tick of `Date.now()` on. */
export function wallClock(): () => number {
  const tick = Date.now();
  while (Date.now() === tick);
  const offset = Date.now() - performance.now();
  return () => offset + performance.now();
}
