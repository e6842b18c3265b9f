/**
 * One conversion of {@linkcode percentFormat}: a value to text with sign, prefix and padding. After
 * CPython's `unicode_format_arg_format` and `unicode_format_arg_output`.
 *
 * Browser compatible.
 *
 * @module
 */
import { codePointLength, codePoints } from "./code_points.ts";
import { floatFormat, type FloatPresentation } from "./_float_format.ts";
import { isInteger } from "./python_float.ts";
import { callSpecialMethod, type SpecialMethod } from "./special_method.ts";
import { pythonAscii, pythonRepr, pythonStr } from "./python_repr.ts";
import { ELLIPSIS, type TextBudget } from "./text_budget.ts";
import { typeName } from "./type_name.ts";

/** Holds the budget of one text, and makes it when a container first needs it. */
export interface HasBudget {
  /** The budget that is left. */
  readonly budget: TextBudget;
}

/** Up to this many digits take next to no time. */
const CHEAP_DIGITS = 100;

/** The text of a value, within a budget. */
type ToText = (value: unknown, budget?: TextBudget) => string;

/**
 * The meaning of each letter: a text, an integer of that radix, or a float in that presentation.
 */
const KINDS: Readonly<Record<string, ToText | number | FloatPresentation>> = {
  ...{ s: pythonStr, r: pythonRepr, a: pythonAscii, c: oneCharacter },
  ...{ d: 10, i: 10, u: 10, o: 8, x: 16, X: 16 },
  ...{ e: "e", E: "e", f: "f", F: "f", g: "g", G: "g" },
};

/**
 * Returns the text of `value`, its containers within the budget; `undefined` if no conversion has
 * that letter.
 *
 * @param flags some of `-`, `+`, a space, `#` and `0`
 * @param width the least number of characters
 * @param precision the number of digits or characters, if one is given
 * @param letter the letter that ends the conversion
 */
export function convert(
  value: unknown,
  has: HasBudget,
  flags: string,
  width: number,
  precision: number | undefined,
  letter: string,
): string | undefined {
  const kind = KINDS[letter];
  if (kind === undefined) return undefined;
  let sign = "";
  let text: string;
  if (typeof kind === "function") {
    text = kind === pythonStr && typeof value === "string" ? value : kind(value, has.budget);
    if (precision !== undefined && letter !== "c") text = codePoints(text, precision);
  } else {
    // An object's number may take long to compute, and so may digits of which `g` shows only a few.
    const isCostly = typeof value === "object" || (precision ?? 0) > CHEAP_DIGITS;
    if (isCostly && !has.budget.next()) return ELLIPSIS;
    const isAlternate = flags.includes("#");
    text = typeof kind === "number"
      ? wholeNumber(value, letter, kind).toString(kind)
      : floatFormat(realNumber(value), kind, precision ?? 6, isAlternate);
    if (text.startsWith("-")) {
      sign = "-";
      text = text.slice(1);
    } else if (flags.includes("+")) sign = "+";
    else if (flags.includes(" ")) sign = " ";
    if (typeof kind === "number") {
      if (precision !== undefined) text = text.padStart(precision, "0");
      if (isAlternate && kind !== 10) sign += "0" + letter;
    }
    if (letter < "a") text = text.toUpperCase();
  }
  const missing = width === 0 ? 0 : width - sign.length - codePointLength(text);
  if (missing <= 0) return sign + text;
  if (flags.includes("-")) return sign + text + " ".repeat(missing);
  const isZeroFilled = flags.includes("0") && typeof kind !== "function";
  return isZeroFilled ? sign + "0".repeat(missing) + text : " ".repeat(missing) + sign + text;
}

/** Returns the number that Python has for a value, or that its method returns. */
function numberOf(value: unknown, method: SpecialMethod): number | bigint | undefined {
  if (typeof value === "boolean") return Number(value);
  return typeof value === "number" || typeof value === "bigint"
    ? value
    : callSpecialMethod(value, method);
}

/** Returns a value as an integer; `undefined` for a float and for anything that is no number. */
export function integerOf(value: unknown): number | bigint | undefined {
  return typeof value === "number" && !isInteger(value) ? undefined : numberOf(value, "__index__");
}

/** Returns the value as an integer: `int()` truncates a float, hexadecimal digits refuse it. */
function wholeNumber(value: unknown, letter: string, radix: number): number | bigint {
  const number = radix === 10 ? numberOf(value, "__int__") : integerOf(value);
  if (number === undefined) {
    const wanted = radix === 10 ? "a real number" : "an integer";
    throw new TypeError(`%${letter} format: ${wanted} is required, not ${typeName(value)}`);
  }
  if (typeof number === "bigint" || Number.isSafeInteger(number)) return number;
  if (Number.isFinite(number)) return BigInt(Math.trunc(number));
  const shown = Number.isNaN(number) ? "NaN" : "infinity";
  throw new RangeError(`cannot convert float ${shown} to integer`);
}

/** Returns the value as a float. */
function realNumber(value: unknown): number {
  const number = numberOf(value, "__float__");
  if (number === undefined) throw new TypeError(`must be real number, not ${typeName(value)}`);
  const float = Number(number);
  if (typeof number === "bigint" && !Number.isFinite(float)) {
    throw new RangeError("int too large to convert to float");
  }
  return float;
}

function oneCharacter(value: unknown): string {
  if (typeof value === "string" && codePointLength(value) === 1) return value;
  const code = integerOf(value);
  if (code === undefined) throw new TypeError("%c requires int or char");
  if (!(code >= 0 && code < 0x110000)) throw new RangeError("%c arg not in range(0x110000)");
  return String.fromCodePoint(Number(code));
}
