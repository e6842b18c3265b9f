/**
 * Values that are mappings, Python's `collections.abc.Mapping`: a `Map` and a plain object.
 *
 * Browser compatible.
 *
 * @module
 */

/** Returns true for an object that was written as `{…}`, or that has no prototype. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Returns true for a plain object or a `Map`. */
export function isMapping(
  value: unknown,
): value is Record<string, unknown> | Map<unknown, unknown> {
  return isPlainObject(value) || value instanceof Map;
}
