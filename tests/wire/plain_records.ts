/** Plain records, and the bytes that an encoder writes of one. */
import { assert } from "@std/assert";
import { LogRecord } from "../../src/logging/log_record.ts";
import type { RecordEncoder } from "../../src/wire/record_encoder.ts";

const out = new Uint8Array(70_000);
const view = new DataView(out.buffer);

/** Returns the bytes that the encoder writes at `at`; `undefined` if the record is not plain. */
export function encoded(encoder: RecordEncoder, record: LogRecord, at = 3): Uint8Array | undefined {
  const most = encoder.prepare(record);
  if (most === 0) return undefined;
  const end = encoder.write(out, view, at);
  assert(end - at <= most, `${end - at} bytes, and at most ${most} were announced`);
  return out.slice(at, end);
}

/** Makes a record with attributes and `extra` of its own. */
export function plain(fields: object = {}, msg: unknown = "spam", ...args: unknown[]): LogRecord {
  const record = new LogRecord("app", 20, "(unknown file)", 0, msg, args, null, "(unknown)");
  return Object.assign(record, fields);
}
