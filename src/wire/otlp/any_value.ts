/**
 * Values as OpenTelemetry's `AnyValue`, in its JSON form; the protobuf is made of that.
 *
 * A safe integer or a `bigint` of 64 bits is an int, another number a double, a larger `bigint` its
 * digits; `null` and `undefined` are the empty value; bytes are bytes; an Array or Set is an array; a
 * plain object, Map or other object a list of keys and values; a Date is ISO 8601 text, an Error its
 * stack, a function or symbol its text, an object with `toJSON()` the result of that. A value inside
 * itself is `"[Circular]"`, and one nested deeper than `MAX_DEPTH` `"[Nested]"`. Text over the
 * `TextBudget` of the record is `"…"`.
 *
 * Browser compatible.
 *
 * @module
 */
import { keyText } from "../../text/python_repr.ts";
import { ELLIPSIS, MAX_DEPTH, type TextBudget } from "../../text/text_budget.ts";
import { base64 } from "../../text/base64.ts";

/** Bytes, which are base64 in JSON. */
export class OtlpBytes {
  /** The bytes themselves. */
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** The bytes as base64. */
  toJSON(): string {
    return base64(this.bytes);
  }
}

/** One value; at most one of the members is there. */
export interface AnyValue {
  stringValue?: string;
  boolValue?: boolean;
  /** The digits. */
  intValue?: string;
  /** A number, or the text of one that JSON has not: `"NaN"`, `"Infinity"`, `"-Infinity"`, `"-0"`. */
  doubleValue?: number | string;
  bytesValue?: OtlpBytes;
  arrayValue?: { values: AnyValue[] };
  kvlistValue?: { values: KeyValue[] };
}

/** One attribute. */
export interface KeyValue {
  key: string;
  value: AnyValue;
}

/** Returns a value as `AnyValue`; the values of one record share a budget. */
export function anyValue(value: unknown, budget: TextBudget): AnyValue {
  switch (typeof value) {
    case "string":
      return { stringValue: budget.cut(value) };
    case "number":
      return numberValue(value);
    case "boolean":
      return { boolValue: value };
    case "bigint":
      if (BigInt.asIntN(64, value) === value) return { intValue: String(value) };
      return { stringValue: budget.left > 0 ? budget.cut(String(value)) : ELLIPSIS };
    case "undefined":
      return {};
    case "object":
      return value === null ? {} : objectValue(value, budget);
    default:
      return { stringValue: budget.cut(String(value)) };
  }
}

function numberValue(value: number): AnyValue {
  if (Object.is(value, -0)) return { doubleValue: "-0" };
  if (Number.isSafeInteger(value)) return { intValue: String(value) };
  return { doubleValue: Number.isFinite(value) ? value : String(value) };
}

function objectValue(value: object, budget: TextBudget): AnyValue {
  if (value instanceof Uint8Array) return bytesValue(value, budget);
  if (value instanceof ArrayBuffer) return bytesValue(new Uint8Array(value), budget);
  const { open } = budget;
  if (open.includes(value)) return { stringValue: "[Circular]" };
  if (open.length >= MAX_DEPTH) return { stringValue: "[Nested]" };
  if (budget.left <= 0) return { stringValue: ELLIPSIS };
  open.push(value);
  const result = containerValue(value, budget);
  open.pop();
  return result;
}

function containerValue(value: object, budget: TextBudget): AnyValue {
  const { toJSON } = value as { toJSON?: unknown };
  if (typeof toJSON === "function") return anyValue(toJSON.call(value), budget);
  if (value instanceof Error) {
    return { stringValue: budget.cut(String(value.stack ?? value)) };
  }
  if (Array.isArray(value) || value instanceof Set) {
    return { arrayValue: { values: itemsOf(value, budget) } };
  }
  return { kvlistValue: { values: membersOf(value, budget) } };
}

function bytesValue(bytes: Uint8Array, budget: TextBudget): AnyValue {
  const head = bytes.subarray(0, Math.max(0, budget.left));
  budget.left -= head.length;
  return { bytesValue: new OtlpBytes(head) };
}

function itemsOf(items: Iterable<unknown>, budget: TextBudget): AnyValue[] {
  const values: AnyValue[] = [];
  for (const item of items) {
    if (!budget.next()) {
      values.push({ stringValue: ELLIPSIS });
      break;
    }
    values.push(anyValue(item, budget));
  }
  return values;
}

function membersOf(object: object, budget: TextBudget): KeyValue[] {
  const entries = object instanceof Map ? object : Object.entries(object);
  const members: KeyValue[] = [];
  for (const [key, member] of entries) {
    if (!budget.next()) {
      members.push({ key: ELLIPSIS, value: { stringValue: ELLIPSIS } });
      break;
    }
    const text = typeof key === "string" ? budget.spend(key) : keyText(key, budget);
    members.push({ key: text, value: anyValue(member, budget) });
  }
  return members;
}
