/**
 * One accepted connection of a receiver: read until it ends, until something in it is no record,
 * until it has been silent for too long, or until the receiver stops.
 *
 * A chunk is read only when the one before it has been handled, so a sender that is faster than
 * the handlers is held back by its own kernel; and between two chunks everybody else has a turn.
 *
 * Browser compatible.
 *
 * @module
 */
import type { FrameReader } from "../core/framer.ts";
import { ConnectionError } from "../net/connection_error.ts";
import type { Clock, StreamConnection } from "../net/connector.ts";
import { turn } from "../net/fair_turn.ts";
import type { ReceiverFault } from "./fault.ts";

/** The longest wait for a connection that has ended to be let go, in milliseconds. */
const CLOSE_MS = 1000;

/** What a connection needs of its receiver. */
export interface ServedConnectionOptions {
  /** Its number, for reports. */
  number: number;
  /** The longest silence, in milliseconds; 0: any. */
  idleTimeoutMs: number;
  /** For the idle time. */
  clock: Clock;
  /** Finds its frames. */
  reader: FrameReader;
  /** Handles what arrived; the fault that ends the connection. */
  take(chunk: Uint8Array): Promise<ReceiverFault | undefined>;
  /** It ended: handles what that completes; the fault, if it was inside a frame. */
  finish(): ReceiverFault | undefined;
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
  #taking = false;
  #draining = false;
  #idle = false;

  /** Begins to serve. */
  constructor(connection: StreamConnection, options: ServedConnectionOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#silenceMs = options.idleTimeoutMs;
    this.done = this.#serve();
  }

  /**
   * Asks the sender to stop, by a FIN, and reads on what it sent before it heard of that. CPython's
   * handlers do not listen: `quietMs` of silence is an end too.
   */
  drain(quietMs: number): void {
    this.#draining = true;
    this.#silenceMs = quietMs;
    if (!this.#taking) this.#arm();
    void this.#close();
  }

  /** Lets go at once. */
  abandon(): void {
    this.#release.abort();
    void this.#close();
  }

  async #serve(): Promise<void> {
    const { number, take, finish, report } = this.#options;
    let fault: ReceiverFault | undefined;
    this.#arm();
    try {
      for await (const chunk of this.#connection) {
        this.#disarm();
        this.#taking = true;
        fault = await take(chunk);
        this.#taking = false;
        if (fault !== undefined) break;
        await turn();
        this.#arm();
      }
      fault ??= finish();
    } catch (error) {
      fault = { reason: "connection", error, connection: number };
    }
    this.#disarm();
    if (fault !== undefined) {
      // At once, so that a sender that does not listen meets a RST and not a void.
      this.#release.abort();
      if (!this.#idle) report(fault);
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
    if (!this.#draining) {
      this.#idle = true;
      const { number, idleTimeoutMs, report } = this.#options;
      const error = new ConnectionError("timeout", `Nothing arrived for ${idleTimeoutMs} ms`);
      report({ reason: "idle", error, connection: number });
    }
    this.abandon();
  }

  async #close(): Promise<void> {
    try {
      await this.#connection.close({ signal: this.#release.signal });
    } catch {
      // Contracts say that this does not happen; a connection that breaks them is gone all the same.
    }
  }
}
