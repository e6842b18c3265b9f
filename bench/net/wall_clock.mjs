// @ts-self-types="./wall_clock.d.mts"
/** A clock that two processes can compare. */

const TICKS = 5;

/**
 * Makes a clock of milliseconds since the epoch, to the microsecond: as finely as the runtime counts
 * from a tick of `Date.now()` on. What comes between a tick and its reading makes the clock slow,
 * so the fastest of some ticks is the best.
 */
export function wallClock() {
  let offset = -Infinity;
  for (let i = 0; i < TICKS; i++) {
    const before = Date.now();
    while (Date.now() === before);
    offset = Math.max(offset, Date.now() - performance.now());
  }
  return () => offset + performance.now();
}
