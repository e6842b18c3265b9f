/**
 * Scalars of numpy: a dtype and the bytes of one value. They are formatted as numpy 2 formats them,
 * and with the `repr()` of numpy 1 if their module says that numpy 1 wrote them.
 *
 * Browser compatible: imports nothing outside this folder, uses no runtime global.
 *
 * @module
 */
import { complexText } from "./_number_values.ts";
import {
  bareArguments,
  bytesOf,
  floatText,
  integerValue,
  type PythonCall,
  type PythonValue,
  type Reader,
} from "./_python_value.ts";

/** The most bytes of a text: a longer one is an array rather than a word. */
const MAX_TEXT_BYTES = 65_536;

/** A dtype: its kind, the bytes of a value, their order, and the unit of a time. */
interface Dtype {
  readonly kind: string;
  readonly size: number;
  readonly isLittle: boolean;
  readonly unit: string;
  readonly step: number;
}

/** A reader for `numpy.core.multiarray.scalar`, of numpy 2 or of numpy 1. */
export function numpyScalar(isOfNumpy2: boolean): Reader {
  return (call, asCall) => {
    const [type, data, ...rest] = bareArguments(call) ?? [];
    const dtype = dtypeOf(asCall(type));
    const bytes = dtype && bytesOf(data, dtype.size);
    if (bytes === undefined || rest.length > 0) return undefined;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const value = valueOf(dtype!, view);
    if (value === undefined || isOfNumpy2) return value;
    const isTime = dtype!.kind === "M" || dtype!.kind === "m";
    const repr: PythonValue["repr"] = isTime
      ? (inner) => value.repr(inner).replace(/^np/, "numpy")
      : (inner) => dtype!.kind === "U" ? inner(value.json) : value.str!(inner);
    return { ...value, repr };
  };
}

function dtypeOf(call: PythonCall | undefined): Dtype | undefined {
  if (call?.module !== "numpy" || call.name !== "dtype") return undefined;
  const [code] = call.args ?? [];
  const state = call.state;
  if (typeof code !== "string" || !Array.isArray(state)) return undefined;
  const [, kind, digits] = /^([biufcUSMm])(\d{1,6})$/.exec(code) ?? [];
  if (kind === undefined) return undefined;
  const size = Number(digits) * (kind === "U" ? 4 : 1);
  if (size > MAX_TEXT_BYTES) return undefined;
  const isTime = kind === "M" || kind === "m";
  const [unit, step] = isTime ? unitOf(state[8]) : ["", 1];
  return { kind, size, isLittle: state[1] !== ">", unit, step };
}

/** `({}, (unit, step, …))`: the metadata of a time. */
function unitOf(metadata: unknown): [unit: string, step: number] {
  const parts: unknown = Array.isArray(metadata) ? metadata[1] : undefined;
  const [unit, step] = Array.isArray(parts) ? parts : [];
  const name = unit instanceof Uint8Array && unit.length < 10 ? String.fromCharCode(...unit) : unit;
  return typeof name === "string" && Number.isSafeInteger(step) && step > 0
    ? [name, step]
    : ["", 0];
}

function valueOf(dtype: Dtype, view: DataView): PythonValue | undefined {
  const { kind, size, isLittle } = dtype;
  const bits = size * 8;
  switch (kind) {
    case "b": {
      if (size !== 1) return undefined;
      const value = view.getUint8(0) !== 0;
      const [text, number] = value ? ["True", 1] : ["False", 0];
      return {
        str: () => text,
        repr: () => `np.${text}_`,
        json: value,
        int: number,
        float: number,
      };
    }
    case "i":
    case "u": {
      const value = integerAt(view, isLittle, kind === "i");
      if (value === undefined) return undefined;
      return integerValue(value, `np.${kind === "u" ? "u" : ""}int${bits}(${value})`);
    }
    case "f": {
      const value = floatAt(view, 0, size, isLittle);
      if (value === undefined) return undefined;
      const text = textOfFloat(value, size);
      const repr = () => `np.float${bits}(${text})`;
      return { str: () => text, repr, json: value, int: value, float: value };
    }
    case "c": {
      const real = floatAt(view, 0, size / 2, isLittle);
      const imaginary = floatAt(view, size / 2, size / 2, isLittle);
      if (real === undefined || imaginary === undefined || size < 8) return undefined;
      const text = complexText(real, imaginary);
      const repr = () => `np.complex${bits}(${text.replace(/^\(|\)$/g, "")})`;
      return { str: () => text, repr, int: real, float: real };
    }
    case "U":
      return textValueOf(view, isLittle);
    case "M":
    case "m":
      return size === 8 ? timeOf(dtype, view.getBigInt64(0, isLittle)) : undefined;
  }
}

function integerAt(
  view: DataView,
  isLittle: boolean,
  isSigned: boolean,
): number | bigint | undefined {
  switch (view.byteLength) {
    case 1:
      return isSigned ? view.getInt8(0) : view.getUint8(0);
    case 2:
      return isSigned ? view.getInt16(0, isLittle) : view.getUint16(0, isLittle);
    case 4:
      return isSigned ? view.getInt32(0, isLittle) : view.getUint32(0, isLittle);
    case 8: {
      const value = isSigned ? view.getBigInt64(0, isLittle) : view.getBigUint64(0, isLittle);
      return Number.isSafeInteger(Number(value)) ? Number(value) : value;
    }
  }
}

function floatAt(view: DataView, at: number, size: number, isLittle: boolean): number | undefined {
  switch (size) {
    case 2:
      return halfOf(view.getUint16(at, isLittle));
    case 4:
      return view.getFloat32(at, isLittle);
    case 8:
      return view.getFloat64(at, isLittle);
  }
}

/** A number of IEEE 754 binary16. */
function halfOf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = bits >> 10 & 31;
  const fraction = (bits & 1023) / 1024;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -14 : (1 + fraction) * 2 ** (exponent - 15));
}

/** The largest power of ten below which numpy 2 writes no exponent: by the size of the float. */
const MOST: Readonly<Record<number, number>> = { 2: 3, 4: 6, 8: 16 };

/** Returns the shortest digits that mean this float among all floats of its size. */
function textOfFloat(value: number, size: number): string {
  if (size === 8 || !Number.isFinite(value) || value === 0) return floatText(value);
  let shortest = "";
  for (let digits = 0; digits < 10; digits++) {
    shortest = value.toExponential(digits);
    if (nearest(Number(shortest), size) === value) break;
  }
  return floatText(value, shortest, MOST[size]);
}

/** Returns the nearest float of that size; for binary16 by the distance between two floats. */
function nearest(value: number, size: number): number {
  if (size === 4) return Math.fround(value);
  const exponent = Math.max(-14, Math.floor(Math.log2(Math.abs(value))));
  const unit = 2 ** (exponent - 10);
  return Math.round(value / unit) * unit;
}

function textValueOf(view: DataView, isLittle: boolean): PythonValue | undefined {
  let text = "";
  for (let at = 0; at < view.byteLength; at += 4) {
    const code = view.getUint32(at, isLittle);
    if (code > 0x10ffff) return undefined;
    text += String.fromCodePoint(code);
  }
  return { str: () => text, repr: (repr) => `np.str_(${repr(text)})`, json: text };
}

/** A unit of time. */
interface Unit {
  readonly name: string;
  /** Its number of milliseconds; 0 for units of no fixed length. */
  readonly millis: number;
  /** The number of digits that it adds to a millisecond. */
  readonly digits: number;
  /** The number of characters of `YYYY-MM-DDTHH:MM:SS.mmm` that are shown. */
  readonly shown: number;
}

const UNITS: Readonly<Record<string, Unit>> = {
  Y: { name: "years", millis: 0, digits: 0, shown: 4 },
  M: { name: "months", millis: 0, digits: 0, shown: 7 },
  W: { name: "weeks", millis: 604_800_000, digits: 0, shown: 10 },
  D: { name: "days", millis: 86_400_000, digits: 0, shown: 10 },
  h: { name: "hours", millis: 3_600_000, digits: 0, shown: 13 },
  m: { name: "minutes", millis: 60_000, digits: 0, shown: 16 },
  s: { name: "seconds", millis: 1000, digits: 0, shown: 19 },
  ms: { name: "milliseconds", millis: 1, digits: 0, shown: 23 },
  us: { name: "microseconds", millis: 1, digits: 3, shown: 23 },
  ns: { name: "nanoseconds", millis: 1, digits: 6, shown: 23 },
};

/** The count that means no time: the least of 64 bits. */
const NOT_A_TIME = -0x8000_0000_0000_0000n;

function timeOf({ kind, unit, step }: Dtype, count: bigint): PythonValue | undefined {
  const type = kind === "M" ? "np.datetime64" : "np.timedelta64";
  if (count === NOT_A_TIME) {
    return { str: () => "NaT", repr: () => `${type}('NaT','${unit || "generic"}')` };
  }
  const known = Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined;
  if (known === undefined) return undefined;
  const ticks = count * BigInt(step);
  // As `item()` of numpy: nanoseconds are an integer.
  const numbers = unit === "ns" ? { int: ticks, float: Number(ticks) } : {};
  if (kind === "m") {
    const repr = () => `${type}(${count},'${step === 1 ? "" : step}${unit}')`;
    return { str: () => `${ticks} ${known.name}`, repr, ...numbers };
  }
  const divisor = 10n ** BigInt(known.digits);
  const rest = (ticks % divisor + divisor) % divisor;
  const date = known.millis === 0
    ? new Date(new Date(0).setUTCFullYear(1970, Number(unit === "Y" ? ticks * 12n : ticks), 1))
    : new Date(Number((ticks - rest) / divisor * BigInt(known.millis)));
  // Years of more than four digits have a sign here, which numpy does not write.
  const year = date.getUTCFullYear();
  if (!(year >= 0 && year <= 9999)) return undefined;
  const fraction = known.digits === 0 ? "" : String(rest).padStart(known.digits, "0");
  const text = date.toISOString().slice(0, known.shown) + fraction;
  return { str: () => text, repr: () => `${type}('${text}')`, ...numbers };
}
