/**
 * The sending half of the default serializer: the fields of a record as a pickle, as CPython's
 * `SocketHandler.makePickle` writes it. Apart from the reading half, which most programs never need.
 *
 * Browser compatible.
 *
 * @module
 */
import { MAX_DEPTH, MAX_ITEMS, MAX_RECORD_BYTES } from "./pickle/limits.ts";
import { Pickler } from "./pickle/pickler.ts";

let spare: Pickler | undefined;

/** Floats in Python, also where they are whole. */
export const TIMES: readonly string[] = ["created", "msecs", "relativeCreated"];

/** Each is a part of the one before it, and the same str where that is all of it. */
const PATHS: readonly string[] = ["pathname", "filename", "module"];

/**
 * The pickle of these fields, in a new array, within the limits of a receiver: what is too deep for
 * it reads `…`.
 *
 * @throws {PicklingError} for fields that go over another limit
 */
export function pickleFields(fields: Record<string, unknown>): Uint8Array {
  // Taken away while it is in use: an attribute's own code may log, and so come here again.
  const pickler = spare ?? new Pickler();
  spare = undefined;
  try {
    pickler.start(0, MAX_RECORD_BYTES, MAX_DEPTH, MAX_ITEMS);
    pickler.beginDict();
    writeFields(pickler, fields);
    pickler.endDict();
    return pickler.finish().slice();
  } finally {
    spare = pickler;
  }
}

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
    if (typeof value === "number" && TIMES.includes(key)) {
      pickler.writeFloat(value);
    } else if (typeof value !== "string" || !PATHS.includes(key)) {
      pickler.writeValue(value);
    } else if (value === path) {
      pickler.writeAgain(index);
    } else {
      path = value;
      index = pickler.writeString(value);
    }
  }
}
