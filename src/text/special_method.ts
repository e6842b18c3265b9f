/**
 * Python's own methods, which formatting asks a value for: an object that has them (one that was
 * pickled in Python, say) is shown by them. Each may answer `undefined`, as if it were not there.
 * Its texts are asked for only where it has a `toString()` of its own, so that plain objects cost
 * nothing.
 *
 * Browser compatible.
 *
 * @module
 */

/**
 * The methods: `__str__(repr)` and `__repr__(repr)` are given a function for the values inside,
 * `__format__(spec)` a specification; the others return a number or a bigint.
 */
export type SpecialMethod =
  | "__str__"
  | "__repr__"
  | "__format__"
  | "__index__"
  | "__int__"
  | "__float__";

/** The result of a value's method; `undefined` where there is no such method. */
export function callSpecialMethod<T>(
  value: unknown,
  method: SpecialMethod,
  argument?: unknown,
): T | undefined {
  const own: unknown = (value as Record<string, unknown> | null | undefined)?.[method];
  return typeof own === "function" ? own.call(value, argument) : undefined;
}
