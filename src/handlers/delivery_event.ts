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
import type { Clock } from "../net/connector.ts";

/**
 * Why a record was not delivered.
 *
 * - `disconnected`: there was no connection, in `drop` mode
 * - `overflow`: the queue was full
 * - `tooLarge`: larger than the whole queue, than a datagram may be, or than a web or mail server takes
 * - `closed`: emitted after `close()`, or still queued when its time was up
 * - `error`: it could not be encoded, or a web or mail server refuses it
 */
export type DropReason = "disconnected" | "overflow" | "tooLarge" | "closed" | "error";

/** A snapshot of a handler's counters; `emitted === sent + queued + droppedTotal`, always. */
export interface DeliveryStats {
  /** Records given to `emit()`, those that could not be encoded included. */
  emitted: number;
  /** Records that the kernel has taken, or that a web or mail server has said to have. */
  sent: number;
  /** Records waiting or in flight. */
  queued: number;
  /** Bytes of the records waiting or in flight. */
  queuedBytes: number;
  /** Bytes of those. */
  sentBytes: number;
  /** Records lost on this side, by reason. */
  dropped: Record<DropReason, number>;
  /** The sum of `dropped`. */
  droppedTotal: number;
  /** Dials that succeeded; over HTTP and SMTP, how often the server began to take records. */
  connects: number;
  /** Dials that failed; over HTTP and SMTP, requests and mails that failed or were put off. */
  connectFailures: number;
}

/**
 * What happened on a handler's link.
 *
 * - `connected`: a dial succeeded; over HTTP and SMTP, the server began to take records
 * - `connect-failed`: a dial failed; the next is allowed after `retrySeconds`; over HTTP and SMTP, a
 *   request or a mail failed or was put off
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

/** Outages that begin so soon after the last line are counted and told with the next one. */
const QUIET_SECONDS = 10;

/** Writes the start and the end of an outage, and the first oversized record, to stderr. */
export function printEvents(name: string, clock: Clock): (event: DeliveryEvent) => void {
  const say = (text: string) => {
    if (raiseExceptions) writeToStderr(`logwire: ${name}: ${text}`);
  };
  let quietUntil = -Infinity;
  let isShown = false;
  let toldTooLarge = false;
  let hidden = { outages: 0, lost: 0 };
  return (event) => {
    if (event.type === "outage") {
      isShown = clock.now() >= quietUntil;
      if (!isShown) return void hidden.outages++;
      const { outages, lost } = hidden;
      const before = outages === 0
        ? ""
        : ` (${outages} short outages before, ${records(lost)} lost)`;
      hidden = { outages: 0, lost: 0 };
      say(`records are not delivered: ${messageOf(event.error)}${before}`);
    } else if (event.type === "outage-over") {
      if (!isShown) return void (hidden.lost += event.lost);
      quietUntil = clock.now() + QUIET_SECONDS;
      say(`the outage is over: ${records(event.lost)} lost`);
    } else if (event.type === "dropped" && event.reason === "tooLarge" && !toldTooLarge) {
      toldTooLarge = true;
      say("a record was too large to send and was dropped");
    }
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function records(count: number): string {
  return `${count} ${count === 1 ? "record" : "records"}`;
}
