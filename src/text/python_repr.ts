/**
 * `str()`, `repr()` and `ascii()` of a value as Python writes it: `None`, `True`, `'it'`, `[1, 2]`,
 * `{'a': 1}`, `b'..'`, `1e-05`. A `Date` is written as ISO 8601 text, an `Error` as `String(error)`
 * (`Name('message')` inside a container). Any other object is written by its own `toString()` if it
 * has one (by its `__str__()` and `__repr__()` if it has these), else as the dict of its own
 * enumerable properties: the same values that its pickle holds.
 *
 * Browser compatible.
 *
 * @module
 */
import { floatRepr, isInteger } from "./python_float.ts";
import { callSpecialMethod, type SpecialMethod } from "./special_method.ts";
import { cutText, ELLIPSIS, MAX_DEPTH, TextBudget } from "./text_budget.ts";

/** Returns Python's `str(value)`; `budget` is shared with the other values of the record. */
export function pythonStr(value: unknown, budget?: TextBudget): string {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null) return scalarWithin(value, budget);
  if (value instanceof Error) return String(value);
  if (value instanceof Date) return isoDate(value);
  return pythonRepr(value, budget, "__str__");
}

/**
 * Returns Python's `repr(value)`; `budget` is shared with the other values of the record. `method`
 * is called on the value itself, and on no value inside it.
 */
export function pythonRepr(
  value: unknown,
  budget?: TextBudget,
  method: SpecialMethod = "__repr__",
): string {
  const isText = typeof value === "string";
  if (!isText && (typeof value !== "object" || value === null)) return scalarWithin(value, budget);
  budget ??= new TextBudget();
  if (budget.left <= 0) return ELLIPSIS;
  return isText ? quoted(value, unprintable, budget) : objectRepr(value, budget, method);
}

/** Returns Python's `ascii(value)`: `repr()` with all characters beyond ASCII escaped. */
export function pythonAscii(value: unknown, budget?: TextBudget): string {
  return pythonRepr(value, budget).replace(/[^\0-\x7f]/gu, escapeCharacter);
}

/** Returns the key of a dict as a name; a tuple is named by its `repr()`. */
export function keyText(key: unknown, budget?: TextBudget): string {
  return typeof key === "object" && key !== null ? pythonStr(key, budget) : String(key);
}

/** Returns the `repr()` of a list that is a tuple in Python. */
export function tupleRepr(items: readonly unknown[], budget?: TextBudget): string {
  const text = pythonRepr(items, budget);
  if (text === ELLIPSIS) return text;
  const list = text.slice(1, -1);
  return items.length === 1 ? `(${list},)` : `(${list})`;
}

function scalarWithin(value: unknown, budget: TextBudget | undefined): string {
  if (budget === undefined) return scalarRepr(value);
  // All other scalars are short.
  if (typeof value === "bigint" && budget.left <= 0) return ELLIPSIS;
  return budget.spend(scalarRepr(value));
}

function scalarRepr(value: unknown): string {
  switch (typeof value) {
    case "number":
      return isInteger(value) ? String(value) : floatRepr(value);
    case "boolean":
      return value ? "True" : "False";
    case "function":
      return `<function ${value.name || "<anonymous>"}>`;
    case "bigint":
    case "symbol":
      return String(value);
  }
  return "None";
}

function objectRepr(value: object, budget: TextBudget, method: SpecialMethod): string {
  if (value instanceof Uint8Array) return bytesRepr(value, budget);
  if (value instanceof ArrayBuffer) return bytesRepr(new Uint8Array(value), budget);
  if (value instanceof Date) return quoted(isoDate(value), unprintable, budget);
  if (value instanceof Error) {
    return `${value.name}(${quoted(String(value.message), unprintable, budget)})`;
  }
  const isList = Array.isArray(value) || (ArrayBuffer.isView(value) && Symbol.iterator in value);
  const { open } = budget;
  if (open.includes(value)) return isList ? "[...]" : "{...}";
  if (open.length >= MAX_DEPTH) return ELLIPSIS;
  open.push(value);
  const text = containerRepr(value, isList, budget, method);
  open.pop();
  return text;
}

function containerRepr(
  value: object,
  isList: boolean,
  budget: TextBudget,
  method: SpecialMethod,
): string {
  if (isList) return `[${joined(value as Iterable<unknown>, budget, pythonRepr)}]`;
  if (value instanceof Set) {
    return value.size === 0 ? "set()" : `{${joined(value, budget, pythonRepr)}}`;
  }
  const toString: unknown = (value as { toString?: unknown }).toString;
  const isDict = value instanceof Map || typeof toString !== "function" ||
    toString === Object.prototype.toString;
  if (!isDict) return budget.cut(asked(value, method, budget) ?? String(value));
  return `{${joined(value instanceof Map ? value : Object.entries(value), budget, entryRepr)}}`;
}

/** Calls the value's own method; the texts of the values inside it stay within the budget. */
function asked(value: object, method: SpecialMethod, budget: TextBudget): string | undefined {
  const inner = (item: unknown) => budget.next() ? pythonRepr(item, budget) : ELLIPSIS;
  return callSpecialMethod<string>(value, method, inner) ??
    callSpecialMethod(value, "__repr__", inner);
}

function entryRepr([key, value]: [unknown, unknown], budget: TextBudget): string {
  return `${pythonRepr(key, budget)}: ${pythonRepr(value, budget)}`;
}

function joined<T>(
  items: Iterable<T>,
  budget: TextBudget,
  text: (item: T, budget: TextBudget) => string,
): string {
  const texts: string[] = [];
  for (const item of items) {
    if (!budget.next()) {
      texts.push(ELLIPSIS);
      break;
    }
    texts.push(text(item, budget));
  }
  return texts.join(", ");
}

/**
 * The characters that Python's `str.isprintable()` refuses (categories C and Z without the space),
 * and `\\`.
 */
const unprintable = /[\p{C}\p{Z}\\](?<! )/gu;

/** All characters but printable ASCII, and the backslash; `…` marks a cut, as no byte is that. */
const noText = /[^ -~…]|\\/g;

function bytesRepr(bytes: Uint8Array, budget: TextBudget): string {
  const shown = Array.from(bytes.subarray(0, budget.left + 1), (byte) => String.fromCharCode(byte));
  return "b" + quoted(shown.join(""), noText, budget);
}

/** Writes as much of a text as the budget allows, in the quotes that suit the whole of it. */
function quoted(text: string, escaped: RegExp, budget: TextBudget): string {
  let body = cutText(text, budget.left);
  // Most texts need no escape, and a search is faster.
  if (body.search(escaped) >= 0) body = body.replace(escaped, escapeCharacter);
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  if (quote === "'" && body.includes(quote)) body = body.replaceAll(quote, "\\'");
  return budget.spend(quote + body + quote);
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
