/**
 * `str()`, `repr()` and `ascii()` of a value as Python spells it: `None`, `True`, `'it'`, `[1, 2]`,
 * `{'a': 1}`, `b'..'`, `1e-05`. A `Date` is the text of its ISO 8601 form, an `Error` what
 * `String(error)` says (`Name('message')` inside a container), any other object its own `toString()`
 * if it has one (and where it answers them, its `__str__()` and `__repr__()`), else the dict of its
 * own enumerable properties: the same values that the pickle on the wire holds.
 *
 * Browser compatible.
 *
 * @module
 */
import { floatRepr, isInteger, PythonFloat } from "./python_float.ts";
import { ask, type PythonMethod } from "./python_protocol.ts";

/**
 * Items of containers in one text. A value from the network may share its parts so that it is small
 * there and would fill the memory here; what is over the limit is shown as `...`.
 */
const MAX_ITEMS = 100_000;

/** Deeper values are not asked: with their own code between, the stack would end before they do. */
const MAX_ASKED_DEPTH = 100;

/** Where a walk through containers is. */
interface Walk {
  /** The containers that it is inside of. */
  readonly open: object[];
  /** Items that may still be shown. */
  left: number;
  /** What the outermost value is asked for. */
  readonly method: PythonMethod;
}

/** Python's `str(value)`. */
export function pythonStr(value: unknown): string {
  if (typeof value === "string") return value;
  if (value instanceof Error) return String(value);
  if (value instanceof Date) return isoDate(value);
  return repr(value, { open: [], left: MAX_ITEMS, method: "__str__" });
}

/** Python's `repr(value)`. */
export function pythonRepr(value: unknown): string {
  return repr(value, { open: [], left: MAX_ITEMS, method: "__repr__" });
}

/** Python's `ascii(value)`: `repr()` with everything beyond ASCII escaped. */
export function pythonAscii(value: unknown): string {
  return pythonRepr(value).replace(/[^\0-\x7f]/gu, escapeCharacter);
}

function repr(value: unknown, walk: Walk): string {
  switch (typeof value) {
    case "string":
      return stringRepr(value);
    case "number":
      return isInteger(value) ? String(value) : floatRepr(value);
    case "boolean":
      return value ? "True" : "False";
    case "undefined":
      return "None";
    case "function":
      return `<function ${value.name || "<anonymous>"}>`;
    case "object":
      return value === null ? "None" : objectRepr(value, walk);
    default: // bigint, symbol
      return String(value);
  }
}

function objectRepr(value: object, walk: Walk): string {
  if (value instanceof Uint8Array) return bytesRepr(value);
  if (value instanceof ArrayBuffer) return bytesRepr(new Uint8Array(value));
  if (value instanceof PythonFloat) return floatRepr(value.value);
  if (value instanceof Date) return stringRepr(isoDate(value));
  if (value instanceof Error) return `${value.name}(${stringRepr(String(value.message))})`;
  const isList = Array.isArray(value) || (ArrayBuffer.isView(value) && Symbol.iterator in value);
  if (walk.open.includes(value)) return isList ? "[...]" : "{...}";
  walk.open.push(value);
  const text = containerRepr(value, isList, walk);
  walk.open.pop();
  return text;
}

function containerRepr(value: object, isList: boolean, walk: Walk): string {
  if (isList) return `[${joined(value as Iterable<unknown>, walk, repr)}]`;
  if (value instanceof Set) return value.size === 0 ? "set()" : `{${joined(value, walk, repr)}}`;
  const toString: unknown = (value as { toString?: unknown }).toString;
  const isDict = value instanceof Map || typeof toString !== "function" ||
    toString === Object.prototype.toString;
  if (!isDict) return asked(value, walk) ?? String(value);
  return `{${joined(value instanceof Map ? value : Object.entries(value), walk, entryRepr)}}`;
}

/** What a value answers; what it shows of the values inside it counts as items. */
function asked(value: object, walk: Walk): string | undefined {
  if (walk.open.length > MAX_ASKED_DEPTH) return undefined;
  const inner = (item: unknown) => --walk.left < 0 ? "..." : repr(item, walk);
  const text = walk.open.length === 1 ? ask<string>(value, walk.method, inner) : undefined;
  return text ?? ask(value, "__repr__", inner);
}

function entryRepr([key, value]: [unknown, unknown], walk: Walk): string {
  return `${repr(key, walk)}: ${repr(value, walk)}`;
}

function joined<T>(items: Iterable<T>, walk: Walk, text: (item: T, walk: Walk) => string): string {
  const texts: string[] = [];
  for (const item of items) {
    if (--walk.left < 0) {
      texts.push("...");
      break;
    }
    texts.push(text(item, walk));
  }
  return texts.join(", ");
}

/** What Python's `str.isprintable()` refuses (categories C and Z but for the space), and `\\`. */
const unprintable = /[\p{C}\p{Zl}\p{Zp}\xa0\u1680\u2000-\u200a\u202f\u205f\u3000\\]/gu;

/** What is no printable ASCII, and the backslash. */
const noText = /[^ -~]|\\/g;

function stringRepr(text: string): string {
  return quoted(text, unprintable);
}

function bytesRepr(bytes: Uint8Array): string {
  return "b" + quoted(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""), noText);
}

function quoted(text: string, escaped: RegExp): string {
  const body = text.search(escaped) < 0 ? text : text.replace(escaped, escapeCharacter);
  if (!text.includes("'")) return `'${body}'`;
  return text.includes('"') ? `'${body.replaceAll("'", "\\'")}'` : `"${body}"`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};

function escapeCharacter(character: string): string {
  const hex = (character.codePointAt(0) ?? 0).toString(16);
  if (hex.length < 3) return ESCAPES[character] ?? "\\x" + hex.padStart(2, "0");
  const [kind, length] = hex.length < 5 ? ["u", 4] as const : ["U", 8] as const;
  return "\\" + kind + hex.padStart(length, "0");
}

function isoDate(date: Date): string {
  return date.toJSON() ?? "Invalid Date";
}
