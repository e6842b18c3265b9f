/**
 * The faults of a receiver as lines on stderr, so few that a sender of nonsense cannot flood the
 * terminal.
 *
 * Browser compatible.
 *
 * @module
 */
import { raiseExceptions } from "../logging/raise_exceptions.ts";
import { writeToStderr } from "../logging/stderr.ts";
import type { Clock } from "../net/connector.ts";
import type { ReceiverFault, ReceiverFaultReason } from "./receiver_fault.ts";

/**
 * The seconds between two lines for one reason: often enough to be seen, and too rarely to hide
 * other output.
 */
const QUIET_SECONDS = 10;

/**
 * An error's text has the sender's bytes in it: more than a few lines of a terminal are cut off.
 */
const MAX_ERROR_LENGTH = 500;

/** Prints one line of a kind every ten seconds; none if `raiseExceptions` is false. */
export class FaultPrinter {
  readonly #name: () => string;
  readonly #clock: Clock;
  readonly #shown = new Map<ReceiverFaultReason, { at: number; hidden: number }>();

  /** The lines call the receiver by `name`. */
  constructor(name: () => string, clock: Clock) {
    this.#name = name;
    this.#clock = clock;
  }

  /** Prints a fault, or counts it if one of its kind was printed within the last ten seconds. */
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
    this.#write(`${reason} fault${where}: ${errorText(error)}${more}`);
  }

  /** Prints the number of faults that were counted only. */
  flush(): void {
    for (const [reason, { hidden }] of this.#shown) {
      if (hidden > 0) this.#write(`${reason} faults: ${hidden} more were not shown`);
    }
    this.#shown.clear();
  }

  #write(text: string): void {
    if (raiseExceptions) writeToStderr(`logwire: ${this.#name()}: ${text}\n`);
  }
}

/** An error on one short line, without the control characters that a sender may have put there. */
function errorText(error: unknown): string {
  try {
    return String(error).slice(0, MAX_ERROR_LENGTH)
      // deno-lint-ignore no-control-regex -- these are what is taken out
      .replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029]+/g, " ");
  } catch {
    return "an error that cannot be shown";
  }
}
