/**
 * How a field from outside, from `extra` or from the network, gets onto a record: as an own data
 * property, whatever its name. `__proto__` is a name like any other, and no setter runs.
 *
 * Differs from CPython in one case: a field named as a method of the record (`getMessage`,
 * `toString`) is left out, since it would stand in the method's place, and a record that a stranger
 * sent could then break every handler.
 *
 * Browser compatible.
 *
 * @module
 */
import type { LogRecord } from "./log_record.ts";

/** Whether a field of that name would hide a method of `record`. */
export function hidesMethod(record: LogRecord, key: string): boolean {
  let prototype: object | null = Object.getPrototypeOf(record);
  // Of nearly every field this is all.
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
  // Something of that name is inherited: plain assignment might run a setter.
  Object.defineProperty(record, key, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}
