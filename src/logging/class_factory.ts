/**
 * Factories of a `dictConfig()` table that know the class of their objects, so that they can also
 * make objects of a class that is derived from it.
 *
 * Browser compatible.
 *
 * @module
 */

/** Any class; the caller that makes an object knows its arguments. */
// deno-lint-ignore no-explicit-any -- no other type takes every constructor and can be called
export type Class<Made = unknown> = new (...args: any[]) => Made;

/** A factory that makes objects of `base`, and by `make` those of a class derived from it. */
export interface ClassFactory<Arguments, Context, Made> {
  /** Makes an object of `base`; a factory that needs no other objects needs no context. */
  (args: Arguments, context?: Context): Made;
  /** The class. */
  readonly base: Class<Made>;
  /** Makes an object of `Own`: `base`, or a class with the same constructor. */
  make(Own: Class<Made>, args: Arguments, context: Context): Made;
}

/** Makes a factory for `base` and for classes derived from it. */
export function classFactory<Made, Context, Arguments = Readonly<Record<string, unknown>>>(
  base: Class<Made>,
  make: (Own: Class<Made>, args: Arguments, context: Context) => Made,
): ClassFactory<Arguments, Context, Made> {
  const factory = (args: Arguments, context?: Context) => make(base, args, context as Context);
  return Object.assign(factory, { base, make });
}

/** Returns true for a class: only the `prototype` of a class cannot be replaced. */
export function isClass(value: unknown): value is Class {
  return typeof value === "function" &&
    Object.getOwnPropertyDescriptor(value, "prototype")?.writable === false;
}
