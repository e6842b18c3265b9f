/**
 * The fields of a record that are sent, after CPython's `SocketHandler.makePickle`.
 *
 * Browser compatible.
 *
 * @module
 */
import type { LogRecord } from "../logging/log_record.ts";

/** The attributes of every record, in the order in which they are sent. */
export const RECORD_FIELDS = [
  "name",
  "msg",
  "args",
  "levelname",
  "levelno",
  "pathname",
  "filename",
  "module",
  "exc_info",
  "exc_text",
  "stack_info",
  "lineno",
  "funcName",
  "created",
  "msecs",
  "relativeCreated",
  "thread",
  "threadName",
  "processName",
  "process",
  "taskName",
] as const;

/**
 * Returns a copy of the record's attributes with `msg` merged, `args` and `exc_info` null, and
 * without `message`; all others, `exc_text` among them, are the same. The record is not changed.
 */
export function recordFields(record: LogRecord): Record<string, unknown> {
  const fields: Record<string, unknown> = { ...record };
  fields.msg = record.getMessage();
  fields.args = null;
  fields.exc_info = null;
  delete fields.message;
  return fields;
}

/** Returns the attributes that `extra` added. */
export function extraFields(record: LogRecord): Record<string, unknown> {
  const extra: Record<string, unknown> = {};
  let count = 0;
  for (const key in record) {
    // Nearly every record has these first.
    if (key === RECORD_FIELDS[count]) count++;
    else if (!isStandard(key) && Object.hasOwn(record, key)) own(extra, key, record[key]);
  }
  return extra;
}

/** Returns true for an attribute that every record has, or that a formatter adds. */
function isStandard(key: string): boolean {
  return key === "message" || key === "asctime" ||
    (RECORD_FIELDS as readonly string[]).includes(key);
}

/** Sets a property, also one whose name is `__proto__`. */
function own(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== "__proto__") object[key] = value;
  else Object.defineProperty(object, key, { value, enumerable: true });
}
