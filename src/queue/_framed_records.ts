/**
 * The records of a message: frames as `SocketHandler` sends them, a pickle in each.
 *
 * Browser compatible.
 *
 * @module
 */
import { LogRecord } from "../logging/log_record.ts";
import { getLogRecordFactory } from "../logging/log_record_factory.ts";
import { completeRecord, makeLogRecord } from "../logging/make_log_record.ts";
import { valueText } from "../logging/validate.ts";
import { Deframer } from "../wire/length_prefix_framing.ts";
import { type DictMaker, loadRecord, pickle } from "../wire/pickle_serializer.ts";
import { completeReceivedRecord, makeReceivedRecord } from "../wire/received_record.ts";

const plain: DictMaker<LogRecord> = { ofValues: completeRecord, ofDict: makeLogRecord };
const received: DictMaker<LogRecord> = {
  ofValues: completeReceivedRecord,
  ofDict: makeReceivedRecord,
};

/** The records of a message, and the fault of what is none: the last one, if there are several. */
export interface FramedRecords {
  readonly records: LogRecord[];
  readonly fault: unknown;
}

/**
 * Reads the records of a message. A frame that holds no record is left out, and so is what follows
 * bytes that are no frame.
 *
 * @param escapes the records are marked as received
 */
export function readRecords(bytes: Uint8Array, escapes: boolean): FramedRecords {
  const maker = escapes ? received : plain;
  const records: LogRecord[] = [];
  let fault: unknown;
  const deframer = new Deframer();
  try {
    if (bytes.length === 0) throw new TypeError("it is empty");
    deframer.push(bytes);
    for (let payload = deframer.next(); payload !== undefined; payload = deframer.next()) {
      try {
        records.push(readRecord(payload, maker));
      } catch (error) {
        fault = error;
      }
    }
    deframer.end();
  } catch (error) {
    fault = error;
  }
  return { records, fault };
}

function readRecord(payload: Uint8Array, maker: DictMaker<LogRecord>): LogRecord {
  const isPlain = getLogRecordFactory() === LogRecord;
  const record = (isPlain ? loadRecord(pickle, payload, maker) : undefined) ??
    maker.ofDict(pickle.loads(payload));
  const { levelno } = record as { levelno: unknown };
  // CPython: a TypeError from `record.levelno >= handler.level`.
  if (!["number", "bigint", "boolean"].includes(typeof levelno)) {
    throw new TypeError(
      `a record's levelno must be a number: current value is ${valueText(levelno)}`,
    );
  }
  return record;
}
