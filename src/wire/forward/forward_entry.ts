/**
 * Records as entries of the Forward protocol: `[EventTime, map]`, in MessagePack. The map has the
 * fields of a pickle, so that a record can be made whole of it again.
 *
 * A safe integer, and a `bigint` of 64 bits, is an int, another number a float, a larger `bigint` its
 * digits; `undefined` is nil; bytes are bin; an Array or Set is an array; a plain object, Map or other
 * object a map, whose keys are texts; a Date is ISO 8601 text, an Error its stack, a function or symbol
 * its text, an object with `toJSON()` the result of that. A value inside itself is `"[Circular]"`, and
 * one nested deeper than `MAX_DEPTH` `"[Nested]"`. Text over the `TextBudget` of the record is `"…"`,
 * and a lone surrogate U+FFFD.
 *
 * Browser compatible.
 *
 * @module
 */
import { stackOf } from "../../text/exception_text.ts";
import { keyText } from "../../text/python_repr.ts";
import { ELLIPSIS, MAX_DEPTH, TextBudget } from "../../text/text_budget.ts";
import { EventTime } from "./_event_time.ts";
import { encodeValue } from "./_msgpack.ts";

/** 16 MB: with what stands around it, an entry is within the 16 MiB that our receiver takes. */
const MAX_ENTRY_BYTES = 16_000_000;

/**
 * Returns the entry of a record's fields. The message is written in full.
 *
 * @param created the time of the event, in seconds since the epoch
 * @throws {RangeError} when it has more than 16,000,000 bytes
 */
export function encodeEntry(
  created: number,
  fields: Readonly<Record<string, unknown>>,
): Uint8Array<ArrayBuffer> {
  const budget = new TextBudget();
  const map: Record<string, unknown> = emptyMap();
  for (const key of Object.keys(fields)) {
    const value = fields[key];
    const isMessage = key === "msg" && typeof value === "string";
    map[key.toWellFormed()] = isMessage ? value.toWellFormed() : plainValue(value, budget);
  }
  const bytes = encodeValue([EventTime.from(created), map]);
  if (bytes.length <= MAX_ENTRY_BYTES) return bytes;
  throw new RangeError(
    `a record of ${bytes.length} bytes is not sent: the most is ${MAX_ENTRY_BYTES}`,
  );
}

/** An object in which `__proto__` is a key as any other. */
function emptyMap(): Record<string, unknown> {
  return Object.create(null) as Record<string, unknown>;
}

function plainValue(value: unknown, budget: TextBudget): unknown {
  switch (typeof value) {
    case "string":
      return budget.cut(value).toWellFormed();
    case "number":
      return isLong(value) ? BigInt(value) : value;
    case "boolean":
      return value;
    case "bigint":
      if (BigInt.asIntN(64, value) === value || BigInt.asUintN(64, value) === value) return value;
      return budget.left > 0 ? budget.cut(String(value)) : ELLIPSIS;
    case "undefined":
      return null;
    case "object":
      return value === null ? null : plainObject(value, budget);
    default:
      return budget.cut(String(value)).toWellFormed();
  }
}

/** Says that a number is an integer which the encoder would write as a float. */
function isLong(value: number): boolean {
  return Number.isSafeInteger(value) && (value > 0xffff_ffff || value < -0x8000_0000);
}

function plainObject(value: object, budget: TextBudget): unknown {
  const { open } = budget;
  if (open.includes(value)) return "[Circular]";
  if (open.length >= MAX_DEPTH) return "[Nested]";
  if (budget.left <= 0) return ELLIPSIS;
  const depth = open.length;
  open.push(value);
  try {
    return plainContainer(value, budget);
  } finally {
    open.length = depth;
  }
}

function plainContainer(value: object, budget: TextBudget): unknown {
  if (value instanceof Uint8Array) return plainBytes(value, budget);
  if (value instanceof ArrayBuffer) return plainBytes(new Uint8Array(value), budget);
  const { toJSON } = value as { toJSON?: unknown };
  if (typeof toJSON === "function") return plainValue(toJSON.call(value), budget);
  if (value instanceof Error) return budget.cut(stackOf(value) ?? String(value)).toWellFormed();
  return Array.isArray(value) || value instanceof Set
    ? plainItems(value, budget)
    : plainMembers(value, budget);
}

function plainBytes(bytes: Uint8Array, budget: TextBudget): Uint8Array {
  const head = bytes.slice(0, Math.max(0, budget.left));
  budget.left -= head.length;
  return head;
}

function plainItems(items: Iterable<unknown>, budget: TextBudget): unknown[] {
  const values: unknown[] = [];
  for (const item of items) {
    if (!budget.next()) {
      values.push(ELLIPSIS);
      break;
    }
    values.push(plainValue(item, budget));
  }
  return values;
}

function plainMembers(object: object, budget: TextBudget): Record<string, unknown> {
  const members = emptyMap();
  for (const [key, member] of object instanceof Map ? object : Object.entries(object)) {
    if (!budget.next()) {
      members[ELLIPSIS] = ELLIPSIS;
      break;
    }
    const text = typeof key === "string" ? budget.spend(key) : keyText(key, budget);
    members[text.toWellFormed()] = plainValue(member, budget);
  }
  return members;
}
