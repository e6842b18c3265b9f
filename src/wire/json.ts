/**
 * Records as JSON: one object a frame, the same fields that a pickle would hold, in UTF-8. How each
 * value is written is described in `text/json_text.ts`.
 *
 * Browser compatible.
 *
 * @module
 */
import { newlineDelimited } from "./_line_framing.ts";
import { recordJson } from "./record_json.ts";
import type { Serializer } from "./serializer.ts";

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
export const json: Serializer = { dumps, loads, contentType: "json" };

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
export const jsonLines: Serializer = {
  dumps,
  loads,
  framing: newlineDelimited,
  contentType: "jsonl",
};
