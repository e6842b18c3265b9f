/**
 * OTLP in protobuf: `opentelemetry/proto/logs/v1/logs.proto`, `common/v1/common.proto`,
 * `resource/v1/resource.proto` and `collector/logs/v1/logs_service.proto`, on `@bufbuild/protobuf`.
 * Numbers of fields stand beside their names.
 *
 * Browser compatible: the library makes no code at run time.
 *
 * @module
 */
import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import type { AnyValue, KeyValue } from "./any_value.ts";
import type { PartialSuccess } from "./otlp_json.ts";
import type { OtlpRecord } from "./otlp_record.ts";

const { Varint, Bit32, Bit64, LengthDelimited } = WireType;

/** Records of one scope. */
export interface ScopeRecords {
  /** The field of the scope, as {@linkcode scopeField} makes it. */
  scope: Uint8Array;
  /** The fields of its records, as {@linkcode recordField} makes them. */
  records: readonly Uint8Array[];
}

/** A scope with the name of the logger, as a field of `ScopeLogs`. */
export function scopeField(name: string): Uint8Array {
  // ScopeLogs.scope = 1, InstrumentationScope.name = 1
  const writer = new BinaryWriter().tag(1, LengthDelimited).fork();
  if (name !== "") writer.tag(1, LengthDelimited).string(name);
  return writer.join().finish();
}

/** The end of the field that these bytes begin with. */
export function endOfField(bytes: Uint8Array): number {
  const reader = new BinaryReader(bytes);
  const [, type] = reader.tag();
  reader.skip(type);
  return reader.pos;
}

/** A record as a field of `ScopeLogs`. */
export function recordField(record: OtlpRecord): Uint8Array {
  // ScopeLogs.log_records = 2
  const writer = new BinaryWriter().tag(2, LengthDelimited).fork();
  const { timeUnixNano, observedTimeUnixNano, severityNumber, severityText, flags } = record;
  writer.tag(1, Bit64).fixed64(timeUnixNano);
  if (severityNumber !== undefined) writer.tag(2, Varint).int32(severityNumber);
  if (severityText !== undefined) writer.tag(3, LengthDelimited).string(severityText);
  writeValue(writer.tag(5, LengthDelimited), record.body); // body
  for (const attribute of record.attributes) writeKeyValue(writer, 6, attribute);
  if (flags !== undefined) writer.tag(8, Bit32).fixed32(flags);
  writeId(writer, 9, record.traceId); // trace_id
  writeId(writer, 10, record.spanId); // span_id
  writer.tag(11, Bit64).fixed64(observedTimeUnixNano);
  return writer.join().finish();
}

/** A resource as a field of `ResourceLogs`. */
export function resourceField(attributes: readonly KeyValue[]): Uint8Array {
  // ResourceLogs.resource = 1
  const writer = new BinaryWriter().tag(1, LengthDelimited).fork();
  for (const attribute of attributes) writeKeyValue(writer, 1, attribute);
  return writer.join().finish();
}

/** An `ExportLogsServiceRequest` with one resource. */
export function request(resource: Uint8Array, scopes: readonly ScopeRecords[]): Uint8Array {
  // ExportLogsServiceRequest.resource_logs = 1
  const writer = new BinaryWriter().tag(1, LengthDelimited).fork().raw(resource);
  for (const { scope, records } of scopes) {
    writer.tag(2, LengthDelimited).fork().raw(scope); // ResourceLogs.scope_logs
    for (const record of records) writer.raw(record);
    writer.join();
  }
  return writer.join().finish();
}

/** AnyValue, behind its tag. */
function writeValue(writer: BinaryWriter, value: AnyValue): void {
  writer.fork();
  const { stringValue, boolValue, intValue, doubleValue, bytesValue } = value;
  if (stringValue !== undefined) writer.tag(1, LengthDelimited).string(stringValue);
  else if (boolValue !== undefined) writer.tag(2, Varint).bool(boolValue);
  else if (intValue !== undefined) writer.tag(3, Varint).int64(intValue);
  else if (doubleValue !== undefined) writer.tag(4, Bit64).double(Number(doubleValue));
  else if (bytesValue !== undefined) writer.tag(7, LengthDelimited).bytes(bytesValue.bytes);
  else if (value.arrayValue !== undefined) {
    writer.tag(5, LengthDelimited).fork();
    for (const item of value.arrayValue.values) {
      writeValue(writer.tag(1, LengthDelimited), item); // ArrayValue.values
    }
    writer.join();
  } else if (value.kvlistValue !== undefined) {
    writer.tag(6, LengthDelimited).fork();
    for (const member of value.kvlistValue.values) writeKeyValue(writer, 1, member); // values
    writer.join();
  }
  writer.join();
}

function writeKeyValue(writer: BinaryWriter, field: number, { key, value }: KeyValue): void {
  writer.tag(field, LengthDelimited).fork();
  writer.tag(1, LengthDelimited).string(key);
  writeValue(writer.tag(2, LengthDelimited), value);
  writer.join();
}

function writeId(writer: BinaryWriter, field: number, hex: string | undefined): void {
  if (hex === undefined) return;
  const bytes = new Uint8Array(hex.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = parseInt(hex.slice(2 * i, 2 * i + 2), 16);
  writer.tag(field, LengthDelimited).bytes(bytes);
}

/** Reads an `ExportLogsServiceResponse`. */
export function readProtobufResponse(content: Uint8Array): PartialSuccess {
  const success = { rejected: 0, message: "" };
  readFields(content, {
    // partial_success
    1: (response) =>
      readFields(response.bytes(), {
        1: (partial) => success.rejected = Number(partial.int64()),
        2: (partial) => success.message = partial.string(),
      }),
  });
  return success;
}

/** Reads the message of a `google.rpc.Status`. */
export function readProtobufStatus(content: Uint8Array): string {
  let message = "";
  readFields(content, { 2: (status) => message = status.string() });
  return message;
}

function readFields(
  bytes: Uint8Array,
  readers: Readonly<Record<number, (reader: BinaryReader) => void>>,
): void {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    const read = readers[field];
    if (read === undefined) reader.skip(type);
    else read(reader);
  }
}
