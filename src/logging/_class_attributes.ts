/**
 * Python's class attributes: values that each object of a class has until they are set, on the
 * object or, for the whole class, on the prototype.
 *
 * Browser compatible.
 *
 * @module
 */

/**
 * Gives the class these attributes. As the initializer of a static field the call may be marked as pure:
 * a bundler then leaves the class out where it is not used, which it cannot do with assignments to a
 * prototype.
 */
export function setAttributes<Instance extends object>(
  { prototype }: { readonly prototype: Instance },
  attributes: Partial<Instance>,
): void {
  for (const [name, value] of Object.entries(attributes)) {
    // Not enumerable, like methods: they are no state of an object.
    Object.defineProperty(prototype, name, { value, writable: true, configurable: true });
  }
}
