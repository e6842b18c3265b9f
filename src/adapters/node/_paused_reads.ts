/**
 * Node reads up to 64 KiB more into a socket that is paused, unless the buffer of the socket is full: 500
 * accepted connections held 32 MiB. The buffer of an accepted socket has room for one byte
 * (`highWaterMark` in `listener.ts`), so a byte that is put back stops the reads at once, and the kernel
 * keeps what the peer sends.
 *
 * @module
 */
import type { Socket } from "node:net";

const FILLER = new Uint8Array(1);

/** Gives all bytes that arrive to `take`; the socket is paused when that returns false. */
export function readSocket(
  socket: Socket,
  isAccepted: boolean,
  take: (bytes: Uint8Array) => boolean,
): void {
  /** The bytes to leave out of the next chunk. */
  let filled = 0;
  socket.on("data", (chunk: Uint8Array) => {
    // A plain view, as on other runtimes: Buffer's own `slice` does not copy.
    const bytes = new Uint8Array(chunk.buffer, chunk.byteOffset + filled, chunk.length - filled);
    filled = 0;
    if (bytes.length === 0 || take(bytes)) return;
    socket.pause();
    if (!isAccepted) return;
    socket.unshift(FILLER);
    filled = FILLER.length;
  });
}
