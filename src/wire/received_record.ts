/**
 * Records that came over the network, marked as received.
 *
 * The mark is in the record's prototype, under a symbol. So the content of a record can neither set
 * nor remove it; it is in no list of keys, no copy and no encoded form; and a receiver makes marked
 * records as fast as others. (A private field, or a property that is not enumerable, would add a
 * tenth to the time that it takes to receive a record.)
 *
 * Browser compatible.
 *
 * @module
 */
import { LogRecord } from "../logging/log_record.ts";
import { makeRecordBy, type RecordMaker, recordMaker } from "../logging/make_log_record.ts";
import { isReceived, MARK, type ReceivedMark } from "../logging/received_mark.ts";
import { escapedRecord } from "./_escaped_record.ts";

const mark: ReceivedMark = { escapedRecord, mark: markReceived };

/** The marked prototypes, by the prototypes that they extend: one for each class of records. */
const marked = /* @__PURE__ */ new Map<object, object>();

function markedPrototype(of: object): object {
  let prototype = marked.get(of);
  if (prototype === undefined) {
    prototype = Object.create(of, { [MARK]: { value: mark } }) as object;
    marked.set(of, prototype);
  }
  return prototype;
}

/** The maker of `makeReceivedRecord()`. */
export const completeReceivedRecord: RecordMaker = /* @__PURE__ */ recordMaker(() =>
  markedPrototype(LogRecord.prototype)
);

/** As `makeLogRecord()`, and marked as received: handlers that write lines escape the record. */
export function makeReceivedRecord(fields: Readonly<Record<string, unknown>>): LogRecord {
  const record = makeRecordBy(fields, completeReceivedRecord);
  markReceived(record);
  return record;
}

/** Marks a record as received. */
function markReceived(record: LogRecord): void {
  if (isReceived(record)) return;
  Object.setPrototypeOf(record, markedPrototype(Object.getPrototypeOf(record)));
}
