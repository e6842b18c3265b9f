/**
 * A field from outside, from `extra` or from the network, becomes an own data property of a record,
 * whatever its name. `__proto__` is a name like any other, and no setter runs.
 *
 * Differs from CPython in one case: a field with the name of a method of the record (`getMessage`,
 * `toString`) is left out, since it would replace the method, and a received record could then
 * break every handler.
 *
 * Browser compatible.
 *
 * @module
 */
import type { LogRecord } from "./log_record.ts";

/** Returns true if a field of that name would hide a method of `record`. */
export function hidesMethod(record: LogRecord, key: string): boolean {
  let prototype: object | null = Object.getPrototypeOf(record);
  // Nearly every field ends here.
  if (prototype === null || !(key in prototype) || key === "constructor") return false;
  for (
    ;
    prototype !== null && prototype !== Object.prototype;
    prototype = Object.getPrototypeOf(prototype)
  ) {
    const member = Object.getOwnPropertyDescriptor(prototype, key);
    if (member !== undefined) return typeof member.value === "function";
  }
  return false;
}

/** Sets a field as an own, enumerable property. */
export function setField(record: LogRecord, key: string, value: unknown): void {
  if (Object.hasOwn(record, key) || !(key in record)) {
    record[key] = value;
    return;
  }
  // A property of that name is inherited: plain assignment might run a setter.
  Object.defineProperty(record, key, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}
