/**
 * Records as JSON: one object a frame, the same fields that a pickle would hold, in UTF-8.
 *
 * JSON has fewer types than a log record may hold, and a log record must not be lost for that:
 * `bigint` becomes its digits (Python reads them exactly; `JSON.parse` the nearest double), a
 * number that is not finite, `undefined` and an invalid Date become null, a Date ISO 8601 text,
 * bytes base64, a Set an array, a Map an object, an Error its stack, a function or symbol its text,
 * an object with `toJSON()` what that returns. A value inside itself becomes `"[Circular]"`, and
 * one nested deeper than {@linkcode MAX_DEPTH} `"[Nested]"`.
 *
 * @module
 */
import { base64 } from "./base64.ts";
import { newlineDelimited } from "./lines.ts";
import type { Serializer } from "./serializer.ts";

/** Deep enough for any log record; far from the end of any runtime's stack. */
const MAX_DEPTH = 100;

function* entriesOf(object: object): Generator<[string, unknown]> {
  if (object instanceof Map) {
    for (const [key, value] of object) yield [String(key), value];
  } else {
    for (const key of Object.keys(object)) yield [key, (object as Record<string, unknown>)[key]];
  }
}

/** The JSON text of a value inside `parents`. */
function write(value: unknown, parents: object[]): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value);
    case "number":
      return Object.is(value, -0) ? "-0.0" : Number.isFinite(value) ? String(value) : "null";
    case "boolean":
    case "bigint":
      return String(value);
    case "undefined":
      return "null";
    case "object":
      return value === null ? "null" : writeObject(value, parents);
    default:
      return JSON.stringify(String(value));
  }
}

function writeObject(value: object, parents: object[]): string {
  if (value instanceof Uint8Array) return JSON.stringify(base64(value));
  if (value instanceof ArrayBuffer) return JSON.stringify(base64(new Uint8Array(value)));
  if (parents.includes(value)) return '"[Circular]"';
  if (parents.length >= MAX_DEPTH) return '"[Nested]"';
  parents.push(value);
  let text: string;
  const { toJSON } = value as { toJSON?: unknown };
  if (typeof toJSON === "function") {
    text = write(toJSON.call(value), parents);
  } else if (value instanceof Error) {
    text = JSON.stringify(value.stack ?? String(value));
  } else if (Array.isArray(value) || value instanceof Set) {
    text = `[${Array.from(value as Iterable<unknown>, (item) => write(item, parents)).join(",")}]`;
  } else {
    const members: string[] = [];
    for (const [key, member] of entriesOf(value)) {
      members.push(`${JSON.stringify(key)}:${write(member, parents)}`);
    }
    text = `{${members.join(",")}}`;
  }
  parents.pop();
  return text;
}

/** A value as the module describes it. */
export function jsonText(value: unknown): string {
  return write(value, []);
}

const encoder = /* @__PURE__ */ new TextEncoder();
const decoder = /* @__PURE__ */ new TextDecoder("utf-8", { fatal: true });

function dumps(fields: Record<string, unknown>): Uint8Array {
  return encoder.encode(jsonText(fields));
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
 * console.assert(new TextDecoder().decode(payload) === '{"name":"myapp","msg":"spam","levelno":20}');
 * console.assert(json.loads(payload).msg === "spam");
 * ```
 */
export const json: Serializer = { dumps, loads };

/**
 * JSON Lines: as {@linkcode json}, but the frame is a line, as log collectors other than CPython
 * take them. (A line of JSON holds no newline but its last, so nothing needs escaping.)
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
