/**
 * When a level was last set anywhere. Loggers remember the level from which they are enabled, and
 * forget it when the epoch changes: CPython's `Manager._clear_cache`, without a walk over all loggers.
 *
 * Browser compatible.
 *
 * @module
 */

/** Grows with every change of a level. A live binding. */
export let levelEpoch: number = 0;

/** Makes every logger look up its level anew. */
export function startLevelEpoch(): void {
  levelEpoch++;
}
