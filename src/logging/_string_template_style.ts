/**
 * Format strings as `${levelname}: $message`. After CPython's `StringTemplateStyle` and
 * `string.Template.substitute`.
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
import { KeyError } from "../text/key_error.ts";
import type { LogRecord } from "./log_record.ts";
import { pythonStr } from "../text/python_repr.ts";
import { cutText, maxTextOf, TextBudget } from "../text/text_budget.ts";

const placeholder = /\$(?:(\$)|([_a-zA-Z][_a-zA-Z0-9]*)|\{([_a-zA-Z][_a-zA-Z0-9]*)\}|())/g;

/** The style `$`. */
export class StringTemplateStyle implements FormatStyle {
  readonly fmt: string;
  readonly #defaults: FormatDefaults | null;

  constructor(fmt: string | null, defaults: FormatDefaults | null) {
    this.fmt = fmt || "${message}";
    this.#defaults = defaults;
  }

  usesTime(): boolean {
    return this.fmt.includes("$asctime") || this.fmt.includes("${asctime}");
  }

  validate(): void {
    let hasFields = false;
    for (const [, escaped, named, braced] of this.fmt.matchAll(placeholder)) {
      if (named !== undefined || braced !== undefined) hasFields = true;
      else if (escaped === undefined) {
        throw new RangeError("invalid format: bare '$' not allowed");
      }
    }
    if (!hasFields) throw new RangeError("invalid format: no fields");
  }

  format(record: LogRecord): string {
    const values = new RecordValues(record, this.#defaults);
    return withMissingField(() => substitute(this.fmt, values, maxTextOf(record)));
  }
}

function substitute(template: string, values: RecordValues, max: number): string {
  const budget = new TextBudget();
  let out = "";
  let end = 0;
  for (const match of template.matchAll(placeholder)) {
    const [all, escaped, named, braced, invalid] = match;
    if (invalid !== undefined) throw invalidPlaceholder(template, match.index);
    out += template.slice(end, match.index);
    end = match.index + all.length;
    const key = named ?? braced ?? "";
    if (escaped === undefined && !values.has(key)) throw new KeyError(key);
    out += escaped ?? pythonStr(values.get(key), budget);
    if (out.length > max) break;
  }
  return cutText(out + template.slice(end), max);
}

function invalidPlaceholder(template: string, at: number): RangeError {
  const lines = template.slice(0, at).split("\n");
  const column = (lines.at(-1)?.length ?? 0) + 1;
  return new RangeError(`Invalid placeholder in string: line ${lines.length}, col ${column}`);
}
