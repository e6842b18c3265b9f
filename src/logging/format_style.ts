/**
 * The contract of the three styles of a format string, and the values of a record for them.
 *
 * Browser compatible.
 *
 * @module
 */
import { KeyError } from "../text/key_error.ts";
import { type LogRecord, TIME_FIELDS } from "./log_record.ts";
import type { Lookup } from "../text/percent_format.ts";
import { PythonFloat } from "../text/python_float.ts";

/** Values for fields that a record lacks. */
export type FormatDefaults = Readonly<Record<string, unknown>>;

/** A format string in one of the styles. */
export interface FormatStyle {
  /** The format string, or the default of the style. */
  readonly fmt: string;
  /** Returns true if the format string names `asctime`. */
  usesTime(): boolean;
  /** Throws `RangeError` if the format string is not well-formed, or names no field. */
  validate(): void;
  /** Returns the record formatted by the format string. */
  format(record: LogRecord): string;
}

/**
 * The fields of a record, over the defaults. Times are floats in Python, so they are written as
 * floats even if their value is integral.
 */
export class RecordValues implements Lookup {
  readonly #record: LogRecord;
  readonly #defaults: FormatDefaults | null;

  /** Looks into `record` first, then into `defaults`. */
  constructor(record: LogRecord, defaults: FormatDefaults | null) {
    this.#record = record;
    this.#defaults = defaults;
  }

  /** Returns true if there is such a field. */
  has(key: string): boolean {
    return Object.hasOwn(this.#record, key) ||
      (this.#defaults !== null && Object.hasOwn(this.#defaults, key));
  }

  /** Returns the value of a field. */
  get(key: string): unknown {
    if (!Object.hasOwn(this.#record, key)) {
      return this.has(key) ? this.#defaults?.[key] : undefined;
    }
    const value = this.#record[key];
    return typeof value === "number" && TIME_FIELDS.includes(key) ? new PythonFloat(value) : value;
  }
}

/** Formats; a missing field throws with CPython's words. */
export function withMissingField(format: () => string): string {
  try {
    return format();
  } catch (error) {
    if (!(error instanceof KeyError)) throw error;
    throw new RangeError(`Formatting field not found in record: ${error.message}`, {
      cause: error,
    });
  }
}
