/**
 * A record's attributes as a web form: CPython's `urllib.parse.urlencode(record.__dict__)`, byte
 * for byte. Values are Python's `str()` of what they are there: None, True, a tuple for `args`,
 * floats for the times.
 *
 * Differs: a lone surrogate, for which CPython loses the record, is sent as U+FFFD; text over the
 * {@linkcode TextBudget} of the record is `…`, as a value may be shared many times over.
 *
 * Browser compatible.
 *
 * @module
 */
import { floatRepr } from "../text/python_float.ts";
import { pythonStr, tupleRepr } from "../text/python_repr.ts";
import { TextBudget } from "../text/text_budget.ts";
import { TIME_FIELDS } from "../logging/log_record.ts";

const encoder = /* @__PURE__ */ new TextEncoder();

/** The text of each byte: itself, `+` for a space, or `%XX`. */
const QUOTED: readonly string[] = /* @__PURE__ */ Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  if (character === " ") return "+";
  if (/[A-Za-z0-9_.~-]/.test(character)) return character;
  return `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
});

const nothingToQuote = /^[A-Za-z0-9_.~-]*$/;

/** Returns `urllib.parse.quote_plus(value)`. */
export function quotePlus(value: string | Uint8Array): string {
  if (typeof value === "string" && nothingToQuote.test(value)) return value;
  let quoted = "";
  for (const byte of typeof value === "string" ? encoder.encode(value) : value) {
    quoted += QUOTED[byte];
  }
  return quoted;
}

/** Returns `urllib.parse.urlencode(fields)` for the attributes of a record. */
export function formUrlencoded(fields: Record<string, unknown>): string {
  const pairs: string[] = [];
  const budget = new TextBudget();
  for (const key of Object.keys(fields)) {
    pairs.push(`${quotePlus(key)}=${quotePlus(textOf(key, fields[key], budget))}`);
  }
  return pairs.join("&");
}

function textOf(key: string, value: unknown, budget: TextBudget): string | Uint8Array {
  if (value instanceof Uint8Array) return bytesWithin(value, budget);
  if (value instanceof ArrayBuffer) return bytesWithin(new Uint8Array(value), budget);
  if (key === "args" && Array.isArray(value)) return tupleRepr(value, budget);
  if (typeof value === "number" && TIME_FIELDS.includes(key)) return floatRepr(value);
  // The message itself is not cut; many fields may share one other text.
  if (typeof value === "string") return key === "msg" ? value : budget.cut(value);
  return pythonStr(value, budget);
}

function bytesWithin(bytes: Uint8Array, budget: TextBudget): Uint8Array {
  const head = bytes.subarray(0, Math.max(0, budget.left));
  budget.left -= head.length;
  return head;
}
