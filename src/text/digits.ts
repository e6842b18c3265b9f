/**
 * Decimal digits, written as bytes.
 *
 * Browser compatible: imports nothing, uses no runtime global.
 *
 * @module
 */

const ZERO = 48;

/** Writes an integer from 0 to 2,147,483,647 at `at`, and returns the end. */
export function writeDigits(value: number, out: Uint8Array, at: number): number {
  let digits = 1;
  for (let power = 10; digits < 10 && value >= power; power *= 10) digits++;
  return writePadded(value, digits, out, at);
}

/** Writes the last `digits` digits of such an integer, with leading zeros; returns the end. */
export function writePadded(value: number, digits: number, out: Uint8Array, at: number): number {
  const end = at + digits;
  let left = value | 0;
  for (let i = end - 1; i >= at; i--) {
    const rest = left / 10 | 0;
    out[i] = ZERO + left - rest * 10;
    left = rest;
  }
  return end;
}
