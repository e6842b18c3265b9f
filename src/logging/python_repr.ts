/**
 * `str()`, `repr()` and `ascii()` of a value as Python spells it: `None`, `True`, `'it'`, `[1, 2]`,
 * `{'a': 1}`, `b'..'`, `1e-05`. A `Date` is the text of its ISO 8601 form, an `Error` what
 * `String(error)` says (`Name('message')` inside a container), any other object its own `toString()`
 * if it has one, else the dict of its own enumerable properties: the same values that the pickle
 * on the wire holds.
 *
 * Browser compatible.
 *
 * @module
 */
import { floatRepr, PythonFloat } from "./python_float.ts";

/**
 * Items of containers in one text. A value from the network may share its parts so that it is small
 * there and would fill the memory here; what is over the limit is shown as `...`.
 */
const MAX_ITEMS = 100_000;

/** Where a walk through containers is. */
interface Walk {
  /** The containers that it is inside of. */
  readonly open: object[];
  /** Items that may still be shown. */
  left: number;
}

/** Python's `str(value)`. */
export function pythonStr(value: unknown): string {
  if (typeof value === "string") return value;
  if (value instanceof Error) return String(value);
  if (value instanceof Date) return isoDate(value);
  return pythonRepr(value);
}

/** Python's `repr(value)`. */
export function pythonRepr(value: unknown): string {
  return repr(value, { open: [], left: MAX_ITEMS });
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
      return Number.isSafeInteger(value) && !Object.is(value, -0)
        ? String(value)
        : floatRepr(value);
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
  try {
    if (isList) return `[${itemsRepr(value as Iterable<unknown>, walk)}]`;
    if (value instanceof Set) return value.size === 0 ? "set()" : `{${itemsRepr(value, walk)}}`;
    if (value instanceof Map) return dictRepr(value, walk);
    const toString: unknown = (value as { toString?: unknown }).toString;
    if (typeof toString === "function" && toString !== Object.prototype.toString) {
      return String(value);
    }
    return dictRepr(Object.entries(value), walk);
  } finally {
    walk.open.pop();
  }
}

function itemsRepr(items: Iterable<unknown>, walk: Walk): string {
  return joined(items, (item) => repr(item, walk), walk);
}

function dictRepr(entries: Iterable<[unknown, unknown]>, walk: Walk): string {
  return `{${joined(entries, ([key, item]) => `${repr(key, walk)}: ${repr(item, walk)}`, walk)}}`;
}

function joined<T>(items: Iterable<T>, text: (item: T) => string, walk: Walk): string {
  const texts: string[] = [];
  for (const item of items) {
    if (--walk.left < 0) {
      texts.push("...");
      break;
    }
    texts.push(text(item));
  }
  return texts.join(", ");
}

/** What Python's `str.isprintable()` refuses, and the two characters that always need an escape. */
const unprintable = /[\p{C}\p{Z}\\]/u;
const unprintables = /[\p{C}\p{Z}\\]/gu;

function stringRepr(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  let body = unprintable.test(text) ? text.replace(unprintables, escapeUnprintable) : text;
  if (quote === "'" && body.includes("'")) body = body.replaceAll("'", "\\'");
  return quote + body + quote;
}

function escapeUnprintable(character: string): string {
  if (character === " ") return character;
  if (character === "\\") return "\\\\";
  return escapeCharacter(character);
}

function escapeCharacter(character: string): string {
  if (character === "\n") return "\\n";
  if (character === "\r") return "\\r";
  if (character === "\t") return "\\t";
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code < 0x100) return "\\x" + hex.padStart(2, "0");
  if (code < 0x10000) return "\\u" + hex.padStart(4, "0");
  return "\\U" + hex.padStart(8, "0");
}

function bytesRepr(bytes: Uint8Array): string {
  let body = "";
  let quote = "'";
  if (bytes.includes(0x27) && !bytes.includes(0x22)) quote = '"';
  for (const byte of bytes) {
    const character = String.fromCharCode(byte);
    if (character === "\\" || character === quote) body += "\\" + character;
    else if (byte >= 0x20 && byte < 0x7f) body += character;
    else body += escapeCharacter(character);
  }
  return `b${quote}${body}${quote}`;
}

function isoDate(date: Date): string {
  return Number.isNaN(date.getTime()) ? "Invalid Date" : date.toISOString();
}
