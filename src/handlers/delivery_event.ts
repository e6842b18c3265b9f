/**
 * What a handler tells of its deliveries: the events, the counters, and the two lines on stderr
 * that stand for them where nobody listens.
 *
 * Browser compatible.
 *
 * @module
 */
import { raiseExceptions } from "../logging/raise_exceptions.ts";
import { writeToStderr } from "../logging/stderr.ts";

/**
 * Why a record was not delivered.
 *
 * - `disconnected`: there was no connection, in `drop` mode
 * - `overflow`: the queue was full
 * - `tooLarge`: larger than the whole queue, or than a datagram may be
 * - `closed`: emitted after `close()`, or still queued when its time was up
 * - `error`: it could not be encoded
 */
export type DropReason = "disconnected" | "overflow" | "tooLarge" | "closed" | "error";

/** A snapshot of a handler's counters; `emitted === sent + queued + droppedTotal`, always. */
export interface DeliveryStats {
  /** Records given to `emit()`, those that could not be encoded included. */
  emitted: number;
  /** Records that the kernel has taken. */
  sent: number;
  /** Records waiting or in flight. */
  queued: number;
  /** Bytes of the records waiting or in flight. */
  queuedBytes: number;
  /** Bytes of the records that the kernel has taken. */
  sentBytes: number;
  /** Records lost on this side, by reason. */
  dropped: Record<DropReason, number>;
  /** The sum of `dropped`. */
  droppedTotal: number;
  /** Dials that succeeded. */
  connects: number;
  /** Dials that failed. */
  connectFailures: number;
}

/**
 * What happened on a handler's link.
 *
 * - `connected`: a dial succeeded
 * - `connect-failed`: a dial failed; the next is allowed after `retrySeconds`
 * - `disconnected`: the connection ended; `error` is undefined after the peer's FIN
 * - `outage`: records cannot be delivered from now on: a dial failed or the queue is full
 * - `outage-over`: they can again, or the handler was closed; `lost` were dropped in between
 * - `dropped`: records were dropped; told once an event-loop turn and reason
 */
export type DeliveryEvent =
  | { type: "connected" }
  | { type: "connect-failed"; error: unknown; retrySeconds: number }
  | { type: "disconnected"; error: unknown }
  | { type: "outage"; error: unknown }
  | { type: "outage-over"; lost: number }
  | { type: "dropped"; reason: DropReason; records: number };

/** Writes the start and the end of an outage, and the first oversized record, to stderr. */
export function printEvents(name: string): (event: DeliveryEvent) => void {
  let toldTooLarge = false;
  return (event) => {
    const text = describe(event);
    if (text === undefined || !raiseExceptions) return;
    if (event.type === "dropped") {
      if (toldTooLarge) return;
      toldTooLarge = true;
    }
    writeToStderr(`logwire: ${name}: ${text}`);
  };
}

function describe(event: DeliveryEvent): string | undefined {
  switch (event.type) {
    case "outage":
      return `records are not delivered: ${
        event.error instanceof Error ? event.error.message : event.error
      }`;
    case "outage-over":
      return `the outage is over: ${event.lost} ${event.lost === 1 ? "record" : "records"} lost`;
    case "dropped":
      return event.reason === "tooLarge"
        ? "a record was too large to send and was dropped"
        : undefined;
    default:
      return undefined;
  }
}
