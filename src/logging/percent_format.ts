/**
 * Python's `format % args` for strings, after CPython's `PyUnicode_Format`: flags, width,
 * precision, `*`, the conversions `s r a d i u x X o e E f F g G c %`, and `%(name)s` with a mapping.
 *
 * A format that does not suit its arguments throws with CPython's words: `TypeError` where Python
 * has it, `RangeError` for Python's `ValueError` and `OverflowError`, `KeyError` for a missing key.
 * Differs: a width or precision over a million, and a text over 64 Mi characters, is refused, since a
 * received record may ask for it.
 *
 * Browser compatible.
 *
 * @module
 */
import { isMapping } from "./is_mapping.ts";
import { KeyError } from "./key_error.ts";
import { type Conversion, convert } from "./percent_conversion.ts";
import { pythonStr } from "./python_repr.ts";

/** Where `%(name)s` and `{name}` look: a `Map` is one. */
export interface Lookup {
  /** Whether the key is there. */
  has(key: string): boolean;
  /** The value of a key that is there. */
  get(key: string): unknown;
}

/** Wider than any line; narrow enough that a hostile format costs nothing. */
const MAX_WIDTH = 1_000_000;

/** Longer than any message, in characters: a received format may repeat its widths and arguments. */
const MAX_LENGTH = 1 << 26;

const PERCENT = 0x25;

/** What is said of arguments that no placeholder takes. */
export const NOT_ALL_CONVERTED = "not all arguments converted during string formatting";

/**
 * Python's `format % args`: `args` is a tuple (an array), a mapping (a plain object or a `Map`), or
 * one value alone.
 */
export function percentFormat(format: string, args: unknown): string {
  const percent = format.indexOf("%");
  if (Array.isArray(args)) {
    if (percent >= 0) return new Formatting(format, args, undefined).run(percent);
    if (args.length > 0) throw notAllConverted();
    return format;
  }
  const mapping = asLookup(args);
  if (percent >= 0) return new Formatting(format, [args], mapping).run(percent);
  if (mapping === undefined) throw notAllConverted();
  return format;
}

/** `format % mapping` for a mapping that is no plain object: a record with its defaults. */
export function percentFormatLookup(format: string, lookup: Lookup): string {
  const percent = format.indexOf("%");
  return percent < 0 ? format : new Formatting(format, [lookup], lookup).run(percent);
}

/** One run over a format: which argument comes next. */
class Formatting {
  readonly #format: string;
  readonly #mapping: Lookup | undefined;
  #values: readonly unknown[];
  #next = 0;

  constructor(format: string, values: readonly unknown[], mapping: Lookup | undefined) {
    this.#format = format;
    this.#values = values;
    this.#mapping = mapping;
  }

  run(percent: number): string {
    const format = this.#format;
    let out = "";
    let at = 0;
    while (percent >= 0) {
      out += format.slice(at, percent);
      at = percent + 1;
      switch (format.charCodeAt(at)) {
        case PERCENT:
          out += "%";
          at++;
          break;
        case 0x73: // %s, by far the most frequent
          out += pythonStr(this.#nextValue());
          at++;
          break;
        default: {
          const conversion: Conversion = {
            left: false,
            plus: false,
            blank: false,
            alternate: false,
            zero: false,
            width: 0,
            precision: -1,
            character: "",
          };
          at = this.#parse(at, conversion);
          const end = at - 1;
          out += convert(conversion, this.#nextValue(), () => format.slice(0, end));
        }
      }
      if (out.length > MAX_LENGTH) throw new RangeError("formatted string too long");
      percent = format.indexOf("%", at);
    }
    if (this.#next < this.#values.length && this.#mapping === undefined) throw notAllConverted();
    return out + format.slice(at);
  }

  #nextValue(): unknown {
    if (this.#next >= this.#values.length) {
      throw new TypeError("not enough arguments for format string");
    }
    return this.#values[this.#next++];
  }

  /** Reads one conversion from `at`, just behind its `%`; the position behind it. */
  #parse(at: number, conversion: Conversion): number {
    const format = this.#format;
    if (format[at] === "(") at = this.#parseKey(at + 1);
    for (;; at++) {
      const flag = format[at];
      if (flag === "-") conversion.left = true;
      else if (flag === "+") conversion.plus = true;
      else if (flag === " ") conversion.blank = true;
      else if (flag === "#") conversion.alternate = true;
      else if (flag === "0") conversion.zero = true;
      else break;
    }
    if (format[at] === "*") {
      at++;
      const width = this.#starred("width");
      if (width < 0) conversion.left = true;
      conversion.width = Math.abs(width);
    } else {
      const end = digitsEnd(format, at);
      if (end > at) conversion.width = limited(Number(format.slice(at, end)), "width");
      at = end;
    }
    if (format[at] === ".") {
      at++;
      if (format[at] === "*") {
        at++;
        conversion.precision = Math.max(0, this.#starred("precision"));
      } else {
        const end = digitsEnd(format, at);
        conversion.precision = limited(Number(format.slice(at, end)), "precision");
        at = end;
      }
    }
    const modifier = format[at];
    if (modifier === "h" || modifier === "l" || modifier === "L") at++;
    if (at >= format.length) throw new RangeError("incomplete format");
    conversion.character = format[at] ?? "";
    return at + 1;
  }

  /** Reads `name)`, and makes the value of that key the only argument from here on. */
  #parseKey(start: number): number {
    if (this.#mapping === undefined) throw new TypeError("format requires a mapping");
    const format = this.#format;
    let depth = 1;
    let at = start;
    for (; at < format.length; at++) {
      if (format[at] === "(") depth++;
      else if (format[at] === ")" && --depth === 0) break;
    }
    if (depth > 0) throw new RangeError("incomplete format key");
    const key = format.slice(start, at);
    if (!this.#mapping.has(key)) throw new KeyError(key);
    this.#values = [this.#mapping.get(key)];
    this.#next = 0;
    return at + 1;
  }

  #starred(what: "width" | "precision"): number {
    const value = this.#nextValue();
    if (typeof value === "boolean") return Number(value);
    if (typeof value !== "bigint" && !Number.isSafeInteger(value)) {
      throw new TypeError("* wants int");
    }
    const number = Number(value);
    limited(Math.abs(number), what);
    return number;
  }
}

function asLookup(args: unknown): Lookup | undefined {
  if (!isMapping(args)) return undefined;
  if (args instanceof Map) return args as Lookup;
  return { has: (key) => Object.hasOwn(args, key), get: (key) => args[key] };
}

function digitsEnd(format: string, at: number): number {
  for (;; at++) {
    const code = format.charCodeAt(at);
    if (!(code >= 0x30 && code <= 0x39)) return at;
  }
}

function limited(value: number, what: "width" | "precision"): number {
  if (value > MAX_WIDTH) throw new RangeError(`${what} too big`);
  return value;
}

function notAllConverted(): TypeError {
  return new TypeError(NOT_ALL_CONVERTED);
}
