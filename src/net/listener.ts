/**
 * The part of a stream listener that every adapter shares: the connections that wait for their
 * consumer, and what becomes of them when it closes.
 *
 * Pure: uses no runtime global.
 *
 * @module
 */
import type { Listener, StreamAddress, StreamConnection } from "./connector.ts";
import { AsyncQueue } from "./_async_queue.ts";

/** What a runtime's own listener can do. */
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

/** Of those who connect without end not all can be waited for. */
const MAX_LAST_TURNS = 1000;

/** A listener that an adapter feeds with {@linkcode accept}. */
export class SocketListener implements Listener<StreamConnection> {
  readonly address: StreamAddress;
  readonly #native: NativeListener;
  // Kernels bound what waits here where the runtime lets it; the consumer takes them at once.
  readonly #queue = new AsyncQueue<StreamConnection>({ limit: Infinity });
  readonly #handshakes = new Set<() => void>();
  #accepted = 0;
  #closing: Promise<void> | undefined;
  #open = true;

  constructor(address: StreamAddress, native: NativeListener) {
    this.address = address;
    this.#native = native;
  }

  /** Hands a connection over; one that comes too late is closed. */
  accept(connection: StreamConnection): void {
    this.#accepted++;
    if (this.#open) this.#queue.push(connection);
    else discard(connection);
  }

  /**
   * A connection is in its TLS handshake: `drop` is called if the listener closes meanwhile, since
   * a client that says nothing would hold the process open. The result is to be called at its end.
   */
  beginHandshake(drop: () => void): () => void {
    if (!this.#open) drop();
    else this.#handshakes.add(drop);
    if (this.#handshakes.size > MAX_HANDSHAKES) this.#dropOldestHandshake();
    return () => void this.#handshakes.delete(drop);
  }

  #dropOldestHandshake(): void {
    for (const drop of this.#handshakes) {
      this.#handshakes.delete(drop);
      return drop();
    }
  }

  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    if (this.#native.turn !== undefined) await this.#acceptLast(this.#native.turn);
    this.#open = false;
    const closing = this.#native.close();
    for (const drop of this.#handshakes) drop();
    this.#handshakes.clear();
    this.#queue.end();
    await Promise.all([closing, ...this.#queue.clear().map(discard)]);
  }

  /**
   * Who is connected by now may have sent already, and to stop listening resets it: goes on accepting
   * until some turns of the event loop have brought nobody.
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
