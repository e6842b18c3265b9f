/**
 * Python's texts and numbers of a value that was pickled as a call: the contract between
 * `PythonObject`, which describes the call, and the tables of known classes, by module and name.
 *
 * Browser compatible: imports nothing outside this folder, uses no runtime global.
 *
 * @module
 */
import { encodeUtf8 } from "../../text/utf8.ts";

/** Returns Python's `repr()` of a value inside another. */
export type Repr = (value: unknown) => string;

/** The description that a pickle has of an object: the fields of a `PythonObject`. */
export interface PythonCall {
  /** The module of the class. */
  readonly module: string;
  /** The name of the class, or of the function that makes the object. */
  readonly name: string;
  /** The positional arguments; null for the class itself. */
  readonly args: unknown[] | null;
  /** The keyword arguments; null if there are none. */
  readonly kwargs: unknown;
  /** The state; null if there is none. */
  readonly state: unknown;
  /** Items that are appended; null if there are none. */
  readonly items: unknown[] | null;
  /** Entries that are set; null if there are none. */
  readonly entries: [key: unknown, value: unknown][] | null;
  /** Returns Python's `str()` of the object, if it is known and is not `repr()`. */
  __str__?(repr: Repr): string | undefined;
}

/** A value of a known class. */
export interface PythonValue {
  /** Returns `repr(value)`. */
  repr(repr: Repr): string;
  /** Returns `str(value)`; absent if that is `repr(value)`. */
  str?(repr: Repr): string;
  /** Returns `format(value, spec)`; nothing if that formats the text or the number of the value. */
  format?(spec: string): string | undefined;
  /** Returns the value for JSON and for new pickles; absent if that is `str(value)`. */
  readonly json?: unknown;
  /** Returns `operator.index(value)`, if it is an integer. */
  readonly index?: number | bigint;
  /** Returns `int(value)`, if it has one; the caller truncates a number with decimals. */
  readonly int?: number | bigint | undefined;
  /** Returns `float(value)`, if it has one. */
  readonly float?: number | undefined;
}

/** Returns the description in a value, if it is an object. */
export type AsCall = (value: unknown) => PythonCall | undefined;

/** Reads an object of one class; `undefined` for data that Python does not write. */
export type Reader = (call: PythonCall, asCall: AsCall) => PythonValue | undefined;

/** Readers by the name of the class. */
export type Readers = Readonly<Record<string, Reader>>;

/**
 * The digits of the longest integer, as `sys.get_int_max_str_digits()`: Python shows no longer one,
 * and to convert one takes quadratic time.
 */
export const MAX_DIGITS = 4300;

/** So many digits take fewer bits. */
export const MAX_BITS = 14_288;

/** Returns the arguments of a call, if nothing was added to its object afterwards. */
export function bareArguments(call: PythonCall): unknown[] | undefined {
  const isBare = call.state === null && call.items === null && call.entries === null;
  return isBare && call.args !== null ? call.args : undefined;
}

/** Makes a value whose text has the name of a class around it: `UUID('…')`. */
export function textValue(text: string, type: string): PythonValue {
  return { str: () => text, repr: (repr) => `${type}(${repr(text)})` };
}

/** Makes an integer, which is a number in JSON whatever its class is. */
export function integerValue(value: number | bigint, repr: string): PythonValue {
  const float = Number(value);
  return {
    ...{ str: () => String(value), repr: () => repr, json: value, index: value, int: value },
    ...(Number.isFinite(float) ? { float } : {}),
  };
}

/** Returns an integer as a `bigint`, if it is not longer than `maxBits`. */
export function bigIntOf(value: unknown, maxBits: number): bigint | undefined {
  if (typeof value === "number") return Number.isSafeInteger(value) ? BigInt(value) : undefined;
  return typeof value === "bigint" && BigInt.asIntN(maxBits + 1, value) === value
    ? value
    : undefined;
}

/**
 * Returns `length` bytes of a state. Python 2 writes them as a byte string, which was read as
 * Latin-1, or as UTF-8 if it is valid UTF-8: then it has fewer characters than bytes.
 */
export function bytesOf(value: unknown, length: number): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value.length === length ? value : undefined;
  if (typeof value !== "string" || value.length > length) return undefined;
  if (value.length === length) {
    if (/[^\0-\xff]/.test(value)) return undefined;
    return Uint8Array.from({ length }, (_, index) => value.charCodeAt(index));
  }
  const bytes = new Uint8Array(3 * value.length);
  return encodeUtf8(value, bytes, 0) === length ? bytes.subarray(0, length) : undefined;
}

/**
 * Returns a float as Python writes it: by its shortest digits, with an exponent from `10 ** most`
 * on.
 */
export function floatText(x: number, shortest: string = x.toExponential(), most = 16): string {
  if (Number.isNaN(x)) return "nan";
  if (!Number.isFinite(x)) return x > 0 ? "inf" : "-inf";
  const sign = x < 0 || Object.is(x, -0) ? "-" : "";
  const [mantissa = "", power] = shortest.replace(/^-/, "").split("e");
  const exponent = Number(power);
  if (x !== 0 && (Math.abs(x) < 1e-4 || Math.abs(x) >= 10 ** most)) {
    const digits = String(Math.abs(exponent)).padStart(2, "0");
    return `${sign}${mantissa}e${exponent < 0 ? "-" : "+"}${digits}`;
  }
  const digits = "0".repeat(Math.max(0, -exponent)) + mantissa.replace(".", "");
  const whole = Math.max(0, exponent) + 1;
  return `${sign}${digits.slice(0, whole).padEnd(whole, "0")}.${digits.slice(whole) || "0"}`;
}

/** Characters that `repr()` escapes, and a few more. */
const ESCAPED = /(?! )[\p{C}\p{Z}\\]/u;

/** Returns `repr()` of None, a bool, a number or a plain text; `undefined` for other values. */
export function scalarRepr(value: unknown): string | undefined {
  switch (typeof value) {
    case "string": {
      const quote = value.includes("'") ? '"' : "'";
      return ESCAPED.test(value) || value.includes(quote) ? undefined : quote + value + quote;
    }
    case "number":
      return Number.isSafeInteger(value) && !Object.is(value, -0) ? `${value}` : floatText(value);
    case "boolean":
      return value ? "True" : "False";
    case "bigint":
      return String(value);
    default:
      return value === null ? "None" : undefined;
  }
}
