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
  const record = complete(fields as unknown as LogRecord);
  for (let i = WIRE_FIELDS.length; i < keys.length; i++) add(record, keys[i], fields[keys[i]!]);
  return record;
}

/** The fields that every CPython 3 sends, in this order, before `taskName` and `extra`. */
const WIRE_FIELDS: readonly string[] = [
  ...["name", "msg", "args", "levelname", "levelno", "pathname", "filename", "module"],
  ...["exc_info", "exc_text", "stack_info", "lineno", "funcName", "created", "msecs"],
  ...["relativeCreated", "thread", "threadName", "processName", "process"],
];

function areThoseOfRecords(keys: readonly string[]): boolean {
  for (let i = 0; i < WIRE_FIELDS.length; i++) if (keys[i] !== WIRE_FIELDS[i]) return false;
  return true;
}

/** Makes a record of the fields that every record has. */
export type RecordMaker = (fields: LogRecord) => LogRecord;

/**
 * Returns a maker of records with that prototype. It sets each field by its name, which is several
 * times faster than in a loop, and does not call the constructor, whose values would be
 * overwritten; a class derived from `LogRecord` would take several times as long.
 */
export function recordMaker(prototype: () => object): RecordMaker {
  function Complete(this: LogRecord, fields: LogRecord): void {
    this.name = fields.name;
    this.msg = fields.msg;
    this.args = fields.args;
    this.levelname = fields.levelname;
    this.levelno = fields.levelno;
    this.pathname = fields.pathname;
    this.filename = fields.filename;
    this.module = fields.module;
    this.exc_info = fields.exc_info;
    this.exc_text = fields.exc_text;
    this.stack_info = fields.stack_info;
    this.lineno = fields.lineno;
    this.funcName = fields.funcName;
    this.created = fields.created;
    this.msecs = fields.msecs;
    this.relativeCreated = fields.relativeCreated;
    this.thread = fields.thread;
    this.threadName = fields.threadName;
    this.processName = fields.processName;
    this.process = fields.process;
    this.taskName = null;
  }
  Complete.prototype = prototype();
  const Maker = Complete as unknown as new (fields: LogRecord) => LogRecord;
  return (fields) => new Maker(fields);
}

// The prototype is read within a function: a bundler keeps code that reads a property at load time.
const completeRecord = /* @__PURE__ */ recordMaker(() => LogRecord.prototype);

function update(record: LogRecord, entries: Iterable<[unknown, unknown]>): LogRecord {
  for (const [key, value] of entries) add(record, key, value);
  return record;
}

function add(record: LogRecord, key: unknown, value: unknown): void {
  if (typeof key === "string" && !hidesMethod(record, key)) setField(record, key, value);
}
