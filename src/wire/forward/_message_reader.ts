/**
 * Finds the messages of Forward in a stream of bytes: MessagePack values one after the other.
 *
 * Sans-IO, linear, capped: memory is allocated only for bytes that have arrived.
 *
 * @module
 */
import { ChunkQueue } from "../chunk_queue.ts";
import { FrameError } from "../framing.ts";
import { ValueScanner } from "./_value_scanner.ts";

/** The first byte of a TLS handshake (RFC 8446 section 5.1). */
const TLS = 0x16;

/** `nil`, which is a heartbeat. */
const NIL = 0xc0;

/** Reads messages; each is the bytes of one array or map. */
export class MessageReader {
  readonly #input: ChunkQueue = new ChunkQueue();
  #most: number;
  #scanner: ValueScanner;

  /** @param most the most bytes of a message */
  constructor(most: number) {
    this.#most = most;
    this.#scanner = new ValueScanner({ maxBytes: most, maxValues: most });
  }

  /** From the next message on another size is allowed. */
  allow(most: number): void {
    this.#most = most;
    this.#scanner = new ValueScanner({ maxBytes: most, maxValues: most });
  }

  /** Adds the next bytes of the stream. */
  push(chunk: Uint8Array): void {
    this.#input.push(chunk);
  }

  /** The memory, in bytes, of a message that has begun; 0 between two messages. */
  get heldBytes(): number {
    return this.#scanner.isWithin ? this.#input.allocated || 1 : 0;
  }

  /**
   * Returns the next message, or `undefined` if it needs more bytes; throws {@linkcode FrameError}.
   */
  next(): Uint8Array | undefined {
    const input = this.#input;
    while (input.available() > 0) {
      const head = input.view();
      if (!this.#scanner.isWithin) {
        if (head[0] === NIL) {
          input.byte();
          continue;
        }
        checkStart(head[0]!);
      }
      const end = this.#scanner.scan(head);
      if (end >= 0) return input.take(end);
      input.gather(head.length, this.#most);
    }
    return undefined;
  }

  /** Marks the end of the stream; throws {@linkcode FrameError} if that cuts a message off. */
  end(): void {
    if (!this.#scanner.isWithin && this.#input.available() === 0) return;
    throw new FrameError("cut-off", "the stream ended within a message of Forward");
  }
}

/** Checks that a message begins as an array or a map. */
function checkStart(byte: number): void {
  if (byte >= 0x80 && byte < 0xa0 || byte >= 0xdc && byte <= 0xdf) return;
  const advice = byte === TLS
    ? "the stream looks like TLS: set 'tls' on both sides, or on neither"
    : `a message of Forward is an array: byte ${byte} begins one`;
  throw new FrameError("malformed", advice);
}
