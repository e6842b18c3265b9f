/**
 * Whether a handler's methods are those of its class: only then may records go past them.
 *
 * Browser compatible.
 *
 * @module
 */

/**
 * The methods of a class as they are now: a subclass that overrides one has another, and so has the
 * class itself once somebody has replaced it. Has no effect, so a call may be marked as pure, and
 * what bundles a program without the class leaves it out.
 */
export function ownMethods<Instance, Name extends keyof Instance>(
  { prototype }: { readonly prototype: Instance },
  ...names: readonly Name[]
): Pick<Instance, Name> {
  const methods = names.map((name) => [name, prototype[name]] as const);
  return Object.fromEntries(methods) as Pick<Instance, Name>;
}
