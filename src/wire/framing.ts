/**
 * The contract of a framing, which marks the ends of payloads in a stream of bytes.
 *
 * @module
 */
import { checkInteger, checkKnown } from "../logging/validate.ts";

/** The largest payload that a 4-byte length can announce; every framing stops there. */
export const MAX_FRAME_BYTES = 0xffff_ffff;

/**
 * 16 MiB: a record takes a kilobyte, with a long traceback a hundred. A larger claim is an attack.
 */
export const DEFAULT_MAX_FRAME_BYTES: number = 16_777_216;

/**
 * `too-large`: a frame is larger than the cap; `cut-off`: the stream ended inside a frame;
 * `malformed`: the length of a frame is invalid.
 */
export type FrameErrorCode = "too-large" | "cut-off" | "malformed";

/**
 * An error in a byte stream of frames: no frame after it can be read.
 *
 * @example
 * ```ts
 * import { Deframer, FrameError } from "jsr:@logwire/logging/framer";
 *
 * const deframer = new Deframer({ maxFrameBytes: 10 });
 * deframer.push(new Uint8Array([0, 0, 1, 0]));
 * try {
 *   deframer.next();
 * } catch (error) {
 *   console.assert(error instanceof FrameError && error.code === "too-large");
 * }
 * ```
 */
export class FrameError extends Error {
  /** The kind of the error. */
  readonly code: FrameErrorCode;

  /** Makes an error of one of the kinds. */
  constructor(code: FrameErrorCode, message: string) {
    super(message);
    this.name = "FrameError";
    this.code = code;
  }
}

/** Options of {@linkcode Deframer}, and of every {@linkcode FrameReader}. */
export interface DeframerOptions {
  /** The largest payload that a reader accepts, in bytes. @default {16777216} */
  maxFrameBytes?: number;
}

/** Finds payloads in a byte stream; {@linkcode Deframer} is the one of the default framing. */
export interface FrameReader {
  /** Adds the next bytes of the stream. */
  push(chunk: Uint8Array): void;
  /**
   * Returns the next payload, or `undefined` if it needs more bytes; throws {@linkcode FrameError}.
   */
  next(): Uint8Array | undefined;
  /**
   * Marks the end of the stream; throws {@linkcode FrameError} if that cuts a frame off. If the end
   * completes a frame, `next()` returns it now.
   */
  end(): void;
  /**
   * The memory, in bytes, of a frame that has begun and not ended; 0 between frames. A receiver
   * reads it when `next()` has returned `undefined`; for a reader without it, the receiver counts
   * the bytes since the last frame.
   */
  readonly heldBytes?: number;
}

/** The reader of a protocol in which the receiver answers. */
export interface SessionReader extends FrameReader {
  /** The whole frames that were read so far, those without a payload included. */
  readonly frames: number;
  /** True once the sender has said that nothing follows. */
  readonly isOver: boolean;
  /**
   * Takes out the bytes that answer what was read so far, for when all of it has been handled; without
   * bytes where the sender awaits none.
   */
  takeAnswers(): Uint8Array;
  /** Asks the sender, in the next answers, to end the stream. */
  leave(): void;
  /**
   * Present while `next()`, which has returned `undefined`, waits for work on bytes that have arrived;
   * never rejects.
   */
  readonly work?: Promise<void> | undefined;
  /** True if an answer that waits is for payloads that came over another connection. */
  readonly repeats?: boolean;
  /** The stream is over, however it ended, and {@linkcode work} has settled: nothing more is read. */
  release?(): void;
}

/** A framing: it writes frames and reads them. */
export interface Framing {
  /** Returns the frame of this payload. */
  frame(payload: Uint8Array): Uint8Array;
  /** Makes a reader for one stream. */
  reader(options?: DeframerOptions): FrameReader;
}

/** A framing that writes its frames into the buffer that they are sent from. */
export interface StreamFraming extends Framing {
  /** Returns the most bytes of a frame for a payload of `length` bytes. */
  mostBytes(length: number): number;
  /** Writes a frame at `at`, where there is room for {@linkcode mostBytes}; returns its end. */
  write(payload: Uint8Array, out: Uint8Array, at: number): number;
}

/** Checks the options of a reader, and returns the cap. */
export function checkDeframerOptions(options: DeframerOptions): number {
  checkKnown("read frames", options, ["maxFrameBytes"]);
  const { maxFrameBytes = DEFAULT_MAX_FRAME_BYTES } = options;
  return checkInteger("read frames", "maxFrameBytes", maxFrameBytes, 1, MAX_FRAME_BYTES);
}
