/**
 * A number that is a `float` in Python even where its value is integral, as `created`, `msecs` and
 * `relativeCreated` are: `str()` of it is `5.0`, not `5`. And the spelling of floats, which is
 * Python's `float.__repr__`.
 *
 * Browser compatible.
 *
 * @module
 */

/** A number to be spelled as Python spells a float; formatting asks it, as it asks any value. */
export class PythonFloat {
  /** The type, as error messages name it. */
  static readonly name = "float";
  /** The number itself. */
  readonly value: number;

  /** Marks `value` as a float. */
  constructor(value: number) {
    this.value = value;
  }

  /** Python's `repr()`. */
  toString(): string {
    return floatRepr(this.value);
  }

  /** Python's `int()` cuts it off, which is left to the caller. */
  __int__(): number {
    return this.value;
  }

  /** Python's `float()`. */
  __float__(): number {
    return this.value;
  }
}

/** Whether Python has an `int` for a number of JS: `-0` is a float there. */
export function isInteger(value: unknown): boolean {
  return Number.isSafeInteger(value) && !Object.is(value, -0);
}

/** `repr()` of a Python float: the same shortest digits as in JS, other thresholds and exponents. */
export function floatRepr(x: number): string {
  if (Number.isNaN(x)) return "nan";
  if (!Number.isFinite(x)) return x > 0 ? "inf" : "-inf";
  if (Object.is(x, -0)) return "-0.0";
  const magnitude = Math.abs(x);
  if (x === 0 || (magnitude >= 1e-4 && magnitude < 1e16)) {
    const text = String(x);
    return Number.isInteger(x) ? text + ".0" : text;
  }
  const [digits, exponent] = x.toExponential().split("e");
  return digits + exponentText(Number(exponent));
}

/** A decimal exponent as Python writes it: `e-05`. */
export function exponentText(exponent: number): string {
  return `e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
}
