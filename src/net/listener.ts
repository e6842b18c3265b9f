/**
 * The part of a stream listener that every adapter shares: the connections that wait for their
 * consumer, and what becomes of them when it closes.
 *
 * Browser compatible.
 *
 * @module
 */
import type { Clock, Listener, StreamAddress, StreamConnection } from "./connector.ts";
import { AsyncQueue } from "./_async_queue.ts";
import type { ConnectionError } from "./connection_error.ts";
import { handshakeError } from "./_handshake_error.ts";
import { systemClock } from "./system_clock.ts";

/** A runtime's own listener. */
export interface NativeListener {
  /** Stops listening; a promise that it returns resolves when the address is free. */
  close(): unknown;
  /** A turn of the event loop, in which connections that a kernel has are taken over. */
  turn?(): Promise<void>;
  /** Lets the process end. */
  unref?(): void;
}

/** Between two turns a runtime takes over at least one connection that the kernel has. */
const QUIET_TURNS = 3;

/**
 * Handshakes under way. One takes some milliseconds, so the oldest of so many is that of a client that
 * says nothing; each holds a socket, of which a process has some thousands.
 */
const MAX_HANDSHAKES = 1024;

/** How long a TLS handshake may take, as many log servers allow: a peer needs some milliseconds. */
const HANDSHAKE_TIMEOUT_MS = 10_000;

/** Clients that connect without end must not keep the listener from closing. */
const MAX_LAST_TURNS = 1000;

/** A listener that an adapter feeds with {@linkcode accept}. */
export class SocketListener implements Listener<StreamConnection> {
  readonly address: StreamAddress;
  onHandshakeFailed: ((error: ConnectionError) => void) | undefined;
  readonly #native: NativeListener;
  readonly #clock: Clock;
  // The consumer takes connections at once, and the kernel bounds those that it has not accepted.
  readonly #queue = new AsyncQueue<StreamConnection>({ limit: Infinity });
  /** By what drops it: the timer that bounds it. */
  readonly #handshakes = new Map<() => void, unknown>();
  #accepted = 0;
  #closing: Promise<void> | undefined;
  #open = true;

  constructor(address: StreamAddress, native: NativeListener, clock: Clock = systemClock) {
    this.address = address;
    this.#native = native;
    this.#clock = clock;
  }

  /** Hands a connection over; one that comes too late is closed. */
  accept(connection: StreamConnection): void {
    this.#accepted++;
    if (this.#open) this.#queue.push(connection);
    else discard(connection);
  }

  /**
   * Bounds a TLS handshake: `drop` is called when it takes too long or the listener closes, since a
   * client that says nothing would hold a socket and the process. Call the result at its end.
   */
  beginHandshake(drop: () => void): () => void {
    if (!this.#open) drop();
    else this.#handshakes.set(drop, this.#clock.setTimeout(drop, HANDSHAKE_TIMEOUT_MS));
    if (this.#handshakes.size > MAX_HANDSHAKES) this.#dropHandshakes(1);
    return () => this.#endHandshake(drop);
  }

  /** Reports a handshake that failed, by the runtime's own error, unless the client only left. */
  handshakeFailed(error: unknown, peer: string): void {
    const failure = this.#open ? handshakeError(error, peer) : undefined;
    if (failure !== undefined) this.onHandshakeFailed?.(failure);
  }

  #endHandshake(drop: () => void): void {
    this.#clock.clearTimeout(this.#handshakes.get(drop));
    this.#handshakes.delete(drop);
  }

  /** Drops the oldest. */
  #dropHandshakes(count: number): void {
    for (const drop of this.#handshakes.keys()) {
      if (count-- === 0) return;
      this.#endHandshake(drop);
      drop();
    }
  }

  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    if (this.#native.turn !== undefined) await this.#acceptLast(this.#native.turn);
    this.#open = false;
    const closing = this.#native.close();
    this.#dropHandshakes(Infinity);
    this.#queue.end();
    await Promise.all([closing, ...this.#queue.clear().map(discard)]);
  }

  /**
   * Accepts until some turns of the event loop have brought no connection: a client that is connected
   * may have sent already, and is reset when the runtime stops listening.
   */
  async #acceptLast(turn: () => Promise<void>): Promise<void> {
    let quiet = 0;
    for (let turns = 0; turns < MAX_LAST_TURNS && quiet < QUIET_TURNS; turns++) {
      const before = this.#accepted;
      await turn();
      quiet = this.#accepted === before ? quiet + 1 : 0;
    }
  }

  unref(): void {
    this.#native.unref?.();
  }

  [Symbol.asyncIterator](): AsyncIterator<StreamConnection> {
    return this.#queue[Symbol.asyncIterator]();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function discard(connection: StreamConnection): Promise<void> {
  return connection.close({ signal: AbortSignal.abort() });
}
