/**
 * The frames of RELP, the Reliable Event Logging Protocol of rsyslog:
 * `TXNR SP COMMAND SP DATALEN [SP DATA] LF`. A transaction number is from 1 to 999,999,999, or 0 where
 * no answer is awaited; data may hold line feeds, as its bytes are counted.
 *
 * Sans-IO, linear, capped: memory is allocated only for bytes that have arrived.
 *
 * @module
 */
import { ChunkQueue } from "./chunk_queue.ts";
import { FrameError } from "./framing.ts";

/** The largest transaction number; 1 follows. */
export const MAX_TXNR = 999_999_999;

/** The most digits of a transaction number and of a length, after librelp. */
const MAX_DIGITS = 9;

/** The most letters of a command, after librelp. */
const MAX_COMMAND = 32;

/**
 * 64 KiB: the data of any command but `syslog` is a few lines of text. A longer one is an attack.
 */
export const MAX_CONTROL_BYTES = 65_536;

const LF = 10;
const SPACE = 32;
const ZERO = 48;
const NINE = 57;
/** The first byte of a TLS handshake (RFC 8446 section 5.1). */
const TLS = 0x16;

const encoder = /* @__PURE__ */ new TextEncoder();
const decoder = /* @__PURE__ */ new TextDecoder();

/** One frame. */
export interface RelpFrame {
  /** The number of its transaction. */
  readonly txnr: number;
  /** Its command, such as `syslog`. */
  readonly command: string;
  /** Its data: a view of the chunk that it came in, if it came in one. */
  readonly data: Uint8Array;
}

/** Returns the text of a frame's data. */
export function relpText(data: Uint8Array): string {
  return decoder.decode(data);
}

/** Returns one frame, whose data is text. */
export function relpFrame(txnr: number, command: string, data: string = ""): Uint8Array {
  const bytes = encoder.encode(data);
  return writeRelpFrame(txnr, command, bytes, new Uint8Array(mostFrameBytes(bytes.length)), 0);
}

/** Returns the most bytes of a frame with so many bytes of data. */
export function mostFrameBytes(length: number): number {
  return MAX_DIGITS + 1 + MAX_COMMAND + 1 + MAX_DIGITS + 1 + length + 1;
}

/**
 * Writes a frame at `at`, where there is room for {@linkcode mostFrameBytes}; returns `out` up to the
 * frame's end.
 */
export function writeRelpFrame(
  txnr: number,
  command: string,
  data: Uint8Array,
  out: Uint8Array,
  at: number,
): Uint8Array {
  at = writeNumber(txnr, out, at);
  out[at++] = SPACE;
  for (let i = 0; i < command.length; i++) out[at++] = command.charCodeAt(i);
  out[at++] = SPACE;
  at = writeNumber(data.length, out, at);
  if (data.length > 0) {
    out[at++] = SPACE;
    out.set(data, at);
    at += data.length;
  }
  out[at++] = LF;
  return out.subarray(0, at);
}

function writeNumber(value: number, out: Uint8Array, at: number): number {
  let digits = 1;
  for (let rest = value; rest >= 10; rest = Math.floor(rest / 10)) digits++;
  let left = value;
  for (let i = at + digits - 1; i >= at; i--) {
    out[i] = ZERO + left % 10;
    left = Math.floor(left / 10);
  }
  return at + digits;
}

/** The part of a frame that is being read. */
type Part = "txnr" | "command" | "length" | "data" | "end";

/** Reads frames from a stream of bytes. */
export class RelpFrameReader {
  readonly #max: number;
  readonly #input: ChunkQueue = new ChunkQueue();
  #part: Part = "txnr";
  #txnr = 0;
  #command = "";
  #length = 0;
  /** Characters of the part that were read. */
  #read = 0;
  /** The space behind a length was read. */
  #hasSpace = false;
  #data: Uint8Array | undefined;
  #failure: FrameError | undefined;

  /** @param max the most bytes of the data of `syslog`; any other command may have 64 KiB */
  constructor(max: number) {
    this.#max = max;
  }

  /** Adds the next bytes of the stream. */
  push(chunk: Uint8Array): void {
    this.#input.push(chunk);
  }

  /** The memory, in bytes, of a frame that has begun; 0 between two frames. */
  get heldBytes(): number {
    return this.#part === "txnr" && this.#read === 0 ? 0 : this.#input.allocated || 1;
  }

  /**
   * Returns the next frame, or `undefined` if it needs more bytes; throws {@linkcode FrameError}, again
   * and again, as no frame behind a bad one can be read.
   */
  next(): RelpFrame | undefined {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      return this.#next();
    } catch (error) {
      throw this.#failure = error as FrameError;
    }
  }

  /** Marks the end of the stream; throws {@linkcode FrameError} if that cuts a frame off. */
  end(): void {
    if (this.#failure === undefined && this.heldBytes === 0 && this.#input.available() === 0) {
      return;
    }
    throw new FrameError("cut-off", "the stream ended within a frame of RELP");
  }

  #next(): RelpFrame | undefined {
    const input = this.#input;
    for (let available = input.available(); available > 0; available = input.available()) {
      if (this.#part === "data") {
        const wanted = this.#length - input.gathered;
        if (available < wanted) {
          input.gather(available, this.#length);
          continue;
        }
        this.#data = input.take(wanted);
        this.#part = "end";
      } else if (this.#part === "end") {
        return this.#end(input.byte());
      } else if (this.#head(input.byte())) {
        return this.#frame(new Uint8Array(0));
      }
    }
    return undefined;
  }

  /** Reads one byte before the data; true if it is the last one of a frame without data. */
  #head(byte: number): boolean {
    if (this.#part === "txnr") {
      if (byte === SPACE && this.#read > 0) this.#begin("command");
      else this.#txnr = this.#digit(this.#txnr, byte, "transaction number");
    } else if (this.#part === "command") {
      if (byte === SPACE && this.#read > 0) this.#begin("length");
      else this.#letter(byte);
    } else if (byte === LF && this.#length === 0 && this.#read > 0) {
      return true;
    } else if (byte === SPACE && this.#read > 0 && !this.#hasSpace) {
      this.#checkLength();
      this.#hasSpace = true;
      if (this.#length > 0) this.#begin("data");
    } else if (this.#hasSpace) {
      fail(`a frame without data must end with a line feed: ${shown(byte)} follows its length`);
    } else {
      this.#length = this.#digit(this.#length, byte, "length");
    }
    return false;
  }

  #begin(part: Part): void {
    this.#part = part;
    this.#read = 0;
  }

  #digit(value: number, byte: number, what: string): number {
    if (byte >= ZERO && byte <= NINE && this.#read++ < MAX_DIGITS) return value * 10 + byte - ZERO;
    if (byte === TLS && this.#part === "txnr") {
      fail("the stream looks like TLS: set 'tls' on both sides, or on neither");
    }
    fail(`a frame of RELP needs a ${what} of 1 to ${MAX_DIGITS} digits: ${shown(byte)} is in it`);
  }

  #letter(byte: number): void {
    const isLetter = (byte | 32) >= 97 && (byte | 32) <= 122;
    if (!isLetter || this.#read++ === MAX_COMMAND) {
      fail(`a command of RELP has 1 to ${MAX_COMMAND} letters: ${shown(byte)} is in it`);
    }
    this.#command += String.fromCharCode(byte);
  }

  #checkLength(): void {
    const max = this.#command === "syslog" ? this.#max : MAX_CONTROL_BYTES;
    if (this.#length <= max) return;
    const claim = `a frame with the command "${this.#command}" claims ${this.#length} bytes`;
    throw new FrameError("too-large", `${claim}: the most is ${max}`);
  }

  #end(byte: number): RelpFrame {
    if (byte !== LF) fail(`a frame of RELP must end with a line feed: ${shown(byte)} ends it`);
    return this.#frame(this.#data!);
  }

  #frame(data: Uint8Array): RelpFrame {
    const frame = { txnr: this.#txnr, command: this.#command, data };
    this.#begin("txnr");
    this.#txnr = this.#length = 0;
    this.#command = "";
    this.#hasSpace = false;
    this.#data = undefined;
    return frame;
  }
}

function fail(message: string): never {
  throw new FrameError("malformed", message);
}

function shown(byte: number): string {
  return byte > SPACE && byte < 127 ? `"${String.fromCharCode(byte)}"` : `byte ${byte}`;
}
