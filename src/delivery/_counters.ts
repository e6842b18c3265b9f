/**
 * The counters behind {@linkcode DeliveryStats}: every record is counted once, when it is emitted,
 * and once more when it is sent or dropped.
 *
 * Browser compatible.
 *
 * @module
 */
import type { DeliveryStats, DropReason } from "./delivery_event.ts";

/** Counts what becomes of records. */
export class DeliveryCounters {
  emitted = 0;
  sent = 0;
  sentBytes = 0;
  droppedTotal = 0;
  connects = 0;
  connectFailures = 0;
  readonly #dropped: Record<DropReason, number> = {
    disconnected: 0,
    overflow: 0,
    tooLarge: 0,
    refused: 0,
    closed: 0,
    error: 0,
  };

  drop(reason: DropReason, records: number): void {
    this.#dropped[reason] += records;
    this.droppedTotal += records;
  }

  snapshot(queued: number, queuedBytes: number): DeliveryStats {
    const { emitted, sent, sentBytes, droppedTotal, connects, connectFailures } = this;
    const dropped = { ...this.#dropped };
    return {
      emitted,
      sent,
      queued,
      queuedBytes,
      sentBytes,
      dropped,
      droppedTotal,
      connects,
      connectFailures,
    };
  }
}
