/**
 * Decodes a payload straight into a record, without the dict of its fields. It does so only where
 * the record is the one that `loads()` and then `makeLogRecord()` would make: with the pickle
 * serializer, without a record factory, and for a record similar to earlier ones.
 *
 * Browser compatible.
 *
 * @module
 */
import { LogRecord } from "../logging/log_record.ts";
import { getLogRecordFactory } from "../logging/log_record_factory.ts";
import { completeRecord, makeLogRecord } from "../logging/make_log_record.ts";
import { pickleOrJson } from "../wire/pickle_or_json.ts";
import { type DictMaker, loadRecord, pickle } from "../wire/pickle_serializer.ts";
import { completeReceivedRecord, makeReceivedRecord } from "../wire/received_record.ts";
import type { Serializer } from "../wire/serializer.ts";

const plain: DictMaker<LogRecord> = { ofValues: completeRecord, ofDict: makeLogRecord };
const received: DictMaker<LogRecord> = {
  ofValues: completeReceivedRecord,
  ofDict: makeReceivedRecord,
};

/** Makes records of payloads, marked as received if they are to be escaped. */
export class RecordDecoder {
  /** Makes the record of a payload's fields. */
  readonly make: (fields: Record<string, unknown>) => LogRecord;
  readonly #serializer: Serializer;
  readonly #maker: DictMaker<LogRecord>;

  constructor(serializer: Serializer, escapeControlCharacters: boolean) {
    // JSON is similar to no pickle.
    this.#serializer = serializer.loads === pickleOrJson.loads ? pickle : serializer;
    this.#maker = escapeControlCharacters ? received : plain;
    this.make = this.#maker.ofDict;
  }

  /** Returns the record, or undefined if it must be made of the payload's fields. */
  decode(payload: Uint8Array): LogRecord | undefined {
    if (getLogRecordFactory() !== LogRecord) return undefined;
    return loadRecord(this.#serializer, payload, this.#maker);
  }
}
