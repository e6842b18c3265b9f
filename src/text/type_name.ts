/**
 * The name of a value's type in Python's error messages: `str`, `NoneType`, `dict`.
 *
 * Browser compatible.
 *
 * @module
 */
import { isMapping } from "./is_mapping.ts";
import { isInteger } from "./python_float.ts";

const PRIMITIVES: Readonly<Record<string, string>> = {
  string: "str",
  bigint: "int",
  boolean: "bool",
  undefined: "NoneType",
};

/** Returns the name of the Python type that `value` stands for. */
export function typeName(value: unknown): string {
  if (value === null) return "NoneType";
  if (typeof value === "number") return isInteger(value) ? "int" : "float";
  if (typeof value !== "object") return PRIMITIVES[typeof value] ?? typeof value;
  if (Array.isArray(value)) return "list";
  if (isMapping(value)) return "dict";
  if (value instanceof Set) return "set";
  if (value instanceof Uint8Array) return "bytes";
  const name: unknown = value.constructor?.name;
  return typeof name === "string" && name !== "" ? name : "object";
}
