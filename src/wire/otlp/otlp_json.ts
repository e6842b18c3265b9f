/**
 * OTLP in JSON: the JSON of protobuf, with ids in hexadecimal and enums as numbers (OTLP 1.x, "JSON
 * Protobuf Encoding").
 *
 * Browser compatible.
 *
 * @module
 */
import { wellFormedJson } from "../well_formed_json.ts";
import type { KeyValue } from "./any_value.ts";
import type { OtlpRecord } from "./otlp_record.ts";

/** The answer of a server to a request that it has taken. */
export interface PartialSuccess {
  /** The number of records that it refuses. */
  rejected: number;
  /** Why, or a warning. */
  message: string;
}

/** A scope: the name of the logger. */
export function scopeJson(name: string): string {
  return wellFormedJson(JSON.stringify({ name }));
}

/** A log record. */
export function recordJson(record: OtlpRecord): string {
  return wellFormedJson(JSON.stringify(record));
}

/** A resource. */
export function resourceJson(attributes: readonly KeyValue[]): string {
  return wellFormedJson(JSON.stringify({ attributes }));
}

const decoder = /* @__PURE__ */ new TextDecoder();

/** Reads an `ExportLogsServiceResponse`. */
export function readJsonResponse(content: Uint8Array): PartialSuccess {
  const { partialSuccess } = parse(content);
  const { rejectedLogRecords, errorMessage } = (partialSuccess ?? {}) as Record<string, unknown>;
  // 64 bits are digits in JSON; a number is allowed.
  return { rejected: Number(rejectedLogRecords ?? 0), message: String(errorMessage ?? "") };
}

/** Reads the message of a `Status`. */
export function readJsonStatus(content: Uint8Array): string {
  return String(parse(content).message ?? "");
}

function parse(content: Uint8Array): Record<string, unknown> {
  const text = decoder.decode(content);
  // The default of every member is left out, so that nothing may be left.
  return text === "" ? {} : JSON.parse(text);
}
