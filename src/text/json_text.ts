/**
 * A value as JSON text.
 *
 * JSON has fewer types than a log record may hold, and no log record may be lost for that: `bigint`
 * becomes its digits (Python reads them exactly; `JSON.parse` the nearest double), a number that is
 * not finite, `undefined` and an invalid Date become null, a Date ISO 8601 text, bytes base64, a
 * Set an array, a Map an object, an Error its stack, a function or symbol its text, an object with
 * `toJSON()` the result of that. A value inside itself becomes `"[Circular]"`, and one nested
 * deeper than {@linkcode MAX_DEPTH} `"[Nested]"`. Text over the {@linkcode TextBudget} of the
 * record is `"…"`, as a value may be shared many times over.
 *
 * Browser compatible.
 *
 * @module
 */
import { base64 } from "./base64.ts";
import { stackOf } from "./exception_text.ts";
import { withFallback } from "./fallback.ts";
import { keyText } from "./python_repr.ts";
import { cutText, MAX_DEPTH, TextBudget } from "./text_budget.ts";

/** Stands in place of the rest of a container. */
const REST = '"…"';

/** The most characters of the message of an error that a value throws while it is read. */
const MAX_REASON = 200;

/** How values are written that JSON has no form for. */
export interface JsonRules {
  /** Returns the JSON of `NaN` or an infinity. */
  notFinite(value: number): string;
  /** Returns the JSON of a value whose getter, `toJSON()` or proxy throws; or throws the error. */
  unreadable(error: unknown): string;
}

/** For programs that read the value: null is no text in a column of numbers. */
const FOR_PROGRAMS: JsonRules = {
  notFinite: () => "null",
  unreadable: (error) => {
    throw error;
  },
};

/** For people who read the value; nothing that a value does throws. */
const FOR_READERS: JsonRules = {
  notFinite: (value) => `"${value}"`,
  unreadable: (error) => {
    const reason = withFallback(() => cutText(String(error), MAX_REASON), "an error without text");
    return JSON.stringify(`[unreadable: ${reason}]`);
  },
};

/**
 * Returns a value as JSON, as the module describes it; the values of one record share a budget. An
 * error that a getter or a `toJSON()` of the value throws is thrown.
 */
export function jsonText(value: unknown, budget: TextBudget = new TextBudget()): string {
  return write(value, budget, FOR_PROGRAMS);
}

/**
 * As {@linkcode jsonText}, but never throws: a part that cannot be read becomes
 * `"[unreadable: Error: …]"`. A number that is not finite becomes `"NaN"`, `"Infinity"` or
 * `"-Infinity"`.
 */
export function readableJson(value: unknown, budget: TextBudget = new TextBudget()): string {
  try {
    return write(value, budget, FOR_READERS);
  } catch (error) {
    // A function whose own toString() throws.
    return FOR_READERS.unreadable(error);
  }
}

function write(value: unknown, budget: TextBudget, rules: JsonRules): string {
  switch (typeof value) {
    case "string":
      return writeText(value, budget);
    case "number":
      if (!Number.isFinite(value)) return rules.notFinite(value);
      return Object.is(value, -0) ? "-0.0" : String(value);
    case "boolean":
      return String(value);
    case "bigint":
      return budget.left > 0 ? budget.spend(String(value)) : REST;
    case "undefined":
      return "null";
    case "object":
      return value === null ? "null" : writeObject(value, budget, rules);
    default:
      return writeText(String(value), budget);
  }
}

/** Longer texts are faster by `JSON.stringify()`. */
const SHORT_TEXT = 64;

/** Returns a text in quotes. */
export function quotedJson(text: string): string {
  if (text.length > SHORT_TEXT) return JSON.stringify(text);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    // A control character, a quote, a backslash, or a character beyond ASCII.
    if (code < 0x20 || code === 0x22 || code === 0x5c || code > 0x7e) return JSON.stringify(text);
  }
  return `"${text}"`;
}

function writeText(text: string, budget: TextBudget): string {
  return budget.spend(quotedJson(cutText(text, budget.left)));
}

function writeBytes(bytes: Uint8Array, budget: TextBudget): string {
  return writeText(base64(bytes.subarray(0, Math.max(0, budget.left))), budget);
}

function writeObject(value: object, budget: TextBudget, rules: JsonRules): string {
  const { open } = budget;
  const depth = open.length;
  if (open.includes(value)) return '"[Circular]"';
  if (depth >= MAX_DEPTH) return '"[Nested]"';
  if (budget.left <= 0) return REST;
  open.push(value);
  try {
    return writeOpen(value, budget, rules);
  } catch (error) {
    return rules.unreadable(error);
  } finally {
    open.length = depth;
  }
}

function writeOpen(value: object, budget: TextBudget, rules: JsonRules): string {
  if (value instanceof Uint8Array) return writeBytes(value, budget);
  if (value instanceof ArrayBuffer) return writeBytes(new Uint8Array(value), budget);
  const { toJSON } = value as { toJSON?: unknown };
  if (typeof toJSON === "function") return write(toJSON.call(value), budget, rules);
  if (value instanceof Error) return writeText(stackOf(value) ?? String(value), budget);
  return Array.isArray(value) || value instanceof Set
    ? writeItems(value, budget, rules)
    : writeMembers(value, budget, rules);
}

function writeItems(items: Iterable<unknown>, budget: TextBudget, rules: JsonRules): string {
  const texts: string[] = [];
  for (const item of items) {
    if (!budget.next()) {
      texts.push(REST);
      break;
    }
    texts.push(write(item, budget, rules));
  }
  return `[${texts.join(",")}]`;
}

function writeMembers(object: object, budget: TextBudget, rules: JsonRules): string {
  const isMap = object instanceof Map;
  const members: string[] = [];
  for (const key of isMap ? object.keys() : Object.keys(object)) {
    if (!budget.next()) {
      members.push(`${REST}:${REST}`);
      break;
    }
    const name = budget.spend(quotedJson(isMap ? keyText(key, budget) : key as string));
    members.push(`${name}:${writeMember(object, key, budget, rules)}`);
  }
  return `{${members.join(",")}}`;
}

/** Only reading is tried: what the value inside throws stands in the value's own place. */
function writeMember(object: object, key: unknown, budget: TextBudget, rules: JsonRules): string {
  let member: unknown;
  try {
    member = object instanceof Map ? object.get(key) : (object as Record<string, unknown>)[
      key as string
    ];
  } catch (error) {
    return rules.unreadable(error);
  }
  return write(member, budget, rules);
}
