/**
 * The parameters of structured data as RFC 5424 section 6.3 writes them: `[id name="value"]`.
 *
 * Browser compatible.
 *
 * @module
 */
import { callSpecialMethod } from "../../text/special_method.ts";
import { pythonRepr } from "../../text/python_repr.ts";
import { MAX_TEXT, TextBudget } from "../../text/text_budget.ts";
import { isScalar, type Scalar } from "../../text/scalar.ts";
import { jsonText } from "../../text/json_text.ts";
import { writeDigits } from "../../text/digits.ts";
import { BYTES_A_CHARACTER, encodeUtf8 } from "../../text/utf8.ts";
import { refuse } from "../../logging/validate.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const BRACKET = 0x5d;

const MAX_NAME = 32;

/** SD-NAME: printable ASCII without `=`, space, `]` and `"`. */
const NAME = /^[!#-<>-\\^-~]{1,32}$/;

/** A character that no name may have. */
const NO_NAME = /[^!#-<>-\\^-~]/gu;

/** A name without an `@`, or with a private enterprise number behind it. */
const ID = /^[^@]+(?:@\d+(?:\.\d+)*)?$/;

const ESCAPED = /["\\\]]/g;

/** Up to so many characters the loop is faster than the regular expression. */
const SHORT_TEXT = 64;

/** So many names are kept for the next message: those of one kind have the same ones. */
const MAX_STARTS = 64;

/** ` name="` and the quote at the end. */
const MAX_NAME_BYTES = MAX_NAME + 4;

/** The most characters of a number, a boolean or null: those of `-1.2345678901234567e-308`. */
const MAX_VALUE = 24;

/**
 * Checks an SD-ID and returns it: a name and, unless IANA has registered it, `@` and the private
 * enterprise number of its owner, such as `app@32473`.
 *
 * @throws {TypeError} for any other value
 */
export function checkStructuredDataId(what: string, name: string, value: unknown): string {
  if (typeof value === "string" && NAME.test(value) && ID.test(value)) return value;
  const expected = 'an SD-ID such as "app@32473" of 1 to 32 printable ASCII characters ' +
    'without "=", space, "]" and quotes';
  return refuse(what, name, expected, value);
}

/**
 * The parameters of one message, and their bytes. A parameter whose value is undefined is left out.
 * Text is written unchanged, a value from Python as its `str()`, and any other value as JSON. Text
 * over the {@linkcode TextBudget} of one record, and a value that throws when it is read, is `…`; a
 * lone surrogate, which UTF-8 cannot hold, is U+FFFD.
 *
 * A name that RFC 5424 does not allow is changed: each character that it may not have becomes `_`,
 * an empty name becomes `_`, and 32 characters are kept. If another parameter has that name, it
 * ends with a number: `_2`, `_3`, and so on.
 */
export class StructuredData {
  #names: string[] = [];
  #values: Scalar[] = [];
  readonly #budget = new TextBudget();
  /** By index, the name of the last parameter there, and the bytes before its value. */
  readonly #starts: { name: string; bytes: Uint8Array }[] = [];
  #count = 0;
  #most = 0;

  /** The number of parameters, also of those that are left out. */
  get size(): number {
    return this.#count;
  }

  /** The most bytes that `write()` may write. */
  get mostBytes(): number {
    return this.#most;
  }

  /** Removes all parameters. */
  clear(): void {
    this.#count = this.#most = 0;
    this.#budget.left = MAX_TEXT;
    // A value that threw may have left its containers there.
    if (this.#budget.open.length > 0) this.#budget.open.length = 0;
  }

  /** Adds a parameter whose name no other one has; runs code of the value, but never throws. */
  add(name: string, value: unknown): void {
    const kept = paramValue(value, this.#budget);
    const at = this.#count++;
    this.#names[at] = name;
    this.#values[at] = kept;
    this.#most += MAX_NAME_BYTES +
      (typeof kept === "string" ? BYTES_A_CHARACTER * kept.length : MAX_VALUE);
  }

  /**
   * Takes all parameters from two lists, which stay the caller's and in which names may be changed.
   *
   * @param characters how many the names and the texts among the values have: far fewer than a
   * record may have
   */
  borrow(names: string[], values: Scalar[], count: number, characters: number): void {
    this.#names = names;
    this.#values = values;
    this.#count = count;
    this.#most = count * (MAX_NAME_BYTES + MAX_VALUE) + BYTES_A_CHARACTER * characters;
  }

  /** Writes ` name="value"` for each parameter at `at`, and returns the end. */
  write(out: Uint8Array, at: number): number {
    let end = at;
    for (let i = 0; i < this.#count; i++) {
      const value = this.#values[i];
      if (value === undefined) continue;
      const start = this.#startOf(i);
      if (start === undefined) {
        this.#rename();
        return this.write(out, at);
      }
      // A loop is faster than a call of `set()`: most names are short.
      for (let j = 0; j < start.length; j++) out[end + j] = start[j]!;
      end += start.length;
      if (typeof value === "string") end = writeEscaped(value, out, end);
      else if (isShortInteger(value)) end = writeDigits(value, out, end);
      else end = encodeUtf8(String(value), out, end);
      out[end++] = QUOTE;
    }
    return end;
  }

  /** Returns the bytes before a value; undefined if its name is not allowed. */
  #startOf(index: number): Uint8Array | undefined {
    const name = this.#names[index]!;
    const known = this.#starts[index];
    if (known?.name === name) return known.bytes;
    if (!NAME.test(name)) return undefined;
    const start = ` ${name}="`;
    const bytes = new Uint8Array(start.length);
    encodeUtf8(start, bytes, 0);
    if (index < MAX_STARTS) this.#starts[index] = { name, bytes };
    return bytes;
  }

  /** Gives an allowed name to each parameter that has none. */
  #rename(): void {
    const names = this.#names;
    names.length = this.#count;
    const allowed = new ParamNames(names);
    for (let i = 0; i < names.length; i++) {
      if (this.#values[i] !== undefined && !NAME.test(names[i]!)) {
        names[i] = allowed.allowed(names[i]!);
      }
    }
  }
}

/** Writes text with a backslash before each character that needs one, and returns its end. */
function writeEscaped(text: string, out: Uint8Array, at: number): number {
  const { length } = text;
  if (length > SHORT_TEXT) return encodeUtf8(escaped(text), out, at);
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f || code === QUOTE || code === BACKSLASH || code === BRACKET) {
      return encodeUtf8(escaped(text), out, at);
    }
    out[at + i] = code;
  }
  return at + length;
}

function escaped(text: string): string {
  return text.toWellFormed().replace(ESCAPED, "\\$&");
}

/** Finds names for parameters whose names are not allowed. */
class ParamNames {
  readonly #taken: Set<string>;
  /** The last number that was put behind a name. */
  readonly #numbers = new Map<string, number>();

  constructor(names: readonly string[]) {
    this.#taken = new Set(names);
  }

  /** Returns an allowed name for this one, which no other parameter has. */
  allowed(key: string): string {
    const name = key.replace(NO_NAME, "_").slice(0, MAX_NAME) || "_";
    let unique = name;
    while (this.#taken.has(unique)) {
      const number = (this.#numbers.get(name) ?? 1) + 1;
      this.#numbers.set(name, number);
      const end = `_${number}`;
      unique = name.slice(0, MAX_NAME - end.length) + end;
    }
    this.#taken.add(unique);
    return unique;
  }
}

/** An integer of up to ten digits, of which no text is made. */
function isShortInteger(value: Scalar): value is number {
  return typeof value === "number" && value >= 0 && (value | 0) === value;
}

function paramValue(value: unknown, budget: TextBudget): Scalar {
  if (typeof value === "string") return budget.cut(value);
  if (isScalar(value)) return value;
  try {
    return objectText(value, budget);
  } catch {
    // A `toJSON()` or a getter of the value threw.
    return "…";
  }
}

function objectText(value: unknown, budget: TextBudget): string {
  if (budget.left > 0) {
    const own = callSpecialMethod<string>(
      value,
      "__str__",
      (item: unknown) => pythonRepr(item, budget),
    );
    if (own !== undefined) return budget.cut(own);
  }
  const text = jsonText(value, budget);
  // A Date, an Error, bytes, …: JSON writes them as text.
  return text.startsWith('"') ? JSON.parse(text) : text;
}
