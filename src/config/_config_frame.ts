/**
 * The bytes of one configuration that a connection carries: a 4-byte big-endian length, then so many
 * bytes, as CPython's `ConfigStreamHandler.handle()` reads them.
 *
 * Browser compatible.
 *
 * @module
 */
import { Deframer } from "../wire/length_prefix_framing.ts";

/**
 * Resolves to the first frame; to `undefined` if the connection ends before any byte. Rejects with a
 * `FrameError` for a frame that is too large or cut off, and with the error of the connection.
 */
export async function readConfig(
  chunks: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<Uint8Array | undefined> {
  const frames = new Deframer({ maxFrameBytes: maxBytes });
  for await (const chunk of chunks) {
    frames.push(chunk);
    const payload = frames.next();
    // A copy: the payload may be a view of a chunk that the connection uses again.
    if (payload !== undefined) return payload.slice();
  }
  frames.end();
  return undefined;
}
