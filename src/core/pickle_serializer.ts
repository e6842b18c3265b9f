/**
 * The default serializer: pickles, as CPython writes and reads them.
 *
 * Browser compatible.
 *
 * @module
 */
import { show } from "./options.ts";
import { UnpicklingError } from "./pickle/errors.ts";
import { Pickler } from "./pickle/pickler.ts";
import { Unpickler } from "./pickle/unpickler.ts";
import type { Serializer } from "./serializer.ts";

let spare: Pickler | undefined;
const unpickler = new Unpickler({ globals: "opaque", encoding: "utf-8-or-latin1" });

/** Floats in Python, also where they are whole. */
const TIMES: ReadonlySet<string> = new Set(["created", "msecs", "relativeCreated"]);

/** Each is a part of the one before it, and the same str where that is all of it. */
const PATHS: ReadonlySet<string> = new Set(["pathname", "filename", "module"]);

/**
 * Pickles that every CPython from 2.7 on loads, and any that it writes, protocols 0 to 5. Objects
 * that are more than data arrive as inert `PythonObject`s, so that a `datetime` in `extra` does not
 * cost the record, and Python 2's byte strings as UTF-8 or, failing that, Latin-1.
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
  dumps(fields: Record<string, unknown>): Uint8Array {
    // Taken away while it is in use: an attribute's own code may log, and so come here again.
    const pickler = spare ?? new Pickler();
    spare = undefined;
    try {
      pickler.start();
      pickler.beginDict();
      writeFields(pickler, fields);
      pickler.endDict();
      return pickler.finish().slice();
    } finally {
      spare = pickler;
    }
  },
  loads(payload: Uint8Array): Record<string, unknown> {
    return toFields(unpickler.load(payload));
  },
};

/**
 * Writes the entries of a record's dict; `at` is told where each value begins. Where CPython has
 * one and the same str in two attributes (`os.path.basename` of a path without a slash is that path)
 * the second is a reference to the first, as there.
 */
export function writeFields(
  pickler: Pickler,
  fields: Record<string, unknown>,
  at: Record<string, number> = {},
): void {
  let path: string | undefined;
  let index = 0;
  for (const key of Object.keys(fields)) {
    const value = fields[key];
    pickler.writeKey(key);
    at[key] = pickler.length;
    if (typeof value === "number" && TIMES.has(key)) {
      pickler.writeFloat(value);
    } else if (typeof value !== "string" || !PATHS.has(key)) {
      pickler.writeValue(value);
    } else if (value === path) {
      pickler.writeAgain(index);
    } else {
      path = value;
      index = pickler.writeString(value);
    }
  }
}

/** What CPython's `record.__dict__.update(value)` takes: a dict, or a list of pairs. */
function toFields(value: unknown): Record<string, unknown> {
  if (value instanceof Map || isPairs(value)) {
    return Object.fromEntries(Array.from(value, ([key, member]) => [String(key), member]));
  }
  if (typeof value === "object" && value !== null) {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) {
      return value as Record<string, unknown>;
    }
  }
  throw new UnpicklingError(`a log record must be a dict: current value is ${show(value)}`);
}

function isPairs(value: unknown): value is [unknown, unknown][] {
  return Array.isArray(value) && value.every((pair) => Array.isArray(pair) && pair.length === 2);
}
