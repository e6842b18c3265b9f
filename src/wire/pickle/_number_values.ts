/**
 * Python's numbers that are no numbers of JavaScript: `Decimal`, `Fraction`, `complex`.
 *
 * In JSON a Decimal and a Fraction are numbers if a number holds exactly their value, and else
 * text, so that no digit of an amount is lost.
 *
 * Browser compatible: imports nothing outside this folder, uses no runtime global.
 *
 * @module
 */
import { formatDecimal } from "./_decimal_format.ts";
import {
  bareArguments,
  bigIntOf,
  floatText,
  MAX_BITS,
  MAX_DIGITS,
  type PythonCall,
  type PythonValue,
} from "./_python_value.ts";

/** The text that `str(Decimal)` writes. */
const DECIMAL =
  /^(?:(?<sign>-?)(?<whole>\d+)(?:\.(?<part>\d+))?(?:E(?<power>[+-]\d+))?|-?(?:s?NaN\d*|Infinity))$/;

/** The text that `str(float)` writes, in Python and here. */
const FLOAT = /^-?(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/;

/** Reads a `Decimal`. */
export function decimal(call: PythonCall): PythonValue | undefined {
  const [text, ...rest] = bareArguments(call) ?? [];
  if (typeof text !== "string" || text.length > MAX_DIGITS || rest.length > 0) return undefined;
  const groups = DECIMAL.exec(text)?.groups;
  if (groups === undefined) return undefined;
  const value = {
    str: () => text,
    repr: () => `Decimal('${text}')`,
    format: (spec: string) => formatDecimal(text, spec),
  };
  const { sign, whole, part = "", power = "0" } = groups;
  if (whole === undefined) {
    // A signaling NaN has no float.
    return text.includes("s") ? value : { ...value, float: Number(text.replace(/NaN\d*/, "NaN")) };
  }
  const float = Number(text);
  const int = truncated(sign + whole, part, Number(power));
  return { ...value, float, int, json: exactly(text, [whole, part, power], float, int) };
}

/** Returns the integer part of `whole.part × 10^power`, if it is not too long. */
function truncated(whole: string, part: string, power: number): bigint | undefined {
  if (whole.length + power > MAX_DIGITS) return undefined;
  if (power >= 0) {
    return BigInt(whole + part.slice(0, power) + "0".repeat(Math.max(0, power - part.length)));
  }
  const kept = whole.slice(0, power);
  return kept === "" || kept === "-" ? 0n : BigInt(kept);
}

/** Returns the number that is exactly that decimal, otherwise its text. */
function exactly(
  text: string,
  [whole, part, power]: readonly [string, string, string],
  float: number,
  int: bigint | undefined,
): string | number | bigint {
  const [, ownWhole = "", ownPart = "", ownPower = "0"] = FLOAT.exec(String(float)) ?? [];
  const isExact = canonical(whole, part, power) === canonical(ownWhole, ownPart, ownPower);
  if (isExact) return float;
  return part === "" && power === "0" && int !== undefined ? int : text;
}

/** Returns the digits of a decimal without zeros at its ends, and its exponent. */
function canonical(whole: string, part: string, power: string): string {
  const digits = (whole + part).replace(/^0+/, "");
  const kept = withoutZeros(digits);
  if (kept === "") return "0";
  return `${kept}e${Number(power) - part.length + digits.length - kept.length}`;
}

/** Removes zeros at the end in linear time, which `/0+$/` does not. */
function withoutZeros(digits: string): string {
  let end = digits.length;
  while (digits[end - 1] === "0") end--;
  return digits.slice(0, end);
}

/** Reads a `Fraction` of two integers, or of its text as Python before 3.11 writes it. */
export function fraction(call: PythonCall): PythonValue | undefined {
  const args = bareArguments(call) ?? [];
  const [top, bottom] = args.length === 1 ? partsOf(args[0]) : args;
  const numerator = bigIntOf(top, MAX_BITS);
  const denominator = bigIntOf(bottom, MAX_BITS);
  if (numerator === undefined || denominator === undefined || denominator <= 0n) return undefined;
  const text = denominator === 1n ? String(numerator) : `${numerator}/${denominator}`;
  const float = Number(numerator) / Number(denominator);
  const value = {
    str: () => text,
    repr: () => `Fraction(${numerator}, ${denominator})`,
    int: numerator / denominator,
    ...(Number.isFinite(float) ? { float } : {}),
  };
  // Only a fraction whose denominator is a power of two is exactly a number.
  const isExact = Number.isSafeInteger(Number(numerator)) && denominator <= 1n << 52n &&
    (denominator & (denominator - 1n)) === 0n;
  return isExact ? { ...value, json: float } : value;
}

function partsOf(text: unknown): [numerator: bigint, denominator: bigint] | [] {
  if (typeof text !== "string" || text.length > MAX_DIGITS) return [];
  const [, numerator, denominator = "1"] = /^(-?\d+)(?:\/(\d+))?$/.exec(text) ?? [];
  return numerator === undefined ? [] : [BigInt(numerator), BigInt(denominator)];
}

/** Reads a `complex`. */
export function complex(call: PythonCall): PythonValue | undefined {
  const [real, imaginary, ...rest] = bareArguments(call) ?? [];
  if (typeof real !== "number" || typeof imaginary !== "number" || rest.length > 0) return;
  const text = complexText(real, imaginary);
  return { repr: () => text };
}

/** Returns `repr(complex)`: without `.0`, and without a real part that is 0. */
export function complexText(real: number, imaginary: number): string {
  const [left, right] = [real, imaginary].map((part) => floatText(part).replace(/\.0$/, ""));
  if (Object.is(real, 0)) return `${right}j`;
  return `(${left}${right!.startsWith("-") ? "" : "+"}${right}j)`;
}
