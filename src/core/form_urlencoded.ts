/**
 * A record's attributes as a web form: CPython's `urllib.parse.urlencode(record.__dict__)`, byte for
 * byte. Values are Python's `str()` of what they are there: None, True, a tuple for `args`, floats
 * for the times.
 *
 * Differs: a lone surrogate, for which CPython loses the record, is sent as U+FFFD.
 *
 * Browser compatible.
 *
 * @module
 */
import { PythonFloat } from "../logging/python_float.ts";
import { pythonRepr, pythonStr } from "../logging/python_repr.ts";

/** Floats in Python, also where they are whole. */
const TIMES: ReadonlySet<string> = new Set(["created", "msecs", "relativeCreated"]);

const encoder = /* @__PURE__ */ new TextEncoder();

/** What each byte becomes: itself, `+` for a space, or `%XX`. */
const QUOTED: readonly string[] = /* @__PURE__ */ Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  if (character === " ") return "+";
  if (/[A-Za-z0-9_.~-]/.test(character)) return character;
  return `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
});

const nothingToQuote = /^[A-Za-z0-9_.~-]*$/;

/** `urllib.parse.quote_plus(value)`. */
export function quotePlus(value: string | Uint8Array): string {
  if (typeof value === "string" && nothingToQuote.test(value)) return value;
  let quoted = "";
  for (const byte of typeof value === "string" ? encoder.encode(value) : value) {
    quoted += QUOTED[byte];
  }
  return quoted;
}

/** `urllib.parse.urlencode(fields)`, for the attributes of a record. */
export function formUrlencoded(fields: Record<string, unknown>): string {
  const pairs: string[] = [];
  for (const key of Object.keys(fields)) {
    pairs.push(`${quotePlus(key)}=${quotePlus(textOf(key, fields[key]))}`);
  }
  return pairs.join("&");
}

function textOf(key: string, value: unknown): string | Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (key === "args" && Array.isArray(value)) return tupleRepr(value);
  return pythonStr(typeof value === "number" && TIMES.has(key) ? new PythonFloat(value) : value);
}

/** What is a list here and a tuple there. */
function tupleRepr(items: unknown[]): string {
  const list = pythonRepr(items).slice(1, -1);
  return items.length === 1 ? `(${list},)` : `(${list})`;
}
