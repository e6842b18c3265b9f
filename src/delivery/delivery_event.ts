/**
 * The reports of a handler on its deliveries: events, counters, and lines on stderr, which stand for the
 * events where a program does not listen to them.
 *
 * Browser compatible.
 *
 * @module
 */
import type { Clock } from "../net/connector.ts";
import { raiseExceptions } from "../logging/raise_exceptions.ts";
import { writeToStderr } from "../logging/stderr.ts";

/**
 * Why a record was not delivered.
 *
 * - `disconnected`: there was no connection, in `drop` mode
 * - `overflow`: the queue was full
 * - `tooLarge`: larger than the whole queue, than a datagram may be, or than a web or mail server takes
 * - `refused`: three connections in a row ended upon this record alone, or the server refuses it
 * - `damaged`: its bytes were damaged where they were kept
 * - `closed`: emitted after `close()`, or still queued when its time was up
 * - `error`: it could not be encoded, a filter failed on it, or a mail server refuses it
 */
export type DropReason =
  | "disconnected"
  | "overflow"
  | "tooLarge"
  | "refused"
  | "damaged"
  | "closed"
  | "error";

/**
 * A snapshot of a handler's counters; at any moment
 * `emitted + recovered === sent + queued + droppedTotal`.
 */
export interface DeliveryStats {
  /** Records given to `emit()`, also those that could not be encoded; and those a filter failed on. */
  emitted: number;
  /**
   * Records that the kernel has taken on a connection that stood for a second or that ended in order
   * behind them, or that the server has acknowledged. Never decreases.
   */
  sent: number;
  /** Records that wait, are in flight, or were written to a connection younger than a second. */
  queued: number;
  /** Bytes of the queued records. */
  queuedBytes: number;
  /** Bytes of the sent records. */
  sentBytes: number;
  /** Records that an earlier process left behind and this one took over. */
  recovered: number;
  /** Records, a part of `queued`, that were written and that the server is to acknowledge. */
  unacknowledged: number;
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
 * An event of a handler's connection and queue.
 *
 * - `connected`: a dial succeeded; over HTTP and SMTP, the server began to take records; `address` is the
 *   one that was dialled, where the connector has several (`failover()`)
 * - `connect-failed`: a dial failed; the next is allowed after `retrySeconds`, which are 0 where another
 *   address follows; over HTTP and SMTP, a request or a mail failed or was put off
 * - `disconnected`: the connection ended; `error` is undefined after the peer's FIN; `unconfirmed`
 *   records were written to it within the second before, and go again or are dropped
 * - `outage`: records cannot be delivered from now on: a dial failed or the queue is full
 * - `outage-over`: they can again, or the handler was closed; `lost` were dropped in between
 * - `exit`: the process ends, by which `lost` records are lost, with those of an outage that lasts
 * - `dropped`: records were dropped; reported once an event-loop turn and reason
 * - `refused`: a record of so many bytes was dropped, since connections end upon it
 * - `spool`: the spool fails, for a part of the records or, where it says so, for all from now on
 * - `answered`: a server sent bytes that should only read, so it may be the wrong service; `bytes`
 *   are the first of them; reported once a handler
 * - `recipients-refused`: a mail server took a mail, but not for these recipients, with its answer to
 *   each; reported again only for a recipient that has got a mail since
 */
export type DeliveryEvent =
  | { type: "connected"; address?: string }
  | { type: "connect-failed"; error: unknown; retrySeconds: number }
  | { type: "disconnected"; error: unknown; unconfirmed?: number }
  | { type: "outage"; error: unknown }
  | { type: "outage-over"; lost: number }
  | { type: "exit"; lost: number }
  | { type: "dropped"; reason: DropReason; records: number }
  | { type: "refused"; bytes: number }
  | { type: "spool"; error: Error }
  | { type: "answered"; bytes: Uint8Array }
  | { type: "recipients-refused"; recipients: readonly { address: string; answer: string }[] };

/**
 * The error of the outage that the end of the process may be. It is printed even right after another
 * one: there may be no next line that could report it.
 */
export class ProcessEnd extends Error {}

/** Outages that begin so soon after the last line are counted and reported with the next one. */
const QUIET_SECONDS = 10;

/**
 * Writes the start and the end of an outage, and the first oversized record, to stderr.
 *
 * @param isClosed returns true once the handler is closed, by which an outage can end
 */
export function printEvents(
  name: string,
  clock: Clock,
  isClosed: () => boolean,
): (event: DeliveryEvent) => void {
  const say = (text: string) => {
    if (raiseExceptions) writeToStderr(`logwire: ${name}: ${text}\n`);
  };
  let quietSince = -Infinity;
  let isShown = false;
  let toldTooLarge = false;
  let hidden = { outages: 0, lost: 0 };
  /** The outages that were not printed, which the next line reports. */
  const before = () => {
    const { outages, lost } = hidden;
    hidden = { outages: 0, lost: 0 };
    return outages === 0 ? "" : ` (short outages before: ${outages}, ${countOf(lost)} lost)`;
  };
  return (event) => {
    if (event.type === "outage") {
      const quiet = clock.now() - quietSince;
      // A clock that was set back does not silence the lines for longer.
      isShown = quiet >= QUIET_SECONDS || quiet < 0 || event.error instanceof ProcessEnd;
      if (!isShown) return void hidden.outages++;
      say(`records are not delivered: ${messageOf(event.error)}${before()}`);
    } else if (event.type === "outage-over") {
      if (!isShown) return void (hidden.lost += event.lost);
      quietSince = clock.now();
      const over = isClosed() ? "closed during the outage" : "the outage is over";
      say(`${over}: ${countOf(event.lost)} lost`);
    } else if (event.type === "exit") {
      say(`the process ends: ${countOf(event.lost)} lost${before()}`);
    } else if (event.type === "dropped" && event.reason === "tooLarge" && !toldTooLarge) {
      toldTooLarge = true;
      say("a record was too large to send and was dropped");
    } else if (event.type === "refused") {
      say(`a record of ${event.bytes} bytes was dropped: the server hangs up on it`);
    } else if (event.type === "spool") {
      say(event.error.message);
    } else if (event.type === "answered") {
      say(
        `the server answers, and should only read: is this its port? ${
          describeAnswer(event.bytes)
        }`,
      );
    }
  };
}

/** The most bytes of an answer that are shown. */
const SHOWN_BYTES = 60;

/** The beginning of an answer, with the protocol that it looks like. */
function describeAnswer(bytes: Uint8Array): string {
  const text = String.fromCharCode(...bytes.subarray(0, SHOWN_BYTES));
  const known = PROTOCOLS.find(([start]) => text.startsWith(start));
  return `${known === undefined ? "" : `It looks like ${known[1]}: `}${JSON.stringify(text)}`;
}

/** The beginnings of answers, and the protocols that they belong to. */
const PROTOCOLS = [
  ["HTTP/", "a web server"],
  // RFC 8446 section 5.1: an alert, and the version.
  ["\x15\x03", "TLS (then set 'tls')"],
  ["SSH-", "SSH"],
  ["220", "a mail or FTP server"],
] as const;

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A number of records, in words. */
export function countOf(count: number): string {
  return `${count} ${count === 1 ? "record" : "records"}`;
}
