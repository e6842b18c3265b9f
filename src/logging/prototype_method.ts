/**
 * Whether a handler's methods are those of its class: only then may records go past them.
 *
 * Browser compatible.
 *
 * @module
 */

/**
 * A method of a class as it is now: a subclass that overrides it has another, and so has the class
 * itself once somebody has replaced it. Has no effect, so a call may be marked as pure, and what
 * bundles a program without the class leaves it out.
 */
export function prototypeMethod<Instance, Name extends keyof Instance>(
  { prototype }: { readonly prototype: Instance },
  name: Name,
): Instance[Name] {
  return prototype[name];
}
