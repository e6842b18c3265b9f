/**
 * The fields of a record on the wire.
 *
 * Browser compatible.
 *
 * @module
 */

/** The fields that every CPython 3 sends, in this order, before `taskName` and `extra`. */
export const SENT_FIELDS: readonly string[] = [
  ...["name", "msg", "args", "levelname", "levelno", "pathname", "filename", "module"],
  ...["exc_info", "exc_text", "stack_info", "lineno", "funcName", "created", "msecs"],
  ...["relativeCreated", "thread", "threadName", "processName", "process"],
];
