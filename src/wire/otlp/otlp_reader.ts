/**
 * The fields of records that an `ExportLogsServiceRequest` of OTLP holds, in its JSON form. It reverses
 * `otlp_record.ts`: attributes of OpenTelemetry's semantic conventions become the attributes of a
 * record, the others its fields. The attributes of the resource are fields of each record.
 *
 * Browser compatible.
 *
 * @module
 */
import { CRITICAL, DEBUG, ERROR, INFO, WARNING } from "../../logging/level.ts";
import { getLevelName } from "../../logging/level_names.ts";
import { MAX_DEPTH } from "../../text/text_budget.ts";
import { foreignFields } from "../foreign_fields.ts";
import { millisecondsOf } from "../milliseconds.ts";

/** The level of the severity numbers 1 to 4, 5 to 8, and so on. */
const LEVELS = [5, DEBUG, INFO, WARNING, ERROR, CRITICAL];

/**
 * The most fields of all records of a request: those of a resource count for each of its records, as
 * each gets them. A small request could otherwise ask for billions.
 */
const MAX_FIELDS = 2_000_000;

/** The price of a record without fields, in fields. */
const RECORD_COST = 8;

/** The attributes that are a record's own, with their names there. */
const NAMES: Readonly<Record<string, { key: string; kind: "string" | "number" }>> = {
  "code.file.path": { key: "pathname", kind: "string" },
  "code.line.number": { key: "lineno", kind: "number" },
  "code.function.name": { key: "funcName", kind: "string" },
  "code.stacktrace": { key: "stack_info", kind: "string" },
  "exception.stacktrace": { key: "exc_text", kind: "string" },
  "thread.id": { key: "thread", kind: "number" },
  "thread.name": { key: "threadName", kind: "string" },
  "process.pid": { key: "process", kind: "number" },
};

type Json = Record<string, unknown>;

/** Returns true for the body of a request of OTLP. */
export function isOtlpRequest(body: unknown): body is Json {
  return typeof body === "object" && body !== null && "resourceLogs" in body;
}

/**
 * Returns the fields of the records of a request.
 *
 * @throws {TypeError} for what is no request, and for one whose records have too many fields
 */
export function otlpFields(request: Json): Json[] {
  let left = MAX_FIELDS;
  return objectsOf(request, "resourceLogs").flatMap((resourceLogs) => {
    const resource = attributesOf(objectOf(resourceLogs, "resource"));
    const cost = Object.keys(resource).length + RECORD_COST;
    return objectsOf(resourceLogs, "scopeLogs").flatMap((scopeLogs) => {
      const scope = objectOf(scopeLogs, "scope").name;
      return objectsOf(scopeLogs, "logRecords").map((record) => {
        left -= cost;
        if (left < 0) {
          throw new TypeError(
            "the records of the request have too many fields: send fewer at once",
          );
        }
        return fieldsOf(record, resource, scope || resource["service.name"]);
      });
    });
  });
}

function fieldsOf(record: Json, resource: Json, logger: unknown): Json {
  const attributes = attributesOf(record);
  const fields = foreignFields({ ...resource, ...attributes });
  for (const [name, { key, kind }] of Object.entries(NAMES)) {
    const value = fields[name];
    const actual: string = typeof value;
    if (actual !== kind) continue;
    fields[key] = value;
    delete fields[name];
  }
  if (fields.exc_text === undefined) {
    const { "exception.type": type, "exception.message": message } = attributes;
    if (type !== undefined || message !== undefined) {
      fields.exc_text = [type, message].filter((part) => part !== undefined).join(": ");
    }
  }
  for (const [id, key] of [["traceId", "trace_id"], ["spanId", "span_id"]] as const) {
    if (typeof record[id] === "string" && record[id] !== "") fields[key] = record[id];
  }
  const body = valueOf(record.body, 0);
  const created = secondsOf(record.timeUnixNano) ?? secondsOf(record.observedTimeUnixNano);
  const levelno = levelOf(record.severityNumber);
  const { severityText } = record;
  return {
    ...fields,
    name: typeof logger === "string" && logger !== "" ? logger : "otlp",
    msg: typeof body === "string" ? body : body === null ? "" : JSON.stringify(body),
    args: null,
    levelno,
    levelname: typeof severityText === "string" && severityText !== ""
      ? severityText.toUpperCase()
      : getLevelName(levelno),
    ...created !== undefined && { created, msecs: millisecondsOf(created) },
  };
}

function levelOf(severityNumber: unknown): number {
  const number = Number(severityNumber);
  return LEVELS[Math.floor((number - 1) / 4)] ?? INFO;
}

/** Returns seconds since the epoch; `undefined` for no time, which is 0. */
function secondsOf(nanoseconds: unknown): number | undefined {
  if (typeof nanoseconds !== "string" && typeof nanoseconds !== "number") return undefined;
  const digits = String(nanoseconds);
  if (!/^\d{1,20}$/.test(digits) || /^0+$/.test(digits)) return undefined;
  return Number(`${digits.slice(0, -9) || "0"}.${digits.slice(-9).padStart(9, "0")}`);
}

function attributesOf(object: Json): Json {
  const attributes: Json = {};
  for (const { key, value } of objectsOf(object, "attributes")) {
    if (typeof key === "string") define(attributes, key, valueOf(value, 0));
  }
  return attributes;
}

/** Returns the value of an `AnyValue`; null for the empty one. */
function valueOf(any: unknown, depth: number): unknown {
  if (typeof any !== "object" || any === null) return null;
  if (depth > MAX_DEPTH) return "[Nested]";
  const { stringValue, boolValue, intValue, doubleValue, arrayValue, kvlistValue, bytesValue } =
    any as Json;
  if (stringValue !== undefined) return String(stringValue);
  if (boolValue !== undefined) return boolValue === true;
  if (intValue !== undefined) return integerOf(intValue);
  if (doubleValue !== undefined) return Number(doubleValue);
  if (bytesValue !== undefined) return String(bytesValue);
  if (arrayValue !== undefined) {
    const { values } = Object(arrayValue) as Json;
    return Array.isArray(values) ? values.map((value) => valueOf(value, depth + 1)) : [];
  }
  if (kvlistValue === undefined) return null;
  const map: Json = {};
  for (const { key, value } of objectsOf(Object(kvlistValue) as Json, "values")) {
    define(map, String(key), valueOf(value, depth + 1));
  }
  return map;
}

/** 64 bits are digits in JSON; a number is allowed. */
function integerOf(digits: unknown): number | bigint | string {
  const text = String(digits);
  const number = Number(text);
  if (Number.isSafeInteger(number)) return number;
  return /^-?\d{1,20}$/.test(text) ? BigInt(text) : text;
}

function objectOf(object: Json, name: string): Json {
  const value = object[name] ?? {};
  if (typeof value === "object" && !Array.isArray(value)) return value as Json;
  throw new TypeError(`'${name}' must be an object`);
}

function objectsOf(object: Json, name: string): Json[] {
  const values = object[name] ?? [];
  if (Array.isArray(values) && values.every((value) => typeof value === "object" && value)) {
    return values as Json[];
  }
  throw new TypeError(`'${name}' must be an array of objects`);
}

/** Sets a property, also one whose name is `__proto__`. */
function define(object: Json, key: string, value: unknown): void {
  const property = { value, enumerable: true, writable: true, configurable: true };
  Object.defineProperty(object, key, property);
}
