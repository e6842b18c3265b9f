/**
 * A byte stream on Deno: a connection that was dialled or accepted.
 *
 * @module
 */
import { manyAreAccepted } from "../../net/accepted_limit.ts";
import { ConnectionError } from "../../net/connection_error.ts";
import { lastWrites } from "../../net/last_write.ts";
import { toConnectionError } from "../../net/native_error.ts";
import { SocketStream } from "../../net/socket_stream.ts";
import { isWriteThrough, lastPace, tellsWrites } from "./_late_write_count.ts";
import type { DenoConn } from "./runtime.ts";

const READ_BYTES = 64 * 1024;

/**
 * Where many connections are accepted: each has a read under way, and so a buffer. With less a read
 * takes a fifth more of the processor for a record, and with 64 KiB the buffers of 500 take 32 MiB.
 */
const SHARED_READ_BYTES = 16 * 1024;

/**
 * So much of a last write counts as taken where its outcome cannot be known: a peer that reads leaves
 * room for more (a Unix socket of Linux has 208 KiB).
 */
const BLIND_BYTES = 64 * 1024;

/** A connection, dialled or accepted. */
export class DenoStream extends SocketStream {
  readonly peerAddress: string | undefined;
  readonly #conn: DenoConn;
  #written = 0;
  /** Bytes of the write under way that do not count as written. */
  #underWay = 0;
  #resume: () => void = () => {};

  constructor(conn: DenoConn, peer: string, accepted: boolean) {
    super(peer, accepted, toConnectionError);
    this.#conn = conn;
    this.peerAddress = conn.remoteAddr.hostname;
    this.#read();
  }

  async #read(): Promise<void> {
    let buffer = new Uint8Array(0);
    try {
      for (;;) {
        const most = manyAreAccepted() ? SHARED_READ_BYTES : READ_BYTES;
        if (buffer.length !== most) buffer = new Uint8Array(most);
        const size = await this.#conn.read(buffer);
        if (size === null) return this.ended();
        const resumed = new Promise<void>((resolve) => this.#resume = resolve);
        if (!this.arrived(buffer.slice(0, size))) await resumed;
      }
    } catch (error) {
      this.ended(error);
    }
  }

  get bytesWritten(): number {
    return this.#written;
  }

  protected override async writeAll(bytes: Uint8Array): Promise<void> {
    for (let rest = bytes; rest.length > 0;) {
      this.#underWay = rest.length;
      const size = await this.#conn.write(rest);
      // A write at exit has counted it, if it found it through.
      if (this.#underWay > 0) this.#written += size;
      this.#underWay = 0;
      rest = rest.subarray(size);
    }
  }

  /**
   * Deno tries a write at once, so that it reaches the kernel although the process ends before Deno says
   * so. One that finds no room waits for a turn that never comes, and holds up those behind it.
   */
  writeSync(bytes: Uint8Array, waitMs: number = 0): number {
    if (this.refusal() !== undefined) return 0;
    const tells = tellsWrites(this.#conn);
    if (tells && !this.#isThrough()) return 0;
    const taken = tells
      ? lastWrites.write(
        bytes,
        (piece) => this.#writePiece(piece),
        waitMs,
        lastPace(bytes.length, waitMs),
      )
      : this.#writeBlindly(bytes);
    // A process that goes on after all must not write behind a frame that was cut.
    if (taken < bytes.length) queueMicrotask(() => this.#cut());
    return taken;
  }

  #writePiece(piece: Uint8Array): number | undefined {
    this.#handOver(piece);
    return this.#isThrough() ? piece.length : undefined;
  }

  #writeBlindly(bytes: Uint8Array): number {
    const isFirst = this.#underWay === 0;
    this.#handOver(bytes);
    return isFirst ? Math.min(bytes.length, BLIND_BYTES) : 0;
  }

  #handOver(bytes: Uint8Array): void {
    this.#underWay += bytes.length;
    this.#conn.write(bytes).then(
      (size) => size < bytes.length && this.#cut(),
      (error) => this.ended(error),
    );
  }

  /** Counts the write under way if it is through. */
  #isThrough(): boolean {
    if (this.#underWay === 0) return true;
    if (!isWriteThrough(this.#conn)) return false;
    this.#written += this.#underWay;
    this.#underWay = 0;
    return true;
  }

  #cut(): void {
    this.ended(new ConnectionError("reset", "A write at exit was cut off"));
  }

  unref(): void {
    this.#conn.unref();
  }

  protected override halfClose(): Promise<void> {
    return this.#conn.closeWrite();
  }

  protected override release(): void {
    this.#conn.close();
  }

  protected override resumeReading(): void {
    this.#resume();
  }
}
