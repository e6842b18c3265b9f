/**
 * One connection of a delivery, from its dial to its end: its writer, the batch that is being written,
 * and its timers.
 *
 * Browser compatible: time comes from a {@linkcode Clock}.
 *
 * @module
 */
import type { ConnectionError } from "../net/connection_error.ts";
import type { Clock } from "../net/connector.ts";
import { Watchdog } from "../net/watchdog.ts";
import type { Batch, BatchWriter, DetailedWriter } from "./batch_writer.ts";

/** The time-out of the dial or the close that is under way; and the probation timer. */
type TimerName = "timeout" | "tick";

/** One connection. */
export class Attempt {
  /** Ends the dial. */
  readonly abort: AbortController = new AbortController();
  /** The delivery has parted with it: what it reports changes nothing any more. */
  isParted = false;
  /** Called when it is over, by its own timers and promises, or when the delivery parts with it. */
  over: () => void = () => {};
  writer: DetailedWriter | undefined;
  /** The batch that is being written. */
  batch: Batch | undefined;
  isWritten = false;
  /** Records of the batch that the writer has returned. */
  returned = 0;
  readonly #clock: Clock;
  readonly #timers: { [Name in TimerName]?: unknown } = {};
  #watchdog: Watchdog | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Sets a timer anew. */
  arm(name: TimerName, ms: number, call: () => void): void {
    this.disarm(name);
    this.#timers[name] = this.#clock.setTimeout(() => this.isParted ? this.over() : call(), ms);
  }

  disarm(name: TimerName): void {
    this.#clock.clearTimeout(this.#timers[name]);
  }

  /** Begins the time-out of a write anew, or ends it. */
  watch(isPending: boolean, ms: number, onLate: () => void): void {
    this.#watchdog ??= new Watchdog(ms, this.#clock, onLate);
    if (isPending) this.#watchdog.feed();
    else this.#watchdog.rest();
  }

  /** A batch is taken to be written. */
  begin(batch: Batch): void {
    this.batch = batch;
    this.isWritten = false;
    this.returned = 0;
  }

  /** The batch is written. */
  finish(): void {
    this.isWritten = true;
    this.#watchdog?.rest();
  }

  /** Ends the timers, as the delivery parts with it. */
  part(): void {
    this.isParted = true;
    this.disarm("timeout");
    this.disarm("tick");
    this.#watchdog?.stop();
  }
}

/** Closes a connection; the error that it had ended with by then. Never rejects. */
export async function closeWriter(
  writer: BatchWriter,
  signal: AbortSignal | undefined,
): Promise<ConnectionError | undefined> {
  try {
    await writer.close(signal && { signal });
    return await Promise.race([writer.closed, undefined]);
  } catch {
    // The contract says that this does not happen.
    return undefined;
  }
}
