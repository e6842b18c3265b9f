/**
 * One frame a datagram.
 *
 * Browser compatible.
 *
 * @module
 */
import { checkMethods } from "../logging/validate.ts";
import type { Batch } from "./outbox.ts";
import { ConnectionError } from "../net/connection_error.ts";
import type { DatagramSocket } from "../net/connector.ts";
import { NOTHING, type Outlet, type Progress, released } from "./writer.ts";

const ignore = () => {};

/** Sends that are not waited for one by one; should the socket be let go, they count as not sent. */
const IN_FLIGHT = 64;

/** The way out over a socket that somebody's own `makeSocket()` may have opened. */
export class DatagramOutlet implements Outlet {
  readonly #socket: DatagramSocket;
  readonly closed = undefined;
  #progress: Progress = NOTHING;
  /** The batch that was last written. */
  #frames = 0;

  constructor(socket: DatagramSocket) {
    checkMethods("connect", "the result of makeSocket()", socket, ["send", "close"]);
    this.#socket = socket;
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
    // What is under way was begun as well.
    this.#progress = { ...this.#progress, frames: this.#frames, again: [] };
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
