/**
 * The sending half of the default serializer: it pickles the fields of a record as CPython's
 * `SocketHandler.makePickle` does. Most programs never load the reading half.
 *
 * Browser compatible.
 *
 * @module
 */
import { TIME_FIELDS } from "../logging/log_record.ts";
import { MAX_DEPTH, MAX_ITEMS, MAX_RECORD_BYTES } from "./pickle/limits.ts";
import { Pickler } from "./pickle/pickler.ts";

let spare: Pickler | undefined;

/** Each is the last part of the one before it, and the same str if it is the whole of it. */
const PATHS: readonly string[] = ["pathname", "filename", "module"];

/**
 * Returns the pickle of these fields, in a new array, within the limits of a receiver: containers
 * that are too deep for it are `…`.
 *
 * @throws {PicklingError} for fields that go over another limit
 */
export function pickleFields(fields: Record<string, unknown>): Uint8Array {
  // Not shared while it is in use: a getter or a toJSON() may log, and so call this again.
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
 * Writes the entries of a record's dict, and puts the position of each value into `at`. If two
 * attributes are one str in CPython (`os.path.basename` of a path without a slash is that path),
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
    if (typeof value === "number" && TIME_FIELDS.includes(key)) {
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
