/**
 * `format()` of Python's `Decimal` in fixed notation, such as `{:,.2f}`, after `__format__` of
 * CPython's `_pydecimal.py`: exact, since the nearest float would round some amounts otherwise.
 *
 * Browser compatible: imports nothing outside this folder, uses no runtime global.
 *
 * @module
 */
import { MAX_DIGITS } from "./_python_value.ts";

/** Fill, alignment, sign, zeros, width, grouping, decimals; without a type only with grouping. */
const FIXED =
  /^(?:(?<fill>.)?(?<align>[<>=^]))?(?<sign>[-+ ]?)(?<zero>0?)(?<width>\d{0,3})(?<comma>,?)(?:(?:\.(?<decimals>\d{1,3}))?[fF]|(?<=,))$/su;

const NUMBER = /^(\d+)(?:\.(\d+))?(?:E([+-]\d+))?$/;

/** Matches the positions of separators among the digits of an integer. */
const THOUSANDS = /\B(?=(?:\d{3})+$)/g;

/** Returns the text; `undefined` for other notations, and for a text that is too long. */
export function formatDecimal(text: string, spec: string): string | undefined {
  const groups = FIXED.exec(spec)?.groups;
  if (groups === undefined) return undefined;
  const { fill = " ", align, zero, width, comma, decimals } = groups;
  // Python refuses zeros beside an alignment, and groups those that fill the width.
  if (zero !== "" && (align !== undefined || comma !== "")) return undefined;
  const isNegative = text.startsWith("-");
  const magnitude = isNegative ? text.slice(1) : text;
  const sign = isNegative ? "-" : groups.sign!.replace("-", "");
  const isNumber = NUMBER.test(magnitude);
  if (spec.endsWith(",") && magnitude.includes("E")) return undefined;
  const fixed = isNumber ? fixedText(magnitude, decimals) : magnitude;
  if (fixed === undefined) return undefined;
  const body = isNumber && comma !== ""
    ? fixed.replace(/^\d+/, (whole) => whole.replace(THOUSANDS, comma!))
    : fixed;
  const missing = Math.max(0, Number(width) - sign.length - body.length);
  if (zero !== "" && isNumber) return sign + "0".repeat(missing) + body;
  switch (align) {
    case "<":
      return sign + body + fill.repeat(missing);
    case "^":
      return fill.repeat(missing >> 1) + sign + body + fill.repeat(missing - (missing >> 1));
    case "=":
      return sign + fill.repeat(missing) + body;
    default:
      return fill.repeat(missing) + sign + body;
  }
}

/** Returns the digits with `decimals`, halves to even, or with the decimals that the number has. */
function fixedText(magnitude: string, decimals: string | undefined): string | undefined {
  const [, whole = "", part = "", power = "0"] = NUMBER.exec(magnitude) ?? [];
  const own = part.length - Number(power);
  const kept = decimals === undefined ? Math.max(0, own) : Number(decimals);
  if (Math.abs(own) > MAX_DIGITS || whole.length + Number(power) > MAX_DIGITS) return undefined;
  const digits = String(rounded(BigInt(whole + part), own - kept)).padStart(kept + 1, "0");
  return kept === 0 ? digits : `${digits.slice(0, -kept)}.${digits.slice(-kept)}`;
}

/** Returns `number / 10 ** power`, rounded to an integer, halves to even. */
function rounded(number: bigint, power: number): bigint {
  if (power <= 0) return number * 10n ** BigInt(-power);
  const divisor = 10n ** BigInt(power);
  const quotient = number / divisor;
  return 2n * (number % divisor) + quotient % 2n > divisor ? quotient + 1n : quotient;
}
