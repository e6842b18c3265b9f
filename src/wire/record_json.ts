/**
 * The fields of a record as the text of a JSON object. A file of its own, since a body of HTTP loads
 * no framing.
 *
 * Browser compatible.
 *
 * @module
 */
import { isPlainObject } from "../text/is_mapping.ts";
import { jsonText } from "../text/json_text.ts";
import { TextBudget } from "../text/text_budget.ts";

/** Up to so many characters the texts of a record are far from the limit of the budget. */
const FLAT_LENGTH = 65536;

/**
 * Returns the fields of a record as JSON. Every field is named, even
 * without a budget left, and a message that is text is written in full.
 */
export function recordJson(fields: Record<string, unknown>): string {
  if (!isPlainObject(fields) || typeof fields.toJSON === "function") return jsonText(fields);
  if (isFlat(fields)) return JSON.stringify(fields);
  const budget = new TextBudget();
  budget.open.push(fields);
  const members = Object.keys(fields).map((key) => {
    const value = fields[key];
    const isMessage = key === "msg" && typeof value === "string";
    return `${JSON.stringify(key)}:${isMessage ? JSON.stringify(value) : jsonText(value, budget)}`;
  });
  return `{${members.join(",")}}`;
}

/**
 * Returns true where `JSON.stringify()` gives the same text: nearly every record has text, numbers,
 * booleans and null alone.
 */
function isFlat(fields: Record<string, unknown>): boolean {
  let length = 0;
  for (const key in fields) {
    const value = fields[key];
    if (typeof value === "string") length += value.length;
    else if (typeof value === "number") {
      if (!Number.isFinite(value) || value === 0 && 1 / value < 0) return false;
    } else if (typeof value !== "boolean" && value !== null) return false;
  }
  return length <= FLAT_LENGTH;
}
