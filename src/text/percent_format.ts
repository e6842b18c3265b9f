/**
 * Python's `format % args` for strings, after CPython's `PyUnicode_Format`: flags, width,
 * precision, `*`, the conversions `s r a d i u x X o e E f F g G c %`, and `%(name)s` with a
 * mapping.
 *
 * A format that does not suit its arguments throws with CPython's words: `TypeError` where Python
 * throws it, `RangeError` for Python's `ValueError` and `OverflowError`, `KeyError` for a missing
 * key. Differs: a width or precision over a million is refused, and text over four million
 * characters is cut and ends with `…`, since a received record may ask for any length.
 *
 * Browser compatible.
 *
 * @module
 */
import { codePointLength } from "./code_points.ts";
import { isMapping } from "./is_mapping.ts";
import { KeyError } from "./key_error.ts";
import { conversionAt, convert, type HasBudget, integerOf } from "./_percent_conversion.ts";
import { isInteger } from "./python_float.ts";
import { pythonStr } from "./python_repr.ts";
import { cutText, MAX_TEXT, TextBudget } from "./text_budget.ts";

/** Values by key, for `%(name)s` and `{name}`: a `Map` is one. */
export interface Lookup {
  /** Returns true if the key exists. */
  has(key: string): boolean;
  /** Returns the value of a key that exists. */
  get(key: string): unknown;
}

/** The largest width: wider than any line, and small enough that a hostile format does no harm. */
const MAX_WIDTH = 1_000_000;

/** CPython's message for arguments without a placeholder. */
export const NOT_ALL_CONVERTED = "not all arguments converted during string formatting";

/**
 * Returns Python's `format % args`: `args` is a tuple (an array), a mapping (a plain object or a
 * `Map`), or one value alone.
 */
export function percentFormat(format: string, args: unknown): string {
  if (Array.isArray(args)) return new Formatting(format, args).run();
  return new Formatting(format, [args], asLookup(args)).run();
}

/**
 * Returns `format % mapping` for a mapping that is no plain object: a record with its defaults.
 * Text of more than `max` characters is cut.
 */
export function percentFormatLookup(format: string, lookup: Lookup, max: number): string {
  return new Formatting(format, [lookup], lookup).run(max);
}

/** One run over a format. */
class Formatting implements HasBudget {
  readonly #format: string;
  readonly #mapping: Lookup | undefined;
  #budget: TextBudget | undefined;
  #values: readonly unknown[];
  /** The number of values taken. */
  #taken = 0;
  /** The position in the format. */
  #at = 0;

  constructor(format: string, values: readonly unknown[], mapping?: Lookup) {
    this.#format = format;
    this.#values = values;
    this.#mapping = mapping;
  }

  run(max: number = MAX_TEXT): string {
    const format = this.#format;
    let out = "";
    for (let percent; (percent = format.indexOf("%", this.#at)) >= 0;) {
      out += format.slice(this.#at, percent);
      this.#at = percent + 1;
      const hasKey = format[this.#at] === "(";
      if (hasKey) this.#choose();
      const character = format[this.#at];
      if (character === "%" && !hasKey) {
        out += "%";
        this.#at++;
      } else if (character === "s" || (character === "d" && isInteger(this.#values[this.#taken]))) {
        // By far the most frequent conversions; an integer has the same text in both.
        const value = this.#take();
        out += typeof value === "object" ? pythonStr(value, this.budget) : pythonStr(value);
        this.#at++;
      } else {
        out += this.#convert();
      }
      if (out.length > max) return cutText(out, max);
    }
    if (this.#taken < this.#values.length && this.#mapping === undefined) {
      throw new TypeError(NOT_ALL_CONVERTED);
    }
    return cutText(out + format.slice(this.#at), max);
  }

  /** The budget of the containers; made when the first one is met. */
  get budget(): TextBudget {
    return this.#budget ??= new TextBudget();
  }

  #take(): unknown {
    if (this.#taken < this.#values.length) return this.#values[this.#taken++];
    throw new TypeError("not enough arguments for format string");
  }

  /** Reads `(key)`, and makes the value of that key the only argument from here on. */
  #choose(): void {
    const mapping = this.#mapping;
    if (mapping === undefined) throw new TypeError("format requires a mapping");
    const end = keyEnd(this.#format, this.#at);
    const key = this.#format.slice(this.#at + 1, end - 1);
    if (!mapping.has(key)) throw new KeyError(key);
    this.#values = [mapping.get(key)];
    this.#taken = 0;
    this.#at = end;
  }

  /** Reads a conversion with its flags, and applies it to the next argument. */
  #convert(): string {
    const [all, flags, width, precision, letter] = conversionAt(this.#format, this.#at);
    this.#at += all.length;
    const least = this.#size(width, "width");
    const most = precision === undefined
      ? undefined
      : Math.max(0, this.#size(precision, "precision"));
    if (letter === "") throw new RangeError("incomplete format");
    const allFlags = least < 0 ? flags + "-" : flags;
    const text = convert(this.#take(), this, allFlags, Math.abs(least), most, letter);
    if (text === undefined) throw this.#unsupported(letter);
    return text;
  }

  #size(text: string, what: string): number {
    const value = text === "*" ? integerOf(this.#take()) : Number(text);
    if (value === undefined) throw new TypeError("* wants int");
    const number = Number(value);
    if (Math.abs(number) > MAX_WIDTH) throw new RangeError(`${what} too big`);
    return number;
  }

  #unsupported(letter: string): RangeError {
    const shown = /[ -~]/.test(letter) ? letter : "?";
    const code = letter.codePointAt(0)?.toString(16);
    const index = codePointLength(this.#format.slice(0, this.#at - letter.length));
    return new RangeError(`unsupported format character '${shown}' (0x${code}) at index ${index}`);
  }
}

function asLookup(args: unknown): Lookup | undefined {
  if (!isMapping(args)) return undefined;
  if (args instanceof Map) return args as Lookup;
  return { has: (key) => Object.hasOwn(args, key), get: (key) => args[key] };
}

/** Returns the position behind the parenthesis that closes the one at `at`. */
function keyEnd(format: string, at: number): number {
  for (let depth = 0; at < format.length;) {
    const character = format[at++];
    if (character === "(") depth++;
    else if (character === ")" && --depth === 0) return at;
  }
  throw new RangeError("incomplete format key");
}
