/**
 * One sender's bytes, and the reader that finds the frames in them. The counts are for the server,
 * which bounds the memory and the time that an unfinished frame may take.
 *
 * Browser compatible.
 *
 * @module
 */
import type { FrameReader, SessionReader } from "../wire/framing.ts";

/** Reads the frames of one connection, or of one datagram; see the module. */
export class FrameSource implements FrameReader {
  /** The sender's IP address, where the acceptor names it. */
  readonly sender: string | undefined;
  /** The number of the connection; `undefined` for a datagram. */
  readonly connection: number | undefined;
  /** The bytes that were pushed so far. */
  bytes = 0;
  /** The payloads that were read so far. */
  payloads = 0;
  /** Where the sender awaits answers, what has them. */
  readonly session: SessionReader | undefined;
  readonly #reader: FrameReader;
  /** The bytes that were pushed since the last whole frame. */
  #unfinished = 0;

  constructor(reader: FrameReader, sender?: string, connection?: number) {
    this.#reader = reader;
    this.session = "takeAnswers" in reader ? reader as SessionReader : undefined;
    this.sender = sender;
    this.connection = connection;
  }

  /** Takes the next bytes. */
  push(chunk: Uint8Array): void {
    this.bytes += chunk.length;
    this.#unfinished += chunk.length;
    this.#reader.push(chunk);
  }

  /** The next payload, or `undefined` if more bytes are needed; throws a `FrameError`. */
  next(): Uint8Array | undefined {
    const payload = this.#reader.next();
    if (payload !== undefined) {
      this.payloads++;
      this.#unfinished = 0;
    }
    return payload;
  }

  /** Says that no bytes follow; throws a `FrameError` inside a frame. */
  end(): void {
    this.#reader.end();
  }

  /** The whole frames that were read so far. */
  get frames(): number {
    return this.session?.frames ?? this.payloads;
  }

  /** The memory, in bytes, that an unfinished frame takes; 0 between two frames. */
  get heldBytes(): number {
    return this.#reader.heldBytes ?? this.#unfinished;
  }
}
