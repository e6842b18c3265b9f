/**
 * The contract of a framing: a way to mark, in a stream of bytes, where a payload ends.
 *
 * @module
 */
import { checkInteger, checkKnown } from "../logging/validate.ts";

/** The largest payload that a 4-byte length can announce; every framing stops there. */
export const MAX_FRAME_BYTES = 0xffff_ffff;

/** 16 MiB: a record is a kilobyte; with a long traceback, a hundred. Who claims more than this is lying. */
export const DEFAULT_MAX_FRAME_BYTES: number = 16_777_216;

/**
 * `too-large`: a frame is larger than the cap; `cut-off`: the stream ended inside a frame;
 * `malformed`: what should say how long a frame is does not.
 */
export type FrameErrorCode = "too-large" | "cut-off" | "malformed";

/**
 * A byte stream that holds no valid frames: everything after the fault is unreadable.
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
  /** What is wrong with the stream. */
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
  /** The largest payload that is taken, in bytes. @default {16777216} */
  maxFrameBytes?: number;
}

/** Finds payloads in a byte stream; what {@linkcode Deframer} is, in any framing. */
export interface FrameReader {
  /** Takes the next bytes of the stream. */
  push(chunk: Uint8Array): void;
  /** The next payload, or `undefined` if more bytes are needed; throws {@linkcode FrameError}. */
  next(): Uint8Array | undefined;
  /**
   * Says that the stream is over; throws {@linkcode FrameError} if that cuts a frame off. Where it
   * ends a frame, `next()` has that one now.
   */
  end(): void;
  /**
   * The memory, in bytes, that a frame takes which has begun and not ended; 0 between two frames.
   * A receiver asks when `next()` has returned `undefined`; of a reader that does not say it, the
   * receiver counts the bytes since its last frame.
   */
  readonly heldBytes?: number;
}

/** A way to mark where a payload ends: both directions of it. */
export interface Framing {
  /** The bytes that carry this payload. */
  frame(payload: Uint8Array): Uint8Array;
  /** A new reader for one stream. */
  reader(options?: DeframerOptions): FrameReader;
}

/** A framing that writes its frames where they are sent from. */
export interface StreamFraming extends Framing {
  /** The most bytes of the frame of a payload of `length` bytes. */
  mostBytes(length: number): number;
  /** Writes a frame at `at`, where there is room for {@linkcode mostBytes}; where it ends. */
  write(payload: Uint8Array, out: Uint8Array, at: number): number;
}

/** The cap that these options ask for; throws for what is no such option. */
export function checkDeframerOptions(options: DeframerOptions): number {
  checkKnown("read frames", options, ["maxFrameBytes"]);
  const { maxFrameBytes = DEFAULT_MAX_FRAME_BYTES } = options;
  return checkInteger("read frames", "maxFrameBytes", maxFrameBytes, 1, MAX_FRAME_BYTES);
}
