/**
 * Writes at exit, where no turn of the event loop follows: blocks until the peer has made room in the
 * kernel, but not for long. All writes of the exit share the time, so that several peers that do not
 * read delay the end of the process no longer than one.
 *
 * Uses `Atomics.wait`, which Deno, Bun and Node allow in the main thread.
 *
 * @module
 */

/** How a last write is cut. */
export interface Pace {
  /** Bytes of one try. */
  pieceBytes: number;
  /** The pause behind one that was taken, in milliseconds. */
  pauseMs: number;
}

/** Time, as a last write needs it. */
export interface BlockingTime {
  /** Milliseconds since whenever. */
  now(): number;
  /** Blocks for so many milliseconds. */
  pause(ms: number): void;
}

/** A kernel takes so much at once. */
const USUAL_PACE: Pace = { pieceBytes: 256 * 1024, pauseMs: 0 };

/** The pause behind a try for which the kernel had no room: a peer reads 100 KB in it and more. */
const FULL_PAUSE_MS = 1;

/** The last writes of a process. */
export class LastWriter {
  readonly #time: BlockingTime;
  /** When the first of them began. */
  #begunAt: number | undefined;

  constructor(time: BlockingTime) {
    this.#time = time;
  }

  /**
   * Writes by `take`, which returns how many of the given bytes it took, or `undefined` where another
   * try is of no use. Waits until `waitMs` after the first write began. Returns how many were taken.
   */
  write(
    bytes: Uint8Array,
    take: (piece: Uint8Array) => number | undefined,
    waitMs: number,
    { pieceBytes, pauseMs }: Pace = USUAL_PACE,
  ): number {
    const until = this.#begin() + waitMs;
    let taken = 0;
    while (taken < bytes.length) {
      const piece = bytes.subarray(taken, taken + pieceBytes);
      const size = take(piece);
      if (size === undefined) break;
      taken += size;
      const isFull = size < piece.length;
      const leftMs = until - this.#time.now();
      if (isFull && leftMs <= 0) break;
      const ms = Math.min(isFull ? FULL_PAUSE_MS : pauseMs, leftMs);
      if (ms > 0 && taken < bytes.length) this.#time.pause(ms);
    }
    return taken;
  }

  #begin(): number {
    if (this.#begunAt === undefined) {
      this.#begunAt = this.#time.now();
      // No microtask runs in a process that ends. One that goes on may wait anew another time.
      queueMicrotask(() => this.#begunAt = undefined);
    }
    return this.#begunAt;
  }
}

const cell = /* @__PURE__ */ new Int32Array(/* @__PURE__ */ new SharedArrayBuffer(4));

/** The last writes of this process. */
export const lastWrites: LastWriter = /* @__PURE__ */ new LastWriter({
  now: () => performance.now(),
  pause: (ms) => void Atomics.wait(cell, 0, 0, ms),
});
