/**
 * What Python calls the type of a value, for its error messages: `str`, `NoneType`, `dict`.
 *
 * Browser compatible.
 *
 * @module
 */
import { isMapping } from "./is_mapping.ts";
import { PythonFloat } from "./python_float.ts";

/** The name of the Python type that `value` stands for. */
export function typeName(value: unknown): string {
  switch (typeof value) {
    case "string":
      return "str";
    case "number":
      return Number.isSafeInteger(value) && !Object.is(value, -0) ? "int" : "float";
    case "bigint":
      return "int";
    case "boolean":
      return "bool";
    case "undefined":
      return "NoneType";
    case "function":
      return "function";
    case "symbol":
      return "symbol";
  }
  if (value === null) return "NoneType";
  if (Array.isArray(value)) return "list";
  if (value instanceof PythonFloat) return "float";
  if (isMapping(value)) return "dict";
  if (value instanceof Set) return "set";
  if (value instanceof Uint8Array) return "bytes";
  const name: unknown = (value as object).constructor?.name;
  return typeof name === "string" && name !== "" ? name : "object";
}
