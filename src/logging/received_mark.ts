/**
 * The mark of a record that came over the network: a stranger may have written it, and handlers that
 * write lines must not let its text make lines of its own. The mark says how to prevent that, so that
 * a program without receivers carries none of that code: see `core/received_record.ts`.
 *
 * Browser compatible.
 *
 * @module
 */
import type { LogRecord } from "./log_record.ts";

/** Where the prototype of a marked record has its mark. */
export const MARK: unique symbol = /* @__PURE__ */ Symbol("received");

/** The mark of a received record. */
export interface ReceivedMark {
  /** Makes of a received record one whose text may be written as lines. */
  escapedRecord(record: LogRecord): LogRecord;
  /** Marks another record. */
  mark(record: LogRecord): void;
}

function markOf(record: LogRecord): ReceivedMark | undefined {
  return (record as { [MARK]?: ReceivedMark })[MARK];
}

/** Says whether the record is marked. */
export function isReceived(record: LogRecord): boolean {
  return markOf(record) !== undefined;
}

/** Marks a record that stands for another, if the other is marked. */
export function copyMark(from: LogRecord, to: LogRecord): void {
  markOf(from)?.mark(to);
}

/** The record to format for a line: the same one, unless it was received. */
export function printableRecord(record: LogRecord): LogRecord {
  return markOf(record)?.escapedRecord(record) ?? record;
}
