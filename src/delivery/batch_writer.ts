/**
 * The contract between a handler's delivery and whatever carries its records: a stream, a datagram
 * socket, a web server, a mail server, or a protocol of a program's own.
 *
 * Browser compatible.
 *
 * @module
 */
import type { ConnectionError } from "../net/connection_error.ts";
import type { DialledAddress, WaitOptions } from "../net/connector.ts";
import type { DropReason } from "./delivery_event.ts";

/** Whole records in one buffer, as many as are written at once. */
export interface Batch {
  /**
   * The sequence number of the first record. A batch that is written again, on another connection,
   * has the same id and the same records; after a record of it was dropped for room it has another id.
   * Once two connections have ended without an acknowledgement it may be written in parts, of which
   * the first has its id.
   */
  readonly id: bigint;
  /** The encoded records, one after the other. */
  readonly bytes: Uint8Array;
  /** The size of each record in bytes. */
  readonly lengths: Uint32Array;
  /**
   * An id that is like no other one, of any process, and that the batch keeps when a later process
   * sends it again. Only with a spool.
   */
  readonly key?: string;
}

/** An open connection that batches are written to. */
export interface BatchWriter {
  /**
   * Writes a batch. Resolves, or returns `undefined`, when the next batch may come; with
   * {@linkcode acknowledges} the batch is not settled by that. A rejection ends the connection.
   * `bytes` and `lengths` stay unchanged until then, or until the batch is settled.
   */
  write(batch: Batch): Promise<void> | undefined;
  /**
   * Says whether the other side acknowledges batches. If not, a batch counts as sent when it was
   * written and the connection is older than a second. If so, it counts as sent when the writer calls
   * {@linkcode onSettled}; what is not settled when the connection ends is written again, in order, to
   * the next one.
   */
  readonly acknowledges: boolean;
  /**
   * The delivery sets this; the writer calls it for each batch that the other side has acknowledged,
   * in any order. `refused` are the indices of records that the other side refuses for good: they are
   * dropped.
   */
  onSettled?: ((batch: Batch, refused?: readonly number[]) => void) | undefined;
  /** Settles when the connection has ended, with the error if one ended it. Never rejects. */
  readonly closed: Promise<ConnectionError | undefined>;
  /** Ends the connection in order, or at once when `signal` is aborted. Never rejects. */
  close(options?: WaitOptions): Promise<void>;
}

/** Why records are dropped that the other side refuses. */
export interface Refusal {
  /** The reason that they are counted under. */
  readonly reason: DropReason;
  /** The error to report, if any. */
  readonly error?: unknown;
  /** Says whether the other side refuses whatever comes, so that the whole queue is dropped. */
  readonly all?: boolean;
}

/** A batch of which the other side has acknowledged some records, as the connection ends. */
export interface PartialSettlement {
  readonly batch: Batch;
  /** The indices of the records that it has not acknowledged, and that are written again. */
  readonly again: readonly number[];
  /** The indices of those that it has refused, and why. */
  readonly refused: readonly number[];
  readonly refusal: Refusal | undefined;
}

/** The progress of a batch that is not acknowledged. */
export interface Progress {
  /** Records, counted from the first, that are done with. */
  readonly frames: number;
  /** The indices of those among them that failed and are written again. */
  readonly again?: readonly number[];
  /** The indices of those among them that the network does not carry, as they are too large. */
  readonly tooLarge?: readonly number[];
}

/** The members of this package's writers beyond the contract; each is optional. */
export interface DetailedWriter extends BatchWriter {
  /** As in the contract; `refusal` says why. */
  onSettled?: ((batch: Batch, refused?: readonly number[], refusal?: Refusal) => void) | undefined;
  /** Called for a batch that is written again: as it is or, where it `splits`, as two. */
  onReturned?: ((batch: Batch, splits: boolean) => void) | undefined;
  /** Called when a part of a pending write was taken. */
  onProgress?: (() => void) | undefined;
  /** How far the batch has come that was last written; true after a rejection as well. */
  progress?(batch: Batch): Progress;
  /** The batches of which some records were acknowledged, so that those do not go again. */
  partlySettled?(): Iterable<PartialSettlement>;
  /** Writes, of a pending batch, what is taken by now; says whether that was the rest of it. */
  retry?(batch: Batch): boolean;
  /**
   * For the end of the process: writes what the kernel takes within `waitMs`, behind a pending write;
   * the number of records taken.
   */
  writeSync?(batch: Batch, waitMs?: number): number;
  /** The address that was dialled, where the connector has several: a `connected` event has it. */
  readonly dialled?: DialledAddress | undefined;
  /**
   * No connection stands between two writes, as with datagrams, HTTP and mail: each write bounds
   * itself, and only its outcome says that the other side is there.
   */
  readonly isConnectionless?: boolean;
  /** Only a settled batch, or progress once it is false, proves that the other side takes records. */
  readonly isUnproven?: boolean;
  /** After a rejection: the other side asked to be left alone for so many seconds, from 0. */
  readonly holdSeconds?: number | undefined;
  /** The time-out of a write, in milliseconds, where the writer bounds writes itself. */
  readonly writeTimeoutMs?: number;
  /**
   * The first bytes that the other side sends, or `undefined` if it ends without any; never rejects.
   * Absent where the protocol has answers.
   */
  firstBytes?(): Promise<Uint8Array | undefined>;
}

/**
 * The most bytes of one write to a stream: 64 KiB within 30 s are 17 kbit/s, so what is slower has
 * stopped.
 */
export const PIECE_BYTES = 65536;

/** No bytes at all. */
export const NO_BYTES: Uint8Array = /* @__PURE__ */ new Uint8Array(0);
