/**
 * A float in the presentations `f`, `e` and `g` of Python, correctly rounded, halves to even as
 * CPython's dtoa does. (`toFixed()` and `toExponential()` round exact halves away from zero, and
 * stop at 100 digits.)
 *
 * Browser compatible.
 *
 * @module
 */
import { exponentText, floatRepr } from "./python_float.ts";

/** How {@linkcode floatFormat} presents a number. */
export type FloatPresentation = "e" | "f" | "g";

/** No double has more decimals or digits than this; all that a caller asks for beyond are zeros. */
export const MAX_DECIMALS = 1074;

/**
 * Returns the text of `x` with its sign and without padding. `alternate` is Python's `#`: the point
 * is written even if nothing follows it, and so are the zeros of `g`.
 */
export function floatFormat(
  x: number,
  presentation: FloatPresentation,
  precision: number,
  alternate: boolean,
): string {
  if (!Number.isFinite(x)) return floatRepr(x);
  const sign = x < 0 || Object.is(x, -0) ? "-" : "";
  const magnitude = Math.abs(x);
  let decimals = precision;
  let digits: string;
  let power = "";
  const isShort = presentation === "g" && !alternate;
  if (presentation === "f") {
    digits = scaled(magnitude, decimals);
  } else {
    let count = presentation === "e" ? precision + 1 : precision || 1;
    // Zeros at the end are not written here, so they are not computed.
    if (isShort) count = Math.min(count, MAX_DECIMALS);
    let exponent;
    [digits, exponent] = significant(magnitude, count);
    decimals = count - 1;
    if (presentation === "e" || exponent < -4 || exponent >= count) power = exponentText(exponent);
    else decimals -= exponent;
  }
  digits = digits.padStart(decimals + 1, "0");
  const point = digits.length - decimals;
  const text = digits.slice(0, point) + (alternate || decimals > 0 ? "." : "") +
    digits.slice(point);
  return sign + (isShort && decimals > 0 ? text.replace(/\.?0+$/, "") : text) + power;
}

/** The first `count` digits of `x`, and its decimal exponent. */
function significant(x: number, count: number): [digits: string, exponent: number] {
  if (x === 0) return ["0".repeat(count), 0];
  let exponent = Number(x.toExponential().split("e")[1]);
  let digits = scaled(x, count - 1 - exponent);
  // The shortest digits of a double may lie above its value: 1e23 is 9.999…e22.
  if (digits.length < count) digits = scaled(x, count - 1 - --exponent);
  // Rounding up may have added a digit: 9.5 to one digit is 10.
  return [digits.slice(0, count), exponent + digits.length - count];
}

/** The digits of `x · 10^decimals`, rounded to an integer, halves to even. */
function scaled(x: number, decimals: number): string {
  const kept = Math.min(decimals, MAX_DECIMALS);
  let halvings = 0;
  for (; !Number.isInteger(x); x *= 2) halvings++;
  const power = 10n ** BigInt(Math.abs(kept));
  const numerator = BigInt(x) * (kept > 0 ? power : 1n);
  const denominator = (1n << BigInt(halvings)) * (kept > 0 ? 1n : power);
  const quotient = numerator / denominator;
  const rest = numerator % denominator;
  // An odd quotient is rounded up from the half itself, an even one from what is above it.
  const isUp = 2n * rest + quotient % 2n > denominator;
  return String(isUp ? quotient + 1n : quotient) + "0".repeat(decimals - kept);
}
