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
    const { bytes, lengths } = batch;
    this.#frames = lengths.length;
    let frames = this.#socket.sendManySync?.(bytes, lengths) ?? 0;
    let start = sumOf(lengths.subarray(0, frames));
    for (; frames < lengths.length; frames++) {
      const end = start + lengths[frames]!;
      if (!this.#socket.sendSync?.(bytes.subarray(start, end))) break;
      start = end;
    }
    this.#progress = { frames };
    return frames === lengths.length ? undefined : this.#sendRest(batch, frames, start);
  }

  async #sendRest({ bytes, lengths }: Batch, frames: number, start: number): Promise<void> {
    const again: number[] = [];
    const tooLarge: number[] = [];
    const progress = this.#progress = { frames, again, tooLarge };
    let failure: unknown;
    while (progress.frames < lengths.length && again.length === 0) {
      const sizes = lengths.subarray(progress.frames, progress.frames + IN_FLIGHT);
      const end = start + sumOf(sizes);
      for (const [i, error] of await this.#sendMany(bytes.subarray(start, end), sizes)) {
        if (error instanceof ConnectionError && error.code === "too-large") {
          tooLarge.push(progress.frames + i);
        } else {
          failure ??= error;
          again.push(progress.frames + i);
        }
      }
      progress.frames += sizes.length;
      start = end;
    }
    if (again.length > 0) throw failure;
  }

  #sendMany(
    bytes: Uint8Array,
    sizes: Uint32Array,
  ): Promise<readonly (readonly [number, unknown])[]> {
    const socket = this.#socket;
    if (socket.sendMany !== undefined) return socket.sendMany(bytes, sizes);
    let start = 0;
    return failuresOf(
      Array.from(sizes, (size) => socket.send(bytes.subarray(start, start += size))),
    );
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

function sumOf(sizes: Uint32Array): number {
  let sum = 0;
  for (const size of sizes) sum += size;
  return sum;
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
