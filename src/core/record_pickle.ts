/**
 * A record as it travels: its attributes after CPython's `SocketHandler.makePickle`, that is with
 * `msg` merged, `args` and `exc_info` None, and without `message`. The record is not changed.
 *
 * Browser compatible.
 *
 * @module
 */
import { LogRecord } from "../logging/log_record.ts";
import { Pickler } from "./pickle/pickler.ts";

/** The length prefix of a frame, in bytes. */
const PREFIX = 4;

/** What a 4-byte length can say. */
const MAX_PAYLOAD = 0xffff_ffff;

const { getMessage } = LogRecord.prototype;
const shared = new Pickler();
let busy = false;

/** The record's attributes as they travel, for serializers other than pickle. */
export function recordFields(record: LogRecord): Record<string, unknown> {
  const fields: Record<string, unknown> = { ...record };
  fields.msg = getMessage.call(record);
  fields.args = null;
  fields.exc_info = null;
  delete fields.message;
  return fields;
}

/**
 * The record as a frame: a 4-byte big-endian length and a pickle of protocol 1. For a record of
 * plain text, numbers and None the bytes are those of CPython.
 *
 * @throws {PicklingError} when an attribute cannot be read or is too large; whatever `getMessage()`
 * throws for arguments that do not fit the message
 */
export function pickleRecord(record: LogRecord): Uint8Array {
  // An attribute's own code, a getter say, may log and so come here again.
  if (busy) return writeRecord(new Pickler(), record);
  busy = true;
  try {
    return writeRecord(shared, record).slice();
  } finally {
    busy = false;
  }
}

function writeRecord(pickler: Pickler, record: LogRecord): Uint8Array {
  const message = getMessage.call(record);
  pickler.start(PREFIX, MAX_PAYLOAD);
  pickler.beginDict();
  for (const key of Object.keys(record)) {
    if (key === "message") continue;
    pickler.writeKey(key);
    const value = record[key];
    if (key === "msg") pickler.writeString(message);
    else if (key === "args" || key === "exc_info") pickler.writeNone();
    else if (typeof value === "number" && isTime(key)) pickler.writeFloat(value);
    else pickler.writeValue(value);
  }
  pickler.endDict();
  const bytes = pickler.finish();
  const length = bytes.length - PREFIX;
  bytes[0] = length >>> 24;
  bytes[1] = length >>> 16;
  bytes[2] = length >>> 8;
  bytes[3] = length;
  return bytes;
}

/** Floats in Python, also where they are whole. */
function isTime(key: string): boolean {
  return key === "created" || key === "msecs" || key === "relativeCreated";
}
