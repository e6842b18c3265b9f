/**
 * The receiver's side of a RELP session, as a machine without I/O: it finds the messages, and has the
 * answers ready for when they are handled.
 *
 * Sans-IO, linear, capped: an answer is shorter than 32 bytes, and is awaited by a frame that has arrived.
 *
 * @module
 */
import {
  checkDeframerOptions,
  type DeframerOptions,
  FrameError,
  type SessionReader,
} from "./framing.ts";
import { RELP_OFFERS } from "./relp_client.ts";
import {
  mostFrameBytes,
  type RelpFrame,
  RelpFrameReader,
  relpText,
  writeRelpFrame,
} from "./_relp_frame.ts";

/** The answers to the frames of a usual chunk find room. */
const FIRST_BUFFER_BYTES = 4096;

const encoder = /* @__PURE__ */ new TextEncoder();
const NOTHING = /* @__PURE__ */ new Uint8Array(0);
const OK = /* @__PURE__ */ encoder.encode("200 OK");

/** Reads the messages of one session; each payload is one. */
export class RelpServer implements SessionReader {
  /** The frames that were read so far, those without a message included. */
  frames = 0;
  readonly #reader: RelpFrameReader;
  /** The answers that stand ready, and their bytes. */
  #answers: Uint8Array = NOTHING;
  #end = 0;
  #isOpen = false;
  /** `serverclose` was sent. */
  #isLeaving = false;
  /** The sender has closed the session: nothing follows. */
  isOver = false;

  /** Makes a reader for one stream. */
  constructor(options: DeframerOptions = {}) {
    this.#reader = new RelpFrameReader(checkDeframerOptions(options));
  }

  /** Adds the next bytes of the stream. */
  push(chunk: Uint8Array): void {
    this.#reader.push(chunk);
  }

  /** The memory, in bytes, of a frame that has begun; 0 between two frames. */
  get heldBytes(): number {
    return this.#reader.heldBytes;
  }

  /**
   * Returns the next message, or `undefined` if it needs more bytes; throws {@linkcode FrameError}.
   */
  next(): Uint8Array | undefined {
    for (let frame = this.#reader.next(); frame !== undefined; frame = this.#reader.next()) {
      this.frames++;
      this.#check(frame);
      const { txnr, command, data } = frame;
      if (command === "syslog") {
        this.#write(txnr, "rsp", OK);
        return data;
      }
      if (command === "open") this.#open(txnr, relpText(data));
      else this.#close(txnr);
    }
    return undefined;
  }

  /** Marks the end of the stream; throws {@linkcode FrameError} if that cuts a frame off. */
  end(): void {
    this.#reader.end();
  }

  /** Takes out the answers to all that was read; without bytes where none is awaited. */
  takeAnswers(): Uint8Array {
    const answers = this.#answers.subarray(0, this.#end);
    this.#answers = NOTHING;
    this.#end = 0;
    return answers;
  }

  /** Asks the sender to end the session, by an answer; not twice. */
  leave(): void {
    if (this.#isOpen && !this.#isLeaving) this.#write(0, "serverclose", NOTHING);
    this.#isLeaving = true;
  }

  #write(txnr: number, command: string, data: Uint8Array): void {
    const end = this.#end + mostFrameBytes(data.length);
    if (end > this.#answers.length) {
      const grown = new Uint8Array(Math.max(FIRST_BUFFER_BYTES, 2 * end));
      grown.set(this.#answers.subarray(0, this.#end));
      this.#answers = grown;
    }
    this.#end = writeRelpFrame(txnr, command, data, this.#answers, this.#end).length;
  }

  #check({ txnr, command }: RelpFrame): void {
    if (this.isOver) fail(`a sender sent the command "${command}" behind "close"`);
    if (!["open", "syslog", "close"].includes(command)) {
      fail(`a sender sent the command "${command}", which is not known`);
    }
    if (txnr === 0) fail(`a sender sent the command "${command}" with the transaction number 0`);
    if (this.#isOpen !== (command !== "open")) {
      fail(`a sender sent the command "${command}" ${this.#isOpen ? "twice" : 'before "open"'}`);
    }
  }

  #open(txnr: number, offers: string): void {
    const commands = /^commands=(.*)$/m.exec(offers)?.[1];
    const isTaken = commands === undefined || commands.split(",").includes("syslog");
    if (!isTaken) fail("a sender does not offer the command syslog");
    this.#isOpen = true;
    this.#write(txnr, "rsp", encoder.encode(`200 OK\n${RELP_OFFERS}`));
  }

  #close(txnr: number): void {
    this.#write(txnr, "rsp", NOTHING);
    this.leave();
    this.isOver = true;
  }
}

function fail(message: string): never {
  throw new FrameError("malformed", message);
}
