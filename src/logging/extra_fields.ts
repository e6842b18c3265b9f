/**
 * The fields that a program adds to a record: those of `extra`, of `withContext()`, and of the
 * records of other loggers.
 *
 * Differs from CPython's `Logger.makeRecord`, which raises `KeyError` if a field has the name of an
 * attribute of the record and so loses the record: the field is added under that name with `_`
 * behind it.
 *
 * Browser compatible.
 *
 * @module
 */
import { isPlainObject } from "../text/is_mapping.ts";
import type { Extra } from "./context_reader.ts";
import type { Fields } from "./_fields.ts";
import type { LogRecord } from "./log_record.ts";
import { isStandard } from "./record_attributes.ts";
import { hidesMethod, setField } from "./_record_field.ts";
import { reportError } from "./report_error.ts";

export type { Fields } from "./_fields.ts";

/**
 * Names that are free in every record that `LogRecord` itself made: nearly all fields have a name
 * that was seen before, and this set is faster than a search of the record and its prototypes.
 */
const freeNames = /* @__PURE__ */ new Set<string>();

/** Bounds of that set: programs have few names, and names that are made of data come once each. */
const MAX_NAMES = 1024;
const MAX_NAME_LENGTH = 64;

/**
 * Adds fields to a record, without those whose names `said` has. A field whose value cannot be read
 * (a getter that throws) is reported and left out; so are fields whose names cannot be read. Never
 * throws. `isNew` says that the record is as the constructor of `LogRecord` made it.
 */
export function addFields(
  record: LogRecord,
  fields: Fields,
  said?: Fields,
  isNew: boolean = false,
): void {
  try {
    if (fields instanceof Map) {
      for (const key of fields.keys()) {
        if (said === undefined || !hasField(said, key)) {
          addField(record, fields, key, false);
        }
      }
      return;
    }
    let isQuick = isNew && said === undefined && isPlainObject(fields);
    // `Object.keys()` would allocate an array for each record.
    for (const key in fields) {
      if (isQuick && freeNames.has(key)) {
        // As in `addField()`: within this loop engines read the field without a search.
        try {
          record[key] = (fields as Extra)[key];
        } catch (error) {
          reportError(record, error);
        }
      } else if (
        Object.hasOwn(fields, key) && (said === undefined || !hasField(said, key))
      ) {
        isQuick = addField(record, fields, key, isQuick);
      }
    }
  } catch (error) {
    reportError(record, error);
  }
}

function hasField(fields: Fields, key: string): boolean {
  return fields instanceof Map ? fields.has(key) : Object.hasOwn(fields, key);
}

/** Adds a field; returns `isNew`, or false if the field got another name than its own. */
function addField(record: LogRecord, fields: Fields, key: string, isNew: boolean): boolean {
  try {
    const value: unknown = fields instanceof Map ? fields.get(key) : (fields as Extra)[key];
    if (key in record || isMade(key)) {
      setField(record, freeName(record, key), value);
      // The new name may be that of a later field.
      return false;
    }
    // No setter of that name is inherited.
    record[key] = value;
    if (isNew && freeNames.size < MAX_NAMES && key.length <= MAX_NAME_LENGTH) freeNames.add(key);
  } catch (error) {
    reportError(record, error);
  }
  return isNew;
}

/** Returns true for the name of an attribute that a formatter makes. */
function isMade(name: string): boolean {
  return name === "message" || name === "asctime";
}

/** Returns the name, with as many `_` behind it as it takes to be no attribute of the record. */
function freeName(record: LogRecord, name: string): string {
  while (isTaken(record, name)) name += "_";
  return name;
}

function isTaken(record: LogRecord, name: string): boolean {
  return isMade(name) || Object.hasOwn(record, name) || hidesMethod(record, name);
}

/** The most `_` that are taken off a name one by one: each step reads the whole name. */
const MAX_UNDERSCORES = 20;

/**
 * Returns the names by which a program may have given a field of the record: the field's own, and
 * those from which it differs by the `_` that were put behind a name that was taken.
 */
export function namesOfField(record: LogRecord, key: string): Iterable<string> {
  if (!key.endsWith("_")) return [key];
  const names = new Set([key]);
  for (let name = key; name.endsWith("_") && names.size <= MAX_UNDERSCORES;) {
    name = name.slice(0, -1);
    if (!isTaken(record, name)) break;
    names.add(name);
  }
  // Not by a pattern, which would take long for a name of a hundred thousand `_`.
  let end = key.length;
  while (key[end - 1] === "_") end--;
  const first = key.slice(0, end);
  return isStandard(first) ? names.add(first) : names;
}
