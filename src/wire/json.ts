/**
 * Records as JSON: one object a frame, the same fields that a pickle would hold, in UTF-8.
 *
 * JSON has fewer types than a log record may hold, and no log record may be lost for that: `bigint`
 * becomes its digits (Python reads them exactly; `JSON.parse` the nearest double), a number that is
 * not finite, `undefined` and an invalid Date become null, a Date ISO 8601 text, bytes base64, a
 * Set an array, a Map an object, an Error its stack, a function or symbol its text, an object with
 * `toJSON()` the result of that. A value inside itself becomes `"[Circular]"`, and one nested
 * deeper than {@linkcode MAX_DEPTH} `"[Nested]"`. Text over the {@linkcode TextBudget} of the
 * record is `"…"`, as a value may be shared many times over.
 *
 * @module
 */
import { isPlainObject } from "../text/is_mapping.ts";
import { keyText } from "../text/python_repr.ts";
import { cutText, MAX_DEPTH, TextBudget } from "../text/text_budget.ts";
import { base64 } from "./base64.ts";
import { newlineDelimited } from "./_line_framing.ts";
import type { Serializer } from "./serializer.ts";

/** Stands in place of the rest of a container. */
const REST = '"…"';

function* entriesOf(object: object, budget: TextBudget): Generator<[string, unknown]> {
  if (object instanceof Map) {
    for (const [key, value] of object) yield [keyText(key, budget), value];
  } else {
    for (const key of Object.keys(object)) yield [key, (object as Record<string, unknown>)[key]];
  }
}

/** Returns the JSON text of a value inside the open containers. */
function write(value: unknown, budget: TextBudget): string {
  switch (typeof value) {
    case "string":
      return writeText(value, budget);
    case "number":
      return Object.is(value, -0) ? "-0.0" : Number.isFinite(value) ? String(value) : "null";
    case "boolean":
      return String(value);
    case "bigint":
      return budget.left > 0 ? budget.spend(String(value)) : REST;
    case "undefined":
      return "null";
    case "object":
      return value === null ? "null" : writeObject(value, budget);
    default:
      return writeText(String(value), budget);
  }
}

function writeText(text: string, budget: TextBudget): string {
  return budget.spend(JSON.stringify(cutText(text, budget.left)));
}

function writeBytes(bytes: Uint8Array, budget: TextBudget): string {
  return writeText(base64(bytes.subarray(0, Math.max(0, budget.left))), budget);
}

function writeObject(value: object, budget: TextBudget): string {
  if (value instanceof Uint8Array) return writeBytes(value, budget);
  if (value instanceof ArrayBuffer) return writeBytes(new Uint8Array(value), budget);
  const { open } = budget;
  if (open.includes(value)) return '"[Circular]"';
  if (open.length >= MAX_DEPTH) return '"[Nested]"';
  if (budget.left <= 0) return REST;
  open.push(value);
  let text: string;
  const { toJSON } = value as { toJSON?: unknown };
  if (typeof toJSON === "function") {
    text = write(toJSON.call(value), budget);
  } else if (value instanceof Error) {
    text = writeText(value.stack ?? String(value), budget);
  } else if (Array.isArray(value) || value instanceof Set) {
    text = writeItems(value, budget);
  } else {
    text = writeMembers(value, budget);
  }
  open.pop();
  return text;
}

function writeItems(items: Iterable<unknown>, budget: TextBudget): string {
  const texts: string[] = [];
  for (const item of items) {
    if (!budget.next()) {
      texts.push(REST);
      break;
    }
    texts.push(write(item, budget));
  }
  return `[${texts.join(",")}]`;
}

function writeMembers(object: object, budget: TextBudget): string {
  const members: string[] = [];
  for (const [key, member] of entriesOf(object, budget)) {
    if (!budget.next()) {
      members.push(`${REST}:${REST}`);
      break;
    }
    members.push(`${budget.spend(JSON.stringify(key))}:${write(member, budget)}`);
  }
  return `{${members.join(",")}}`;
}

/** Returns a value as JSON, as the module describes it; the values of one record share a budget. */
export function jsonText(value: unknown, budget: TextBudget = new TextBudget()): string {
  return write(value, budget);
}

/**
 * Returns the fields of a record as JSON, as the module describes them. Every field is named, even
 * without a budget left, and a message that is text is written in full.
 */
export function recordJson(fields: Record<string, unknown>): string {
  if (!isPlainObject(fields) || typeof fields.toJSON === "function") return jsonText(fields);
  const budget = new TextBudget();
  budget.open.push(fields);
  const members = Object.keys(fields).map((key) => {
    const value = fields[key];
    const isMessage = key === "msg" && typeof value === "string";
    return `${JSON.stringify(key)}:${isMessage ? JSON.stringify(value) : write(value, budget)}`;
  });
  return `{${members.join(",")}}`;
}

const encoder = /* @__PURE__ */ new TextEncoder();
const decoder = /* @__PURE__ */ new TextDecoder("utf-8", { fatal: true });

function dumps(fields: Record<string, unknown>): Uint8Array {
  return encoder.encode(recordJson(fields));
}

function loads(payload: Uint8Array): Record<string, unknown> {
  const value: unknown = JSON.parse(decoder.decode(payload));
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new TypeError("a log record must be a JSON object");
}

/**
 * JSON, one object a frame; the frame is CPython's, a 4-byte big-endian length.
 *
 * @example
 * ```ts
 * import { json } from "jsr:@logwire/logging";
 *
 * const payload = json.dumps({ name: "myapp", msg: "spam", levelno: 20 });
 * console.assert(new TextDecoder().decode(payload) ===
 * '{"name":"myapp","msg":"spam","levelno":20}'); console.assert(json.loads(payload).msg ===
 * "spam");
 * ```
 */
export const json: Serializer = { dumps, loads };

/**
 * JSON Lines: as {@linkcode json}, but each frame is a line, which log collectors other than
 * CPython read. (JSON text contains no newline, so nothing needs escaping.)
 *
 * @example
 * ```ts
 * import { jsonLines } from "jsr:@logwire/logging";
 *
 * const bytes = jsonLines.framing!.frame(jsonLines.dumps({ msg: "spam" }));
 * console.assert(new TextDecoder().decode(bytes) === '{"msg":"spam"}\n');
 * ```
 */
export const jsonLines: Serializer = { dumps, loads, framing: newlineDelimited };
