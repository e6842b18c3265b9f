/**
 * Refuses options that do not exist: a misspelt one would do nothing, and say nothing.
 *
 * Browser compatible.
 *
 * @module
 */

/** Throws a TypeError for what is no object, and for the first key of `options` that is not in `known`. */
export function refuseUnknown(what: string, options: object, known: readonly string[]): void {
  // `true` in Python's third place, say, has no keys: it would do nothing, and say nothing.
  if (Object(options) !== options) {
    throw new TypeError(
      `Cannot ${what} as 'options' must be an object: current value is ${String(options)}`,
    );
  }
  for (const key of Object.keys(options)) {
    if (!known.includes(key)) {
      throw new TypeError(
        `Cannot ${what} as there is no option '${key}': the options are ${
          known.join(", ") || "none"
        }`,
      );
    }
  }
}
