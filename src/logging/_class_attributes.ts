/**
 * Python's class attributes: values that each object of a class has until they are set, on the
 * object or, for the whole class, on the prototype.
 *
 * Browser compatible.
 *
 * @module
 */

/**
 * Makes a base class whose prototype has these attributes. The call has no other effect, so it may
 * be marked as pure: a bundler then leaves out a class that is not used, which it cannot do with
 * assignments to a prototype.
 */
export function withAttributes<Attributes extends object>(
  attributes: Attributes,
): new () => Attributes {
  class Base {}
  for (const [name, value] of Object.entries(attributes)) {
    // Not enumerable, like methods: they are no state of an object.
    Object.defineProperty(Base.prototype, name, { value, writable: true, configurable: true });
  }
  return Base as new () => Attributes;
}
