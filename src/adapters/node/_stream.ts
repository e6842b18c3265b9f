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
import { bytesTaken, type ExitWrite, exitWrite } from "./_exit_write.ts";
import { readSocket } from "./_paused_reads.ts";

/** Writes are cut into pieces, since what is unsure of after one that failed is at most a piece. */
const PIECE_BYTES = 256 * 1024;

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
  /** Has taken the pending piece over. */
  #exit: ExitWrite | undefined;
  /** Ends the write that waits for room in the kernel. */
  #settle: { resolve(): void; reject(error: unknown): void } | undefined;

  constructor(socket: Socket, peer: string, accepted: boolean) {
    super(peer, accepted, toConnectionError);
    this.#socket = socket;
    this.peerAddress = socket.remoteAddress || undefined;
    readSocket(socket, accepted, (bytes) => this.arrived(bytes));
    socket.on("end", () => this.ended());
    socket.on("error", (error) => this.ended(error));
    socket.on("close", () => {
      this.ended();
      const message = `Cannot write to ${peer}: the socket is closed`;
      this.#settle?.reject(new ConnectionError("closed", message));
    });
  }

  get bytesWritten(): number {
    if (this.#pending.length === 0 || this.#exit !== undefined) return this.#written;
    // All of the piece is through when its write says so.
    const taken = Math.min(bytesTaken(this.#socket, this.#pending), this.#pending.length - 1);
    return this.#written + taken;
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
    const before = this.#exit?.bytesTaken ?? 0;
    const exit = this.#exit ?? exitWrite(this.#socket, this.#pending);
    if (exit === undefined) return this.#writeOnce(bytes);
    if (this.#pending.length > 0) this.#exit = exit;
    const taken = exit.write(bytes, waitMs);
    this.#written += exit.bytesTaken - before;
    return taken;
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
