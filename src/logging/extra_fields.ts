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
import type { Extra } from "./context_reader.ts";
import type { Fields } from "./_fields.ts";
import type { LogRecord } from "./log_record.ts";
import { hidesMethod, setField } from "./_record_field.ts";
import { reportError } from "./report_error.ts";

export type { Fields } from "./_fields.ts";

/**
 * Adds fields to a record, without those whose names `said` has. A field whose value cannot be read
 * (a getter that throws) is reported and left out. Never throws.
 */
export function addFields(record: LogRecord, fields: Fields, said: Fields = {}): void {
  for (const key of fields instanceof Map ? fields.keys() : Object.keys(fields)) {
    if (!(said instanceof Map ? said.has(key) : Object.hasOwn(said, key))) {
      addField(record, fields, key);
    }
  }
}

function addField(record: LogRecord, fields: Fields, key: string): void {
  try {
    const isMap = fields instanceof Map;
    setField(record, freeName(record, key), isMap ? fields.get(key) : (fields as Extra)[key]);
  } catch (error) {
    reportError(record, error);
  }
}

/** Returns the name, with as many `_` behind it as it takes to be no attribute of the record. */
function freeName(record: LogRecord, name: string): string {
  while (
    name === "message" || name === "asctime" || Object.hasOwn(record, name) ||
    hidesMethod(record, name)
  ) {
    name += "_";
  }
  return name;
}
