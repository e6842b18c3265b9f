/**
 * Writes at exit, where no turn of the event loop follows: pauses for the peer to make room in the
 * kernel, for moments each, and only while the peer goes on reading.
 *
 * Uses `Atomics.wait`, which Deno, Bun and Node allow in the main thread.
 *
 * @module
 */

/** How a last write is cut, so that the peer reads in between. */
export interface Pace {
  /** Bytes of one try. */
  pieceBytes: number;
  /** The pause behind it. */
  pauseMs: number;
}

/** A kernel takes so much at once, and a peer reads so much in one pause. */
const USUAL_PACE: Pace = { pieceBytes: 256 * 1024, pauseMs: 0.25 };

/** After so many pauses in which nothing was taken (25 ms and more) the peer is not reading. */
const IDLE_PAUSES = 100;

/** A peer that reads slowly does not hold the process up for longer than about half a second. */
const MOST_PAUSES = 2000;

/**
 * Writes by `take`, which returns how many of the given bytes it took, or `undefined` where another try
 * is of no use. Returns how many were taken.
 */
export function lastWrite(
  bytes: Uint8Array,
  take: (piece: Uint8Array) => number | undefined,
  { pieceBytes, pauseMs }: Pace = USUAL_PACE,
): number {
  let taken = 0;
  let idle = 0;
  for (let pauses = 0; pauses < MOST_PAUSES && idle < IDLE_PAUSES; pauses++) {
    const size = take(bytes.subarray(taken, taken + pieceBytes));
    if (size === undefined) break;
    taken += size;
    if (taken === bytes.length) break;
    idle = size > 0 ? 0 : idle + 1;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs);
  }
  return taken;
}
