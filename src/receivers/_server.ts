/**
 * What listens for a receiver, and what it needs of that: the receiver says what to do with bytes,
 * the server sees to sockets, turns and ends.
 *
 * Browser compatible.
 *
 * @module
 */
import type { FrameError, FrameReader } from "../wire/length_prefix_framing.ts";
import type { Clock } from "../net/connector.ts";
import type { ReceiverFault } from "./fault.ts";

/** What has been silent for so long has nothing more to come: what a kernel holds comes at once. */
export const QUIET_MS = 200;

/** Finds the frames in what one sender sends. */
export interface SourceReader extends FrameReader {
  /** The sender's IP address, where the receiver's records are to have it. */
  readonly sender?: string | undefined;
}

/** Listens in one way. */
export interface Server {
  /** Starts listening; rejects with a `ConnectionError`. */
  open(signal: AbortSignal): Promise<void>;
  /** Takes nothing new, handles what has arrived, lets go of everything. Never rejects. */
  shut(): Promise<void>;
}

/** What a server needs of the receiver that it serves. */
export interface Served {
  /** Where time comes from. */
  readonly clock: Clock;
  /** The longest that `shut()` goes on reading what arrives, in milliseconds. */
  readonly stopTimeoutMs: number;
  /** Whether the receiver is being stopped. */
  isStopping(): boolean;
  /** A reader for one stream of frames, or for one datagram, of this IP address if it has one. */
  makeReader(sender?: string): SourceReader;
  /**
   * Handles every record that these bytes complete, none once `signal` is aborted; the fault that
   * ends what they came in.
   */
  take(
    reader: FrameReader,
    chunk: Uint8Array,
    connection?: number,
    signal?: AbortSignal,
  ): Promise<ReceiverFault | undefined>;
  /** The bytes are over: handles what that completes; the fault, if they end inside a frame. */
  finish(
    reader: FrameReader,
    connection?: number,
  ): ReceiverFault | undefined | Promise<undefined>;
  /** Bytes that are given up unread: counts them, and describes why. */
  reject(error: FrameError): ReceiverFault;
  /** Tells a fault. Never throws. */
  report(fault: ReceiverFault): void;
  /** The listening socket failed: tells it and stops. */
  fail(error: unknown): void;
}
