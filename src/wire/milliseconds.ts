/**
 * The attribute `msecs` of a record whose time came as one number.
 *
 * Browser compatible.
 *
 * @module
 */

/**
 * Returns the whole milliseconds of a time's second; the float is first rounded to the microsecond that
 * it means.
 */
export function millisecondsOf(seconds: number): number {
  const micros = Math.round((seconds - Math.floor(seconds)) * 1e6);
  return Math.min(Math.floor(micros / 1000), 999);
}
