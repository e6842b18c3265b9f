/**
 * A byte stream on Bun: a connection that was dialled or accepted.
 *
 * @module
 */
import { ConnectionError } from "../../net/connection_error.ts";
import { lastWrites } from "../../net/last_write.ts";
import { toConnectionError } from "../../net/native_error.ts";
import { SocketStream } from "../../net/socket_stream.ts";
import type { BunSocket, BunSocketHandlers } from "./_runtime.ts";

type Socket = BunSocket<BunStream>;

/** A connection, dialled or accepted. */
export class BunStream extends SocketStream {
  readonly peerAddress: string | undefined;
  readonly #socket: Socket;
  #written = 0;
  /** The bytes of a write that waits for room in the kernel. */
  #rest: Uint8Array = new Uint8Array(0);
  #onDrain: () => void = () => {};

  constructor(socket: Socket, peer: string, accepted: boolean) {
    super(peer, accepted, toConnectionError);
    this.#socket = socket;
    this.peerAddress = socket.remoteAddress || undefined;
    socket.data = this;
  }

  onData(chunk: Uint8Array): void {
    // A plain view, as on other runtimes: Buffer's own `slice` does not copy.
    const bytes = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length);
    if (!this.arrived(bytes)) this.#socket.pause();
  }

  onDrain(): void {
    this.#onDrain();
  }

  onEnd(error?: Error): void {
    this.ended(error);
  }

  onClose(error?: Error): void {
    this.ended(error);
    this.#onDrain();
  }

  get bytesWritten(): number {
    return this.#written;
  }

  protected override writeAll(bytes: Uint8Array): Promise<void> | undefined {
    const size = this.#take(bytes);
    return size === bytes.length ? undefined : this.#writeRest(bytes.subarray(size));
  }

  async #writeRest(bytes: Uint8Array): Promise<void> {
    this.#rest = bytes;
    while (this.#rest.length > 0) {
      await new Promise<void>((resolve) => this.#onDrain = resolve);
      this.#rest = this.#rest.subarray(this.#take(this.#rest));
    }
  }

  retryWrite(): void {
    if (this.#rest.length === 0 || this.refusal() !== undefined) return;
    const size = this.#socket.write(this.#rest);
    // The write that waits finds out that the socket is dead.
    if (size <= 0) return;
    this.#written += size;
    this.#rest = this.#rest.subarray(size);
    if (this.#rest.length === 0) this.#onDrain();
  }

  writeSync(bytes: Uint8Array, waitMs: number = 0): number {
    if (this.refusal() !== undefined) return 0;
    const take = (piece: Uint8Array) => {
      try {
        return this.#take(piece);
      } catch {
        return undefined;
      }
    };
    const rest = this.#rest;
    this.#rest = rest.subarray(lastWrites.write(rest, take, waitMs));
    if (this.#rest.length > 0) return 0;
    if (rest.length > 0) this.#onDrain();
    return lastWrites.write(bytes, take, waitMs);
  }

  #take(bytes: Uint8Array): number {
    const size = this.#socket.write(bytes);
    if (size < 0) throw new ConnectionError("reset", "Cannot write: the socket is dead");
    this.#written += size;
    return size;
  }

  unref(): void {
    this.#socket.unref();
  }

  protected override halfClose(): void {
    this.#socket.shutdown();
  }

  protected override release(): void {
    this.#socket.end();
    this.#onDrain();
  }

  protected override resumeReading(): void {
    this.#socket.resume();
  }
}

/** The events of a socket once a stream has been made of it. */
export const streamEvents: BunSocketHandlers<BunStream> = {
  data: (socket, chunk) => socket.data?.onData(chunk),
  drain: (socket) => socket.data?.onDrain(),
  end: (socket) => socket.data?.onEnd(),
  close: (socket, error) => socket.data?.onClose(error),
  error: (socket, error) => socket.data?.onEnd(error),
};
