/**
 * The errors of a configuration: every message names the path in the dictionary.
 *
 * Browser compatible.
 *
 * @module
 */
import { refuse, valueText } from "../logging/validate.ts";

const WHAT = "configure logging";

/** Throws the TypeError for the value at `path`. */
export function refuseAt(path: string, expected: string, value: unknown): never {
  refuse(WHAT, path, expected, value);
}

/** The path of `key` in the dictionary at `path`. */
export function pathTo(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}

/** Runs `make`; adds to its error `path`, or the path of the option that the error names. */
export function at<Result>(path: string, make: () => Result): Result {
  try {
    return make();
  } catch (error) {
    const message = error instanceof Error ? error.message : valueText(error);
    if (message.startsWith(`Cannot ${WHAT} as `)) throw error;
    // Our own errors are all of this form, `Cannot create X as 'host' must be …`.
    const [, noSuch = "", rest] = /^Cannot .+? as (there is no option )?'(.*)$/s.exec(message) ??
      [];
    const told = rest === undefined
      ? `'${path}' cannot be made: ${message}`
      : `${noSuch}'${path}.${rest}`;
    const Kind = error instanceof TypeError ? TypeError : RangeError;
    throw new Kind(`Cannot ${WHAT} as ${told}`, { cause: error });
  }
}
