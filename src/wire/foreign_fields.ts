/**
 * Fields that another program chose, beside the attributes of a record. A field that is named like an
 * attribute mostly means something else there, and may be of any type.
 *
 * Browser compatible.
 *
 * @module
 */
import { isStandard } from "../logging/record_attributes.ts";

/** The attributes that a field may set, with the type that it must have for that. */
const SETTABLE: Readonly<Record<string, "string" | "number">> = {
  pathname: "string",
  lineno: "number",
  funcName: "string",
  process: "number",
  processName: "string",
  thread: "number",
  threadName: "string",
  exc_text: "string",
  stack_info: "string",
};

/** Returns the fields; one that cannot be the attribute of its name has `_` behind its name. */
export function foreignFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const entries = Object.entries(fields).map(([key, value]) => {
    const isAttribute = isStandard(key) && typeof value !== SETTABLE[key];
    return [isAttribute ? `${key}_` : key, value];
  });
  return Object.fromEntries(entries) as Record<string, unknown>;
}
