/**
 * A number that is a `float` in Python even where its value is integral, as `created`, `msecs` and
 * `relativeCreated` are: `str()` of it is `5.0`, not `5`. And the spelling of floats, which is
 * Python's `float.__repr__`.
 *
 * Browser compatible.
 *
 * @module
 */

/** A number to be spelled as Python spells a float. */
export class PythonFloat {
  /** The number itself. */
  readonly value: number;

  /** Marks `value` as a float. */
  constructor(value: number) {
    this.value = value;
  }
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
  const [digits, exponent] = x.toExponential().split("e") as [string, string];
  return `${digits}e${exponent[0]}${exponent.slice(1).padStart(2, "0")}`;
}
