/**
 * Records as they go from thread to thread: the frames that `SocketHandler` sends, made when the
 * record is emitted. That is cheaper than to clone the record, later changes to a value do not show,
 * and values that cannot be cloned (functions, symbols, sockets) arrive as their text.
 *
 * Browser compatible.
 *
 * @module
 */
import { lengthPrefixed } from "../wire/length_prefix_framing.ts";
import { valueText } from "../logging/validate.ts";
import { MAX_RECORD_BYTES } from "../wire/pickle/limits.ts";
import { pickle } from "../wire/pickle_serializer.ts";
import { makeReceivedRecord } from "../wire/received_record.ts";
import { extraFields, recordFields } from "../wire/record_fields.ts";
import type { LogRecord } from "../logging/log_record.ts";
import { makeLogRecord } from "../logging/make_log_record.ts";
import { ELLIPSIS } from "../text/text_budget.ts";

/** The length before each frame, in bytes. */
const PREFIX = 4;

/** The highest bit of a length, which no frame needs, is the mark of a received record. */
const RECEIVED = 0x80;
const MAX_LENGTH = 0x7fff_ffff;

/** Marks the frame that begins at `at` as that of a received record. */
export function markFrame(frames: Uint8Array, at: number): void {
  frames[at]! |= RECEIVED;
}

/** The most bytes that the fields of `extra` may take where not all of them can be encoded. */
const MAX_EXTRA_BYTES = MAX_RECORD_BYTES / 2;

/** An attempt that fails counts as so many bytes: it may have taken the time of a whole record. */
const FAILURE_BYTES = MAX_EXTRA_BYTES / 10;

/**
 * A record as a frame. A field of `extra` that cannot be encoded is told instead of the record, and
 * reads `…` where the fields before it have taken all the room.
 */
export function encodeFrame(record: LogRecord): Uint8Array {
  const fields = recordFields(record);
  try {
    return lengthPrefixed.frame(pickle.dumps(fields));
  } catch {
    let left = MAX_EXTRA_BYTES;
    for (const [key, value] of Object.entries(extraFields(record))) {
      const size = left > 0 ? encodedSize(value) : 0;
      if (size === undefined) fields[key] = valueText(value);
      left -= size ?? FAILURE_BYTES;
      if (left <= 0) fields[key] = ELLIPSIS;
    }
    return lengthPrefixed.frame(pickle.dumps(fields));
  }
}

function encodedSize(value: unknown): number | undefined {
  try {
    return pickle.dumps({ value }).length;
  } catch {
    return undefined;
  }
}

/** The records of these frames, one after the other; whole frames and nothing else. */
export function* decodeFrames(frames: Uint8Array): Generator<LogRecord> {
  const view = new DataView(frames.buffer, frames.byteOffset, frames.byteLength);
  for (let at = 0; at < frames.length;) {
    const start = at + PREFIX;
    const length = view.getUint32(at);
    at = start + (length & MAX_LENGTH);
    const makeRecord = length > MAX_LENGTH ? makeReceivedRecord : makeLogRecord;
    const record = makeRecord(pickle.loads(frames.subarray(start, at)));
    // As it was put in; it does not travel, as it is the same text.
    record.message = record.msg as string;
    yield record;
  }
}
