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

/**
 * Returns the fields of a record as JSON. Every field is named, even
 * without a budget left, and a message that is text is written in full.
 */
export function recordJson(fields: Record<string, unknown>): string {
  if (!isPlainObject(fields) || typeof fields.toJSON === "function") return jsonText(fields);
  const budget = new TextBudget();
  budget.open.push(fields);
  const members = Object.keys(fields).map((key) => {
    const value = fields[key];
    const isMessage = key === "msg" && typeof value === "string";
    return `${JSON.stringify(key)}:${isMessage ? JSON.stringify(value) : jsonText(value, budget)}`;
  });
  return `{${members.join(",")}}`;
}
