/**
 * Syslog messages in a byte stream, after RFC 6587: octet-counted (`MSG-LEN SP MSG`), or with an LF
 * or a NUL after each. A sender uses one framing; the reader gets it as an option, or detects it in
 * each frame.
 *
 * Sans-IO, linear, capped: memory is allocated only for bytes that have arrived.
 *
 * @module
 */
import { ChunkQueue } from "../chunk_queue.ts";
import { checkDeframerOptions, type DeframerOptions, FrameError } from "../framing.ts";
import type { FrameReader, InPlaceFraming, StreamFraming } from "../framing.ts";
import { writeDigits } from "../../text/digits.ts";
import { checkOneOf, refuse } from "../../logging/validate.ts";

const NUL = 0;
const LF = 10;
const CR = 13;
const SPACE = 32;
const HASH = 35;
const LESS_THAN = 60;
const ZERO = 48;
const NINE = 57;

/** The most digits of a length: those of 4 GiB, which is more than any cap. */
const MAX_DIGITS = 10;

/** The bytes of an escaped byte: `#` and three octal digits. */
const ESCAPE_BYTES = 4;

/** The end of a message that is not octet-counted. */
export type Delimiter = "lf" | "nul" | "either";

/** How frames are found: only by octet counts, only by delimiters, or by either in each frame. */
export type ReadFraming = "counted" | "lines" | "both";

/** The part that is being read. */
type State = "between" | "count" | "counted" | "delimited";

/**
 * Reads frames: octet-counted ones, ones that end at a delimiter, or both, which it detects for
 * each. A frame is octet-counted if it begins with a number, a space and the `<` of a PRI (RFC 6587
 * section 3.4.1); any other number is the beginning of a line. Empty lines between frames, and a CR
 * before an LF, are no part of a message. Text before the end of the stream is a message too,
 * unless it is octet-counted: many senders close without a delimiter.
 *
 * Payloads are views or copies as those of `Deframer`.
 */
export class SyslogFrameReader implements FrameReader {
  readonly #max: number;
  readonly #delimiter: Delimiter;
  readonly #framing: ReadFraming;
  readonly #input: ChunkQueue = new ChunkQueue();
  #state: State = "between";
  /** The length of an octet-counted frame, as far as it was read, and its number of digits. */
  #length = 0;
  #digits = 0;
  /** True once the space behind them was read: the next byte decides. */
  #hasSpace = false;
  /** The text before the end of the stream. */
  #last: Uint8Array | undefined;
  #failure: FrameError | undefined;
  /** True before the first message. */
  #isFirst = true;

  /**
   * Makes a reader for one stream.
   *
   * @param delimiter the end of a message that is not octet-counted
   * @param framing by default `lines` for the delimiter "lf", else `both`
   */
  constructor(
    options: DeframerOptions = {},
    delimiter: Delimiter = "either",
    framing: ReadFraming = delimiter === "lf" ? "lines" : "both",
  ) {
    this.#max = checkDeframerOptions(options);
    this.#delimiter = checkDelimiter("read frames", delimiter);
    this.#framing = checkOneOf("read frames", "framing", framing, ["counted", "lines", "both"]);
  }

  /** Adds the next bytes of the stream. */
  push(chunk: Uint8Array): void {
    if (!(chunk instanceof Uint8Array)) refuse("read frames", "chunk", "a Uint8Array", chunk);
    this.#input.push(chunk);
  }

  /**
   * Returns the next message, or `undefined` if it needs more bytes; throws {@linkcode FrameError}.
   */
  next(): Uint8Array | undefined {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#state === "between") this.#begin();
    if (this.#state === "count") this.#count();
    if (this.#state === "counted") return this.#counted();
    if (this.#state === "delimited") return this.#delimited();
    const last = this.#last;
    this.#last = undefined;
    return last;
  }

  /** The memory, in bytes, of a message that has begun; 0 between messages. */
  get heldBytes(): number {
    return this.#state === "between" ? 0 : this.#input.allocated || 1;
  }

  /**
   * Marks the end of the stream; throws {@linkcode FrameError} if that cuts an octet-counted frame
   * off. `next()` now returns text without a delimiter as a message.
   */
  end(): void {
    const input = this.#input;
    if (input.available() > 0) {
      throw new FrameError("cut-off", "the stream was ended before its frames were read");
    }
    if (this.#state === "count") {
      if (this.#framing === "counted") {
        throw new FrameError("cut-off", "the stream ended within the length of a message");
      }
      this.#state = "delimited";
    }
    if (this.#state === "counted") {
      const read = `${input.gathered} of the ${this.#length} bytes`;
      throw new FrameError("cut-off", `the stream ended after ${read} of a message`);
    }
    if (this.#state === "delimited") {
      this.#checkSize(input.gathered);
      this.#last = this.#take(0);
    }
  }

  /** Skips delimiters between frames, and reads the first byte of a frame. */
  #begin(): void {
    const input = this.#input;
    for (; input.available() > 0; input.byte()) {
      const byte = input.peek();
      if (byte === LF || byte === CR || byte === NUL) continue;
      if (this.#isFirst) this.#refuseTls(byte);
      this.#isFirst = false;
      const mayBeLine = this.#framing === "both" ? !isDigit(byte) : this.#framing === "lines";
      this.#state = mayBeLine ? "delimited" : "count";
      this.#length = this.#digits = 0;
      this.#hasSpace = false;
      return;
    }
  }

  /** A TLS handshake would read as many short messages (RFC 8446 section 5.1: its type and version). */
  #refuseTls(byte: number): void {
    if (byte !== 0x16 || this.#input.available() < 2 || this.#input.peek(1) !== 3) return;
    const advice = "set 'tls' on the receiver, or leave it out on the sender";
    this.#failure = new FrameError("malformed", `the stream looks like TLS: ${advice}`);
    throw this.#failure;
  }

  /** Reads a number, which is part of a line if it is no length. */
  #count(): void {
    const input = this.#input;
    for (let available = input.available(); available > 0; available = input.available()) {
      for (let seen = 0; seen < available; seen++) {
        const byte = input.peek(seen);
        if (this.#hasSpace) return byte === LESS_THAN ? this.#endCount(seen) : this.#beginLine();
        if (byte === SPACE && this.#digits > 0) {
          if (this.#framing === "counted") return this.#endCount(seen + 1);
          this.#hasSpace = true;
        } else if (!this.#addDigit(byte)) {
          return this.#beginLine();
        }
      }
      input.gather(available, MAX_DIGITS + 1);
    }
  }

  /** Adds a byte to the length; false if it is no part of one. */
  #addDigit(byte: number): boolean {
    this.#length = this.#length * 10 + byte - ZERO;
    return isDigit(byte) && this.#length > 0 && ++this.#digits <= MAX_DIGITS;
  }

  /** Drops the length and its space, of which `count` bytes are left. */
  #endCount(count: number): void {
    this.#input.take(count);
    this.#state = "counted";
  }

  #beginLine(): void {
    this.#state = "delimited";
    if (this.#framing === "both") return;
    const rule = `1 to ${MAX_DIGITS} digits without a leading zero, and a space`;
    this.#failure = new FrameError("malformed", `the length of a message must be ${rule}`);
    throw this.#failure;
  }

  #counted(): Uint8Array | undefined {
    const input = this.#input;
    const length = this.#length;
    if (length > this.#max) {
      const most = `the most is ${this.#max}`;
      throw new FrameError("too-large", `a message claims ${length} bytes: ${most}`);
    }
    for (;;) {
      const available = input.available();
      const wanted = length - input.gathered;
      if (available >= wanted) {
        this.#state = "between";
        return input.take(wanted);
      }
      if (available === 0) return undefined;
      input.gather(available, length);
    }
  }

  #delimited(): Uint8Array | undefined {
    const input = this.#input;
    for (let available = input.available(); available > 0; available = input.available()) {
      const end = this.#indexOfDelimiter();
      const count = end < 0 ? available : end;
      this.#checkSize(input.gathered + count);
      if (end >= 0) {
        const payload = this.#take(count);
        input.byte();
        return payload;
      }
      input.gather(count, this.#max);
    }
    return undefined;
  }

  #checkSize(bytes: number): void {
    if (bytes <= this.#max) return;
    throw new FrameError("too-large", `a message is longer than ${this.#max} bytes`);
  }

  #indexOfDelimiter(): number {
    const input = this.#input;
    if (this.#delimiter === "either") return input.indexOfEither(LF, NUL);
    return input.indexOf(this.#delimiter === "lf" ? LF : NUL);
  }

  /** Ends a message with a delimiter behind it. */
  #take(count: number): Uint8Array {
    this.#state = "between";
    const payload = this.#input.take(count);
    if (this.#delimiter === "nul" || payload.at(-1) !== CR) return payload;
    return payload.subarray(0, -1);
  }
}

/** Checks the delimiter of messages that are not octet-counted. */
export function checkDelimiter(what: string, value: unknown): Delimiter {
  return checkOneOf(what, "delimiter", value, ["lf", "nul", "either"]);
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}

/**
 * RFC 6587 section 3.4.1: the length in bytes, as decimal digits and a space, before each message.
 */
export const octetCounting: InPlaceFraming = /* @__PURE__ */ inPlace(
  /* @__PURE__ */ streamFraming(
    (length) => MAX_DIGITS + 1 + length,
    (payload, out, at) => {
      const end = writeDigits(payload.length, out, at);
      out[end] = SPACE;
      out.set(payload, end + 1);
      return end + 1 + payload.length;
    },
    "either",
    "counted",
  ),
);

/** RFC 6587 section 3.4.2: an LF after each message. */
export const lineDelimited: StreamFraming = /* @__PURE__ */ delimitedBy(LF, "lf");

/** As CPython's `SysLogHandler`: a NUL after each message. */
export const nulDelimited: StreamFraming = /* @__PURE__ */ delimitedBy(NUL, "nul");

/**
 * In the message LF, CR and NUL are written as `#012`, `#015` and `#000`, as rsyslog does and RFC
 * 5424 section 6.4 allows: one of them would end the message too early, and the rest, which an
 * attacker may have written, would be read as another message.
 */
function delimitedBy(delimiterByte: number, delimiter: Delimiter): StreamFraming {
  return streamFraming(
    (length) => ESCAPE_BYTES * length + 1,
    (payload, out, at) => {
      for (let i = 0; i < payload.length; i++) {
        const byte = payload[i]!;
        if (byte === LF || byte === CR || byte === NUL) {
          out[at++] = HASH;
          out[at++] = ZERO;
          out[at++] = ZERO + (byte >> 3);
          out[at++] = ZERO + (byte & 7);
        } else {
          out[at++] = byte;
        }
      }
      out[at++] = delimiterByte;
      return at;
    },
    delimiter,
    "lines",
  );
}

function streamFraming(
  mostBytes: StreamFraming["mostBytes"],
  write: StreamFraming["write"],
  delimiter: Delimiter,
  framing: ReadFraming,
): StreamFraming {
  return {
    frame(payload: Uint8Array): Uint8Array {
      const bytes = new Uint8Array(mostBytes(payload.length));
      return bytes.slice(0, write(payload, bytes, 0));
    },
    mostBytes,
    write,
    reader: (options?: DeframerOptions): FrameReader =>
      new SyslogFrameReader(options, delimiter, framing),
  };
}

/** Octet counting of messages where they stand. */
function inPlace(framing: StreamFraming): InPlaceFraming {
  return {
    ...framing,
    offset: countSize,
    enclose(out: Uint8Array, at: number, start: number, end: number): number {
      const length = end - start;
      if (start - at !== countSize(length)) return framing.write(out.slice(start, end), out, at);
      out[writeDigits(length, out, at)] = SPACE;
      return end;
    },
  };
}

/** Returns the bytes of a length and the space behind it. */
function countSize(length: number): number {
  let size = 2;
  for (let left = length; left > 9; left = left / 10 | 0) size++;
  return size;
}
