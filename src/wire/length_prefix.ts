/**
 * Puts the length of a payload before it: the writing half of the framing that CPython's
 * `SocketHandler` uses. A file of its own, since a sender loads no reader of frames.
 *
 * Pure: uses no runtime global.
 *
 * @module
 */
import { FrameError, MAX_FRAME_BYTES } from "./framing.ts";

/** The length prefix, in bytes. */
export const PREFIX = 4;

/**
 * Returns the payload with its 4-byte big-endian length before it, in a new array.
 *
 * @example
 * ```ts
 * import { frame } from "jsr:@logwire/logging/framer";
 *
 * console.assert(frame(new Uint8Array([7])).join() === "0,0,0,1,7");
 * ```
 *
 * @throws {FrameError} if the payload is longer than 4 GiB, the most that 4 bytes can count
 */
export function frame(payload: Uint8Array): Uint8Array {
  const length = payload.length;
  if (length > MAX_FRAME_BYTES) {
    throw new FrameError(
      "too-large",
      `Cannot frame ${length} bytes: the most is ${MAX_FRAME_BYTES}`,
    );
  }
  const bytes = new Uint8Array(PREFIX + length);
  // No DataView: on Bun access to the buffer of a small array takes a third of makePickle()'s time.
  // No concat() of @std/bytes either: it takes Bun 2.5 times as long, and Deno 1.6 times.
  bytes[0] = length >>> 24;
  bytes[1] = length >>> 16;
  bytes[2] = length >>> 8;
  bytes[3] = length;
  bytes.set(payload, PREFIX);
  return bytes;
}
