/**
 * A record as it travels: its attributes after CPython's `SocketHandler.makePickle`.
 *
 * Browser compatible.
 *
 * @module
 */
import type { LogRecord } from "../logging/log_record.ts";

/**
 * A copy of the record's attributes with `msg` merged, `args` and `exc_info` None, and without
 * `message`; the rest, `exc_text` among it, as it is. The record is not changed.
 */
export function recordFields(record: LogRecord): Record<string, unknown> {
  const fields: Record<string, unknown> = { ...record };
  fields.msg = record.getMessage();
  fields.args = null;
  fields.exc_info = null;
  delete fields.message;
  return fields;
}
