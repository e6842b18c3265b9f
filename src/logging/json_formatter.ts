/**
 * A record as one line of JSON, for programs that read logs.
 *
 * Browser compatible.
 *
 * @module
 */
import { atOnce } from "./callback.ts";
import { type ErrorFields, errorFields, errorFieldsOfText } from "./_error_fields.ts";
import { Formatter } from "./formatter.ts";
import type { LogRecord } from "./log_record.ts";
import { extraFields } from "./record_attributes.ts";
import { checkKnown, checkString } from "./validate.ts";
import { stackOf } from "../text/exception_text.ts";
import { quotedJson, readableJson } from "../text/json_text.ts";
import { pythonStr } from "../text/python_repr.ts";
import { TextBudget } from "../text/text_budget.ts";

/** Options of {@linkcode JSONFormatter}. */
export interface JSONFormatterOptions {
  /** Other names of the keys. @default {{}} */
  keys?: {
    /** The time, as ISO 8601 text in UTC with milliseconds. @default {"time"} */
    time?: string;
    /** The name of the level, in lower case. @default {"level"} */
    level?: string;
    /** The name of the logger. @default {"logger"} */
    logger?: string;
    /** The message, with its arguments. @default {"message"} */
    message?: string;
    /** The error, only if one was logged. @default {"error"} */
    error?: string;
    /** The stack of the logging call, only if the call asked for it. @default {"stack_info"} */
    stack_info?: string;
  };
}

/** The names of the keys of a line. */
type JSONKeys = NonNullable<JSONFormatterOptions["keys"]>;

const KEYS: Readonly<Required<JSONKeys>> = {
  time: "time",
  level: "level",
  logger: "logger",
  message: "message",
  error: "error",
  stack_info: "stack_info",
};

/** Characters that JSON leaves as they are, and that control a terminal or end a line there. */
const CONTROLS = /[\x7f-\x9f\u2028\u2029]/g;

/**
 * Makes one line of JSON of a record, for a collector that reads JSON lines:
 *
 * ```json
 * {"time":"2026-11-28T10:00:00.123Z","level":"info","logger":"a.b","message":"paid","user":"anna"}
 * ```
 *
 * - The fields of `extra` follow the message. A field that is named like a key of the line gets `_`
 *   behind its name: `time_`. Option `keys` renames the keys of the line.
 * - An error is `"error":{"type","message","stack","cause","errors"}`, each of them only if there
 *   is one; `cause` and the items of `errors` (of an `AggregateError`) are of the same form. Of a
 *   record from another process only the text of the error is known: it is the `stack`, and `type`
 *   and `message` are taken from its traceback.
 * - Every value is written, and none makes the formatter throw. A `bigint` is its digits, a number
 *   that is not finite `"NaN"` or `"Infinity"`, `undefined` null, a `Date` ISO 8601 text, bytes
 *   base64, a `Map` an object, a `Set` an array, a function or symbol its text, an error among the
 *   fields its stack, an object with `toJSON()` the result of that. A value inside itself is
 *   `"[Circular]"`, one nested deeper than 100 levels `"[Nested]"`, one that cannot be read
 *   `"[unreadable: Error: …]"`. Of a record's fields four million characters are written, and `…`
 *   stands for the rest.
 * - What Python sent in `extra` is written as Python prints it: a `datetime` is
 *   `"2026-11-28 10:00:00"`, a `Decimal` a number, a member of a program's `Enum` `"Color(1)"`,
 *   because its pickle has the value and not the name.
 * - Control characters and line breaks are escaped, so that no text can begin a line. Handlers
 *   therefore do not escape a received record before they give it to this formatter.
 *
 * A subclass may override `formatTime()`, `formatException()` (the `stack` of errors) and
 * `formatStack()`.
 *
 * @example
 * ```ts
 * import { getLogger, JSONFormatter, StreamHandler } from "jsr:@logwire/logging";
 *
 * const lines: string[] = [];
 * const handler = new StreamHandler({ write: (text: string) => lines.push(text) });
 * handler.setFormatter(new JSONFormatter({ keys: { message: "msg" } }));
 * getLogger("shop").addHandler(handler);
 * getLogger("shop").warning("%d left", 3, { extra: { item: "ink" } });
 * const { time: _, ...line } = JSON.parse(lines[0]!);
 * console.assert(line.level === "warning" && line.msg === "3 left" && line.item === "ink");
 * ```
 */
export class JSONFormatter extends Formatter {
  readonly #names: Readonly<Required<JSONKeys>>;
  readonly #reserved: ReadonlySet<string>;
  /** The text before the value of each key that every line has, and of the two that follow. */
  readonly #before: Readonly<Required<JSONKeys>>;
  /** The last second that was written, and its text: most records share one with the record before. */
  #second = NaN;
  #timeOfSecond = "";

  /**
   * Makes a formatter of JSON lines.
   *
   * @throws {TypeError} if an option or a key is unknown, or a name is no text
   * @throws {RangeError} if two keys have the same name
   */
  constructor(options: JSONFormatterOptions = {}) {
    checkKnown("create JSONFormatter", options, ["keys"]);
    super();
    this.#names = checkKeys(options.keys ?? {});
    this.#reserved = new Set(Object.values(this.#names));
    const before = Object.entries(this.#names).map(([key, name]) => [
      key,
      `${key === "time" ? "{" : ","}${JSON.stringify(name)}:`,
    ]);
    this.#before = Object.fromEntries(before) as unknown as Required<JSONKeys>;
  }

  /**
   * True: the text is safe to write as a line, unless a subclass makes it.
   *
   * @ignore
   */
  get isLineSafe(): boolean {
    return this.format === JSONFormatter.prototype.format;
  }

  /** Returns the time as ISO 8601 text in UTC; by `strftime`, if there is a `datefmt`. */
  override formatTime(record: LogRecord, datefmt: string | null = null): string {
    if (datefmt) return super.formatTime(record, datefmt);
    // Cut to milliseconds as `asctime` is; the sum of a float may be a hair too small.
    const created: unknown = record.created;
    const ms = typeof created === "number" ? Math.floor(created * 1000 + 0.001) : NaN;
    const second = Math.floor(ms / 1000);
    if (second !== this.#second) {
      const time = new Date(second * 1000);
      // A sender may have put any value there.
      if (Number.isNaN(time.getTime())) return pythonStr(created);
      this.#second = second;
      this.#timeOfSecond = time.toISOString().slice(0, -4);
    }
    return `${this.#timeOfSecond}${String(ms - second * 1000).padStart(3, "0")}Z`;
  }

  /** Returns the line, without a line break at its end. Sets `message` on the record. */
  override format(record: LogRecord): string {
    const message = record.message = atOnce(record.getMessage(), "getMessage()");
    const time = atOnce(this.formatTime(record, this.datefmt), "formatTime()");
    const before = this.#before;
    const budget = new TextBudget();
    let line = before.time + quotedJson(time) +
      before.level + quotedJson(pythonStr(record.levelname).toLowerCase()) +
      before.logger + quotedJson(pythonStr(record.name)) +
      before.message + quotedJson(message) +
      this.#fields(extraFields(record), budget);
    if (record.exc_info || record.exc_text) {
      line += before.error + readableJson(this.#error(record), budget);
    }
    if (record.stack_info) {
      const stack = atOnce(this.formatStack(pythonStr(record.stack_info)), "formatStack()");
      line += before.stack_info + readableJson(stack, budget);
    }
    return line.replace(CONTROLS, escaped) + "}";
  }

  #fields(fields: Record<string, unknown>, budget: TextBudget): string {
    let text = "";
    for (const key of Object.keys(fields)) {
      let name = key;
      // With as many `_` as it takes to be the name of no other field either.
      while (this.#reserved.has(name) || (name !== key && Object.hasOwn(fields, name))) name += "_";
      text += `,${quotedJson(name)}:${readableJson(fields[key], budget)}`;
    }
    return text;
  }

  #error(record: LogRecord): ErrorFields {
    if (!record.exc_info) return errorFieldsOfText(pythonStr(record.exc_text));
    const isOwn = this.formatException === Formatter.prototype.formatException;
    return errorFields(
      record.exc_info,
      isOwn ? stackOf : (error) => atOnce(this.formatException(error), "formatException()"),
    );
  }
}

function checkKeys(keys: JSONKeys): Required<JSONKeys> {
  const what = "create JSONFormatter";
  checkKnown(`${what} with 'keys'`, keys, Object.keys(KEYS));
  const names = { ...KEYS };
  for (const [key, name] of Object.entries(keys)) {
    if (name !== undefined) names[key as keyof JSONKeys] = checkString(what, `keys.${key}`, name);
  }
  const all = Object.values(names);
  const twice = all.find((name, at) => all.indexOf(name) !== at);
  if (twice === undefined) return names;
  throw new RangeError(`Cannot ${what} as two keys have the name ${JSON.stringify(twice)}`);
}

function escaped(character: string): string {
  return "\\u" + character.charCodeAt(0).toString(16).padStart(4, "0");
}
