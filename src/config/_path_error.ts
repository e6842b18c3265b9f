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

/** Our own errors: `Cannot create X as 'host' must be …`, `Cannot create X with 'tls' as there is …`. */
const OPTION_ERROR = /^Cannot .+?(?: with '([^']+)')? as (there is no option )?'(.*)$/s;

/** Runs `make`; adds to its error `path`, or the path of the option that the error names. */
export function at<Result>(path: string, make: () => Result): Result {
  try {
    return make();
  } catch (error) {
    const message = error instanceof Error ? error.message : valueText(error);
    if (message.startsWith(`Cannot ${WHAT} as `)) throw error;
    const [, inner, noSuch = "", rest] = OPTION_ERROR.exec(message) ?? [];
    const own = inner === undefined ? path : pathTo(path, inner);
    const told = rest === undefined
      ? `'${path}' cannot be made: ${message}`
      : `${noSuch}'${own}.${rest}`;
    const Kind = error instanceof TypeError ? TypeError : RangeError;
    throw new Kind(`Cannot ${WHAT} as ${told}`, { cause: error });
  }
}
