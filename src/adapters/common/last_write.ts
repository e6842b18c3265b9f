/**
 * The write of an exit hook: nobody is left to wait for room in the kernel, so it is waited for here,
 * for moments, and only while the peer goes on reading.
 *
 * Uses what all runtimes have.
 *
 * @module
 */

/** What a kernel takes at once, and what a peer reads in one pause. */
const PIECE_BYTES = 256 * 1024;
const PAUSE_MS = 0.25;

/** Pauses in which nothing was taken, after which the peer is not reading: 25 ms and more. */
const IDLE_PAUSES = 100;

/** A peer that reads slowly does not hold the process up for longer than about half a second. */
const MOST_PAUSES = 2000;

/**
 * Writes by `take`, which says how many of the bytes that it is given it took, or undefined where
 * trying again is of no use. Returns how many were taken.
 */
export function lastWrite(
  bytes: Uint8Array,
  take: (piece: Uint8Array) => number | undefined,
): number {
  let taken = 0;
  let idle = 0;
  for (let pauses = 0; pauses < MOST_PAUSES && idle < IDLE_PAUSES; pauses++) {
    const size = take(bytes.subarray(taken, taken + PIECE_BYTES));
    if (size === undefined) break;
    taken += size;
    if (taken === bytes.length) break;
    idle = size > 0 ? 0 : idle + 1;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
  }
  return taken;
}
