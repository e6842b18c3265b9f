/**
 * Python's class attributes: values that an object has until they are set, on it or, for all of its
 * class, on the prototype.
 *
 * Browser compatible.
 *
 * @module
 */

/**
 * A class to be extended, whose prototype has these attributes. It makes a class and does nothing
 * else, so a call may be marked as pure: what bundles a program then leaves the class out where
 * nobody uses it, which it cannot with assignments to a prototype.
 */
export function withAttributes<Attributes extends object>(
  attributes: Attributes,
): new () => Attributes {
  class Base {}
  for (const [name, value] of Object.entries(attributes)) {
    // Not enumerable, as methods are: they are no state of an object.
    Object.defineProperty(Base.prototype, name, { value, writable: true, configurable: true });
  }
  return Base as new () => Attributes;
}
