/**
 * The comparison of secrets.
 *
 * Pure: uses no runtime global.
 *
 * @module
 */

/**
 * Returns true if two byte strings are equal. Its time does not depend on where they differ (as
 * that of Python's `hmac.compare_digest`; it may depend on their lengths).
 */
export function equalInConstantTime(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < b.length; i++) difference |= (a[i] ?? 0) ^ b[i]!;
  return difference === 0;
}
