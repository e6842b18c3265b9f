/**
 * The mark of a record that came over the network: an attacker may have written it, and handlers
 * that write lines must not let its text begin further lines. The mark holds the code that prevents
 * this (`wire/received_record.ts`), so that a program without receivers does not load it.
 *
 * Browser compatible.
 *
 * @module
 */
import type { LogRecord } from "./log_record.ts";

/** The key of the mark in the prototype of a marked record. */
export const MARK: unique symbol = /* @__PURE__ */ Symbol("received");

/** The mark of a received record. */
export interface ReceivedMark {
  /** Returns a copy of a received record whose text may be written as lines. */
  escapedRecord(record: LogRecord): LogRecord;
  /** Marks another record. */
  mark(record: LogRecord): void;
}

function markOf(record: LogRecord): ReceivedMark | undefined {
  return (record as { [MARK]?: ReceivedMark })[MARK];
}

/** Returns true if the record is marked. */
export function isReceived(record: LogRecord): boolean {
  return markOf(record) !== undefined;
}

/** Marks the replacement of a record, if that record is marked. */
export function copyMark(from: LogRecord, to: LogRecord): void {
  markOf(from)?.mark(to);
}

/** A formatter that may say that it escapes control characters itself. */
export interface LineFormatter {
  /** True if none of its texts has a line that begins like a record, or controls a terminal. */
  readonly isLineSafe?: boolean;
}

/**
 * Returns the record to format for a line: the same record, unless it was received and the
 * formatter does not escape it itself.
 */
export function printableRecord(record: LogRecord, formatter?: LineFormatter | null): LogRecord {
  if (formatter?.isLineSafe) return record;
  return markOf(record)?.escapedRecord(record) ?? record;
}
