/**
 * What goes wrong in a receiver, and how it is told: to the program's `onError`, or else on stderr,
 * where a sender that floods it with nonsense may not flood the terminal too.
 *
 * Browser compatible.
 *
 * @module
 */
import type { LogRecord } from "../logging/log_record.ts";
import { raiseExceptions } from "../logging/raise_exceptions.ts";
import { writeToStderr } from "../logging/stderr.ts";
import type { Clock } from "../net/connector.ts";

/**
 * What a fault cost.
 *
 * - `frame`: bytes that are no frames (a `FrameError`): this connection, or this datagram
 * - `payload`: a frame that holds no record (`UnpicklingError`, `SignatureError`, …): the same
 * - `record`: a record that could not be handled, as something threw: that record alone
 * - `connection`: a connection that broke (a `ConnectionError`)
 * - `idle`: a connection that was silent for `idleTimeoutMs` or completed no frame within
 *   `frameTimeoutMs`, or the longest idle one when there were `maxConnections` and another came; it
 *   is closed
 * - `buffer`: the connection that held the most when all held more than `maxBufferedBytes`; closed
 * - `refused`: a connection over `maxConnections`, none of which was idle; closed as it came
 * - `listener`: the listening socket itself; the receiver has stopped
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
  /** What kind it is, and so what it cost. */
  readonly reason: ReceiverFaultReason;
  /** The error itself. */
  readonly error: unknown;
  /** Which connection, counted from 1 in the order of accepting; absent for datagrams. */
  readonly connection?: number;
  /** The record that could not be handled. */
  readonly record?: LogRecord;
}

/** A line for each reason this often: enough to be seen, too few to drown what else is there. */
const QUIET_SECONDS = 10;

/** Shows faults on stderr: one line of a kind every ten seconds; none if not `raiseExceptions`. */
export class FaultPrinter {
  readonly #name: () => string;
  readonly #clock: Clock;
  readonly #shown = new Map<ReceiverFaultReason, { at: number; hidden: number }>();

  /** `name` is what the lines call the receiver. */
  constructor(name: () => string, clock: Clock) {
    this.#name = name;
    this.#clock = clock;
  }

  /** Shows a fault, or counts it where one of its kind was shown just now. */
  print({ reason, error, connection }: ReceiverFault): void {
    const now = this.#clock.now();
    const last = this.#shown.get(reason);
    if (last !== undefined && Math.abs(now - last.at) < QUIET_SECONDS) {
      last.hidden++;
      return;
    }
    const hidden = last?.hidden ?? 0;
    this.#shown.set(reason, { at: now, hidden: 0 });
    const where = connection === undefined ? "" : `, connection ${connection}`;
    const more = hidden === 0 ? "" : ` (and ${hidden} more since the last such line)`;
    this.#say(`${reason} fault${where}: ${errorText(error)}${more}`);
  }

  /** Shows how many were counted alone. */
  flush(): void {
    for (const [reason, { hidden }] of this.#shown) {
      if (hidden > 0) this.#say(`${reason} faults: ${hidden} more were not shown`);
    }
    this.#shown.clear();
  }

  #say(text: string): void {
    if (raiseExceptions) writeToStderr(`logwire: ${this.#name()}: ${text}\n`);
  }
}

/** An error on one short line: a sender has a say in it, so control characters are taken out. */
function errorText(error: unknown): string {
  try {
    // deno-lint-ignore no-control-regex -- these are what is taken out
    return String(error).slice(0, 500).replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029]+/g, " ");
  } catch {
    return "an error that cannot be shown";
  }
}
