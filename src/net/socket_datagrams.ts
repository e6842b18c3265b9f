/**
 * The part of a datagram socket that every adapter shares: a bounded queue, which drops what finds no
 * room, as a kernel does, and closing.
 *
 * Pure: uses no runtime global.
 *
 * @module
 */
import { ConnectionError } from "./connection_error.ts";
import type { DatagramAddress } from "./connector.ts";
import { AsyncQueue } from "./_async_queue.ts";
import { showAddress } from "./address.ts";
import { toConnectionError } from "./native_error.ts";

// Far more than a kernel holds, so that a burst waits for a consumer that still parses.
const HELD_BYTES = 4 * 1024 * 1024;

// The array of a datagram takes so much beside its bytes: many small ones would fill the memory.
const ARRAY_BYTES = 256;

/** A datagram socket of some runtime. */
export abstract class SocketDatagrams implements AsyncIterable<Uint8Array>, AsyncDisposable {
  readonly #queue = new AsyncQueue<{ bytes: Uint8Array; from: string | undefined }>({
    limit: HELD_BYTES,
    sizeOf: ({ bytes }) => bytes.length + ARRAY_BYTES,
  });
  #peerAddress: string | undefined;
  #open = true;
  #dropped = 0;
  #sending: Promise<unknown> = Promise.resolve();

  /** Closes the socket; called once. */
  protected abstract release(): void;
  /** Absent where the runtime has no such call. */
  unref?(): void;

  /** A datagram came in, `from` an IP address. */
  protected arrived(bytes: Uint8Array, from?: string): void {
    if (!this.#queue.full) this.#queue.push({ bytes, from });
    else this.#dropped++;
  }

  get peerAddress(): string | undefined {
    return this.#peerAddress;
  }

  /** Datagrams that came in and found no room. */
  get dropped(): number {
    return this.#dropped;
  }

  /** For a runtime that sends what is under way at once in any order: one after another. */
  protected inOrder<Result>(send: () => Promise<Result>): Promise<Result> {
    const sending = this.#sending.then(send);
    this.#sending = sending.catch(() => {});
    return sending;
  }

  /** True until `close()`. */
  protected get open(): boolean {
    return this.#open;
  }

  /** The error of a send that failed: `closed` where that is why. */
  protected sendError(error: unknown, bytes: Uint8Array, peer: DatagramAddress): ConnectionError {
    const doing = `Cannot send ${bytes.length} bytes to ${showAddress(peer)}`;
    return this.#open
      ? toConnectionError(error, doing)
      : new ConnectionError("closed", `${doing}: closed on this side`);
  }

  close(): Promise<void> {
    if (this.#open) {
      this.#open = false;
      this.#queue.end();
      this.release();
    }
    return Promise.resolve();
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    const iterator = this.#queue[Symbol.asyncIterator]();
    return {
      next: async () => {
        const { done, value } = await iterator.next();
        if (done) return { done, value: undefined };
        this.#peerAddress = value.from;
        return { done: false, value: value.bytes };
      },
      return: async () => {
        await iterator.return!();
        return { done: true, value: undefined };
      },
    };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
