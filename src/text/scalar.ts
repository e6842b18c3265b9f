/**
 * A value without parts: text, a number, a boolean, or none.
 *
 * Browser compatible.
 *
 * @module
 */

/** A value without parts; all but text have a bounded size. */
export type Scalar = string | number | boolean | null | undefined;

/** Returns true for a value without parts. */
export function isScalar(value: unknown): value is Scalar {
  return value === null || typeof value === "string" || typeof value === "number" ||
    typeof value === "boolean" || value === undefined;
}
