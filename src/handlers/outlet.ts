/**
 * What a delivery writes batches to: one face for byte streams and datagram sockets, so that one
 * link and one pump serve both.
 *
 * Browser compatible.
 *
 * @module
 */
import type { StreamFraming } from "../core/framing.ts";
import { checkMethods } from "../core/options.ts";
import type { Batch } from "../core/outbox.ts";
import { ConnectionError } from "../net/connection_error.ts";
import type { DatagramSocket, StreamConnection, WaitOptions } from "../net/connector.ts";

/** How far a batch has come. */
export interface Progress {
  /** Frames, counted from the first, that are done with: taken by the kernel or refused by it. */
  frames: number;
  /** The numbers of those among them that failed and are to be sent again. */
  again: readonly number[];
  /** Those among them that were too large to send. */
  tooLarge: number;
  /** The bytes of those. */
  tooLargeBytes: number;
  /** Those among them that the other side refuses for good, and why. */
  refused?: { frames: number; bytes: number; error: unknown };
}

/** A batch that has not come anywhere yet. */
export const NOTHING: Progress = { frames: 0, again: [], tooLarge: 0, tooLargeBytes: 0 };

/** An open way out; one {@linkcode Outlet.write} at a time. */
export interface Outlet {
  /**
   * Resolves when the whole batch is done with; `undefined`: it is already. Rejects, or throws, when
   * the way out is broken.
   */
  write(batch: Batch): Promise<void> | undefined;
  /**
   * Tries a batch that is under way once more; whether that was the last of it. Absent: that is of no
   * use.
   */
  retry?(batch: Batch): boolean;
  /** How far the batch that was last written has come; true after a rejection as well. */
  progress(batch: Batch): Progress;
  /**
   * Writes what fits without waiting, behind a write under way; the number of frames taken. Absent:
   * nothing can be written without waiting.
   */
  writeSync?(batch: Batch): number;
  /**
   * It was opened without asking anybody: only once it has taken something is it known to lead
   * somewhere, and if it breaks before that it was a dial that failed.
   */
  readonly isUnproven?: boolean;
  /**
   * Set when it breaks because the other side wants to be left alone: for so many seconds, from 0, at
   * least, and as long as the back-off says.
   */
  readonly holdSeconds?: number | undefined;
  /** How long a write may take, in milliseconds, where the way out has a bound of its own. */
  readonly writeTimeoutMs?: number;
  /** Settles when the way out is over, with the reason; never for a datagram socket. */
  readonly closed: Promise<ConnectionError | undefined> | undefined;
  /** Releases it; never rejects. */
  close(options?: WaitOptions): Promise<void>;
  /** From now on it does not hold the process open. Absent: it never does. */
  unref?(): void;
}

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

/** A batch of the outbox is at most 96 KiB, with rare exceptions, and frames add little. */
const FIRST_BUFFER_BYTES = 128 * 1024;

/** Frames one after the other on a byte stream. */
export class StreamOutlet implements Outlet {
  readonly #connection: StreamConnection;
  #writtenBefore = 0;
  #writes = 0;
  /** Whether all of the last one was taken. */
  #whole = false;

  constructor(connection: StreamConnection) {
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

/** Messages on a byte stream, each framed when it is written. */
export class FramedStreamOutlet extends StreamOutlet {
  readonly #framing: StreamFraming;
  /** Where the frames of a write stand; it is used again for the next one. */
  #buffer: Uint8Array = new Uint8Array(0);
  /** The batch that was last written, as it is on the stream. */
  #framed: Batch = { bytes: this.#buffer, lengths: new Uint32Array(0) };

  constructor(connection: StreamConnection, framing: StreamFraming) {
    super(connection);
    this.#framing = framing;
  }

  override write(batch: Batch): Promise<void> | undefined {
    return super.write(this.#framed = this.#frame(batch));
  }

  override retry(): boolean {
    return super.retry(this.#framed);
  }

  override progress(): Progress {
    return super.progress(this.#framed);
  }

  override writeSync(batch: Batch): number {
    // What a write under way reads from stays as it is.
    this.#buffer = new Uint8Array(0);
    return super.writeSync(this.#frame(batch));
  }

  #frame(batch: Batch): Batch {
    const lengths = new Uint32Array(batch.lengths.length);
    let start = 0;
    let end = 0;
    for (let i = 0; i < lengths.length; i++) {
      const payload = batch.bytes.subarray(start, start += batch.lengths[i]!);
      this.#reserve(end, this.#framing.mostBytes(payload.length));
      const begin = end;
      end = this.#framing.write(payload, this.#buffer, begin);
      lengths[i] = end - begin;
    }
    return { bytes: this.#buffer.subarray(0, end), lengths };
  }

  /** Makes room for `size` bytes behind `end`. */
  #reserve(end: number, size: number): void {
    if (end + size <= this.#buffer.length) return;
    const most = Math.max(FIRST_BUFFER_BYTES, 2 * this.#buffer.length, end + size);
    const grown = new Uint8Array(most);
    grown.set(this.#buffer.subarray(0, end));
    this.#buffer = grown;
  }
}

/** Sends that are not waited for one by one; should the socket be let go, they count as not sent. */
const IN_FLIGHT = 64;

/** One frame a datagram. */
export class DatagramOutlet implements Outlet {
  readonly #socket: DatagramSocket;
  readonly closed = undefined;
  #progress: Progress = NOTHING;

  constructor(socket: DatagramSocket) {
    this.#socket = socket;
  }

  write(batch: Batch): Promise<void> | undefined {
    let start = 0;
    let frames = 0;
    for (const length of batch.lengths) {
      if (!this.#socket.sendSync?.(batch.bytes.subarray(start, start + length))) break;
      start += length;
      frames++;
    }
    this.#progress = { ...NOTHING, frames };
    return frames === batch.lengths.length ? undefined : this.#sendRest(batch, frames, start);
  }

  async #sendRest({ bytes, lengths }: Batch, frames: number, start: number): Promise<void> {
    const again: number[] = [];
    const progress = this.#progress = { ...NOTHING, frames, again };
    let failure: unknown;
    while (progress.frames < lengths.length && again.length === 0) {
      const sizes = Array.from(lengths.subarray(progress.frames, progress.frames + IN_FLIGHT));
      const sends = sizes.map((size) => this.#socket.send(bytes.subarray(start, start += size)));
      for (const [i, error] of await failuresOf(sends)) {
        if (error instanceof ConnectionError && error.code === "too-large") {
          progress.tooLarge++;
          progress.tooLargeBytes += sizes[i] ?? 0;
        } else {
          failure ??= error;
          again.push(progress.frames + i);
        }
      }
      progress.frames += sizes.length;
    }
    if (again.length > 0) throw failure;
  }

  progress(): Progress {
    return this.#progress;
  }

  writeSync(batch: Batch): number {
    let start = 0;
    for (const length of batch.lengths) {
      const datagram = batch.bytes.subarray(start, start += length);
      // Otherwise it is begun at least; nobody is left to hear of a failure.
      if (!this.#socket.sendSync?.(datagram)) this.#socket.send(datagram).catch(ignore);
    }
    return batch.lengths.length;
  }

  close(): Promise<void> {
    return released(() => this.#socket.close());
  }

  unref(): void {
    this.#socket.unref?.();
  }
}

/** Awaits them all: the errors of those that failed, by their numbers, which ascend. */
function failuresOf(sends: readonly Promise<void>[]): Promise<[number, unknown][]> {
  return new Promise((resolve) => {
    const failures: [number, unknown][] = [];
    let left = sends.length;
    const done = () => {
      if (--left === 0) resolve(failures.sort(([a], [b]) => a - b));
    };
    sends.forEach((send, i) =>
      send.then(done, (error: unknown) => {
        failures.push([i, error]);
        done();
      })
    );
  });
}

/** A socket of somebody's own that cannot even be closed is let go all the same. */
async function released(close: () => Promise<void>): Promise<void> {
  try {
    await close();
  } catch {
    // Contracts say that this does not happen.
  }
}

/**
 * The outlet over what `makeSocket()` opened, which somebody may have overridden. `framing`: what
 * messages need on a stream, and not as datagrams; without it they are frames already.
 */
export function toOutlet(
  socket: StreamConnection | DatagramSocket,
  framing?: StreamFraming,
): Outlet {
  const isDatagram = typeof socket === "object" && socket !== null && "send" in socket;
  const does = isDatagram ? "send" : "write";
  checkMethods("connect", "the result of makeSocket()", socket, [does, "close"]);
  if (isDatagram) return new DatagramOutlet(socket);
  const stream = socket as StreamConnection;
  return framing === undefined ? new StreamOutlet(stream) : new FramedStreamOutlet(stream, framing);
}
