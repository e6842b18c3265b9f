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
import { lastWrites } from "../../net/last_write.ts";

/** The parts of libuv's handle that are used. */
interface Handle {
  readonly fd?: unknown;
  /** Bytes that were given to libuv and that the kernel has not taken. */
  readonly writeQueueSize?: unknown;
}

/** Writes to a socket past the event loop. */
export class ExitWrite {
  readonly #fd: number;
  /** The part of the pending piece that the kernel has not taken. */
  #rest: Uint8Array;
  /** The bytes that the kernel has taken, those of the pending piece included. */
  bytesTaken: number;

  constructor(fd: number, pending: Uint8Array, bytesTaken: number) {
    this.#fd = fd;
    this.bytesTaken = bytesTaken;
    this.#rest = pending.subarray(bytesTaken);
  }

  /** Writes the pending piece, then `bytes`; returns how many of these the kernel has taken. */
  write(bytes: Uint8Array, waitMs: number): number {
    this.#rest = this.#rest.subarray(this.#take(this.#rest, waitMs));
    return this.#rest.length > 0 ? 0 : this.#take(bytes, waitMs);
  }

  #take(bytes: Uint8Array, waitMs: number): number {
    const taken = lastWrites.write(bytes, (piece) => this.#try(piece), waitMs);
    this.bytesTaken += taken;
    return taken;
  }

  /** `undefined`: the socket is dead. */
  #try(piece: Uint8Array): number | undefined {
    try {
      return writeSync(this.#fd, piece);
    } catch (error) {
      return (error as { code?: unknown }).code === "EAGAIN" ? 0 : undefined;
    }
  }
}

/** The socket's handle, unless the runtime or TLS lacks the members; a socket that is closed has none. */
function handleOf(socket: Socket): { fd: number; writeQueueSize: number } | undefined {
  const { _handle: handle, encrypted } = socket as { _handle?: Handle | null; encrypted?: boolean };
  const { fd, writeQueueSize } = handle ?? {};
  if (encrypted || typeof fd !== "number" || fd < 0) return undefined;
  return typeof writeQueueSize === "number" ? { fd, writeQueueSize } : undefined;
}

/** The bytes of the pending piece that the kernel has taken, as far as is known. */
export function bytesTaken(socket: Socket, pending: Uint8Array): number {
  const { writeQueueSize = pending.length } = handleOf(socket) ?? {};
  return Math.max(pending.length - writeQueueSize, 0);
}

/** Takes the pending piece over from Node, where that is possible. */
export function exitWrite(socket: Socket, pending: Uint8Array): ExitWrite | undefined {
  const handle = handleOf(socket);
  if (handle === undefined) return undefined;
  if (pending.length > 0) {
    // A process that goes on after all has Node write the piece once more.
    queueMicrotask(() => socket.destroy(new Error("A write at exit was cut off")));
  }
  return new ExitWrite(handle.fd, pending, bytesTaken(socket, pending));
}
