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
import { convert, type HasBudget, integerOf } from "./_percent_conversion.ts";
import { keptParts, type PercentPart, percentParts, readPart } from "./_percent_parts.ts";
import { isInteger } from "./python_float.ts";
import { cutText, MAX_TEXT, TextBudget } from "./text_budget.ts";

/** Values by key, for `%(name)s` and `{name}`: a `Map` is one. */
export interface Lookup {
  /** Returns true if the key exists. */
  has(key: string): boolean;
  /** Returns the value of a key; `undefined` if there is no such key. */
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
  const parts = keptParts(format);
  if (!Array.isArray(args)) return new Formatting([args], asLookup(args)).run(format, parts);
  return (parts && plainText(parts, args)) ?? new Formatting(args).run(format, parts);
}

/** The text before a value, or behind the last one. */
export interface TextBefore {
  /** The text. */
  readonly before: string;
}

/**
 * Returns the texts around the values of a format that has only `%s` for texts and `%d` or `%s` for
 * integers, as most have, and puts the values into `values`: each stands behind its text. Returns
 * `undefined` if there is anything else. `args` is read once.
 */
export function plainParts(
  format: string,
  args: readonly unknown[],
  values: (string | number)[],
): readonly TextBefore[] | undefined {
  const parts = keptParts(format);
  const count = args.length;
  if (parts === undefined || parts.length !== count + 1) return undefined;
  for (let i = 0; i < count; i++) {
    const part = parts[i]!;
    const value = args[i];
    if (part.key !== undefined || !isPlain(part, value)) return undefined;
    values[i] = value;
  }
  return parts;
}

/**
 * Returns the text of a format that has only `%s` for texts and `%d` for integers, as most have;
 * `undefined` if there is anything else.
 */
function plainText(parts: readonly PercentPart[], args: readonly unknown[]): string | undefined {
  const count = args.length;
  if (parts.length !== count + 1) return undefined;
  let out = "";
  for (let i = 0; i < count; i++) {
    const part = parts[i]!;
    const value = args[i];
    if (part.key !== undefined || !isPlain(part, value)) return undefined;
    out += part.before + value;
  }
  out += parts[count]!.before;
  return out.length > MAX_TEXT ? undefined : out;
}

/** A format that is read once, for values of many mappings. */
export class PercentFormat {
  readonly #format: string;
  readonly #parts: readonly PercentPart[];

  /** Reads the format; a mistake in it shows when it is used. */
  constructor(format: string) {
    this.#format = format;
    this.#parts = percentParts(format);
  }

  /**
   * Returns `format % mapping` for a mapping that is no plain object: a record with its defaults.
   * Text of more than `max` characters is cut.
   */
  fill(mapping: Lookup, max: number): string {
    return new Formatting([mapping], mapping).run(this.#format, this.#parts, max);
  }
}

/** Returns true for the most frequent conversions; an integer has the same text in both. */
function isPlain({ bare }: PercentPart, value: unknown): value is string | number {
  if (typeof value === "string") return bare === "s";
  return (bare === "d" || bare === "s") && isInteger(value);
}

/** One run over a format. */
class Formatting implements HasBudget {
  readonly #mapping: Lookup | undefined;
  #budget: TextBudget | undefined;
  #values: readonly unknown[];
  /** The number of values taken. */
  #taken = 0;

  constructor(values: readonly unknown[], mapping?: Lookup) {
    this.#values = values;
    this.#mapping = mapping;
  }

  run(
    format: string,
    parts: readonly PercentPart[] | undefined,
    max: number = MAX_TEXT,
  ): string {
    let out = "";
    for (let i = 0, at = 0;; i++) {
      const part = parts === undefined ? readPart(format, at) : parts[i]!;
      const { key, letter } = part;
      at = part.end;
      out += part.before;
      if (letter === undefined) break;
      if (key !== undefined) this.#choose(key);
      const value = this.#values[this.#taken];
      if (isPlain(part, value)) {
        out += value;
        this.#taken++;
      } else if (part.bare === "%") {
        out += "%";
      } else {
        out += this.#convert(part, letter, format);
      }
      if (out.length > max) return cutText(out, max);
    }
    if (this.#taken < this.#values.length && this.#mapping === undefined) {
      throw new TypeError(NOT_ALL_CONVERTED);
    }
    return cutText(out, max);
  }

  /** The budget of the containers; made when the first one is met. */
  get budget(): TextBudget {
    return this.#budget ??= new TextBudget();
  }

  #take(): unknown {
    if (this.#taken < this.#values.length) return this.#values[this.#taken++];
    throw new TypeError("not enough arguments for format string");
  }

  /** Makes the value of a key the only argument from here on; `null` stands for half a key. */
  #choose(key: string | null): void {
    const mapping = this.#mapping;
    if (mapping === undefined) throw new TypeError("format requires a mapping");
    if (key === null) throw new RangeError("incomplete format key");
    const value = mapping.get(key);
    if (value === undefined && !mapping.has(key)) throw new KeyError(key);
    this.#values = [value];
    this.#taken = 0;
  }

  /** Applies a conversion to the next argument. */
  #convert(part: PercentPart, letter: string, format: string): string {
    const least = this.#size(part.width, "width");
    const most = part.precision === undefined
      ? undefined
      : Math.max(0, this.#size(part.precision, "precision"));
    if (letter === "") throw new RangeError("incomplete format");
    const allFlags = least < 0 ? part.flags + "-" : part.flags;
    const text = convert(this.#take(), this, allFlags, Math.abs(least), most, letter);
    if (text === undefined) throw unsupported(format, part.end, letter);
    return text;
  }

  #size(text: string, what: string): number {
    const value = text === "*" ? integerOf(this.#take()) : Number(text);
    if (value === undefined) throw new TypeError("* wants int");
    const number = Number(value);
    if (Math.abs(number) > MAX_WIDTH) throw new RangeError(`${what} too big`);
    return number;
  }
}

function unsupported(format: string, end: number, letter: string): RangeError {
  const shown = /[ -~]/.test(letter) ? letter : "?";
  const code = letter.codePointAt(0)?.toString(16);
  const index = codePointLength(format.slice(0, end - letter.length));
  return new RangeError(`unsupported format character '${shown}' (0x${code}) at index ${index}`);
}

function asLookup(args: unknown): Lookup | undefined {
  if (!isMapping(args)) return undefined;
  if (args instanceof Map) return args as Lookup;
  const has = (key: string) => Object.hasOwn(args, key);
  return { has, get: (key) => has(key) ? args[key] : undefined };
}
