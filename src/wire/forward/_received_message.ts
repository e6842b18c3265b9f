/**
 * The parts of a message that a sender has sent, in any mode of the Forward protocol. Its bytes are
 * whole; nothing but the option is decoded.
 *
 * Pure: uses no runtime global.
 *
 * @module
 */
import { FrameError } from "../framing.ts";
import { decodeValue } from "./_msgpack.ts";
import { ValueScanner } from "./_value_scanner.ts";

/** The longest option: three short fields, and what others add. */
const MAX_OPTION_BYTES = 4096;

/** The longest id of a chunk: usual ones have 24 to 60 characters, and many are kept. */
const MAX_CHUNK_LENGTH = 256;

/** The most values of one entry: our handlers send a tenth of that at most. */
const MAX_VALUES = 1_000_000;

/** The head of an array of two. */
const PAIR = 0x92;

/** The head of an array of three. */
const TRIPLE = 0x93;

/** A message with entries. */
export interface ReceivedMessage {
  /** The bytes of the tag, a value of text. */
  readonly tag: Uint8Array;
  /** The entries, one after the other; without heads where `isBare`. */
  readonly entries: Uint8Array;
  /** The entry of a message of its own: its time and its map. */
  readonly isBare: boolean;
  /** The id of the chunk, if the sender wants it acknowledged. */
  readonly chunk: string | undefined;
  /** Says whether the entries are compressed. */
  readonly isGzip: boolean;
}

/** The elements of an array, as bytes; `undefined` where it is none of at most six. */
export function elementsOf(message: Uint8Array): Uint8Array[] | undefined {
  const [head = 0] = message;
  const count = head - 0x90;
  if (count < 0 || count > 6) return undefined;
  const scanner = new ValueScanner({ maxBytes: Infinity, maxValues: message.length });
  const elements: Uint8Array[] = [];
  let at = 1;
  for (let i = 0; i < count; i++) {
    const end = scanner.scan(message, at);
    elements.push(message.subarray(at, end));
    at = end;
  }
  return elements;
}

/**
 * Takes a message apart.
 *
 * @throws {FrameError} for what is no message with entries
 */
export function receivedMessage(message: Uint8Array): ReceivedMessage {
  const [tag, second, third, fourth] = elementsOf(message) ?? [];
  if (tag === undefined || second === undefined || !isText(tag)) {
    return fail("a message of Forward is an array of a tag, which is text, and of entries");
  }
  const kind = second[0]!;
  const packed = bytesOf(second);
  if (packed !== undefined) {
    return { tag, entries: packed, isBare: false, ...readOption(third) };
  }
  if (isArray(kind)) {
    const headBytes = kind === 0xdc ? 3 : kind === 0xdd ? 5 : 1;
    return { tag, entries: second.subarray(headBytes), isBare: false, ...readOption(third) };
  }
  if (third === undefined) return fail("a message of Forward has a time, and no record");
  // The two stand side by side.
  const start = second.byteOffset - message.byteOffset;
  const entries = message.subarray(start, start + second.length + third.length);
  return { tag, entries, isBare: true, ...readOption(fourth) };
}

function readOption(bytes: Uint8Array | undefined): { chunk: string | undefined; isGzip: boolean } {
  if (bytes === undefined) return { chunk: undefined, isGzip: false };
  if (bytes.length > MAX_OPTION_BYTES) {
    throw new FrameError(
      "too-large",
      `the option of a message has ${bytes.length} bytes: the most is ${MAX_OPTION_BYTES}`,
    );
  }
  const { chunk, compressed = "text" } = (decoded(bytes) ?? {}) as Record<string, unknown>;
  if (compressed !== "text" && compressed !== "gzip") {
    fail("the entries of a message are compressed in a way that is not gzip");
  }
  if (chunk === undefined || chunk === null) {
    return { chunk: undefined, isGzip: compressed === "gzip" };
  }
  if (typeof chunk !== "string" || chunk.length > MAX_CHUNK_LENGTH) {
    fail(`the id of a chunk is text of at most ${MAX_CHUNK_LENGTH} characters`);
  }
  return { chunk, isGzip: compressed === "gzip" };
}

/** Decodes a value of a message. */
function decoded(bytes: Uint8Array): unknown {
  try {
    return decodeValue(bytes);
  } catch (error) {
    return fail(`a message holds no MessagePack: ${(error as Error).message}`);
  }
}

/** Finds the entries of a message, and makes each a message of its own: `[tag, time, map]`. */
export class EntryReader {
  readonly #tag: Uint8Array;
  readonly #entries: Uint8Array;
  readonly #isBare: boolean;
  readonly #scanner: ValueScanner;
  #at = 0;

  constructor({ tag, entries, isBare }: Pick<ReceivedMessage, "tag" | "entries" | "isBare">) {
    this.#tag = tag;
    this.#entries = entries;
    this.#isBare = isBare;
    this.#scanner = new ValueScanner({ maxBytes: Infinity, maxValues: MAX_VALUES });
  }

  /** Returns the next entry, or `undefined` behind the last one; throws {@linkcode FrameError}. */
  next(): Uint8Array | undefined {
    const entry = this.#bytes();
    if (entry === undefined) return undefined;
    const message = new Uint8Array(1 + this.#tag.length + entry.length);
    message[0] = TRIPLE;
    message.set(this.#tag, 1);
    message.set(entry, 1 + this.#tag.length);
    return message;
  }

  /** Passes over the next entry; false behind the last one. */
  skip(): boolean {
    return this.#bytes() !== undefined;
  }

  /** The time and the map of the next entry. */
  #bytes(): Uint8Array | undefined {
    const start = this.#at;
    const entries = this.#entries;
    if (start === entries.length) return undefined;
    if (this.#isBare) {
      this.#at = entries.length;
      this.#scanned(this.#scanned(0));
      return entries;
    }
    if (entries[start] !== PAIR) fail("an entry is an array of a time and a record");
    this.#at = this.#scanned(start);
    return entries.subarray(start + 1, this.#at);
  }

  #scanned(from: number): number {
    const end = this.#scanner.scan(this.#entries, from);
    return end >= 0 ? end : fail("the entries of a message end within an entry");
  }
}

function isArray(head: number): boolean {
  return head >= 0x90 && head <= 0x9f || head === 0xdc || head === 0xdd;
}

function isText([head = 0]: Uint8Array): boolean {
  return head >= 0xa0 && head <= 0xbf || head >= 0xd9 && head <= 0xdb;
}

/** The content of a value of bytes or of text, as old senders have it; `undefined` for any other. */
export function bytesOf(value: Uint8Array): Uint8Array | undefined {
  const head = value[0]!;
  if (head >= 0xa0 && head <= 0xbf) return value.subarray(1);
  if (head === 0xc4 || head === 0xd9) return value.subarray(2);
  if (head === 0xc5 || head === 0xda) return value.subarray(3);
  if (head === 0xc6 || head === 0xdb) return value.subarray(5);
  return undefined;
}

function fail(message: string): never {
  throw new FrameError("malformed", message);
}
