/**
 * Reads records from bytes, wherever the bytes come from: a socket, a file, a pipe, a test.
 *
 * It never executes what it reads: see `./pickle`.
 *
 * Browser compatible.
 *
 * @module
 */
import { lengthPrefixed } from "../wire/length_prefix_framing.ts";
import type { FrameReader } from "../wire/length_prefix_framing.ts";
import { checkBoolean, checkKnown, checkMethods } from "../logging/validate.ts";
import { pickle } from "../wire/pickle_serializer.ts";
import type { Serializer } from "../wire/serializer.ts";
import type { LogRecord } from "../logging/log_record.ts";
import { RecordDecoder } from "./_record_decoder.ts";

/** Options of {@linkcode readRecords}. */
export interface ReadRecordsOptions {
  /** The serializer of the handler that wrote the records. @default pickle, as CPython */
  serializer?: Serializer;
  /** The largest frame that is taken, in bytes, 1 to 4294967295. @default {16777216} */
  maxFrameBytes?: number;
  /**
   * True: `StreamHandler` and the file handlers escape the control characters of the records, as
   * those of a receiver's records. @default {true}
   */
  escapeControlCharacters?: boolean;
}

/**
 * Yields the records in a stream of frames, such as `SocketHandler` writes, one by one as they
 * arrive: it reads the next bytes only when the records before them have been taken.
 *
 * The iteration throws, and closes the source: a `FrameError` for bytes that are no frames or a
 * stream that ends inside one, an `UnpicklingError` (or the error of `serializer.loads`) for a
 * frame that holds no record, and any error of the source.
 *
 * @example
 * ```ts
 * import { readRecords } from "jsr:@logwire/logging/receiver";
 * import { frame } from "jsr:@logwire/logging/framer";
 * import { dumps } from "jsr:@logwire/logging/pickle";
 *
 * async function* source() {
 *   yield frame(dumps({ name: "myapp", msg: "spam", levelno: 20, levelname: "INFO" }));
 * }
 * for await (const record of readRecords(source())) {
 *   console.assert(record.name === "myapp" && record.getMessage() === "spam");
 * }
 * ```
 */
export function readRecords(
  source: AsyncIterable<Uint8Array>,
  options: ReadRecordsOptions = {},
): AsyncGenerator<LogRecord, void, void> {
  const what = "read records";
  checkKnown(what, options, ["serializer", "maxFrameBytes", "escapeControlCharacters"]);
  const { serializer = pickle, maxFrameBytes, escapeControlCharacters = true } = options;
  checkBoolean(what, "escapeControlCharacters", escapeControlCharacters);
  checkMethods(what, "serializer", serializer, ["loads"]);
  const { framing = lengthPrefixed } = serializer;
  const reader = framing.reader(maxFrameBytes === undefined ? {} : { maxFrameBytes });
  const decoder = new RecordDecoder(serializer, escapeControlCharacters);
  return records(
    source,
    reader,
    (payload) => decoder.decode(payload) ?? decoder.make(serializer.loads(payload)),
  );
}

async function* records(
  source: AsyncIterable<Uint8Array>,
  reader: FrameReader,
  recordOf: (payload: Uint8Array) => LogRecord,
): AsyncGenerator<LogRecord, void, void> {
  for await (const chunk of source) {
    reader.push(chunk);
    for (let payload = reader.next(); payload !== undefined; payload = reader.next()) {
      yield recordOf(payload);
    }
  }
  reader.end();
  const last = reader.next();
  if (last !== undefined) yield recordOf(last);
}
