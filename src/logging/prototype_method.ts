/**
 * A method of a class, to compare with a handler's own: records may bypass a method only if it is
 * neither overridden nor replaced.
 *
 * Browser compatible.
 *
 * @module
 */

/**
 * Returns a method of a class as it is now: a subclass that overrides it has another, and so has
 * the class itself once a program has replaced it. The call has no effect, so it may be marked as
 * pure, and a bundler leaves it out of a program without the class.
 */
export function prototypeMethod<Instance, Name extends keyof Instance>(
  { prototype }: { readonly prototype: Instance },
  name: Name,
): Instance[Name] {
  return prototype[name];
}
