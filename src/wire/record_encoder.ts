/**
 * The contract of an encoder that writes a record into the buffer that it is sent from, in two
 * steps, so that nothing can come between it and the buffer.
 *
 * Browser compatible: types only.
 *
 * @module
 */
import type { LogRecord } from "../logging/log_record.ts";

/** Encodes one record at a time. */
export interface RecordEncoder {
  /**
   * Readies a record for `write()`, and runs all code that is not ours: the most bytes that it may
   * take, or 0 for a record that is to be encoded in another way.
   */
  prepare(record: LogRecord): number;
  /** Writes the record that was readied at `at`; where it ends. Runs no code that is not ours. */
  write(out: Uint8Array, view: DataView, at: number): number;
}
