/**
 * The default serializer: pickles, as CPython writes and reads them.
 *
 * Browser compatible.
 *
 * @module
 */
import { isPlainObject } from "../text/is_mapping.ts";
import { keyText } from "../text/python_repr.ts";
import { valueText } from "../logging/validate.ts";
import type { DictMaker } from "./pickle/dict_shape.ts";
import { UnpicklingError } from "./pickle/errors.ts";
import { Unpickler } from "./pickle/unpickler.ts";
import { pickleFields } from "./record_pickler.ts";
import type { Serializer } from "./serializer.ts";

export type { DictMaker };

let unpickler: Unpickler | undefined;

/**
 * Writes pickles that every CPython from 2.7 on loads, and reads any that CPython writes, protocols
 * 0 to 5. Pickles are parsed as data; nothing in them is imported or run. Objects that are more
 * than data become inert `PythonObject`s; a `datetime`, a `Decimal` and many others are formatted
 * as Python formats them. Python 2's byte strings are read as UTF-8, or as Latin-1 if they are no
 * UTF-8.
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
  loads: loadsPickle,
  contentType: "pickle",
};

function loadsPickle(payload: Uint8Array): Record<string, unknown> {
  unpickler ??= new Unpickler({ globals: "opaque", encoding: "utf-8-or-latin1" });
  return toFields(unpickler.load(payload));
}

/**
 * Loads a record that is similar to earlier ones straight into what `maker` makes of it; undefined
 * for any other payload, and if the serializer has a `loads()` other than that of `pickle`.
 */
export function loadRecord<Made>(
  serializer: Serializer,
  payload: Uint8Array,
  maker: DictMaker<Made>,
): Made | undefined {
  return serializer.loads === loadsPickle ? unpickler?.loadRecord(payload, maker) : undefined;
}

/**
 * Returns the fields of a dict or of a list of pairs, as CPython's `record.__dict__.update(value)`
 * does.
 */
function toFields(value: unknown): Record<string, unknown> {
  if (value instanceof Map || isPairs(value)) {
    return Object.fromEntries(Array.from(value, ([key, member]) => [keyText(key), member]));
  }
  if (isPlainObject(value)) return value;
  throw new UnpicklingError(`a log record must be a dict: current value is ${valueText(value)}`);
}

function isPairs(value: unknown): value is [unknown, unknown][] {
  return Array.isArray(value) && value.every((pair) => Array.isArray(pair) && pair.length === 2);
}
