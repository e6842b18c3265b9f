/**
 * Python's `format.format(**values)`: `{name}`, `{name!r}`, `{name:>8}`, `{name:{width}}`,
 * `{name[key]}`, `{name.attribute}`, `{{` and `}}`. After CPython's `unicode_format.h`.
 * Text of more than four million characters is cut and ends with `…`.
 * A fault in the format throws `RangeError` with CPython's words, a missing key `KeyError`. An
 * attribute is an own property: a format cannot reach properties of a prototype.
 *
 * Browser compatible.
 *
 * @module
 */
import { codePoints } from "./code_points.ts";
import { formatValue } from "./_format_value.ts";
import { KeyError } from "./key_error.ts";
import type { Lookup } from "./percent_format.ts";
import { pythonAscii, pythonRepr, pythonStr } from "./python_repr.ts";
import { cutText, MAX_TEXT, TextBudget } from "./text_budget.ts";
import { typeName } from "./type_name.ts";

/** `{name!conversion:spec}`; a conversion or spec that is absent is `""`. */
export interface ReplacementField {
  /** The text before `!` and `:`. */
  name: string;
  /** `r`, `s`, `a`, or the character in their place. */
  conversion: string;
  /** The text behind the `:`; fields in it are not replaced yet. */
  spec: string;
}

/** Literal text, and the replacement field behind it, if there is one. */
export interface FormatPart {
  /** The text, `{{` and `}}` resolved. */
  literal: string;
  /** The field. */
  field: ReplacementField | undefined;
}

/** How deep fields nest: a spec may hold fields, and the specs of these may not. */
const MAX_NESTING = 2;

/**
 * Returns `format` with its fields replaced by `values`; text of more than `max` characters is cut.
 */
export function strFormat(format: string, values: Lookup, max: number = MAX_TEXT): string {
  return fillParts(parseFormat(format), values, max);
}

/** As {@linkcode strFormat}, for a format that {@linkcode parseFormat} has parsed. */
export function fillParts(parts: Iterable<FormatPart>, values: Lookup, max: number): string {
  return replaceFields(parts, values, MAX_NESTING, new TextBudget(), max);
}

function replaceFields(
  parts: Iterable<FormatPart>,
  values: Lookup,
  nesting: number,
  budget: TextBudget,
  max: number,
): string {
  if (nesting === 0) throw new RangeError("Max string recursion exceeded");
  let out = "";
  for (const { literal, field } of parts) {
    out += literal;
    if (field === undefined) continue;
    const value = converted(lookUp(field.name, values), field.conversion, budget);
    const spec = field.spec.includes("{")
      ? replaceFields(parseFormat(field.spec), values, nesting - 1, budget, max)
      : field.spec;
    out += formatValue(value, spec, budget);
    if (out.length > max) break;
  }
  return cutText(out, max);
}

/** Parses a format string. After `MarkupIterator_next` and `parse_field`. */
export function* parseFormat(format: string): Generator<FormatPart, void> {
  let literal = "";
  let at = 0;
  while (at < format.length) {
    const character = format[at++] ?? "";
    if (character !== "{" && character !== "}") {
      literal += character;
    } else if (format[at] === character) {
      literal += character;
      at++;
    } else if (character === "}") {
      throw new RangeError("Single '}' encountered in format string");
    } else if (at === format.length) {
      throw new RangeError("Single '{' encountered in format string");
    } else {
      const [field, end] = parseField(format, at);
      yield { literal, field };
      literal = "";
      at = end;
    }
  }
  if (literal !== "") yield { literal, field: undefined };
}

function parseField(format: string, start: number): [field: ReplacementField, end: number] {
  let at = start;
  let character = "";
  scan: while (at < format.length) {
    character = format[at++] ?? "";
    switch (character) {
      case "{":
        throw new RangeError("unexpected '{' in field name");
      case "[":
        while (at < format.length && format[at] !== "]") at++;
        break;
      case "}":
      case ":":
      case "!":
        break scan;
    }
  }
  const isOver = character === "}" || character === ":" || character === "!";
  if (!isOver) throw new RangeError("expected '}' before end of string");
  const name = format.slice(start, at - 1);
  let conversion = "";
  if (character === "!") {
    if (at >= format.length) {
      throw new RangeError("end of string while looking for conversion specifier");
    }
    conversion = String.fromCodePoint(format.codePointAt(at) ?? 0);
    at += conversion.length;
    if (at >= format.length) throw new RangeError("unmatched '{' in format spec");
    character = format[at++] ?? "";
    if (character !== ":" && character !== "}") {
      throw new RangeError("expected ':' after conversion specifier");
    }
  }
  if (character === "}") return [{ name, conversion, spec: "" }, at];
  const specStart = at;
  for (let open = 1; at < format.length;) {
    character = format[at++] ?? "";
    if (character === "{") open++;
    else if (character === "}" && --open === 0) {
      return [{ name, conversion, spec: format.slice(specStart, at - 1) }, at];
    }
  }
  throw new RangeError("unmatched '{' in format spec");
}

function converted(value: unknown, conversion: string, budget: TextBudget): unknown {
  switch (conversion) {
    case "":
      return value;
    case "s":
      return pythonStr(value, budget);
    case "r":
      return pythonRepr(value, budget);
    case "a":
      return pythonAscii(value, budget);
  }
  const code = conversion.codePointAt(0) ?? 0;
  throw new RangeError(
    code > 32 && code < 127
      ? `Unknown conversion specifier ${conversion}`
      : `Unknown conversion specifier \\x${code.toString(16)}`,
  );
}

/** Looks up `name`, then any number of `.attribute` and `[key]`. */
function lookUp(field: string, values: Lookup): unknown {
  const end = field.search(/[.[]/);
  const name = end < 0 ? field : field.slice(0, end);
  if (/^\d*$/.test(name)) {
    throw new RangeError(
      `Replacement index ${Number(name)} out of range for positional args tuple`,
    );
  }
  if (!values.has(name)) throw new KeyError(name);
  let value = values.get(name);
  let at = end < 0 ? field.length : end;
  while (at < field.length) {
    if (field[at] === ".") {
      const rest = field.slice(at + 1).search(/[.[]/);
      const next = rest < 0 ? field.length : at + 1 + rest;
      value = attributeOf(value, field.slice(at + 1, next));
      at = next;
    } else if (field[at] === "[") {
      const close = field.indexOf("]", at);
      if (close < 0) throw new RangeError("Missing ']' in format string");
      value = itemOf(value, field.slice(at + 1, close));
      at = close + 1;
    } else {
      throw new RangeError("Only '.' or '[' may follow ']' in format field specifier");
    }
  }
  return value;
}

function attributeOf(value: unknown, name: string): unknown {
  if (name === "") throw new RangeError("Empty attribute in format string");
  if (typeof value === "object" && value !== null && Object.hasOwn(value, name)) {
    return (value as Record<string, unknown>)[name];
  }
  throw new TypeError(`'${typeName(value)}' object has no attribute '${name}'`);
}

function itemOf(value: unknown, key: string): unknown {
  if (key === "") throw new RangeError("Empty attribute in format string");
  const index = /^\d+$/.test(key) ? Number(key) : undefined;
  if (typeof value === "string" || Array.isArray(value)) {
    // The text may be long: it is cut before it is spread out.
    const items = typeof value === "string"
      ? [...codePoints(value, (index ?? 0) + 1)]
      : value as unknown[];
    if (index === undefined) {
      throw new TypeError(
        typeof value === "string"
          ? "string indices must be integers, not 'str'"
          : "list indices must be integers or slices, not str",
      );
    }
    if (index >= items.length) {
      throw new RangeError(
        `${typeof value === "string" ? "string" : "list"} index out of range`,
      );
    }
    return items[index];
  }
  if (value instanceof Map) {
    const found = index !== undefined && value.has(index) ? index : key;
    if (value.has(found)) return value.get(found);
    throw new KeyError(key);
  }
  if (typeof value === "object" && value !== null) {
    if (Object.hasOwn(value, key)) return (value as Record<string, unknown>)[key];
    throw new KeyError(key);
  }
  throw new TypeError(`'${typeName(value)}' object is not subscriptable`);
}
