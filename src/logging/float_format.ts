/**
 * A float in the presentations `f`, `e` and `g` of Python, correctly rounded, halves to even as
 * CPython's dtoa does. (`toFixed()` and `toExponential()` round exact halves away from zero, and stop
 * at 100 digits; where they may be trusted they are used.)
 *
 * Browser compatible.
 *
 * @module
 */

/** How {@linkcode floatFormat} presents a number. */
export type FloatPresentation = "e" | "f" | "g";

/** No double has more decimals than this; what is asked for beyond it is zeros. */
const MAX_DECIMALS = 1074;
/** As far as `toFixed()` and `toExponential()` go. */
const MAX_NATIVE_DIGITS = 100;

/**
 * The text of `x`, its sign included, without any padding. `alternate` is Python's `#`: the point
 * is kept even where nothing follows it, and so are the zeros of `g`.
 */
export function floatFormat(
  x: number,
  presentation: FloatPresentation,
  precision: number,
  alternate: boolean,
): string {
  if (Number.isNaN(x)) return "nan";
  const sign = x < 0 || Object.is(x, -0) ? "-" : "";
  const magnitude = Math.abs(x);
  if (magnitude === Infinity) return sign + "inf";
  if (presentation === "f") return sign + withPoint(fixed(magnitude, precision), alternate);
  if (presentation === "e") {
    const [digits, exponent] = exponential(magnitude, precision);
    return sign + scientific(digits, exponent, alternate);
  }
  return sign + general(magnitude, precision || 1, alternate);
}

/** Python's `g`: `precision` significant digits, `e` where the exponent is small or large. */
function general(x: number, precision: number, alternate: boolean): string {
  let [digits, exponent] = exponential(x, precision - 1);
  const isScientific = exponent < -4 || exponent >= precision;
  if (!alternate) digits = digits[0] + digits.slice(1).replace(/0+$/, "");
  if (isScientific) return scientific(digits, exponent, alternate);
  if (exponent < 0) return "0." + "0".repeat(-exponent - 1) + digits;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  const decimals = digits.slice(exponent + 1);
  return decimals === "" ? withPoint(whole, alternate) : `${whole}.${decimals}`;
}

function scientific(digits: string, exponent: number, alternate: boolean): string {
  const mantissa = digits.length > 1
    ? `${digits[0]}.${digits.slice(1)}`
    : withPoint(digits, alternate);
  const sign = exponent < 0 ? "-" : "+";
  return `${mantissa}e${sign}${String(Math.abs(exponent)).padStart(2, "0")}`;
}

function withPoint(text: string, alternate: boolean): string {
  return alternate && !text.includes(".") ? text + "." : text;
}

function fixed(x: number, precision: number): string {
  if (x < 1e21 && precision <= MAX_NATIVE_DIGITS && !isHalf(x, precision)) {
    return x.toFixed(precision);
  }
  const decimals = Math.min(precision, MAX_DECIMALS);
  const digits = scaled(x, decimals).toString().padStart(decimals + 1, "0");
  if (precision === 0) return digits;
  const point = digits.length - decimals;
  return `${digits.slice(0, point)}.${digits.slice(point).padEnd(precision, "0")}`;
}

/** The `precision + 1` significant digits of `x`, and its decimal exponent. */
function exponential(x: number, precision: number): [digits: string, exponent: number] {
  if (x === 0) return ["0".repeat(precision + 1), 0];
  const native = x.toExponential();
  const estimate = Number(native.slice(native.indexOf("e") + 1));
  const decimals = precision - estimate;
  if (precision <= MAX_NATIVE_DIGITS && decimals >= 0 && !isHalf(x, decimals)) {
    const text = x.toExponential(precision);
    const end = text.indexOf("e");
    return [text.slice(0, end).replace(".", ""), Number(text.slice(end + 1))];
  }
  const kept = Math.min(decimals, MAX_DECIMALS);
  const digits = scaled(x, kept).toString();
  // Rounding up may have added a digit: 9.5 to one digit is 10.
  const carry = digits.length - (kept + estimate + 1);
  return [digits.slice(0, precision + 1).padEnd(precision + 1, "0"), estimate + carry];
}

/** Whether `x` lies exactly between two numbers of so many decimals: `2x·2^decimals` is odd. */
function isHalf(x: number, decimals: number): boolean {
  const doubled = x * 2 ** (decimals + 1);
  return Number.isInteger(doubled) && doubled % 2 !== 0;
}

const view = new DataView(new ArrayBuffer(8));

/** `x · 10^decimals` as the nearest integer, halves to even. */
function scaled(x: number, decimals: number): bigint {
  view.setFloat64(0, x);
  const bits = view.getBigUint64(0);
  const biased = Number(bits >> 52n);
  const fraction = bits & 0xfffffffffffffn;
  const mantissa = biased === 0 ? fraction : fraction | 0x10000000000000n;
  const exponent = (biased || 1) - 1075;
  let numerator = mantissa;
  let denominator = 1n;
  if (exponent > 0) numerator <<= BigInt(exponent);
  else denominator <<= BigInt(-exponent);
  if (decimals > 0) numerator *= 10n ** BigInt(decimals);
  else denominator *= 10n ** BigInt(-decimals);
  const quotient = numerator / denominator;
  const doubledRest = (numerator - quotient * denominator) * 2n;
  const roundsUp = doubledRest > denominator ||
    (doubledRest === denominator && quotient % 2n === 1n);
  return roundsUp ? quotient + 1n : quotient;
}
