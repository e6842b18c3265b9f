/**
 * The receiver's side of a Forward session, as a machine without I/O: it finds the entries of each
 * message, has the acknowledgements ready for when they are handled, and drops chunks that were handled
 * before.
 *
 * With a shared key it greets each sender (`HELO`), and takes nothing before a `PING` that proves that
 * the sender has the key.
 *
 * Sans-IO, capped: a message, and what its entries inflate to, is at most as long as its owner says.
 *
 * Browser compatible.
 *
 * @module
 */
import { concat } from "@std/bytes";
import { equalInConstantTime } from "../equal_in_constant_time.ts";
import { checkDeframerOptions, FrameError, type SessionReader } from "../framing.ts";
import { gunzip } from "../gunzip.ts";
import type { ChunkHistory, OpenChunk } from "./chunk_history.ts";
import type { InflationSlots } from "./inflation_slots.ts";
import { MessageReader } from "./_message_reader.ts";
import { encodeValue } from "./_msgpack.ts";
import {
  bytesOf,
  elementsOf,
  EntryReader,
  type ReceivedMessage,
  receivedMessage,
} from "./_received_message.ts";
import { keyDigest } from "./shared_key.ts";

/** The longest message of a sender that has not shown the key: `PING` has some 300 bytes. */
const MAX_PING_BYTES = 4096;

const encoder = /* @__PURE__ */ new TextEncoder();
const decoder = /* @__PURE__ */ new TextDecoder();

/** The settings and the memory that all sessions of one receiver share. */
export interface ForwardServerSettings {
  /** The largest message, in bytes, and the most that its entries inflate to. */
  readonly maxFrameBytes: number;
  /** The chunks of all sessions. */
  readonly history: ChunkHistory;
  /** Bounds the memory of inflated entries. */
  readonly slots: InflationSlots;
  /** The key that each sender must have; `undefined`: none. */
  readonly sharedKey: Uint8Array | undefined;
  /** The name of this side in the handshake. */
  readonly hostname: string;
  /** Makes a nonce for a handshake. */
  readonly nonce: () => string;
}

/** Reads the entries of one session; each payload is `[tag, time, map]` in MessagePack. */
export class ForwardServer implements SessionReader {
  /** The whole messages that were read so far. */
  frames = 0;
  /** An answer that waits acknowledges entries that came over another connection. */
  repeats = false;
  /** The work for which `next()` waits; it never rejects. */
  work: Promise<void> | undefined;
  readonly #settings: ForwardServerSettings;
  readonly #reader: MessageReader;
  readonly #nonce: string;
  #answers: Uint8Array[] = [];
  #isGreeted: boolean;
  #isTrusted: boolean;
  #isLeaving = false;
  /** The last message asked for an acknowledgement: its sender keeps what has none. */
  #isAcknowledged = false;
  #failure: unknown;
  #message: ReceivedMessage | undefined;
  #entries: EntryReader | undefined;
  #chunk: OpenChunk | undefined;
  /** An entry was given out, and is handled when the next one is asked for. */
  #isOut = false;
  /** Its entries are inflated, or being so. */
  #hasSlot = false;

  /** Makes a reader for one stream. */
  constructor(settings: ForwardServerSettings) {
    const { sharedKey, maxFrameBytes, nonce } = settings;
    this.#settings = settings;
    checkDeframerOptions({ maxFrameBytes });
    this.#isTrusted = sharedKey === undefined;
    this.#isGreeted = this.#isTrusted;
    this.#nonce = this.#isTrusted ? "" : nonce();
    this.#reader = new MessageReader(
      this.#isTrusted ? maxFrameBytes : Math.min(maxFrameBytes, MAX_PING_BYTES),
    );
  }

  /**
   * True once nothing more is read: the sender has another key, or this side wants to end and the
   * sender sends again what was not acknowledged.
   */
  get isOver(): boolean {
    return this.#failure !== undefined || this.#isLeaving && this.#isAcknowledged;
  }

  /** Adds the next bytes of the stream. */
  push(chunk: Uint8Array): void {
    this.#reader.push(chunk);
  }

  /** The memory, in bytes, of a message that has begun; 0 between two messages. */
  get heldBytes(): number {
    return this.#reader.heldBytes;
  }

  /**
   * Returns the next entry, or `undefined` if it needs more bytes, or waits for {@linkcode work};
   * throws {@linkcode FrameError}.
   */
  next(): Uint8Array | undefined {
    while (this.work === undefined && this.#failure === undefined) {
      const entry = this.#nextEntry();
      if (entry !== undefined) return entry;
      const message = this.#reader.next();
      if (message === undefined) return undefined;
      this.frames++;
      if (this.#isTrusted) this.#begin(receivedMessage(message));
      else this.#check(message);
    }
    return undefined;
  }

  #nextEntry(): Uint8Array | undefined {
    if (this.#entries === undefined) return undefined;
    if (this.#isOut && this.#chunk !== undefined) this.#chunk.handled++;
    const entry = this.#entries.next();
    this.#isOut = entry !== undefined;
    if (entry !== undefined) return entry;
    this.#entries = undefined;
    this.#giveSlot();
    this.#chunk?.finish();
    this.#chunk = undefined;
    this.#acknowledge();
    return undefined;
  }

  #acknowledge(): void {
    const chunk = this.#message?.chunk;
    this.#message = undefined;
    this.#isAcknowledged = chunk !== undefined;
    if (chunk !== undefined) this.#answers.push(encodeValue({ ack: chunk }));
  }

  #begin(message: ReceivedMessage): void {
    this.#message = message;
    const { chunk: id, isGzip } = message;
    if (id !== undefined) {
      const chunk = this.#settings.history.begin(id);
      if (chunk instanceof Promise) return this.#await(chunk, () => this.#begin(message));
      if (chunk === undefined) {
        this.repeats = true;
        return this.#acknowledge();
      }
      this.#chunk = chunk;
    }
    if (!isGzip) return this.#read(message);
    let entries: Uint8Array | undefined;
    const inflate = async () => {
      await this.#settings.slots.take();
      this.#hasSlot = true;
      entries = await gunzip(message.entries, this.#settings.maxFrameBytes);
    };
    this.#await(inflate(), () => this.#read({ ...message, entries: entries! }));
  }

  #giveSlot(): void {
    if (this.#hasSlot) this.#settings.slots.give();
    this.#hasSlot = false;
  }

  /** Begins to read entries, behind those that another connection has handled. */
  #read(message: ReceivedMessage): void {
    this.#entries = new EntryReader(message);
    this.#isOut = false;
    for (let left = this.#chunk?.handled ?? 0; left > 0; left--) this.#entries.skip();
  }

  /** Goes on once a promise has settled; an error ends the session. */
  #await(promise: Promise<void>, then: () => void): void {
    this.work = promise.then(() => {
      this.work = undefined;
      then();
    }).catch((error) => {
      this.work = undefined;
      this.#failure = error;
    });
  }

  #check(message: Uint8Array): void {
    const elements = elementsOf(message);
    const [name, hostname, salt, digest] = elements?.slice(0, 4).map(bytesOf) ?? [];
    const isPing = name !== undefined && decoder.decode(name) === "PING";
    if (!isPing || hostname === undefined || salt === undefined || digest === undefined) {
      throw new FrameError(
        "malformed",
        "a sender has not shown the shared key: set its 'sharedKey'",
      );
    }
    this.#await(this.#answerPing(hostname, salt, digest), () => {});
  }

  async #answerPing(hostname: Uint8Array, salt: Uint8Array, digest: Uint8Array): Promise<void> {
    const { hostname: own, maxFrameBytes } = this.#settings;
    const proof = { salt, nonce: this.#nonce, key: this.#settings.sharedKey! };
    const expected = await keyDigest({ ...proof, hostname });
    if (!equalInConstantTime(digest, encoder.encode(expected))) {
      const reason = "shared key mismatch";
      this.#answers.push(encodeValue(["PONG", false, reason, own, ""]));
      throw new FrameError("malformed", "a sender has another shared key");
    }
    const answer = await keyDigest({ ...proof, hostname: own });
    this.#answers.push(encodeValue(["PONG", true, "", own, answer]));
    this.#isTrusted = true;
    this.#reader.allow(maxFrameBytes);
  }

  /** Marks the end of the stream; throws if that cuts a message off, or the session had failed. */
  end(): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#isLeaving && this.#isAcknowledged) return;
    this.#reader.end();
  }

  /** Takes out the answers to all that was read; without bytes where none is awaited. */
  takeAnswers(): Uint8Array {
    const answers = this.#answers;
    this.#answers = [];
    this.repeats = false;
    if (!this.#isGreeted) {
      this.#isGreeted = true;
      answers.unshift(encodeValue(["HELO", { nonce: this.#nonce, auth: "", keepalive: true }]));
    }
    return concat(answers);
  }

  /** Ends the session behind the next acknowledgement: the protocol has no word for it. */
  leave(): void {
    this.#isLeaving = true;
  }

  /** The connection has ended, and no work is under way: another one may go on with the chunk. */
  release(): void {
    // The entry at hand may be the one that ended the connection: it does not count as handled.
    this.#chunk?.release();
    this.#chunk = undefined;
    this.#entries = undefined;
    this.#giveSlot();
  }
}
