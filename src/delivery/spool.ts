/**
 * The contract between a delivery and a spool: the place where queued records live that outlives the
 * process. A spool makes the queue of one handler, in place of the one in memory.
 *
 * Browser compatible: types alone.
 *
 * @module
 */
import type { DeliveryEvent, DropReason } from "./delivery_event.ts";
import type { Outbox, OutboxOptions } from "./outbox.ts";

/** The queue of a delivery: {@linkcode Outbox} is the one in memory. */
export type DeliveryQueue = Omit<Outbox, "first" | "resume">;

/** The settings that a delivery gives to its spool. */
export interface SpoolSettings extends OutboxOptions {
  /** The handler, as lines on stderr name it: its class, and the server. */
  name: string;
  /** The kind of its records, where one handler may send several. */
  contentType?: string | undefined;
  /** A spool does not serve a handler that drops records while it is disconnected. */
  whileDisconnected?: string;
}

/** The account of a delivery, as its spool sees it. */
export interface SpoolReports {
  /** Counts records as dropped that were queued. */
  drop(reason: DropReason, records: number): void;
  /** Reports an event. */
  report(event: DeliveryEvent): void;
}

/** A place for queued records that outlives the process, such as `fileSpool()` of `./spool`. */
export interface Spool {
  /**
   * Makes the queue of one handler; opens nothing yet.
   *
   * @ignore
   */
  makeQueue(settings: SpoolSettings, reports: SpoolReports): DeliveryQueue;
  /**
   * Resolves when all records that were emitted so far are durable: they survive a loss of power.
   * Rejects where that fails.
   */
  sync(): Promise<void>;
}
