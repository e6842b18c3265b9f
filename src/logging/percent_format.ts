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
import { codePointLength } from "./code_points.ts";
import { isMapping } from "./is_mapping.ts";
import { KeyError } from "./key_error.ts";
import { conversionAt, convert, integerOf } from "./percent_conversion.ts";
import { isInteger } from "./python_float.ts";
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

/** What is said of arguments that no placeholder takes. */
export const NOT_ALL_CONVERTED = "not all arguments converted during string formatting";

/**
 * Python's `format % args`: `args` is a tuple (an array), a mapping (a plain object or a `Map`), or
 * one value alone.
 */
export function percentFormat(format: string, args: unknown): string {
  return Array.isArray(args) ? run(format, args) : run(format, [args], asLookup(args));
}

/** `format % mapping` for a mapping that is no plain object: a record with its defaults. */
export function percentFormatLookup(format: string, lookup: Lookup): string {
  return run(format, [lookup], lookup);
}

function run(format: string, values: readonly unknown[], mapping?: Lookup): string {
  let next = 0;
  const nextValue = (): unknown => {
    if (next < values.length) return values[next++];
    throw new TypeError("not enough arguments for format string");
  };
  const size = (text: string, what: string): number => {
    const value = text === "*" ? integerOf(nextValue()) : Number(text);
    if (value === undefined) throw new TypeError("* wants int");
    const number = Number(value);
    if (Math.abs(number) > MAX_WIDTH) throw new RangeError(`${what} too big`);
    return number;
  };
  let out = "";
  let at = 0;
  for (let percent; (percent = format.indexOf("%", at)) >= 0;) {
    out += format.slice(at, percent);
    at = percent + 1;
    const hasKey = format[at] === "(";
    if (hasKey) {
      if (mapping === undefined) throw new TypeError("format requires a mapping");
      const end = keyEnd(format, at);
      const key = format.slice(at + 1, end - 1);
      if (!mapping.has(key)) throw new KeyError(key);
      // From here on it is the only argument.
      values = [mapping.get(key)];
      next = 0;
      at = end;
    }
    const character = format[at];
    if (character === "%" && !hasKey) {
      out += "%";
      at++;
    } else if (character === "s" || (character === "d" && isInteger(values[next]))) {
      // By far the most frequent; an integer is the same text by both.
      out += pythonStr(nextValue());
      at++;
    } else {
      const [all, flags, widthText, precisionText, letter] = conversionAt(format, at);
      at += all.length;
      const width = size(widthText, "width");
      const precision = precisionText === undefined
        ? undefined
        : Math.max(0, size(precisionText, "precision"));
      if (letter === "") throw new RangeError("incomplete format");
      const conversion = {
        flags: width < 0 ? flags + "-" : flags,
        width: Math.abs(width),
        precision,
        letter,
      };
      const text = convert(conversion, nextValue());
      if (text === undefined) throw unsupported(letter, format.slice(0, at - letter.length));
      out += text;
    }
    if (out.length > MAX_LENGTH) throw new RangeError("formatted string too long");
  }
  if (next < values.length && mapping === undefined) throw new TypeError(NOT_ALL_CONVERTED);
  return out + format.slice(at);
}

function asLookup(args: unknown): Lookup | undefined {
  if (!isMapping(args)) return undefined;
  if (args instanceof Map) return args as Lookup;
  return { has: (key) => Object.hasOwn(args, key), get: (key) => args[key] };
}

/** The position behind the parenthesis that closes the one at `at`. */
function keyEnd(format: string, at: number): number {
  for (let depth = 0; at < format.length;) {
    const character = format[at++];
    if (character === "(") depth++;
    else if (character === ")" && --depth === 0) return at;
  }
  throw new RangeError("incomplete format key");
}

function unsupported(letter: string, before: string): RangeError {
  const shown = /[ -~]/.test(letter) ? letter : "?";
  const code = letter.codePointAt(0)?.toString(16);
  return new RangeError(
    `unsupported format character '${shown}' (0x${code}) at index ${codePointLength(before)}`,
  );
}
