/**
 * The factory by which loggers and `makeLogRecord()` make records. After CPython's
 * `setLogRecordFactory`.
 *
 * Browser compatible.
 *
 * @module
 */
import { atOnce } from "./callback.ts";
import { type LogArguments, LogRecord } from "./log_record.ts";

/** A function that makes a record. */
export type LogRecordFactory = (
  name: string,
  level: number,
  pathname: string,
  lineno: number,
  msg: unknown,
  args: LogArguments,
  exc_info: unknown,
  func: string | null,
  sinfo: string | null,
) => LogRecord;

/** A class derived from `LogRecord`, with the constructor of `LogRecord`. */
export type LogRecordClass = new (...args: Parameters<LogRecordFactory>) => LogRecord;

/** Makes a `LogRecord` itself: the factory in use unless a program sets another. */
export const plainFactory: LogRecordFactory = (
  name,
  level,
  path,
  line,
  msg,
  args,
  error,
  func,
  stack,
) => new LogRecord(name, level, path, line, msg, args, error, func, stack);

let given: LogRecordFactory | LogRecordClass = LogRecord;

/** The factory in use, as a function. A live binding, set by {@linkcode setLogRecordFactory}. */
export let makeRecord: LogRecordFactory = plainFactory;

/** Returns a factory, which may be a function or a class, as a function. */
export function asFunction(factory: LogRecordFactory | LogRecordClass): LogRecordFactory {
  if (factory === LogRecord) return plainFactory;
  return isRecordClass(factory)
    ? (...args) => new factory(...args)
    : (...args) => atOnce((factory as LogRecordFactory)(...args), "makeRecord()");
}

/**
 * Sets the factory of records from now on: a function, or a class derived from `LogRecord`.
 *
 * @example
 * ```ts
 * import { getLogRecordFactory, LogRecord, setLogRecordFactory } from "jsr:@logwire/logging";
 *
 * class BraceRecord extends LogRecord {
 *   override getMessage(): string {
 *     const args = Array.isArray(this.args) ? this.args : [];
 *     return String(this.msg).replace(/{(\d+)}/g, (_, index) => String(args[index]));
 *   }
 * }
 *
 * setLogRecordFactory(BraceRecord);
 * console.assert(getLogRecordFactory() === BraceRecord);
 * setLogRecordFactory(LogRecord);
 * ```
 */
export function setLogRecordFactory(factory: LogRecordFactory | LogRecordClass): void {
  if (typeof factory !== "function") {
    throw new TypeError(
      `Cannot set the record factory as 'factory' must be a function or a class: ` +
        `current value is ${String(factory)}`,
    );
  }
  given = factory;
  makeRecord = asFunction(factory);
}

/** Returns the factory of records: `LogRecord` by default. */
export function getLogRecordFactory(): LogRecordFactory | LogRecordClass {
  return given;
}

/**
 * Makes an empty record, for `makeLogRecord()` to fill, or to report an error that has no record.
 */
export function emptyRecord(): LogRecord {
  const none = null as unknown;
  return makeRecord(none as string, none as number, "", 0, "", [], null, null, null);
}

function isRecordClass(factory: object): factory is LogRecordClass {
  return Object.prototype.isPrototypeOf.call(LogRecord, factory);
}
