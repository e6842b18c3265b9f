/**
 * The fields of a record that are sent, after CPython's `SocketHandler.makePickle`.
 *
 * Browser compatible.
 *
 * @module
 */
import type { LogRecord } from "../logging/log_record.ts";

/**
 * Returns a copy of the record's attributes with `msg` merged, `args` and `exc_info` null, and
 * without `message`; all others, `exc_text` among them, are the same. The record is not changed.
 */
export function recordFields(record: LogRecord): Record<string, unknown> {
  const fields: Record<string, unknown> = { ...record };
  fields.msg = record.getMessage();
  fields.args = null;
  fields.exc_info = null;
  // Only if it is there: an object that a key was deleted from is slow to read.
  if ("message" in fields) delete fields.message;
  return fields;
}
