/**
 * The bodies that `HTTPHandler` knows by a name: a record as a form, an array of records as JSON, and
 * records as JSON, a line each.
 *
 * Browser compatible.
 *
 * @module
 */
import type { Batch } from "../delivery/batch_writer.ts";
import type { HTTPBody } from "../delivery/http_body.ts";
import { formUrlencoded } from "../wire/form_urlencoded.ts";
import { JsonEncoder } from "../wire/json_encoder.ts";
import type { RecordEncoder } from "../wire/record_encoder.ts";
import { recordJson } from "../wire/record_json.ts";

/** One record a request, percent-encoded, as CPython. */
export const form: HTTPBody = {
  contentType: "application/x-www-form-urlencoded",
  maxRecords: 1,
  encode: (record, reader) => formUrlencoded(reader.fields(record)),
};

/** An array of objects. */
const json: HTTPBody = {
  contentType: "application/json",
  // Each record brings a comma, or the bracket in its place; the last bracket is no record's.
  extraBytes: 1,
  encode: (record, reader) => `,${recordJson(reader.fields(record))}`,
  compose({ bytes }: Batch): Uint8Array {
    const array = new Uint8Array(bytes.length + 1);
    array.set(bytes);
    array[0] = 0x5b; // [
    array[bytes.length] = 0x5d; // ]
    return array;
  },
};

/** An object a line. */
const ndjson: HTTPBody = {
  contentType: "application/x-ndjson",
  encode: (record, reader) => `${recordJson(reader.fields(record))}\n`,
};

/** The bodies by their names. */
export const RECORD_BODIES: Readonly<Record<"form" | "json" | "ndjson", HTTPBody>> = {
  form,
  json,
  ndjson,
};

/** The encoder that writes records of a body where they are sent from; `undefined`: it has none. */
export function directEncoder(body: HTTPBody): RecordEncoder | undefined {
  if (body === json) return new JsonEncoder(",", "");
  return body === ndjson ? new JsonEncoder("", "\n") : undefined;
}
