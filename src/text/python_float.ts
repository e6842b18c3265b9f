/**
 * A number that is a `float` in Python even if its value is integral, as `created`, `msecs` and
 * `relativeCreated` are: its `str()` is `5.0`, not `5`. And the text of floats, which is that of
 * Python's `float.__repr__`.
 *
 * Browser compatible.
 *
 * @module
 */

/** A number that is written as Python writes a float; formatting calls its special methods. */
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

  /** The number for Python's `int()`; the caller truncates it. */
  __int__(): number {
    return this.value;
  }

  /** The number for Python's `float()`. */
  __float__(): number {
    return this.value;
  }
}

/** Returns true for a number that is an `int` in Python: `-0` is a float there. */
export function isInteger(value: unknown): boolean {
  return Number.isSafeInteger(value) && !Object.is(value, -0);
}

/**
 * Returns `repr()` of a Python float: the shortest digits, as in JS, but other thresholds and
 * exponents.
 */
export function floatRepr(x: number): string {
  if (!Number.isFinite(x)) return String(x).replace("inity", "").toLowerCase();
  if (Object.is(x, -0)) return "-0.0";
  const magnitude = Math.abs(x);
  if (x === 0 || (magnitude >= 1e-4 && magnitude < 1e16)) {
    const text = String(x);
    return Number.isInteger(x) ? text + ".0" : text;
  }
  const [digits, exponent] = x.toExponential().split("e");
  return digits + exponentText(Number(exponent));
}

/** Returns a decimal exponent as Python writes it: `e-05`. */
export function exponentText(exponent: number): string {
  return `e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
}
