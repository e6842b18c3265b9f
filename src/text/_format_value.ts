/**
 * Python's `format(value, spec)` for str, int, float, bool and None: fill, align, sign, `z`, `#`,
 * `0`, width, grouping, precision, type. After CPython's `formatter_unicode.c`, with its words.
 *
 * Browser compatible.
 *
 * @module
 */
import { codePointLength, codePoints } from "./code_points.ts";
import { floatFormat, type FloatPresentation, MAX_DECIMALS } from "./_float_format.ts";
import { type FormatSpec, parseFormatSpec, shownType } from "./_format_spec.ts";
import { floatRepr, isInteger, PythonFloat } from "./python_float.ts";
import { callSpecialMethod } from "./special_method.ts";
import { pythonRepr, pythonStr } from "./python_repr.ts";
import type { TextBudget } from "./text_budget.ts";
import { typeName } from "./type_name.ts";

/** Formats `value` by `spec`; without a spec as `str(value)`, its containers within `budget`. */
export function formatValue(value: unknown, spec: string, budget?: TextBudget): string {
  if (spec === "") return pythonStr(value, budget);
  if (value instanceof PythonFloat) return formatFloat(value.value, spec);
  switch (typeof value) {
    case "string":
      return formatString(value, spec);
    case "boolean":
      return formatInteger(Number(value), spec, "bool");
    case "bigint":
      return formatInteger(value, spec, "int");
    case "number":
      return isInteger(value) ? formatInteger(value, spec, "int") : formatFloat(value, spec);
  }
  if (value instanceof Date) return formatString(pythonStr(value), spec);
  return formatAnswer(value, spec, budget) ?? unsupported(value);
}

/** Formats a value by its own method: its format, else its number, else its text. */
function formatAnswer(value: unknown, spec: string, budget?: TextBudget): string | undefined {
  const formatted = callSpecialMethod<string>(value, "__format__", spec);
  if (formatted !== undefined) return formatted;
  const index = callSpecialMethod<number | bigint>(value, "__index__");
  if (index !== undefined) return formatInteger(index, spec, "int");
  const float = callSpecialMethod<number>(value, "__float__");
  // Without a presentation the text is padded: that of a Decimal has more digits than a float.
  if (float !== undefined && /[.,_a-z%]/i.test(spec)) return formatFloat(float, spec);
  const text = callSpecialMethod<string>(
    value,
    "__str__",
    (item: unknown) => pythonRepr(item, budget),
  );
  const isPlaced = float === undefined || /[<>=^]/.test(spec);
  return text === undefined ? text : formatString(text, isPlaced ? spec : `>${spec}`);
}

function unsupported(value: unknown): never {
  throw new TypeError(`unsupported format string passed to ${typeName(value)}.__format__`);
}

function formatString(text: string, source: string): string {
  const spec = parseFormatSpec(source, "str", "s", "<");
  if (spec.type !== "s") throw unknownType(spec.type, "str");
  if (spec.sign === " ") {
    throw new RangeError("Space not allowed in string format specifier");
  }
  if (spec.sign !== "") throw new RangeError("Sign not allowed in string format specifier");
  if (spec.noNegativeZero) {
    throw new RangeError("Negative zero coercion (z) not allowed in string format specifier");
  }
  if (spec.alternate) {
    throw new RangeError("Alternate form (#) not allowed in string format specifier");
  }
  if (spec.align === "=") {
    throw new RangeError("'=' alignment not allowed in string format specifier");
  }
  return padded(spec.precision < 0 ? text : codePoints(text, spec.precision), spec);
}

function formatInteger(value: number | bigint, source: string, type: string): string {
  const spec = parseFormatSpec(source, type, "d", ">");
  switch (spec.type) {
    case "e":
    case "E":
    case "f":
    case "F":
    case "g":
    case "G":
    case "%":
      return floatText(Number(value), spec);
    case "b":
    case "c":
    case "d":
    case "n":
    case "o":
    case "x":
    case "X":
      break;
    default:
      throw unknownType(spec.type, type);
  }
  if (spec.precision >= 0) {
    throw new RangeError("Precision not allowed in integer format specifier");
  }
  if (spec.noNegativeZero) {
    throw new RangeError("Negative zero coercion (z) not allowed in integer format specifier");
  }
  if (spec.type === "c") {
    if (spec.sign !== "") {
      throw new RangeError("Sign not allowed with integer format specifier 'c'");
    }
    if (spec.alternate) {
      throw new RangeError("Alternate form (#) not allowed with integer format specifier 'c'");
    }
    if (!(value >= 0 && value < 0x110000)) throw new RangeError("%c arg not in range(0x110000)");
    return number("", "", String.fromCodePoint(Number(value)), "", spec);
  }
  const radix = spec.type === "b" ? 2 : spec.type === "o" ? 8 : /x/i.test(spec.type) ? 16 : 10;
  const text = value.toString(radix);
  const isNegative = text.startsWith("-");
  const digits = isNegative ? text.slice(1) : text;
  const prefix = spec.alternate && radix !== 10 ? "0" + spec.type : "";
  const shown = spec.type === "X" ? digits.toUpperCase() : digits;
  return number(signOf(isNegative, spec), prefix, shown, "", spec);
}

function formatFloat(value: number, source: string): string {
  return floatText(value, parseFormatSpec(source, "float", "", ">"));
}

function floatText(value: number, spec: FormatSpec): string {
  let text: string;
  switch (spec.type) {
    case "":
      text = plainFloat(value, spec);
      break;
    case "%":
      text = floatFormat(value * 100, "f", precisionOf(spec), spec.alternate);
      break;
    case "n":
      text = floatFormat(value, "g", precisionOf(spec), spec.alternate);
      break;
    case "e":
    case "f":
    case "g":
      text = floatFormat(value, spec.type, precisionOf(spec), spec.alternate);
      break;
    case "E":
    case "F":
    case "G": {
      const presentation = spec.type.toLowerCase() as FloatPresentation;
      text = floatFormat(value, presentation, precisionOf(spec), spec.alternate).toUpperCase();
      break;
    }
    default:
      throw unknownType(spec.type, "float");
  }
  const isNegative = text.startsWith("-");
  const magnitude = isNegative ? text.slice(1) : text;
  const whole = /^[0-9]*/.exec(magnitude)?.[0] ?? "";
  const rest = magnitude.slice(whole.length) + (spec.type === "%" ? "%" : "");
  const isZero = spec.noNegativeZero && !/[1-9a-z]/i.test(magnitude.replace(/e.*/i, ""));
  return number(signOf(isNegative && !isZero, spec), "", whole, rest, spec);
}

/** Formats a float without a type: as `repr()`, or as `g` with at least one decimal. */
function plainFloat(value: number, spec: FormatSpec): string {
  if (spec.precision < 0) {
    const text = floatRepr(value);
    return spec.alternate && /^-?\de/.test(text) ? text.replace("e", ".e") : text;
  }
  if (!Number.isFinite(value)) return floatRepr(value);
  // Here `e` begins one digit earlier than for `g`, so that `.0` still fits the precision.
  // The zeros at the end are shown with `#` alone.
  const precision = Math.min(spec.precision || 1, spec.alternate ? Infinity : MAX_DECIMALS);
  const exponential = floatFormat(value, "e", precision - 1, false);
  const exponent = Number(exponential.slice(exponential.indexOf("e") + 1));
  if (exponent === precision - 1) {
    const [digits, power] = exponential.split("e") as [string, string];
    const isWhole = !digits.includes(".");
    const shown = spec.alternate || isWhole ? digits : digits.replace(/\.?0+$/, "");
    const mantissa = spec.alternate && !shown.includes(".") ? shown + "." : shown;
    return `${mantissa}e${power}`;
  }
  const text = floatFormat(value, "g", precision, spec.alternate);
  return /[.e]/.test(text) ? text : text + ".0";
}

function precisionOf(spec: FormatSpec): number {
  return spec.precision < 0 ? 6 : spec.precision;
}

function signOf(isNegative: boolean, spec: FormatSpec): string {
  if (isNegative) return "-";
  return spec.sign === "-" ? "" : spec.sign;
}

/** Groups the digits, then pads; `=` pads between sign and digits. */
function number(
  sign: string,
  prefix: string,
  digits: string,
  rest: string,
  spec: FormatSpec,
): string {
  const zeroFilled = spec.fill === "0" && spec.align === "=";
  const taken = sign.length + prefix.length + rest.length;
  const least = zeroFilled ? spec.width - taken : 0;
  const isDigits = spec.type !== "c" && digits !== "";
  const shown = spec.grouping !== "" && isDigits ? grouped(digits, least, spec) : digits;
  if (spec.align !== "=") return padded(sign + prefix + shown + rest, spec);
  const missing = spec.width - taken - codePointLength(shown);
  return sign + prefix + spec.fill.repeat(Math.max(0, missing)) + shown + rest;
}

/** After `_PyUnicode_InsertThousandsGrouping`: zeros that fill the width are grouped too. */
function grouped(digits: string, least: number, spec: FormatSpec): string {
  const size = /[boxX]/.test(spec.type) ? 4 : 3;
  const groups: string[] = [];
  let remaining = digits.length;
  for (;;) {
    const length = Math.min(size, Math.max(remaining, least, 1));
    const taken = Math.max(0, Math.min(remaining, length));
    groups.push(digits.slice(remaining - taken, remaining).padStart(length, "0"));
    remaining -= taken;
    least -= length;
    if (remaining <= 0 && least <= 0) return groups.reverse().join(spec.grouping);
    least -= 1;
  }
}

function padded(text: string, spec: FormatSpec): string {
  const missing = spec.width - codePointLength(text);
  if (missing <= 0) return text;
  const left = spec.align === "<" ? 0 : spec.align === "^" ? missing >> 1 : missing;
  return spec.fill.repeat(left) + text + spec.fill.repeat(missing - left);
}

function unknownType(type: string, of: string): RangeError {
  return new RangeError(`Unknown format code '${shownType(type)}' for object of type '${of}'`);
}
