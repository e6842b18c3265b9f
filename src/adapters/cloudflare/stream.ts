/**
 * A byte stream in a worker, over a socket of `cloudflare:sockets`.
 *
 * @module
 */
import { SocketStream } from "../../net/socket_stream.ts";
import { connectionLost } from "./plain_errors.ts";
import type { WorkerSocket } from "./runtime.ts";

/**
 * One write hands over so much: a batch of frames whole, so that a reader meets no cut frame. It is a
 * copy, since a write under way cannot be stopped, and the caller may use its bytes again once the
 * connection is closed.
 */
const PIECE_BYTES = 128 * 1024;

const ignore = () => {};

/** A connection that was dialled. */
export class CloudflareStream extends SocketStream {
  readonly #socket: WorkerSocket;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  /** Rejects when the socket is released: a write that waits would wait for ever. */
  readonly #released: Promise<never>;
  #cut: (error: unknown) => void = ignore;
  #written = 0;
  #resume: () => void = ignore;

  constructor(socket: WorkerSocket, peer: string) {
    super(peer, false, connectionLost);
    this.#socket = socket;
    this.#reader = socket.readable.getReader();
    this.#writer = socket.writable.getWriter();
    this.#released = new Promise((_, reject) => this.#cut = reject);
    for (const over of [socket.closed, this.#reader.closed, this.#writer.closed, this.#released]) {
      over.catch(ignore);
    }
    this.#read();
  }

  async #read(): Promise<void> {
    try {
      for (;;) {
        const { value } = await this.#reader.read();
        if (value === undefined) return this.ended();
        const room = new Promise<void>((resolve) => this.#resume = resolve);
        if (!this.arrived(value)) await room;
      }
    } catch (error) {
      this.ended(error);
    }
  }

  get bytesWritten(): number {
    return this.#written;
  }

  protected override async writeAll(bytes: Uint8Array): Promise<void> {
    for (let start = 0; start < bytes.length; start += PIECE_BYTES) {
      const piece = bytes.slice(start, start + PIECE_BYTES);
      await Promise.race([this.#writer.write(piece), this.#released]);
      this.#written += piece.length;
    }
  }

  protected override halfClose(): Promise<void> {
    return this.#writer.close();
  }

  protected override release(): void {
    this.#cut(this.refusal());
    this.#reader.cancel().catch(ignore);
    // Not awaited: behind a write that waits it waits too. An abort() would send no FIN.
    this.#socket.close().catch(ignore);
  }

  protected override resumeReading(): void {
    this.#resume();
  }
}
