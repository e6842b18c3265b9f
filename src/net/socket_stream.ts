/**
 * The part of a {@linkcode StreamConnection} that every adapter shares: its end, the writes that are
 * refused then, closing, and the queue of bytes that arrived. A subclass adds a runtime's socket: it
 * calls `arrived` and `ended`, and writes, half-closes and releases.
 *
 * Bytes that arrive are queued up to {@linkcode HELD_BYTES}, or a share where many are accepted. Then a connection is paused until its
 * consumer has read. Only one that was dialled and has no consumer reads on and discards, since only a
 * pending read sees the peer's end. After `close()` a consumer that is iterating still gets what
 * arrives, until the peer's end, so that a receiver can stop without a loss.
 *
 * Pure: uses no runtime global.
 *
 * @module
 */
import { ConnectionError } from "./connection_error.ts";
import type { StreamConnection, WaitOptions } from "./connector.ts";
import { acceptedLimit } from "./accepted_limit.ts";
import { AsyncQueue } from "./_async_queue.ts";

/** Held for a slow consumer: a few reads of 64 KiB, so that it never waits idly. */
export const HELD_BYTES: number = 256 * 1024;

/**
 * TCP asks a silent peer whether it is still there after so long. By the defaults of Linux (9 probes,
 * 75 s apart) one that is gone is noticed 11 minutes later, instead of never.
 */
export const KEEP_ALIVE_MS = 60_000;

/** The result of writes that the kernel took at once, as most: one promise for all of them. */
const DONE: Promise<void> = Promise.resolve();

/** Translates a runtime's own error; `doing` begins the message: `Lost 127.0.0.1:9020`. */
export type ToConnectionError = (error: unknown, doing: string) => ConnectionError;

/** A stream over some runtime's socket. */
export abstract class SocketStream implements StreamConnection {
  readonly closed: Promise<ConnectionError | undefined>;
  readonly #peer: string;
  readonly #toConnectionError: ToConnectionError;
  readonly #incoming: AsyncQueue<Uint8Array>;
  readonly #settleClosed: (error: ConnectionError | undefined) => void;
  #end: { error: ConnectionError | undefined } | undefined;
  #closing: Promise<void> | undefined;
  #released = false;
  #writing: Promise<unknown> = Promise.resolve();

  /** `peer` names the other end in messages; `accepted`: it came from a listener. */
  constructor(peer: string, accepted: boolean, toConnectionError: ToConnectionError) {
    this.#peer = peer;
    this.#toConnectionError = toConnectionError;
    let settle: (error: ConnectionError | undefined) => void = () => {};
    this.closed = new Promise((resolve) => settle = resolve);
    this.#settleClosed = settle;
    this.#incoming = new AsyncQueue<Uint8Array>({
      limit: accepted ? acceptedLimit(this.closed, HELD_BYTES) : HELD_BYTES,
      sizeOf: (chunk) => chunk.length,
      unread: accepted ? "keep" : "discard",
      onRoom: () => this.resumeReading(),
    });
  }

  /** Writes it all, completing partial writes; `undefined`: the kernel took it at once. */
  protected abstract writeAll(bytes: Uint8Array): Promise<void> | undefined;
  /** Sends FIN; what arrives is still read. */
  protected abstract halfClose(): void | Promise<void>;
  /** Closes the socket at once, writes under way included; called once. */
  protected abstract release(): void;
  /** Goes on reading, after `arrived` returned false. */
  protected abstract resumeReading(): void;

  /** Bytes came in; `false`: stop reading until `resumeReading`. */
  protected arrived(chunk: Uint8Array): boolean {
    return this.#incoming.push(chunk);
  }

  /** The peer's FIN came, or, with an error, its RST or a failure. Only the first call counts. */
  protected ended(error?: unknown): void {
    if (this.#end !== undefined) return;
    this.#end = { error: error === undefined ? undefined : this.#describe(error, "Lost") };
    this.#incoming.end(this.#closing === undefined ? this.#end.error : undefined);
    this.#settleClosed(this.#end.error);
  }

  /** The error of a write now; `undefined`: it can be tried. */
  protected refusal(): ConnectionError | undefined {
    if (this.#closing !== undefined) {
      return new ConnectionError("closed", `Cannot write to ${this.#peer}: closed on this side`);
    }
    if (this.#end === undefined) return undefined;
    return this.#end.error ??
      new ConnectionError("closed", `Cannot write to ${this.#peer}: the peer closed`);
  }

  write(bytes: Uint8Array): Promise<void> {
    const refusal = this.refusal();
    if (refusal !== undefined) return Promise.reject(refusal);
    const begun = this.#begin(bytes);
    if (begun === undefined) return DONE;
    const writing = begun.catch((error: unknown) => {
      const gone = this.#closing === undefined ? undefined : this.refusal();
      // A socket that a write failed on is lost, whether or not the read has noticed.
      if (gone === undefined) this.ended(error);
      throw gone ?? this.#end?.error ?? this.#describe(error, "Cannot write to");
    });
    this.#writing = writing.catch(() => {});
    return writing;
  }

  #describe(error: unknown, doing: string): ConnectionError {
    return this.#toConnectionError(error, `${doing} ${this.#peer}`);
  }

  #begin(bytes: Uint8Array): Promise<void> | undefined {
    try {
      return this.writeAll(bytes);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  close({ signal }: WaitOptions = {}): Promise<void> {
    this.#closing ??= this.#close();
    if (signal === undefined || this.#released) return this.#closing;
    const giveUp = () => this.#letGo();
    if (signal.aborted) giveUp();
    else signal.addEventListener("abort", giveUp, { once: true });
    return this.#closing.then(() => signal.removeEventListener("abort", giveUp));
  }

  async #close(): Promise<void> {
    // First a turn, so that `#closing` is set before anything below looks at it.
    await Promise.race([this.#writing, this.closed]);
    if (!this.#incoming.iterated) this.#discard();
    if (this.#end === undefined) {
      try {
        await Promise.race([this.halfClose(), this.closed]);
      } catch (error) {
        this.ended(error);
      }
    }
    await this.closed;
    this.#letGo();
  }

  /** No consumer is left: `close()` waits for the peer's end alone. */
  #discard(): void {
    this.#incoming.end();
    this.#incoming.clear();
  }

  #letGo(): void {
    if (this.#released) return;
    this.#released = true;
    this.ended();
    this.release();
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    const iterator = this.#incoming[Symbol.asyncIterator]();
    return {
      next: () => iterator.next(),
      return: () => {
        if (this.#closing !== undefined) this.#discard();
        return iterator.return!();
      },
    };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
