/**
 * A value in place of an error, for code that must not throw: getters of a received value, a
 * console that is closed.
 *
 * Browser compatible.
 *
 * @module
 */

/** Returns the result of `fn`, or `fallback` if it throws. */
export function withFallback<T>(fn: () => T, fallback: T): T {
  try {
    return fn();
  } catch {
    return fallback;
  }
}
