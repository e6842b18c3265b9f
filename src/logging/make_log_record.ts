/**
 * A record from the dict that came over the network. After CPython's `makeLogRecord`.
 *
 * Browser compatible.
 *
 * @module
 */
import type { LogRecord } from "./log_record.ts";
import { makeRecord } from "./log_record_factory.ts";
import { hidesMethod, setField } from "./record_field.ts";
import { typeName } from "./type_name.ts";

/**
 * Makes a record whose attributes are those of `dict`; those that it lacks are those of an empty
 * record of now. Differs from CPython: a key that would hide a method of the record, such as
 * `getMessage`, is left out.
 *
 * @example
 * ```ts
 * import { makeLogRecord } from "jsr:@logwire/logging";
 *
 * const record = makeLogRecord({ name: "app", msg: "%s", args: ["hi"], user: "anna" });
 * console.assert(record.getMessage() === "hi" && record.user === "anna");
 * ```
 *
 * @throws {TypeError} where `dict` is no mapping
 */
export function makeLogRecord(
  dict: Readonly<Record<string, unknown>> | ReadonlyMap<unknown, unknown>,
): LogRecord {
  if (typeof dict !== "object" || dict === null || Array.isArray(dict)) {
    throw new TypeError(`Cannot make a record as 'dict' must be a mapping: got ${typeName(dict)}`);
  }
  const none = null as unknown;
  const record = makeRecord(none as string, none as number, "", 0, "", [], null, null, null);
  const entries = dict instanceof Map ? dict.entries() : Object.entries(dict);
  for (const [key, value] of entries) {
    if (typeof key === "string" && !hidesMethod(record, key)) setField(record, key, value);
  }
  return record;
}
