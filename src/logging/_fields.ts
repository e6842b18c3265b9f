/**
 * Fields by name, as `extra` holds them, and new ones made of them. A getter that throws must not
 * lose the other fields: it is copied as a getter, and the record reports it.
 *
 * Browser compatible.
 *
 * @module
 */
import type { Extra } from "./context_reader.ts";

/** Fields by name. */
export type Fields = Extra | ReadonlyMap<string, unknown>;

/** Returns the fields of both; those of `second` win. */
export function mergeFields(first: Fields, second: Fields): Readonly<Record<string, unknown>> {
  const [base, more] = [asObject(first), asObject(second)];
  try {
    return { ...base, ...more };
  } catch {
    return copy(copy({}, base), more);
  }
}

/** Returns the fields without one. */
export function withoutField(fields: Fields, key: string): Readonly<Record<string, unknown>> {
  const rest = copy({}, asObject(fields));
  delete rest[key];
  return rest;
}

function asObject(fields: Fields): Readonly<Record<string, unknown>> {
  return fields instanceof Map ? Object.fromEntries(fields) : fields as Record<string, unknown>;
}

/** Copies the own enumerable properties, getters as getters. */
function copy(
  to: Record<string, unknown>,
  from: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  for (const key of Object.keys(from)) {
    const property = Object.getOwnPropertyDescriptor(from, key);
    if (property) Object.defineProperty(to, key, { ...property, configurable: true });
  }
  return to;
}
