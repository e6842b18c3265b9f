/**
 * No framing at all: each datagram is one payload, as in syslog over UDP (RFC 5426 section 3.1).
 *
 * @module
 */
import { refuse } from "../logging/validate.ts";
import { checkDeframerOptions, type DeframerOptions, FrameError } from "./framing.ts";
import type { FrameReader, Framing } from "./framing.ts";

/** Reads one datagram after another: each `push()` is followed by one payload. */
class DatagramReader implements FrameReader {
  readonly #max: number;
  #payload: Uint8Array | undefined;

  constructor(options: DeframerOptions = {}) {
    this.#max = checkDeframerOptions(options);
  }

  push(chunk: Uint8Array): void {
    if (!(chunk instanceof Uint8Array)) refuse("read a datagram", "chunk", "a Uint8Array", chunk);
    this.#payload = chunk;
  }

  next(): Uint8Array | undefined {
    const payload = this.#payload;
    this.#payload = undefined;
    if (payload !== undefined && payload.length > this.#max) {
      const most = `the most is ${this.#max}`;
      throw new FrameError("too-large", `a datagram has ${payload.length} bytes: ${most}`);
    }
    return payload;
  }

  end(): void {
    if (this.#payload !== undefined) {
      throw new FrameError("cut-off", "the stream was ended before its frames were read");
    }
  }
}

/** Each datagram is one payload; see the module. */
export const unframed: Framing = {
  frame: (payload: Uint8Array): Uint8Array => payload.slice(),
  reader: (options?: DeframerOptions): FrameReader => new DatagramReader(options),
};
