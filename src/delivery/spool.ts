/**
 * The contract between a delivery and a spool: the place where queued records live that outlives the
 * process. A spool makes the queue of one handler, in place of the one in memory.
 *
 * Browser compatible: types alone.
 *
 * @module
 */
import type { DropReason } from "./delivery_event.ts";
import type { Outbox, OutboxOptions } from "./outbox.ts";

/** The queue of a delivery: {@linkcode Outbox} is the one in memory. */
export type RecordQueue = Omit<Outbox, "resume">;

/** The settings that a delivery gives to its spool. */
export interface SpoolSettings extends OutboxOptions {
  /** The handler, as lines on stderr name it. */
  name: string;
  /** The kind of records: what one kind of handler has left, another one cannot send. */
  contentType: string;
  /** Called when records are dropped that were queued. */
  onDropped(reason: DropReason, records: number): void;
  /** Called when the spool fails, for all records or for some. */
  onFault(error: Error): void;
}

/** A place for queued records that outlives the process, such as `fileSpool()` of `./spool`. */
export interface Spool {
  /**
   * Makes the queue of one handler; opens nothing yet.
   *
   * @ignore
   */
  makeQueue(settings: SpoolSettings): RecordQueue;
  /**
   * Resolves when all records that were emitted so far are durable: they survive a loss of power.
   * Rejects where that fails.
   */
  sync(): Promise<void>;
}
