/**
 * Factories of a `dictConfig()` table that know the class of what they make, so that a class that is
 * derived from it can be made the same way.
 *
 * Browser compatible.
 *
 * @module
 */

/** Any class; its arguments are the business of whoever makes an object of it. */
// deno-lint-ignore no-explicit-any -- no other type takes every constructor and can be called
export type Class<Made = unknown> = new (...args: any[]) => Made;

/** A factory that makes objects of `base`, and by `make` those of a class derived from it. */
export interface ClassFactory<Arguments, Context, Made> {
  /** Makes an object of `base`; a factory that asks for nothing needs no context. */
  (args: Arguments, context?: Context): Made;
  /** The class. */
  readonly base: Class<Made>;
  /** Makes an object of `Own`: `base`, or a class with the same constructor. */
  make(Own: Class<Made>, args: Arguments, context: Context): Made;
}

/** A factory for `base` and for what is derived from it. */
export function classFactory<Made, Context, Arguments = Readonly<Record<string, unknown>>>(
  base: Class<Made>,
  make: (Own: Class<Made>, args: Arguments, context: Context) => Made,
): ClassFactory<Arguments, Context, Made> {
  const factory = (args: Arguments, context?: Context) => make(base, args, context as Context);
  return Object.assign(factory, { base, make });
}

/** Says whether a function is a class: the `prototype` of a class alone cannot be replaced. */
export function isClass(value: unknown): value is Class {
  return typeof value === "function" &&
    Object.getOwnPropertyDescriptor(value, "prototype")?.writable === false;
}
