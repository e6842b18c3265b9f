/**
 * The attributes that every record has, and the fields that `extra` added beside them.
 *
 * Browser compatible.
 *
 * @module
 */
import type { LogRecord } from "./log_record.ts";

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

/** Returns the attributes that `extra` added. */
export function extraFields(record: LogRecord): Record<string, unknown> {
  const extra: Record<string, unknown> = {};
  extraFieldsTo({ add: (key, value) => own(extra, key, value) }, record);
  return extra;
}

/** Adds the attributes that `extra` added to a collection. */
export function extraFieldsTo(
  fields: { add(name: string, value: unknown): void },
  record: LogRecord,
): void {
  let count = 0;
  for (const key in record) {
    // Nearly every record has these first.
    if (key === RECORD_FIELDS[count]) {
      count++;
      continue;
    }
    const isExtra = count === RECORD_FIELDS.length
      ? key !== "message" && key !== "asctime"
      : !isStandard(key);
    if (isExtra && Object.hasOwn(record, key)) fields.add(key, record[key]);
  }
}

const STANDARD: ReadonlySet<string> = /* @__PURE__ */ new Set([
  ...RECORD_FIELDS,
  "message",
  "asctime",
]);

/** Returns true for an attribute that every record has, or that a formatter adds. */
export function isStandard(key: string): boolean {
  return STANDARD.has(key);
}

/** Sets a property, also one whose name is `__proto__`. */
function own(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== "__proto__") object[key] = value;
  else Object.defineProperty(object, key, { value, enumerable: true });
}
