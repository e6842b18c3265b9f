/**
 * What every adapter's datagram sockets have in common: a bounded queue that drops what is beyond,
 * as a kernel does, and how they close.
 *
 * Pure: uses no runtime global.
 *
 * @module
 */
import { ConnectionError } from "../net/connection_error.ts";
import { AsyncQueue } from "./async_queue.ts";
import { codeOf, toConnectionError } from "./native_error.ts";

// Far more than a kernel holds, so that a burst outlives a consumer that parses meanwhile.
const HELD_BYTES = 4 * 1024 * 1024;

/** A datagram socket of some runtime. */
export abstract class SocketDatagrams implements AsyncIterable<Uint8Array>, AsyncDisposable {
  readonly #queue = new AsyncQueue<Uint8Array>({
    limit: HELD_BYTES,
    sizeOf: (bytes) => bytes.length,
  });
  #open = true;

  /** Lets go of the socket; called once. */
  protected abstract release(): void;
  abstract unref(): void;

  /** A datagram came in. */
  protected arrived(bytes: Uint8Array): void {
    if (!this.#queue.full) this.#queue.push(bytes);
  }

  /** Throws when the socket is closed. */
  protected checkOpen(doing: string): void {
    if (!this.#open) throw new ConnectionError("closed", `${doing}: closed on this side`);
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
    return this.#queue[Symbol.asyncIterator]();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/**
 * Sends, and once more if the kernel refused: it reports the ICMP refusal of an earlier datagram
 * instead of sending the next, and that one must not be lost to it.
 */
export async function sendPastRefusal(doing: string, send: () => Promise<void>): Promise<void> {
  for (let again = true;; again = false) {
    try {
      return await send();
    } catch (error) {
      if (!again || codeOf(error) !== "refused") throw toConnectionError(error, doing);
    }
  }
}
