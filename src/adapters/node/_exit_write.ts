/**
 * Node writes what the kernel has no room for in a later turn of the event loop, and none follows in an
 * `exit` listener: the tail of the pending write would be lost, and all behind it. So the rest is
 * written to the file descriptor of the socket, which is non-blocking, by `fs.writeSync`: there is no
 * other synchronous write to a socket that does not block for as long as the peer pleases.
 *
 * Only on POSIX, where sockets have descriptors; over TLS the bytes are not those of the descriptor.
 * The handle is an inner part of Node's sockets that Deno and Bun have in another form, so each
 * member is checked.
 *
 * @module
 */
import { writeSync } from "node:fs";
import type { Socket } from "node:net";

/** The parts of libuv's handle that are used. */
interface Handle {
  readonly fd?: unknown;
  /** Bytes that were given to libuv and that the kernel has not taken. */
  readonly writeQueueSize?: unknown;
}

/** The way to a socket past the event loop. */
export interface ExitWrite {
  /** Bytes of the pending write that the kernel has not taken. */
  readonly pendingBytes: number;
  /** Writes what the kernel takes; how many bytes that is, or `undefined`: the socket is dead. */
  take(piece: Uint8Array): number | undefined;
}

/** The way to this socket, where there is one. */
export function exitWrite(socket: Socket): ExitWrite | undefined {
  const { _handle: handle, encrypted } = socket as { _handle?: Handle | null; encrypted?: boolean };
  const { fd, writeQueueSize } = handle ?? {};
  if (encrypted || typeof fd !== "number" || fd < 0) return undefined;
  if (typeof writeQueueSize !== "number") return undefined;
  return {
    pendingBytes: writeQueueSize,
    take(piece) {
      try {
        return writeSync(fd, piece);
      } catch (error) {
        return (error as { code?: unknown }).code === "EAGAIN" ? 0 : undefined;
      }
    },
  };
}
