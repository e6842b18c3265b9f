/**
 * `./framer`: `frame()` and `Deframer` write and read the frames of CPython's
 * `SocketHandler.makePickle`: a 4-byte big-endian length (`">L"` of Python's `struct`) and that
 * many bytes of payload.
 *
 * Choose it to speak to a log server over a connection of your own, or to read a stream that was
 * recorded. The handlers and receivers of this package already use it. Any {@linkcode Framing}
 * does the same in another way; {@linkcode lengthPrefixed} is this one.
 *
 * ## How to use it
 *
 * `frame(payload)` returns the bytes of one frame. A {@linkcode Deframer} finds the frames in a
 * byte stream, in whatever pieces it arrives: call `push(chunk)`, then `next()` until it returns
 * `undefined`, and `end()` when the stream is over. A payload that lies in one chunk is a view of
 * the chunk, not a copy.
 *
 * The one option is `maxFrameBytes`, the largest payload that is read (16 MiB). The length that a
 * sender claims is compared with it before anything is allocated, and memory grows only with the
 * bytes that have arrived.
 *
 * ## Errors
 *
 * - `FrameError` `too-large`: a frame claims more than `maxFrameBytes`, or a payload is longer
 *   than 4 bytes can say (4 GiB).
 * - `FrameError` `cut-off`: the stream ended within a frame.
 * - After a `FrameError` the stream cannot be read on: `next()` throws it again.
 *
 * It does no I/O, and takes time linear in the bytes that arrive. Browser compatible.
 *
 * @example A frame that arrives in two pieces
 * ```ts
 * import { Deframer, frame } from "jsr:@logwire/logging/framer";
 *
 * const bytes = frame(new TextEncoder().encode("spam"));
 * const deframer = new Deframer();
 * deframer.push(bytes.subarray(0, 5));
 * console.assert(deframer.next() === undefined);
 * deframer.push(bytes.subarray(5));
 * console.assert(new TextDecoder().decode(deframer.next()) === "spam");
 * deframer.end();
 * ```
 *
 * @module
 */
import { refuse } from "../logging/validate.ts";
import { foreignProtocol } from "./_foreign_protocol.ts";
import { ChunkQueue } from "./chunk_queue.ts";
import { checkDeframerOptions, FrameError } from "./framing.ts";
import { frame, PREFIX } from "./length_prefix.ts";
import type {
  DeframerOptions,
  FrameErrorCode,
  FrameReader,
  Framing,
  StreamFraming,
} from "./framing.ts";

export { frame, FrameError };
export type { DeframerOptions, FrameErrorCode, FrameReader, Framing, StreamFraming };

/**
 * Finds the frames in a byte stream. After each `push()`, call `next()` until it returns
 * `undefined`; call `end()` at the end of the stream. After a {@linkcode FrameError} the rest of
 * the stream cannot be read: `next()` keeps throwing.
 *
 * A payload that lies in one chunk is a view of that chunk, not a copy, so it changes if the chunk
 * does. Once `next()` has returned `undefined`, the reader refers to no chunk any more: it has
 * copied the bytes that are left.
 *
 * @example
 * ```ts
 * import { Deframer, frame } from "jsr:@logwire/logging/framer";
 *
 * const deframer = new Deframer({ maxFrameBytes: 1024 });
 * deframer.push(frame(new Uint8Array(0)));
 * console.assert(deframer.next()?.length === 0, "an empty payload is a frame");
 * console.assert(deframer.next() === undefined);
 * ```
 */
export class Deframer implements FrameReader {
  readonly #max: number;
  readonly #input: ChunkQueue = new ChunkQueue();
  /** The prefix: the number of its bytes that were read, and the length that they make so far. */
  #prefix = 0;
  #length = 0;

  /** Makes a reader for one stream. */
  constructor(options: DeframerOptions = {}) {
    this.#max = checkDeframerOptions(options);
  }

  /** Adds the next bytes of the stream. */
  push(chunk: Uint8Array): void {
    if (!(chunk instanceof Uint8Array)) refuse("read frames", "chunk", "a Uint8Array", chunk);
    this.#input.push(chunk);
  }

  /**
   * Returns the next payload, or `undefined` if it needs more bytes; throws {@linkcode FrameError}.
   */
  next(): Uint8Array | undefined {
    const input = this.#input;
    for (; this.#prefix < PREFIX; this.#prefix++) {
      if (input.available() === 0) return undefined;
      this.#length = this.#length * 256 + input.byte();
    }
    const length = this.#length;
    if (length > this.#max) {
      const text = `a frame claims ${length} bytes: the most is ${this.#max}`;
      throw new FrameError("too-large", text + foreignProtocol(length));
    }
    for (;;) {
      const available = input.available();
      const wanted = length - input.gathered;
      if (available >= wanted) {
        this.#prefix = this.#length = 0;
        return input.take(wanted);
      }
      if (available === 0) return undefined;
      input.gather(available, length);
    }
  }

  /** The memory, in bytes, of a frame that has begun; 0 between frames. */
  get heldBytes(): number {
    return this.#input.allocated || this.#prefix;
  }

  /** Marks the end of the stream; throws {@linkcode FrameError} if that cuts a frame off. */
  end(): void {
    const input = this.#input;
    if (input.available() > 0) {
      throw new FrameError("cut-off", "the stream was ended before its frames were read");
    }
    if (this.#prefix === 0) return;
    throw new FrameError(
      "cut-off",
      this.#prefix < PREFIX
        ? `the stream ended after ${this.#prefix} of the ${PREFIX} bytes of a length`
        : `the stream ended after ${input.gathered} of the ${this.#length} bytes of a frame`,
    );
  }
}

/** The framing of this module: a 4-byte big-endian length before each payload. */
export const lengthPrefixed: Framing = {
  frame,
  reader: (options?: DeframerOptions): FrameReader => new Deframer(options),
};
