/**
 * For what may throw and must not: getters of strangers, a console that is closed.
 *
 * Browser compatible.
 *
 * @module
 */

/** What `fn` returns; `fallback` where it throws. */
export function withFallback<T>(fn: () => T, fallback: T): T {
  try {
    return fn();
  } catch {
    return fallback;
  }
}
