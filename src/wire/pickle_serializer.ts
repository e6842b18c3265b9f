/**
 * The default serializer: pickles, as CPython writes and reads them.
 *
 * Browser compatible.
 *
 * @module
 */
import { keyText } from "../text/python_repr.ts";
import { valueText } from "../logging/validate.ts";
import { UnpicklingError } from "./pickle/errors.ts";
import { Unpickler } from "./pickle/unpickler.ts";
import { pickleFields } from "./record_pickler.ts";
import type { Serializer } from "./serializer.ts";

let unpickler: Unpickler | undefined;

/**
 * Pickles that every CPython from 2.7 on loads, and any that it writes, protocols 0 to 5. Objects
 * that are more than data arrive as inert `PythonObject`s, of which a `datetime`, a `Decimal` and
 * their like are shown as Python shows them, and Python 2's byte strings as UTF-8 or, failing that, Latin-1.
 *
 * @example
 * ```ts
 * import { pickle } from "jsr:@logwire/logging";
 *
 * const payload = pickle.dumps({ name: "myapp", msg: "spam", levelno: 20 });
 * console.assert(pickle.loads(payload).msg === "spam");
 * ```
 */
export const pickle: Serializer = {
  dumps: pickleFields,
  loads(payload: Uint8Array): Record<string, unknown> {
    unpickler ??= new Unpickler({ globals: "opaque", encoding: "utf-8-or-latin1" });
    return toFields(unpickler.load(payload));
  },
};

/** What CPython's `record.__dict__.update(value)` takes: a dict, or a list of pairs. */
function toFields(value: unknown): Record<string, unknown> {
  if (value instanceof Map || isPairs(value)) {
    return Object.fromEntries(Array.from(value, ([key, member]) => [keyText(key), member]));
  }
  if (typeof value === "object" && value !== null) {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) {
      return value as Record<string, unknown>;
    }
  }
  throw new UnpicklingError(`a log record must be a dict: current value is ${valueText(value)}`);
}

function isPairs(value: unknown): value is [unknown, unknown][] {
  return Array.isArray(value) && value.every((pair) => Array.isArray(pair) && pair.length === 2);
}
