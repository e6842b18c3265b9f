/**
 * One frame a datagram.
 *
 * Browser compatible.
 *
 * @module
 */
import { ConnectionError } from "../net/connection_error.ts";
import type { DatagramSocket } from "../net/connector.ts";
import { checkMethods } from "../logging/validate.ts";
import type { Batch, DetailedWriter, Progress } from "./batch_writer.ts";

const ignore = () => {};

/** The most sends under way; if the socket is closed meanwhile, they count as not sent. */
const IN_FLIGHT = 64;

/** Sends each record of a batch as a datagram. */
export class DatagramWriter implements DetailedWriter {
  readonly #socket: DatagramSocket;
  readonly acknowledges = false;
  readonly isConnectionless = true;
  readonly closed: Promise<undefined> = new Promise(ignore);
  readonly writeSync?: (batch: Batch) => number;
  #progress: Progress = { frames: 0 };
  /** The batch that was last written. */
  #frames = 0;

  constructor(socket: DatagramSocket) {
    checkMethods("connect", "the result of makeSocket()", socket, ["send", "close"]);
    this.#socket = socket;
    socket.unref?.();
    if (!socket.sendsLate || socket.sendSync) this.writeSync = (batch) => this.#sendLast(batch);
  }

  write(batch: Batch): Promise<void> | undefined {
    this.#frames = batch.lengths.length;
    let start = 0;
    let frames = 0;
    for (const length of batch.lengths) {
      if (!this.#socket.sendSync?.(batch.bytes.subarray(start, start + length))) break;
      start += length;
      frames++;
    }
    this.#progress = { frames };
    return frames === batch.lengths.length ? undefined : this.#sendRest(batch, frames, start);
  }

  async #sendRest({ bytes, lengths }: Batch, frames: number, start: number): Promise<void> {
    const again: number[] = [];
    const tooLarge: number[] = [];
    const progress = this.#progress = { frames, again, tooLarge };
    let failure: unknown;
    while (progress.frames < lengths.length && again.length === 0) {
      const sizes = Array.from(lengths.subarray(progress.frames, progress.frames + IN_FLIGHT));
      const sends = sizes.map((size) => this.#socket.send(bytes.subarray(start, start += size)));
      for (const [i, error] of await failuresOf(sends)) {
        if (error instanceof ConnectionError && error.code === "too-large") {
          tooLarge.push(progress.frames + i);
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

  #sendLast({ bytes, lengths }: Batch): number {
    const { sendsLate = false } = this.#socket;
    // What is under way was begun as well.
    if (!sendsLate) this.#progress = { ...this.#progress, frames: this.#frames, again: [] };
    let frames = 0;
    let start = 0;
    for (const length of lengths) {
      const datagram = bytes.subarray(start, start += length);
      if (!this.#socket.sendSync?.(datagram)) {
        if (sendsLate) break;
        // The send is begun at least; a failure cannot be reported any more.
        this.#socket.send(datagram).catch(ignore);
      }
      frames++;
    }
    return frames;
  }

  close(): Promise<void> {
    return this.#socket.close();
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
