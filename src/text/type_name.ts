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
  function: "function",
  symbol: "symbol",
};

/** Returns the name of the Python type that `value` stands for. */
export function typeName(value: unknown): string {
  const primitive = PRIMITIVES[typeof value];
  if (primitive !== undefined) return primitive;
  if (value === null) return "NoneType";
  if (isInteger(value)) return "int";
  if (typeof value === "number") return "float";
  if (Array.isArray(value)) return "list";
  if (isMapping(value)) return "dict";
  if (value instanceof Set) return "set";
  if (value instanceof Uint8Array) return "bytes";
  const name: unknown = (value as object).constructor?.name;
  return typeof name === "string" && name !== "" ? name : "object";
}
