/**
 * Encodes records for another thread, and decodes them there. They travel as the frames that
 * `SocketHandler` sends, made when the record is emitted. That is faster than cloning the record;
 * later changes to a value do not show, and values that cannot be cloned (functions, symbols,
 * sockets) arrive as their text.
 *
 * Browser compatible.
 *
 * @module
 */
import { DirectEncoderFirst, FrameEncoder } from "../delivery/frame_encoder.ts";
import { isReceived } from "../logging/received_mark.ts";
import { PickleEncoder } from "../wire/pickle_encoder.ts";
import { lengthPrefixed } from "../wire/length_prefix_framing.ts";
import { valueText } from "../logging/validate.ts";
import { MAX_RECORD_BYTES } from "../wire/pickle/limits.ts";
import { pickle } from "../wire/pickle_serializer.ts";
import { makeReceivedRecord } from "../wire/received_record.ts";
import { extraFields } from "../logging/record_attributes.ts";
import { recordFields } from "../wire/record_fields.ts";
import type { LogRecord } from "../logging/log_record.ts";
import { makeLogRecord } from "../logging/make_log_record.ts";
import { ELLIPSIS } from "../text/text_budget.ts";

/** The bytes of the length before each payload. */
const PREFIX = 4;

/** The highest bit of a length, which no frame needs, marks a received record. */
const RECEIVED = 0x80;
const MAX_LENGTH = 0x7fff_ffff;

/** Encodes records as frames, and marks those of received ones. */
export class PortEncoder extends DirectEncoderFirst {
  #isReceived = false;

  constructor() {
    super(new PickleEncoder(), new FrameEncoder(encodeFrame));
  }

  override prepare(record: LogRecord): number {
    const most = super.prepare(record);
    this.#isReceived = isReceived(record);
    return most;
  }

  override write(out: Uint8Array, view: DataView, at: number): number {
    const end = super.write(out, view, at);
    if (this.#isReceived) out[at]! |= RECEIVED;
    return end;
  }
}

/**
 * The most bytes of the fields of `extra` if one of them cannot be encoded: half of a record, so
 * that the other fields fit beside them.
 */
const MAX_EXTRA_BYTES = MAX_RECORD_BYTES / 2;

/**
 * A value that cannot be encoded counts as so many bytes, as the try may take as long as a record.
 */
const FAILURE_BYTES = MAX_EXTRA_BYTES / 10;

/**
 * A record as a frame. A field of `extra` that cannot be encoded is replaced by its text, or by `…`
 * if the fields before it have taken all the room.
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

/** Yields the record of each of these whole frames. */
export function* decodeFrames(frames: Uint8Array): Generator<LogRecord> {
  const view = new DataView(frames.buffer, frames.byteOffset, frames.byteLength);
  for (let at = 0; at < frames.length;) {
    const start = at + PREFIX;
    const length = view.getUint32(at);
    at = start + (length & MAX_LENGTH);
    const makeRecord = length > MAX_LENGTH ? makeReceivedRecord : makeLogRecord;
    const record = makeRecord(pickle.loads(frames.subarray(start, at)));
    // `message` is the same text as `msg`, so it does not travel.
    record.message = record.msg as string;
    yield record;
  }
}
