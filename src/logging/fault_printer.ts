/**
 * The faults of a server, a receiver of records say, as lines on stderr: so few that a sender of
 * nonsense cannot flood the terminal.
 *
 * Browser compatible.
 *
 * @module
 */
import { raiseExceptions } from "./raise_exceptions.ts";
import { writeToStderr } from "./stderr.ts";

/** One fault of a server. */
export interface ServerFault {
  /** The kind of the fault, a word. */
  readonly reason: string;
  /** The error itself. */
  readonly error: unknown;
  /** The connection, counted from 1 in the order of accepting. */
  readonly connection?: number;
}

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
  readonly #clock: { now(): number };
  readonly #shown = new Map<string, { at: number; hidden: number }>();

  /** The lines call the server by `name`; `clock` has the seconds. */
  constructor(name: () => string, clock: { now(): number }) {
    this.#name = name;
    this.#clock = clock;
  }

  /** Prints a fault, or counts it if one of its kind was printed within the last ten seconds. */
  print({ reason, error, connection }: ServerFault): void {
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
