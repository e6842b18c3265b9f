/**
 * Format strings as `{levelname}: {message}`. After CPython's `StrFormatStyle`.
 *
 * Browser compatible.
 *
 * @module
 */
import {
  type FormatDefaults,
  type FormatStyle,
  RecordValues,
  withMissingField,
} from "./format_style.ts";
import type { LogRecord } from "./log_record.ts";
import { pythonRepr } from "../text/python_repr.ts";
import { fillParts, type FormatPart, parseFormat } from "../text/str_format.ts";
import { maxTextOf } from "../text/text_budget.ts";

const formatSpec =
  /^([^\n]?[<>=^])?[+ -]?#?0?(\p{Nd}+|\{[\p{L}\p{N}_]+\})?[,_]?(\.(\p{Nd}+|\{[\p{L}\p{N}_]+\}))?[bcdefgnosx%]?\n?$/iu;
const fieldSpec = /^(\p{Nd}+|[\p{L}\p{N}_]+)(\.[\p{L}\p{N}_]+|\[[^\]]+\])*\n?$/u;

/** The style `{`. */
export class StrFormatStyle implements FormatStyle {
  readonly fmt: string;
  readonly #defaults: FormatDefaults | null;
  /** The parsed format, once a record was formatted. */
  #parts: readonly FormatPart[] | undefined;

  constructor(fmt: string | null, defaults: FormatDefaults | null) {
    this.fmt = fmt || "{message}";
    this.#defaults = defaults;
  }

  usesTime(): boolean {
    return this.fmt.includes("{asctime");
  }

  validate(): void {
    let hasFields = false;
    try {
      for (const { field } of parseFormat(this.fmt)) {
        if (field === undefined) continue;
        const { name, conversion, spec } = field;
        if (name !== "") {
          if (!fieldSpec.test(name)) {
            throw new RangeError(`invalid field name/expression: ${pythonRepr(name)}`);
          }
          hasFields = true;
        }
        if (conversion !== "" && !"rsa".includes(conversion)) {
          throw new RangeError(`invalid conversion: ${pythonRepr(conversion)}`);
        }
        if (spec !== "" && !formatSpec.test(spec)) {
          throw new RangeError(`bad specifier: ${pythonRepr(spec)}`);
        }
      }
    } catch (error) {
      throw new RangeError(`invalid format: ${(error as Error).message}`, { cause: error });
    }
    if (!hasFields) throw new RangeError("invalid format: no fields");
  }

  format(record: LogRecord): string {
    const values = new RecordValues(record, this.#defaults);
    return withMissingField(() => {
      this.#parts ??= [...parseFormat(this.fmt)];
      return fillParts(this.#parts, values, maxTextOf(record));
    });
  }
}
