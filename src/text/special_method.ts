/**
 * Python's special methods, which formatting calls on a value: an object that has them (one that
 * was pickled in Python, say) is written by them. A method that returns `undefined` counts as
 * absent. Only an object with its own `toString()` is asked for `__str__()` and `__repr__()`, so
 * that plain objects take no time.
 *
 * Browser compatible.
 *
 * @module
 */

/**
 * The methods: `__str__(repr)` and `__repr__(repr)` get a function that writes the values inside,
 * `__format__(spec)` gets a specification; the others return a number or a bigint.
 */
export type SpecialMethod =
  | "__str__"
  | "__repr__"
  | "__format__"
  | "__index__"
  | "__int__"
  | "__float__";

/** Calls a method of a value and returns its result; `undefined` if there is no such method. */
export function callSpecialMethod<T>(
  value: unknown,
  method: SpecialMethod,
  argument?: unknown,
): T | undefined {
  const own: unknown = (value as Record<string, unknown> | null | undefined)?.[method];
  return typeof own === "function" ? own.call(value, argument) : undefined;
}
