/**
 * The contract of the styles of a format string, and the values of a record for them.
 *
 * Browser compatible.
 *
 * @module
 */
import { checkKnown } from "./validate.ts";
import { KeyError } from "../text/key_error.ts";
import { type LogRecord, TIME_FIELDS } from "./log_record.ts";
import type { Lookup } from "../text/percent_format.ts";
import { PythonFloat } from "../text/python_float.ts";

/** Values for fields that a record lacks. */
export type FormatDefaults = Readonly<Record<string, unknown>>;

/** Options of a style. */
export interface FormatStyleOptions {
  /** Values for fields that a record may lack. @default {null} */
  defaults?: FormatDefaults | null;
}

/** A class of styles, for the option `style` of `Formatter`; `fmt` is `null` or `""` for the default. */
export type FormatStyleClass = new (
  fmt: string | null,
  options?: FormatStyleOptions,
) => FormatStyle;

/** A format string in one of the styles. */
export interface FormatStyle {
  /** Returns true if the format string names `asctime`. */
  usesTime(): boolean;
  /** Throws `RangeError` if the format string is not well-formed, or names no field. */
  validate(): void;
  /** Returns the record formatted by the format string. */
  format(record: LogRecord): string;
}

/** Returns the defaults among the options of a style, which it checks. */
export function defaultsOf(style: string, options: FormatStyleOptions): FormatDefaults | null {
  checkKnown(`create ${style}`, options, ["defaults"]);
  return options.defaults ?? null;
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
