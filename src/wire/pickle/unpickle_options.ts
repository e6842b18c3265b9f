/**
 * The options of `loads()`, checked.
 *
 * Browser compatible: imports nothing outside this folder, uses no runtime global.
 *
 * @module
 */
import { DEFAULT_LIMITS, type UnpickleLimits } from "./limits.ts";

/** The encoding of Python 2's byte strings. */
export type PickleEncoding = "ASCII" | "utf-8" | "latin1" | "bytes" | "utf-8-or-latin1";

/** Options of {@linkcode loads}. */
export interface UnpickleOptions extends UnpickleLimits {
  /**
   * The treatment of objects that are more than data: `"refuse"` throws an `UnpicklingError`,
   * `"opaque"` returns an inert `PythonObject` for each, which is formatted as Python formats it if
   * its class is known.
   *
   * @default {"refuse"}
   */
  globals?: "refuse" | "opaque";
  /**
   * The encoding of Python 2's byte strings, as the option of `pickle.loads`: `"ASCII"` throws for
   * any other byte, `"bytes"` returns them as Uint8Array, `"utf-8-or-latin1"` reads bytes that are
   * no UTF-8 as Latin-1 and so never throws.
   *
   * @default {"ASCII"}
   */
  encoding?: PickleEncoding;
}

/** The options with all defaults. */
export interface CheckedOptions {
  readonly limits: Required<UnpickleLimits>;
  readonly opaque: boolean;
  readonly encoding: PickleEncoding;
}

const GLOBALS: readonly unknown[] = ["refuse", "opaque"];
const ENCODINGS: readonly unknown[] = ["ASCII", "utf-8", "latin1", "bytes", "utf-8-or-latin1"];

/** Throws a TypeError or RangeError that names the option that is wrong. */
export function checkOptions(options: UnpickleOptions): CheckedOptions {
  const { globals = "refuse", encoding = "ASCII", ...given } = options;
  if (!GLOBALS.includes(globals)) refuse("globals", `one of ${GLOBALS.join(", ")}`, globals);
  if (!ENCODINGS.includes(encoding)) {
    refuse("encoding", `one of ${ENCODINGS.join(", ")}`, encoding);
  }
  const limits = { ...DEFAULT_LIMITS };
  for (const [name, limit] of Object.entries(given)) {
    if (!Object.hasOwn(DEFAULT_LIMITS, name)) {
      const known = ["globals", "encoding", ...Object.keys(DEFAULT_LIMITS)].join(", ");
      throw new TypeError(
        `Cannot unpickle as there is no option '${name}': the options are ${known}`,
      );
    }
    if (limit === undefined) continue;
    if (typeof limit !== "number") refuse(name, "a number", limit);
    if (!(limit >= 0 && (Number.isInteger(limit) || limit === Infinity))) {
      throw new RangeError(message(name, "an integer >= 0, or Infinity", limit));
    }
    limits[name as keyof UnpickleLimits] = limit;
  }
  return { limits, opaque: globals === "opaque", encoding };
}

/** Throws a TypeError unless `bytes` is a Uint8Array, of any realm. */
export function checkBytes(bytes: Uint8Array): void {
  if (!ArrayBuffer.isView(bytes) || bytes[Symbol.toStringTag] !== "Uint8Array") {
    refuse("bytes", "a Uint8Array", bytes);
  }
}

function refuse(name: string, expected: string, value: unknown): never {
  throw new TypeError(message(name, expected, value));
}

function message(name: string, expected: string, value: unknown): string {
  const shown = typeof value === "string"
    ? JSON.stringify(value.slice(0, 80))
    : typeof value === "number"
    ? String(value)
    : value === null
    ? "null"
    : typeof value;
  return `Cannot unpickle as '${name}' must be ${expected}: current value is ${shown}`;
}
