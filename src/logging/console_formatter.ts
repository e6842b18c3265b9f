/**
 * A record as lines for people who read a terminal.
 *
 * Browser compatible.
 *
 * @module
 */
import { type Color, colored, RESET } from "./_ansi_colors.ts";
import { atOnce } from "./callback.ts";
import { Formatter } from "./formatter.ts";
import { CRITICAL, ERROR, INFO, WARNING } from "./level.ts";
import type { LogRecord } from "./log_record.ts";
import { extraFields } from "./record_attributes.ts";
import { terminalHasColors } from "./_terminal_colors.ts";
import { checkBoolean, checkKnown, checkString } from "./validate.ts";
import { escapeControls, escapeLine, indentedLines } from "../text/control_characters.ts";
import { withFallback } from "../text/fallback.ts";
import { pythonRepr, pythonStr } from "../text/python_repr.ts";
import { cutText, maxTextOf, TextBudget } from "../text/text_budget.ts";

/** The width of the longest of Python's names of levels. */
const LEVEL_WIDTH = 8;

/** Text of a field that needs no quotes: it has no space, no quote and no sign of its own. */
const BARE = /^[^\s\p{C}\p{Z}"'=]+$/u;

/**
 * Makes lines for a terminal of a record: time, level, logger, message and the fields of `extra`;
 * below them, indented, the error and the stack.
 *
 * ```text
 * 2026-11-28 10:00:00,123 INFO     shop.cart: 3 left item=ink buyer='Anna Smith'
 * ```
 *
 * - The values of fields are Python's `str()`, as in a format string; a text with a space, a quote
 *   or an `=` is in quotes. What Python sent in `extra` is written as Python prints it: a
 *   `datetime` is `2026-11-28 10:00:00`.
 * - Control characters of any text are escaped (`\x1b`), so that no record can control the
 *   terminal. A message and a traceback keep their line breaks; every further line is indented, so
 *   that none looks like a record. Handlers therefore do not escape a received record before they
 *   give it to this formatter.
 * - Without the option `colors`, the text is coloured as follows, decided when the formatter is
 *   made: `NO_COLOR` that is not empty says no; else `FORCE_COLOR` that is not empty says yes (`0`
 *   and `false`: no); else standard error says yes if it is a terminal and `TERM` is not `dumb`.
 *   Deno is never asked for a permission: without `--allow-env` only `NO_COLOR` and the terminal
 *   count. Give `colors: false` for a file or another stream than standard error.
 *
 * A subclass may override `formatTime()`, `formatException()` and `formatStack()`.
 *
 * @example
 * ```ts
 * import { ConsoleFormatter, makeLogRecord } from "jsr:@logwire/logging";
 *
 * const formatter = new ConsoleFormatter({ colors: false, datefmt: "%H:%M" });
 * const record = makeLogRecord({ name: "shop", levelname: "INFO", msg: "paid", user: "anna" });
 * console.assert(formatter.format(record).endsWith(" INFO     shop: paid user=anna"));
 * ```
 */
export class ConsoleFormatter extends Formatter {
  readonly #hasColors: boolean;

  /**
   * Makes a formatter for a terminal.
   *
   * @param options `colors` is true for colours and false for none; unless given, the environment and
   * the terminal say it. `datefmt` is the format of the time, as for `strftime`; unless given, the
   * time is `2026-11-28 10:00:00,123`.
   *
   * @throws {TypeError} if an option is unknown or has the wrong type
   */
  constructor(options: { colors?: boolean; datefmt?: string | null } = {}) {
    const what = "create ConsoleFormatter";
    checkKnown(what, options, ["colors", "datefmt"]);
    const { colors, datefmt = null } = options;
    super(null, datefmt === null ? null : checkString(what, "datefmt", datefmt));
    this.#hasColors = colors === undefined
      ? withFallback(terminalHasColors, false)
      : checkBoolean(what, "colors", colors);
  }

  /**
   * True: the text is safe to write as lines, unless a subclass makes it.
   *
   * @ignore
   */
  get isLineSafe(): boolean {
    return this.format === ConsoleFormatter.prototype.format;
  }

  /**
   * Returns the lines, without a line break at their end. Sets `message` on the record, and
   * `exc_text` if there is an error; a record keeps the `exc_text` that it has.
   */
  override format(record: LogRecord): string {
    const message = record.message = atOnce(record.getMessage(), "getMessage()");
    const time = atOnce(this.formatTime(record, this.datefmt), "formatTime()");
    const max = maxTextOf(record);
    const level = escapeControls(pythonStr(record.levelname));
    const shown = [
      this.#in("dim", escapeControls(time)),
      this.#in(colorOf(record.levelno), level.padEnd(LEVEL_WIDTH)),
      this.#in("cyan", escapeControls(pythonStr(record.name))) + ":",
      messageLines(message),
      ...this.#fields(record),
    ];
    const text = shown.join(" ") + this.#traces(record);
    if (text.length <= max) return text;
    return cutText(text, max) + (this.#hasColors ? RESET : "");
  }

  #in(color: Color | undefined, text: string): string {
    return this.#hasColors && color !== undefined ? colored(color, text) : text;
  }

  #fields(record: LogRecord): string[] {
    const budget = new TextBudget();
    return Object.entries(extraFields(record)).map(([name, value]) =>
      this.#in("dim", `${escapeControls(name)}=`) + fieldText(value, budget)
    );
  }

  #traces(record: LogRecord): string {
    if (record.exc_info && !record.exc_text) {
      record.exc_text = atOnce(this.formatException(record.exc_info), "formatException()");
    }
    let text = "";
    if (record.exc_text) text += "\n" + this.#in("red", indentedLines(pythonStr(record.exc_text)));
    if (record.stack_info) {
      const stack = atOnce(this.formatStack(pythonStr(record.stack_info)), "formatStack()");
      text += "\n" + this.#in("dim", indentedLines(stack));
    }
    return text;
  }
}

/** Returns the colour of a level: that of the nearest of Python's levels below it. */
function colorOf(level: number): Color | undefined {
  if (level >= CRITICAL) return "boldRed";
  if (level >= ERROR) return "red";
  if (level >= WARNING) return "yellow";
  return level >= INFO ? "green" : "blue";
}

/** Returns a message with its line breaks; every line but the first is indented. */
function messageLines(message: string): string {
  const end = message.indexOf("\n");
  if (end < 0) return escapeLine(message);
  const rest = message.slice(end + 1);
  const first = escapeLine(message.slice(0, end).replace(/\r$/, ""));
  return rest === "" ? first : `${first}\n${indentedLines(rest)}`;
}

function fieldText(value: unknown, budget: TextBudget): string {
  if (typeof value === "string") {
    return BARE.test(value) ? budget.cut(value) : escapeControls(pythonRepr(value, budget));
  }
  try {
    return escapeControls(pythonStr(value, budget));
  } catch {
    // A getter or a toString() of the value threw, within containers that are open now.
    budget.open.length = 0;
    return "<unreadable>";
  }
}
