/**
 * One accepted connection of a receiver: read until it ends, until something in it is no record,
 * until it has been silent, or inside one frame, for too long, until it makes room for others, or
 * until the receiver stops.
 *
 * A chunk is read only when the one before it has been handled, so a sender that is faster than
 * the handlers is held back by its own kernel; and between two chunks everybody else has a turn.
 *
 * Browser compatible.
 *
 * @module
 */
import { ConnectionError } from "../net/connection_error.ts";
import type { Clock, StreamConnection } from "../net/connector.ts";
import { turn } from "../net/fair_turn.ts";
import type { ReceiverFault, ReceiverFaultReason } from "./fault.ts";
import type { MeteredReader } from "./_metered_reader.ts";

/** The longest wait for a connection that has ended to be let go, in milliseconds. */
const CLOSE_MS = 1000;

/**
 * 64 KiB: a sender inside a frame when its time is over may go on if it has sent so much meanwhile,
 * by default a kilobyte a second, which is a slow modem. A byte now and then is less, and a frame of
 * the greatest size ends within hours.
 */
const PROGRESS_BYTES = 65_536;

/** What a connection needs of its receiver. */
export interface ServedConnectionOptions {
  /** Its number, for reports. */
  number: number;
  /** The longest silence, in milliseconds; 0: any. */
  idleTimeoutMs: number;
  /** The longest time for its first frame, and inside any other, in milliseconds; 0: any. */
  frameTimeoutMs: number;
  /** For these times. */
  clock: Clock;
  /** Finds its frames. */
  reader: MeteredReader;
  /** Handles what arrived, until `signal` is aborted; the fault that ends the connection. */
  take(chunk: Uint8Array, signal: AbortSignal): Promise<ReceiverFault | undefined>;
  /** All that arrived has been handled; `completed`: at least one whole frame was in it. */
  taken(completed: boolean): void;
  /** It ended: handles what that completes; the fault, if it was inside a frame. */
  finish(): ReceiverFault | undefined | Promise<undefined>;
  /** Tells why it was given up. */
  report(fault: ReceiverFault): void;
}

/** A connection that is being served; `done` when it has been let go. */
export class ServedConnection {
  /** Resolves when the connection is over and let go. Never rejects. */
  readonly done: Promise<void>;
  readonly #connection: StreamConnection;
  readonly #options: ServedConnectionOptions;
  readonly #release: AbortController = new AbortController();
  #silenceMs: number;
  #timer: unknown;
  #frameTimer: unknown;
  #bytesBefore = 0;
  #state: "reading" | "taking" | "over" = "reading";
  #draining = false;
  #givenUp = false;

  /** Begins to serve. */
  constructor(connection: StreamConnection, options: ServedConnectionOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#silenceMs = options.idleTimeoutMs;
    this.done = this.#serve();
  }

  /** Says whether everything that it brought is handled, so that closing it loses no whole record. */
  get isIdle(): boolean {
    return this.#state === "reading";
  }

  /** Says whether it has brought no whole frame yet, or a part of one since. */
  get isInFrame(): boolean {
    const { frames, heldBytes } = this.#options.reader;
    return frames === 0 || heldBytes > 0;
  }

  /** The memory, in bytes, that its unfinished frame takes. */
  get heldBytes(): number {
    return this.#options.reader.heldBytes;
  }

  /**
   * Asks the sender to stop, by a FIN, and reads on what it sent before it heard of that. CPython's
   * handlers do not listen: `quietMs` of silence is an end too.
   */
  drain(quietMs: number): void {
    this.#draining = true;
    this.#silenceMs = quietMs;
    if (this.isIdle) this.#arm();
    void this.#close();
  }

  /** Reports why it is closed, and lets go at once. Harmless where it is over. */
  giveUp(reason: ReceiverFaultReason, error: ConnectionError): void {
    if (this.#state === "over" || this.#givenUp) return;
    this.#givenUp = true;
    this.#options.report({ reason, error, connection: this.#options.number });
    void this.abandon();
  }

  /** Lets go at once; resolves when the connection is closed. */
  abandon(): Promise<void> {
    this.#release.abort();
    this.#disarm();
    this.#options.clock.clearTimeout(this.#frameTimer);
    return this.#close();
  }

  async #serve(): Promise<void> {
    const { number, reader, take, taken, finish, report } = this.#options;
    let fault: ReceiverFault | undefined;
    this.#arm();
    this.#watchFrame(false);
    try {
      for await (const chunk of this.#connection) {
        this.#disarm();
        this.#state = "taking";
        const { frames } = reader;
        fault = await take(chunk, this.#release.signal);
        this.#state = "reading";
        if (fault !== undefined) break;
        const completed = reader.frames > frames;
        this.#watchFrame(completed);
        taken(completed);
        await turn();
        this.#arm();
      }
      this.#state = "over";
      fault ??= await finish();
    } catch (error) {
      fault = { reason: "connection", error, connection: number };
    }
    this.#state = "over";
    this.#disarm();
    this.#options.clock.clearTimeout(this.#frameTimer);
    if (fault !== undefined) {
      // At once, so that a sender that does not listen meets a RST and not a void.
      this.#release.abort();
      if (!this.#givenUp) report(fault);
    }
    this.#timer = this.#options.clock.setTimeout(() => this.#release.abort(), CLOSE_MS);
    await this.#close();
    this.#disarm();
  }

  #arm(): void {
    this.#disarm();
    if (this.#silenceMs === 0) return;
    this.#timer = this.#options.clock.setTimeout(() => this.#silent(), this.#silenceMs);
  }

  #disarm(): void {
    this.#options.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #silent(): void {
    if (this.#draining) return void this.abandon();
    const { idleTimeoutMs } = this.#options;
    const message = `Nothing arrived for ${idleTimeoutMs} ms`;
    this.giveUp("idle", new ConnectionError("timeout", message));
  }

  /** Bounds the time in which the frame that is under way, or the first one, must end. */
  #watchFrame(completed: boolean): void {
    const { clock, frameTimeoutMs } = this.#options;
    if (frameTimeoutMs === 0 || this.#release.signal.aborted) return;
    if (completed || !this.isInFrame) {
      clock.clearTimeout(this.#frameTimer);
      this.#frameTimer = undefined;
    }
    if (!this.isInFrame || this.#frameTimer !== undefined) return;
    this.#bytesBefore = this.#options.reader.bytes;
    this.#frameTimer = clock.setTimeout(() => this.#frameTimedOut(), frameTimeoutMs);
  }

  #frameTimedOut(): void {
    this.#frameTimer = undefined;
    const { reader, frameTimeoutMs } = this.#options;
    // While a record is handled nothing is read: that is not the sender's doing.
    if (!this.isIdle || reader.bytes - this.#bytesBefore >= PROGRESS_BYTES) {
      return this.#watchFrame(false);
    }
    const message = `No frame was completed for ${frameTimeoutMs} ms`;
    this.giveUp("idle", new ConnectionError("timeout", message));
  }

  async #close(): Promise<void> {
    try {
      await this.#connection.close({ signal: this.#release.signal });
    } catch {
      // Contracts say that this does not happen; a connection that breaks them is gone all the same.
    }
  }
}
