/**
 * Refuses options that do not exist: a misspelt one would do nothing, and say nothing.
 *
 * Browser compatible.
 *
 * @module
 */

/** Throws the TypeError for the first key of `options` that is not in `known`. */
export function refuseUnknown(what: string, options: object, known: readonly string[]): void {
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
