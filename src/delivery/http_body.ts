/**
 * The contract of a body: how records stand in the requests of `HTTPHandler`, and what an answer
 * means for them.
 *
 * Browser compatible: types only.
 *
 * @module
 */
import type { LogRecord } from "../logging/log_record.ts";
import type { Batch } from "./batch_writer.ts";

/**
 * How records stand in a request. Each record is encoded alone, within `emit()`, so that a later
 * change to an argument is not seen; a request is made of the encoded records of a batch. A batch that
 * is sent again has the same records.
 */
export interface HTTPBody {
  /** The `Content-Type` of the requests, unless the handler's `headers` have one. */
  readonly contentType: string;
  /** The most records of a request, from 1. @default as `batchRecords` says */
  readonly maxRecords?: number;
  /** The bytes that {@linkcode compose} adds to a request; `batchBytes` includes them. @default {0} */
  readonly extraBytes?: number;
  /**
   * Encodes one record, within `emit()`: text is sent in UTF-8. An error that it throws drops the
   * record and goes to `handleError()`.
   */
  encode(record: LogRecord, reader: RecordReader): string | Uint8Array;
  /**
   * Makes the content of a request; `batch` must stay unchanged. The same batch must give the same
   * content. An error that it throws drops the batch and goes to `handleError()`.
   *
   * @param handlerId random text of this handler; with the record's sequence number, which is
   * `batch.id` plus its index, it names a record, however often and in whichever batch it is sent
   * @default the records one after the other
   */
  compose?(batch: Batch, handlerId: string): Uint8Array;
  /**
   * Judges an answer, if need be by its content; `undefined`: by its status, as
   * {@linkcode HTTPVerdict} says.
   */
  judge?(answer: HTTPAnswer): HTTPJudgement | undefined;
}

/** Reads a record as the handler's settings say. */
export interface RecordReader {
  /** The fields that are sent: the result of the handler's `mapLogRecord()`. */
  fields(record: LogRecord): Record<string, unknown>;
  /** The text of the record, as the handler's formatter makes it. */
  text(record: LogRecord): string;
}

/** The answer to a request. */
export interface HTTPAnswer {
  /** The status, such as 200; 0 for a redirect in a browser. */
  readonly status: number;
  /** The header fields. */
  readonly headers: Headers;
  /** The content; `undefined` if it was cut off, came too late, or is larger than 16 MiB. */
  readonly content: Uint8Array | undefined;
  /** The number of records in the request. */
  readonly records: number;
  /** Says whether the request was compressed. */
  readonly isCompressed: boolean;
}

/**
 * The meaning of an answer for the records of its request. In parentheses: the statuses that have
 * this meaning unless a body judges otherwise.
 *
 * - `"taken"`: the server has them (2xx)
 * - `"later"`: the same request is sent again, after the back-off or `Retry-After` (408, 425, 429, 5xx)
 * - `"too-large"`: the records are sent again in two requests; a single one is dropped (413)
 * - `"bad-record"`: one of them at least is refused: the handler finds it by sending the records again
 *   in two requests; a single one is dropped (400, 422)
 * - `"refused"`: all of them are dropped (no status)
 * - `"not-compressed"`: they are sent again without compression (415 to a compressed request)
 * - `"not-here"`: the address, the credentials or the settings are wrong: they are sent again for
 *   `giveUpAfterMs` (all others)
 */
export type HTTPVerdict =
  | "taken"
  | "later"
  | "too-large"
  | "bad-record"
  | "refused"
  | "not-compressed"
  | "not-here";

/** A body's judgement of an answer. */
export interface HTTPJudgement {
  /** The meaning for the records as a whole. */
  readonly verdict: HTTPVerdict;
  /**
   * With `"taken"`: the indices of the records in the request that the server refuses all the same.
   * They are dropped, and count as `refused`.
   *
   * @default none
   */
  readonly refused?: readonly number[];
  /**
   * The reason that the server gives, for the report. With `"taken"` it is reported even if no record
   * is refused, unless it is empty.
   *
   * @default the first 200 characters of the content
   */
  readonly message?: string;
}
