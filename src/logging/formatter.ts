/**
 * A record as text, after CPython's `Formatter`: the format string in one of three styles, then the
 * error, then the stack.
 *
 * Browser compatible.
 *
 * @module
 */
import { atOnce } from "./callback.ts";
import { setAttributes } from "./_class_attributes.ts";
import { exceptionText } from "../text/exception_text.ts";
import type { FormatDefaults, FormatStyle, FormatStyleClass } from "./format_style.ts";
import type { LogRecord } from "./log_record.ts";
import { checkKnown } from "./validate.ts";
import { percentFormat } from "../text/percent_format.ts";
import { PercentStyle } from "./percent_style.ts";
import { type TraceFormat, withTraces } from "./_record_text.ts";
import { StrFormatStyle } from "./str_format_style.ts";
import { StringTemplateStyle } from "./string_template_style.ts";
import { localtime, type StructTime } from "../text/struct_time.ts";
import { TimeText } from "../text/time_text.ts";

/** The three ways to write a format string: `%(name)s`, `{name}` and `${name}`. */
export type FormatterStyle = "%" | "{" | "$";

/** Options of {@linkcode Formatter}. */
export interface FormatterOptions {
  /**
   * The style of the format string: one of the three, or a class of your own, such as a subclass of one
   * in `./formatter-styles`.
   *
   * @default {"%"}
   */
  style?: FormatterStyle | FormatStyleClass;
  /** Values for fields that a record may lack. @default {null} */
  defaults?: FormatDefaults | null;
  /** If true, a format string that is not well-formed is refused at once. @default {true} */
  validate?: boolean;
}

/** Returns the fields of a time in seconds since the epoch: `localtime` or `gmtime`. */
export type TimeConverter = (seconds: number) => StructTime;

const STYLES = {
  "%": PercentStyle,
  "{": StrFormatStyle,
  "$": StringTemplateStyle,
};

/** The format string of `basicConfig()`. */
export const BASIC_FORMAT = "%(levelname)s:%(name)s:%(message)s";

/** The format strings of `basicConfig()`, by style. */
export const BASIC_FORMATS: Readonly<Record<FormatterStyle, string>> = {
  "%": BASIC_FORMAT,
  "{": "{levelname}:{name}:{message}",
  "$": "${levelname}:${name}:${message}",
};

const DEFAULT_MSEC_FORMAT = "%s,%03d";

/** Returns `value` as a style, or throws a `RangeError` that names the styles. */
export function checkStyle(value: unknown): FormatterStyle {
  if (typeof value === "string" && Object.hasOwn(STYLES, value)) return value as FormatterStyle;
  throw new RangeError("Style must be one of: %,{,$");
}

/**
 * Makes the text of a record.
 *
 * @example
 * ```ts
 * import { Formatter, makeLogRecord } from "jsr:@logwire/logging";
 *
 * const formatter = new Formatter("{levelname:<8}{message}", null, { style: "{" });
 * const record = makeLogRecord({ levelname: "INFO", msg: "%d left", args: [3] });
 * console.assert(formatter.format(record) === "INFO    3 left");
 * ```
 */
export class Formatter {
  /** Converts `record.created` to fields; on the prototype, for all formatters. @default {localtime} */
  declare converter: TimeConverter;
  /**
   * The format of `asctime` without a `datefmt`; on the prototype, for all formatters.
   *
   * @default {"%Y-%m-%d %H:%M:%S"}
   */
  declare default_time_format: string;
  /**
   * The format of that text and `msecs`; `null` or `""` leaves out the milliseconds. On the prototype
   * it is for all formatters.
   *
   * @default {"%s,%03d"}
   */
  declare default_msec_format: string | null;
  // An initializer, and no statement behind the class, so that bundles may leave the class out.
  static readonly #attributes: void = /* @__PURE__ */ setAttributes(this, {
    converter: localtime,
    default_time_format: "%Y-%m-%d %H:%M:%S",
    default_msec_format: DEFAULT_MSEC_FORMAT,
  });
  /** The format of `asctime`, as for `strftime`, without milliseconds. */
  datefmt: string | null;
  readonly #style: FormatStyle;
  readonly #timeText: TimeText = new TimeText();

  /**
   * Makes a formatter of a format string, or of `null` for the message alone; `datefmt` is the
   * format of `asctime`.
   *
   * @throws {TypeError} if an option is unknown
   * @throws {RangeError} if the style is unknown or the format string is not well-formed
   */
  constructor(
    fmt: string | null = null,
    datefmt: string | null = null,
    options: FormatterOptions = {},
  ) {
    checkKnown("create Formatter", options, ["style", "defaults", "validate"]);
    const { style = "%", defaults = null, validate = true } = options;
    const Style = typeof style === "function" ? style : STYLES[checkStyle(style)];
    this.#style = new Style(fmt, { defaults });
    if (validate) this.#style.validate();
    this.datefmt = datefmt;
  }

  /** Returns true if the format string names `asctime`. */
  usesTime(): boolean {
    return this.#style.usesTime();
  }

  /** Returns the time of the record as text. */
  formatTime(record: LogRecord, datefmt: string | null = null): string {
    const format = datefmt || this.default_time_format;
    const text = this.#timeText.format(this, format, record.created);
    const withMsecs = this.default_msec_format;
    if (datefmt || !withMsecs) return text;
    const { msecs } = record;
    if (
      withMsecs === DEFAULT_MSEC_FORMAT && Number.isInteger(msecs) &&
      msecs >= 0 && msecs < 1000
    ) {
      return `${text},${String(1000 + msecs).slice(1)}`;
    }
    return percentFormat(withMsecs, [text, msecs]);
  }

  /** Returns an error as text: its stack as the runtime prints it, then its causes. */
  formatException(error: unknown): string {
    return exceptionText(error);
  }

  /** Returns the stack of a logging call as text. */
  formatStack(stack_info: string): string {
    return stack_info;
  }

  /** Returns the two methods, which a subclass may have overridden. */
  #traces(): TraceFormat {
    return {
      formatException: (error) => atOnce(this.formatException(error), "formatException()"),
      formatStack: (stack_info) => atOnce(this.formatStack(stack_info), "formatStack()"),
    };
  }

  /** Returns the format string with the fields of the record. */
  formatMessage(record: LogRecord): string {
    return this.#style.format(record);
  }

  /**
   * Returns the whole text: message, error, stack. Sets `message` on the record, and `asctime` and
   * `exc_text` if the text has them; a record keeps the `exc_text` that it has.
   *
   * Text of more than four million characters, beside a message without arguments, is cut and ends
   * with `…`: a received record may ask for any length.
   */
  format(record: LogRecord): string {
    record.message = atOnce(record.getMessage(), "getMessage()");
    if (this.usesTime()) {
      record.asctime = atOnce(this.formatTime(record, this.datefmt), "formatTime()");
    }
    const text = atOnce(this.formatMessage(record), "formatMessage()");
    return record.exc_info || record.exc_text || record.stack_info
      ? withTraces(text, record, this.#traces())
      : text;
  }
}
