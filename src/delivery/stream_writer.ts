/**
 * Writes frames one after the other to a byte stream, in pieces, so that a long write differs from one
 * that makes no progress.
 *
 * Browser compatible.
 *
 * @module
 */
import type { ConnectionError } from "../net/connection_error.ts";
import type { DialledAddress, StreamConnection, WaitOptions } from "../net/connector.ts";
import { checkMethods } from "../logging/validate.ts";
import {
  type Batch,
  type DetailedWriter,
  NO_BYTES,
  PIECE_BYTES,
  type Progress,
} from "./batch_writer.ts";

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

/** Writes batches to a connection, which a program's own `makeSocket()` may have opened. */
export class StreamWriter implements DetailedWriter {
  readonly acknowledges = false;
  onProgress: (() => void) | undefined;
  readonly closed: Promise<ConnectionError | undefined>;
  readonly #connection: StreamConnection;
  #writtenBefore = 0;
  #writes = 0;
  /** Of the last one what the connection was not given yet, and how long all of it is. */
  #rest: Uint8Array = NO_BYTES;
  #size = 0;
  /** All of the last one was taken. */
  #whole = false;
  /** A last write was cut, so nothing may follow it. */
  #isCut = false;

  constructor(connection: StreamConnection) {
    checkMethods("connect", "the result of makeSocket()", connection, ["write", "close"]);
    this.#connection = connection;
    // One that does not say when it ends is never over.
    this.closed = connection.closed ?? new Promise(ignore);
    connection.unref?.();
  }

  get dialled(): DialledAddress | undefined {
    return this.#connection.dialled;
  }

  /** Bytes that the kernel is known to have taken of the batch that was last written. */
  get #taken(): number {
    return (this.#connection.bytesWritten ?? 0) - this.#writtenBefore;
  }

  write(batch: Batch): Promise<void> | undefined {
    this.#writtenBefore = this.#connection.bytesWritten ?? 0;
    this.#whole = false;
    this.#rest = batch.bytes;
    this.#size = batch.bytes.length;
    return this.#writeRest(++this.#writes);
  }

  /** Writes on; `undefined`: the kernel took all that was left at once. */
  #writeRest(write: number): Promise<void> | undefined {
    while (this.#rest.length > 0) {
      const isLast = this.#rest.length <= PIECE_BYTES;
      const piece = isLast ? this.#rest : this.#rest.subarray(0, PIECE_BYTES);
      this.#rest = isLast ? NO_BYTES : this.#rest.subarray(PIECE_BYTES);
      const writing = this.#connection.write(piece);
      if (this.#taken !== this.#size - this.#rest.length) return this.#awaitPiece(writing, write);
      writing.catch(ignore);
    }
    this.#whole = true;
    return undefined;
  }

  #awaitPiece(writing: Promise<void>, write: number): Promise<void> {
    // Not by `await`: a connection whose write() returns no promise is broken.
    return writing.then(() => {
      // A retry may have seen the end of this one before, and another one begun.
      if (write !== this.#writes) return;
      const rest = this.#writeRest(write);
      if (rest !== undefined) this.onProgress?.();
      return rest;
    });
  }

  retry(batch: Batch): boolean {
    this.#connection.retryWrite?.();
    return this.#whole ||= this.#taken === batch.bytes.length;
  }

  progress(batch: Batch): Progress {
    const frames = this.#whole ? batch.lengths.length : framesIn(batch, this.#taken);
    return { frames };
  }

  async firstBytes(): Promise<Uint8Array | undefined> {
    try {
      for await (const bytes of this.#connection) return bytes;
    } catch {
      // The connection failed, which `closed` reports.
    }
    return undefined;
  }

  writeSync(batch: Batch, waitMs?: number): number {
    const writeSync = (bytes: Uint8Array) => this.#connection.writeSync?.(bytes, waitMs) ?? 0;
    // A frame that is written in pieces goes on before others: they would read as a part of it.
    if (this.#rest.length > 0) this.#rest = this.#rest.subarray(writeSync(this.#rest));
    if (this.#rest.length > 0 || this.#isCut) return 0;
    const taken = writeSync(batch.bytes);
    this.#isCut = taken < batch.bytes.length;
    return framesIn(batch, taken);
  }

  close(options?: WaitOptions): Promise<void> {
    return this.#connection.close(options);
  }
}
