/**
 * A byte stream over `node:net` or `node:tls`: a connection that was dialled or accepted.
 *
 * @module
 */
import type { Socket } from "node:net";
import { ConnectionError } from "../../net/connection_error.ts";
import { lastWrites } from "../../net/last_write.ts";
import { toConnectionError } from "../../net/native_error.ts";
import { SocketStream } from "../../net/socket_stream.ts";
import { type ExitWrite, exitWrite } from "./_exit_write.ts";

/** Writes are cut into pieces, since what is unsure of after one that failed is at most a piece. */
const PIECE_BYTES = 256 * 1024;

/** Put back into the buffer of a socket to stop its reads, and left out when they go on. */
const FILLER = new Uint8Array(1);

const NO_BYTES = new Uint8Array(0);

/** A connection, dialled or accepted. */
export class NodeStream extends SocketStream {
  readonly peerAddress: string | undefined;
  readonly #socket: Socket;
  #written = 0;
  /** Writes that have not called back yet. */
  #calls = 0;
  /** The piece that waits for room in the kernel. */
  #pending: Uint8Array = NO_BYTES;
  /** The way that the last writes take: none, once it is tried, or `undefined` until then. */
  #exit: ExitWrite | null | undefined;
  /** Ends the write that waits for room in the kernel. */
  #settle: { resolve(): void; reject(error: unknown): void } | undefined;

  /** The bytes to leave out of what is read next. */
  #leaveOut = 0;

  constructor(socket: Socket, peer: string, accepted: boolean) {
    super(peer, accepted, toConnectionError);
    this.#socket = socket;
    this.peerAddress = socket.remoteAddress || undefined;
    socket.on("data", (chunk: Uint8Array) => {
      const skipped = this.#leaveOut;
      this.#leaveOut = 0;
      // A plain view, as on other runtimes: Buffer's own `slice` does not copy.
      const bytes = new Uint8Array(
        chunk.buffer,
        chunk.byteOffset + skipped,
        chunk.length - skipped,
      );
      if (bytes.length === 0 || this.arrived(bytes)) return;
      socket.pause();
      if (!accepted) return;
      // Node reads up to 64 KiB more into a socket that is paused, unless its buffer is full; that of an
      // accepted one has room for a byte (`listener.ts`), and so the kernel keeps the bytes.
      socket.unshift(FILLER);
      this.#leaveOut = FILLER.length;
    });
    socket.on("end", () => this.ended());
    socket.on("error", (error) => this.ended(error));
    socket.on("close", () => {
      this.ended();
      const message = `Cannot write to ${peer}: the socket is closed`;
      this.#settle?.reject(new ConnectionError("closed", message));
    });
  }

  get bytesWritten(): number {
    return this.#written;
  }

  protected override writeAll(bytes: Uint8Array): Promise<void> | undefined {
    return bytes.length <= PIECE_BYTES ? this.#writePiece(bytes) : this.#writePieces(bytes);
  }

  async #writePieces(bytes: Uint8Array): Promise<void> {
    for (let offset = 0; offset < bytes.length; offset += PIECE_BYTES) {
      await this.#writePiece(bytes.subarray(offset, offset + PIECE_BYTES));
    }
  }

  /** A write is tried at once; what the kernel does not take stays in `writableLength`. */
  #writePiece(piece: Uint8Array): Promise<void> | undefined {
    const socket = this.#socket;
    this.#calls++;
    socket.write(piece, this.#onWritten);
    if (socket.writable && socket.writableLength === 0) {
      this.#written += piece.length;
      return undefined;
    }
    this.#pending = piece;
    return new Promise<void>((resolve, reject) => {
      this.#settle = { resolve, reject };
    }).then(() => {
      this.#written += piece.length;
      this.#pending = NO_BYTES;
    });
  }

  /** One for all writes: those that were through at once call back too, and before this one. */
  readonly #onWritten = (error?: Error | null): void => {
    this.#calls--;
    const { code } = (error ?? {}) as { code?: string };
    // These say only that the socket is gone; why, `error` or `close` are about to say.
    if (code === "ERR_STREAM_DESTROYED" || code === "ECANCELED") return;
    if (error) this.#settle?.reject(error);
    else if (this.#calls === 0) this.#settle?.resolve();
  };

  writeSync(bytes: Uint8Array, waitMs: number = 0): number {
    if (this.refusal() !== undefined) return 0;
    const exit = this.#exitWrite();
    if (exit === null) return this.#writeOnce(bytes);
    const left = this.#pending;
    if (left.length > 0) {
      const taken = lastWrites.write(left, exit.take, waitMs);
      this.#written += taken;
      this.#pending = left.subarray(taken);
      if (this.#pending.length > 0) return 0;
    }
    const taken = lastWrites.write(bytes, exit.take, waitMs);
    this.#written += taken;
    return taken;
  }

  /** Takes the pending piece over from Node, as far as the kernel has not taken it. */
  #exitWrite(): ExitWrite | null {
    if (this.#exit !== undefined) return this.#exit;
    const exit = exitWrite(this.#socket);
    if (exit === undefined) return this.#exit = null;
    const piece = this.#pending;
    if (piece.length === 0) return exit;
    this.#pending = piece.subarray(piece.length - exit.pendingBytes);
    this.#written += piece.length - exit.pendingBytes;
    // A process that goes on after all has Node write the piece once more.
    queueMicrotask(() => this.#socket.destroy(new Error("A write at exit was cut off")));
    return this.#exit = exit;
  }

  /**
   * A write is tried at once; what the kernel does not take stays in `writableLength`, and is neither
   * taken back nor tried again: it counts as taken here, and in `bytesWritten` when it is through.
   */
  #writeOnce(bytes: Uint8Array): number {
    return lastWrites.write(bytes, (piece) => {
      if (this.#socket.writableLength > 0) return undefined;
      this.#socket.write(piece, (error) => {
        if (!error) this.#written += piece.length;
      });
      return piece.length;
    }, 0);
  }

  unref(): void {
    this.#socket.unref();
  }

  protected override halfClose(): void {
    this.#socket.end();
  }

  protected override release(): void {
    this.#socket.destroy();
  }

  protected override resumeReading(): void {
    this.#socket.resume();
  }
}
