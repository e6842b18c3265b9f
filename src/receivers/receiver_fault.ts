/**
 * One fault of a receiver, as `onError` gets it.
 *
 * Browser compatible.
 *
 * @module
 */
import type { LogRecord } from "../logging/log_record.ts";

/**
 * The kind of a fault, which says what is lost by it.
 *
 * - `frame`: bytes that are no frames (a `FrameError`); the connection is closed, or the datagram
 *   dropped
 * - `payload`: a frame that holds no record (`UnpicklingError`, `SignatureError`, …); the same
 * - `record`: a record that could not be handled, as a step threw; that record alone is lost
 * - `connection`: a connection that broke (a `ConnectionError`), or one whose TLS handshake failed, as
 *   its client speaks no TLS or the certificates do not match
 * - `idle`: a connection that was silent for `idleTimeoutMs`, or completed no frame within
 *   `frameTimeoutMs`, or was idle for the longest of `maxConnections` when one more opened; it is
 *   closed
 * - `buffer`: the connection that held the most when all held more than `maxBufferedBytes`; it is
 *   closed
 * - `refused`: a connection over `maxConnections`, none of which was idle; it is closed unread
 * - `listener`: the listening socket failed; the receiver has stopped
 */
export type ReceiverFaultReason =
  | "frame"
  | "payload"
  | "record"
  | "connection"
  | "idle"
  | "buffer"
  | "refused"
  | "listener";

/** One fault of a receiver. */
export interface ReceiverFault {
  /** The kind of the fault, which says what is lost by it. */
  readonly reason: ReceiverFaultReason;
  /** The error itself. */
  readonly error: unknown;
  /** The connection, counted from 1 in the order of accepting; absent for datagrams. */
  readonly connection?: number;
  /** The record that could not be handled. */
  readonly record?: LogRecord;
}

/** A fault, without the properties that do not apply to it. */
export function makeFault(
  reason: ReceiverFaultReason,
  error: unknown,
  connection?: number,
  record?: LogRecord,
): ReceiverFault {
  return {
    reason,
    error,
    ...(connection === undefined ? {} : { connection }),
    ...(record === undefined ? {} : { record }),
  };
}
