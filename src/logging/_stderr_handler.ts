/**
 * The handler of last resort, which prints to stderr. After CPython's `_StderrHandler`.
 *
 * Browser compatible.
 *
 * @module
 */
import { Handler } from "./handler.ts";
import type { LogRecord } from "./log_record.ts";
import { printableRecord } from "./received_mark.ts";
import { writeToStderr } from "./stderr.ts";

/** A handler that needs no configuration. */
export class StderrHandler extends Handler {
  /** Prints the record as text. */
  override emit(record: LogRecord): void {
    writeToStderr(this.format(printableRecord(record)) + "\n");
  }
}
