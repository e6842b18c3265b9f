/**
 * Frames one after the other on a byte stream, in pieces, so that a write that makes no progress can
 * be told from one that is long.
 *
 * Browser compatible.
 *
 * @module
 */
import { checkMethods } from "../core/options.ts";
import type { Batch } from "../core/outbox.ts";
import type { ConnectionError } from "../net/connection_error.ts";
import type { StreamConnection, WaitOptions } from "../net/connector.ts";
import { NOTHING, type Outlet, PIECE_BYTES, type Progress, released } from "./outlet.ts";

/** The number of whole frames in the first `bytes` of a batch. */
function framesIn(batch: Batch, bytes: number): number {
  let frames = 0;
  let end = 0;
  for (const length of batch.lengths) {
    if ((end += length) > bytes) break;
    frames++;
  }
  return frames;
}

const ignore = () => {};

/** The way out over a connection that somebody's own `makeSocket()` may have opened. */
export class StreamOutlet implements Outlet {
  onProgress: (() => void) | undefined;
  readonly #connection: StreamConnection;
  #writtenBefore = 0;
  #writes = 0;
  /** Whether all of the last one was taken. */
  #whole = false;

  constructor(connection: StreamConnection) {
    checkMethods("connect", "the result of makeSocket()", connection, ["write", "close"]);
    this.#connection = connection;
  }

  get closed(): Promise<ConnectionError | undefined> {
    return this.#connection.closed;
  }

  /** Bytes that the kernel is known to have taken of the batch that was last written. */
  get #taken(): number {
    return (this.#connection.bytesWritten ?? 0) - this.#writtenBefore;
  }

  write(batch: Batch): Promise<void> | undefined {
    this.#writtenBefore = this.#connection.bytesWritten ?? 0;
    this.#whole = false;
    const write = ++this.#writes;
    const writing = this.#writeFrom(batch.bytes, 0, write);
    if (writing === undefined) this.#whole = true;
    return writing;
  }

  /** Writes what is left from `start`; `undefined`: the kernel took it at once. */
  #writeFrom(bytes: Uint8Array, start: number, write: number): Promise<void> | undefined {
    for (; start < bytes.length; start += PIECE_BYTES) {
      const end = Math.min(start + PIECE_BYTES, bytes.length);
      const isAll = end - start === bytes.length;
      const writing = this.#connection.write(isAll ? bytes : bytes.subarray(start, end));
      if (this.#taken !== end) return this.#awaitPiece(writing, bytes, end, write);
      writing.catch(ignore);
    }
    return undefined;
  }

  #awaitPiece(
    writing: Promise<void>,
    bytes: Uint8Array,
    end: number,
    write: number,
  ): Promise<void> {
    return writing.then(() => {
      // A retry may have seen the end of this one before, and another one begun.
      if (write !== this.#writes) return;
      const rest = this.#writeFrom(bytes, end, write);
      if (rest === undefined) this.#whole = true;
      else this.onProgress?.();
      return rest;
    });
  }

  retry(batch: Batch): boolean {
    this.#connection.retryWrite?.();
    return this.#whole ||= this.#taken === batch.bytes.length;
  }

  progress(batch: Batch): Progress {
    const frames = this.#whole ? batch.lengths.length : framesIn(batch, this.#taken);
    return { ...NOTHING, frames };
  }

  async firstBytes(): Promise<Uint8Array | undefined> {
    try {
      const incoming = this.#connection[Symbol.asyncIterator]();
      const { value } = await incoming.next();
      void incoming.return?.().catch(ignore);
      return value;
    } catch {
      // The connection failed, which `closed` tells.
      return undefined;
    }
  }

  writeSync(batch: Batch): number {
    return framesIn(batch, this.#connection.writeSync?.(batch.bytes) ?? 0);
  }

  close(options?: WaitOptions): Promise<void> {
    return released(() => this.#connection.close(options));
  }

  unref(): void {
    this.#connection.unref?.();
  }
}
