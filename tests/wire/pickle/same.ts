/** `assertSame()`: `assertEquals()` for results of `loads()`. */
import { assertEquals } from "@std/assert";
import { PythonObject } from "../../../src/wire/pickle/python_object.ts";

/** Asserts equality; @std/assert compares Sets and objects of classes with what Node 20 lacks. */
export function assertSame(actual: unknown, expected: unknown, message?: string): void {
  assertEquals(plain(actual), plain(expected), message);
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Set) return { set: [...value].map(plain) };
  if (value instanceof Map) return new Map([...value].map(([k, v]) => [plain(k), plain(v)]));
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  const members = Object.entries(value).map(([key, member]) => [key, plain(member)]);
  return { of: value instanceof PythonObject, members: new Map(members as [string, unknown][]) };
}
