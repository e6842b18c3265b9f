/**
 * One conversion of {@linkcode percentFormat}: a value to text, then sign, prefix and padding.
 * After CPython's `unicode_format_arg_format` and `unicode_format_arg_output`.
 *
 * Browser compatible.
 *
 * @module
 */
import { codePointLength, codePoints } from "./code_points.ts";
import { floatFormat, type FloatPresentation } from "./float_format.ts";
import { PythonFloat } from "./python_float.ts";
import { pythonAscii, pythonRepr, pythonStr } from "./python_repr.ts";
import { typeName } from "./type_name.ts";

/** A conversion as it was read: flags, width, precision (-1: none), character. */
export interface Conversion {
  /** `-` */
  left: boolean;
  /** `+` */
  plus: boolean;
  /** a space */
  blank: boolean;
  /** `#` */
  alternate: boolean;
  /** `0` */
  zero: boolean;
  /** The least number of characters. */
  width: number;
  /** Digits or characters; -1 where none is given. */
  precision: number;
  /** The letter that ends it. */
  character: string;
}

/** The text of `value`; `before` is the format up to the conversion's letter, for messages alone. */
export function convert(
  conversion: Conversion,
  value: unknown,
  before: () => string,
): string {
  const { character, precision } = conversion;
  switch (character) {
    case "s":
      return padText(conversion, cut(pythonStr(value), precision));
    case "r":
      return padText(conversion, cut(pythonRepr(value), precision));
    case "a":
      return padText(conversion, cut(pythonAscii(value), precision));
    case "d":
    case "i":
    case "u":
      return padNumber(conversion, withDigits(wholeNumber(value, character).toString(), precision));
    case "x":
    case "X":
    case "o":
      return padNumber(conversion, radixText(conversion, value));
    case "e":
    case "E":
    case "f":
    case "F":
    case "g":
    case "G": {
      const presentation = character.toLowerCase() as FloatPresentation;
      const digits = precision < 0 ? 6 : precision;
      const text = floatFormat(realNumber(value), presentation, digits, conversion.alternate);
      return padNumber(conversion, character === presentation ? text : text.toUpperCase());
    }
    case "c":
      return padText(conversion, oneCharacter(value));
  }
  const code = character.charCodeAt(0);
  const shown = code > 31 && code < 127 ? character : "?";
  throw new RangeError(
    `unsupported format character '${shown}' (0x${code.toString(16)}) at index ` +
      `${codePointLength(before())}`,
  );
}

/** The value as an integer: a float is truncated, as `int()` does. */
function wholeNumber(value: unknown, character: string): number | bigint {
  if (typeof value === "bigint") return value;
  if (typeof value === "boolean") return Number(value);
  const number = value instanceof PythonFloat ? value.value : value;
  if (typeof number !== "number") {
    throw new TypeError(
      `%${character} format: a real number is required, not ${typeName(value)}`,
    );
  }
  if (Number.isSafeInteger(number)) return number;
  if (Number.isNaN(number)) throw new RangeError("cannot convert float NaN to integer");
  if (!Number.isFinite(number)) throw new RangeError("cannot convert float infinity to integer");
  return BigInt(Math.trunc(number));
}

/** The value as a float. */
function realNumber(value: unknown): number {
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return Number(value);
  if (value instanceof PythonFloat) return value.value;
  if (typeof value !== "bigint") {
    throw new TypeError(`must be real number, not ${typeName(value)}`);
  }
  const number = Number(value);
  if (!Number.isFinite(number)) throw new RangeError("int too large to convert to float");
  return number;
}

function radixText({ character, precision }: Conversion, value: unknown): string {
  const isInteger = typeof value === "bigint" || typeof value === "boolean" ||
    (Number.isSafeInteger(value) && !Object.is(value, -0));
  if (!isInteger) {
    throw new TypeError(
      `%${character} format: an integer is required, not ${typeName(value)}`,
    );
  }
  const number = typeof value === "boolean" ? Number(value) : value as number | bigint;
  const text = withDigits(number.toString(character === "o" ? 8 : 16), precision);
  return character === "X" ? text.toUpperCase() : text;
}

/** A precision asks an integer for so many digits at least. */
function withDigits(text: string, precision: number): string {
  const sign = text.startsWith("-") ? "-" : "";
  return sign + text.slice(sign.length).padStart(precision, "0");
}

function oneCharacter(value: unknown): string {
  if (typeof value === "string" && codePointLength(value) === 1) return value;
  const code = typeof value === "boolean" ? Number(value) : value;
  if (typeof code !== "bigint" && !Number.isSafeInteger(code)) {
    throw new TypeError("%c requires int or char");
  }
  if (!((code as number) >= 0 && (code as number) < 0x110000)) {
    throw new RangeError("%c arg not in range(0x110000)");
  }
  return String.fromCodePoint(Number(code));
}

function cut(text: string, precision: number): string {
  return precision < 0 ? text : codePoints(text, precision);
}

function padText({ left, width }: Conversion, text: string): string {
  const missing = width === 0 ? 0 : width - codePointLength(text);
  if (missing <= 0) return text;
  return left ? text + " ".repeat(missing) : " ".repeat(missing) + text;
}

function padNumber(conversion: Conversion, text: string): string {
  const { left, width, zero, alternate, character } = conversion;
  let sign = "";
  if (text.startsWith("-")) {
    sign = "-";
    text = text.slice(1);
  } else if (conversion.plus) sign = "+";
  else if (conversion.blank) sign = " ";
  if (alternate && (character === "x" || character === "X" || character === "o")) {
    sign += "0" + character;
  }
  const missing = width - sign.length - text.length;
  if (missing <= 0) return sign + text;
  if (left) return sign + text + " ".repeat(missing);
  return zero ? sign + "0".repeat(missing) + text : " ".repeat(missing) + sign + text;
}
