/**
 * Frames one after the other on a byte stream.
 *
 * Browser compatible.
 *
 * @module
 */
import { checkMethods } from "../core/options.ts";
import type { Batch } from "../core/outbox.ts";
import type { ConnectionError } from "../net/connection_error.ts";
import type { StreamConnection, WaitOptions } from "../net/connector.ts";
import { NOTHING, type Outlet, type Progress, released } from "./outlet.ts";

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

  write(batch: Batch): Promise<void> | undefined {
    const before = this.#writtenBefore = this.#connection.bytesWritten ?? 0;
    const write = ++this.#writes;
    this.#whole = false;
    const writing = this.#connection.write(batch.bytes);
    if ((this.#connection.bytesWritten ?? 0) - before === batch.bytes.length) {
      this.#whole = true;
      writing.catch(ignore);
      return undefined;
    }
    return writing.then(() => {
      // A retry may have seen the end of this one before, and another one begun.
      if (write === this.#writes) this.#whole = true;
    });
  }

  retry(batch: Batch): boolean {
    this.#connection.retryWrite?.();
    const bytes = (this.#connection.bytesWritten ?? 0) - this.#writtenBefore;
    return this.#whole ||= bytes === batch.bytes.length;
  }

  progress(batch: Batch): Progress {
    const bytes = (this.#connection.bytesWritten ?? 0) - this.#writtenBefore;
    const frames = this.#whole ? batch.lengths.length : framesIn(batch, bytes);
    return { ...NOTHING, frames };
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
