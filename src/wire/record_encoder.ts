/**
 * The contract of an encoder that writes a record into the buffer that it is sent from. It has two
 * steps, so that no code of the program runs while the buffer is written.
 *
 * Browser compatible: types only.
 *
 * @module
 */
import type { LogRecord } from "../logging/log_record.ts";

/** Encodes one record at a time. */
export interface RecordEncoder {
  /**
   * Prepares a record for `write()`, and runs all code of the program. Returns the most bytes that
   * the record may take, or 0 for a record that must be encoded in another way.
   */
  prepare(record: LogRecord): number;
  /** Writes the prepared record at `at`, and returns its end. Runs no code of the program. */
  write(out: Uint8Array, view: DataView, at: number): number;
}
