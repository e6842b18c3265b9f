/**
 * The number of level changes so far. A logger caches the level from which it is enabled, and
 * computes it again when this number has changed: CPython's `Manager._clear_cache`, without a walk
 * over all loggers.
 *
 * Browser compatible.
 *
 * @module
 */

/** Grows with every change of a level. A live binding, since every logging call reads it. */
export let levelEpoch: number = 0;

/** Makes every logger compute its level again. */
export function startLevelEpoch(): void {
  levelEpoch++;
}
