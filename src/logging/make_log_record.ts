/**
 * A record of a dict that came over the network. After CPython's `makeLogRecord`.
 *
 * Browser compatible.
 *
 * @module
 */
import { LogRecord } from "./log_record.ts";
import { emptyRecord, getLogRecordFactory } from "./log_record_factory.ts";
import { hidesMethod, setField } from "./_record_field.ts";
import { typeName } from "../text/type_name.ts";

/**
 * Makes a record whose attributes are those of `dict`; for keys that `dict` lacks it has those of
 * an empty record. Differs from CPython: a key that would hide a method of the record, such as
 * `getMessage`, is left out.
 *
 * @example
 * ```ts
 * import { makeLogRecord } from "jsr:@logwire/logging";
 *
 * const record = makeLogRecord({ name: "app", msg: "%s", args: ["hi"], user: "anna" });
 * console.assert(record.getMessage() === "hi" && record.user === "anna");
 * ```
 *
 * @throws {TypeError} if `dict` is no mapping
 */
export function makeLogRecord(
  dict: Readonly<Record<string, unknown>> | ReadonlyMap<unknown, unknown>,
): LogRecord {
  return makeRecordBy(dict, completeRecord);
}

/**
 * As {@linkcode makeLogRecord}; `complete` makes the record if `dict` has every field, in the order
 * in which they are sent, and no factory is set.
 */
export function makeRecordBy(
  dict: Readonly<Record<string, unknown>> | ReadonlyMap<unknown, unknown>,
  complete: RecordMaker,
): LogRecord {
  if (typeof dict !== "object" || dict === null || Array.isArray(dict)) {
    throw new TypeError(`Cannot make a record as 'dict' must be a mapping: got ${typeName(dict)}`);
  }
  if (dict instanceof Map) return update(emptyRecord(), dict.entries());
  const keys = Object.keys(dict);
  const fields = dict as Readonly<Record<string, unknown>>;
  if (getLogRecordFactory() !== LogRecord || !areThoseOfRecords(keys)) {
    return update(emptyRecord(), Object.entries(fields));
  }
  return complete(Object.values(fields), keys);
}

/** The fields that every CPython 3 sends, in this order, before `taskName` and `extra`. */
export const SENT_FIELDS: readonly string[] = [
  ...["name", "msg", "args", "levelname", "levelno", "pathname", "filename", "module"],
  ...["exc_info", "exc_text", "stack_info", "lineno", "funcName", "created", "msecs"],
  ...["relativeCreated", "thread", "threadName", "processName", "process"],
];

function areThoseOfRecords(keys: readonly string[]): boolean {
  for (let i = 0; i < SENT_FIELDS.length; i++) if (keys[i] !== SENT_FIELDS[i]) return false;
  return true;
}

/** Makes a record of the values of `SENT_FIELDS`, and those of the further keys behind them. */
export type RecordMaker = (values: readonly unknown[], keys: readonly string[]) => LogRecord;

/**
 * Returns a maker of records with that prototype. It sets each field by its name, which is several
 * times faster than in a loop, and does not call the constructor, whose values would be
 * overwritten; a class derived from `LogRecord` would take several times as long.
 */
export function recordMaker(prototype: () => object): RecordMaker {
  function Complete(this: Record<string, unknown>, values: readonly unknown[]): void {
    this.name = values[0];
    this.msg = values[1];
    this.args = values[2];
    this.levelname = values[3];
    this.levelno = values[4];
    this.pathname = values[5];
    this.filename = values[6];
    this.module = values[7];
    this.exc_info = values[8];
    this.exc_text = values[9];
    this.stack_info = values[10];
    this.lineno = values[11];
    this.funcName = values[12];
    this.created = values[13];
    this.msecs = values[14];
    this.relativeCreated = values[15];
    this.thread = values[16];
    this.threadName = values[17];
    this.processName = values[18];
    this.process = values[19];
    this.taskName = null;
  }
  Complete.prototype = prototype();
  const Maker = Complete as unknown as new (values: readonly unknown[]) => LogRecord;
  return (values, keys) => {
    const record = new Maker(values);
    for (let i = SENT_FIELDS.length; i < keys.length; i++) {
      const key = keys[i]!;
      if (key === "taskName" || !(key in record)) record[key] = values[i];
      else add(record, key, values[i]);
    }
    return record;
  };
}

// The prototype is read within a function: a bundler keeps code that reads a property at load time.
/** The maker of `makeLogRecord()`. */
export const completeRecord: RecordMaker = /* @__PURE__ */ recordMaker(() => LogRecord.prototype);

function update(record: LogRecord, entries: Iterable<[unknown, unknown]>): LogRecord {
  for (const [key, value] of entries) add(record, key, value);
  return record;
}

function add(record: LogRecord, key: unknown, value: unknown): void {
  if (typeof key === "string" && !hidesMethod(record, key)) setField(record, key, value);
}
