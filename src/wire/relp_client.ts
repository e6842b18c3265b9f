/**
 * The sender's side of a RELP session, as a machine without I/O: it numbers transactions, keeps the
 * window, and says what an answer of the server means.
 *
 * A transaction is known by its ordinal, which counts up from 1 in each session; on the wire it has a
 * number from 1 to 999,999,999, and 1 again behind that. At most a window of transactions waits for
 * answers, which may come in any order. What the server may not say is a {@linkcode FrameError}, and the
 * session is over: an answer to what was not sent, or was answered before.
 *
 * Pure: uses no runtime global.
 *
 * @module
 */
import { FrameError, type StreamFraming } from "./framing.ts";
import {
  MAX_CONTROL_BYTES,
  MAX_TXNR,
  mostFrameBytes,
  type RelpFrame,
  relpFrame,
  RelpFrameReader,
  relpText,
  writeRelpFrame,
} from "./_relp_frame.ts";

/** The most transactions that wait for answers, as in librelp. */
export const RELP_WINDOW = 128;

/** The offers of `open`: relp_version 0, and the one command that carries messages. */
export const RELP_OFFERS: string = "relp_version=0\nrelp_software=logwire\ncommands=syslog";

const SPACE = 32;
const ZERO = 48;
const TWO = 50;

/** The code of an answer, and its text. */
const ANSWER = /^(\d{3})(?: ([^\n]*))?(?:\n|$)/;

/**
 * An event of the server.
 *
 * - `opened`: it has accepted the session
 * - `refused`: it has refused the session
 * - `answered`: it has taken a message or, with `refusal`, refused it
 * - `closed`: it has answered `close`, or it ends the session itself
 */
export type RelpEvent =
  | { readonly type: "opened" | "closed" }
  | { readonly type: "refused"; readonly refusal: string }
  | { readonly type: "answered"; readonly ordinal: number; readonly refusal: string | undefined };

const OPENED: RelpEvent = { type: "opened" };
const CLOSED: RelpEvent = { type: "closed" };

/** The machine of one session; see the module. */
export class RelpClient implements Pick<StreamFraming, "mostBytes" | "write"> {
  readonly #reader = new RelpFrameReader(MAX_CONTROL_BYTES);
  readonly #window: number;
  readonly #firstTxnr: number;
  /** The oldest transaction without an answer, and the newest one. */
  #oldest = 1;
  #newest = 0;
  /** Those behind the oldest one that have an answer. */
  readonly #early = new Set<number>();
  #isOpen = false;
  /** The transaction of `close`. */
  #close = 0;

  /** @param firstTxnr the number of the first transaction; a test begins before the last one */
  constructor(window: number = RELP_WINDOW, firstTxnr: number = 1) {
    this.#window = window;
    this.#firstTxnr = firstTxnr;
  }

  /** How many transactions may be begun. */
  get room(): number {
    return this.#window - this.waiting;
  }

  /** The transactions from the oldest without an answer to the newest. */
  get waiting(): number {
    return this.#newest - this.#oldest + 1;
  }

  /** The ordinal that the next transaction will have. */
  get next(): number {
    return this.#newest + 1;
  }

  /** Opens the session: the bytes of that. */
  open(): Uint8Array {
    return relpFrame(this.#begin(), "open", RELP_OFFERS);
  }

  /** Closes the session: the bytes of that. */
  close(): Uint8Array {
    const frame = relpFrame(this.#begin(), "close");
    this.#close = this.#newest;
    return frame;
  }

  /** Returns the most bytes of the frame of a message. */
  mostBytes(length: number): number {
    return mostFrameBytes(length);
  }

  /** Writes a message as a transaction of its own; returns its end. */
  write(payload: Uint8Array, out: Uint8Array, at: number): number {
    return writeRelpFrame(this.#begin(), "syslog", payload, out, at).length;
  }

  #begin(): number {
    return (this.#firstTxnr - 1 + this.#newest++) % MAX_TXNR + 1;
  }

  /** Takes bytes of the server. */
  push(chunk: Uint8Array): void {
    this.#reader.push(chunk);
  }

  /** Returns the next event, or `undefined` if it needs more bytes; throws {@linkcode FrameError}. */
  nextEvent(): RelpEvent | undefined {
    const frame = this.#reader.next();
    if (frame === undefined) return undefined;
    if (frame.command === "rsp") return this.#answered(frame);
    if (frame.command === "serverclose") return CLOSED;
    throw new FrameError("malformed", `the server sent the command "${frame.command}"`);
  }

  #answered({ txnr, data }: RelpFrame): RelpEvent {
    const ordinal = this.#settle(txnr);
    if (ordinal === this.#close) return CLOSED;
    if (this.#isOpen && isOk(data)) return { type: "answered", ordinal, refusal: undefined };
    const text = relpText(data);
    const answer = ANSWER.exec(text);
    if (answer === null) {
      throw new FrameError("malformed", "an answer of the server does not begin with its code");
    }
    const [line, code, reason = ""] = answer;
    const refusal = code === "200" ? undefined : `${code} ${reason}`.trimEnd();
    if (this.#isOpen) return { type: "answered", ordinal, refusal };
    if (refusal !== undefined) return { type: "refused", refusal };
    this.#isOpen = true;
    const commands = /^commands=(.*)$/m.exec(text.slice(line.length))?.[1];
    const isTaken = commands === undefined || commands.split(",").includes("syslog");
    return isTaken ? OPENED : { type: "refused", refusal: "it does not offer the command syslog" };
  }

  /** Finds the transaction of an answer, which needs one no more. */
  #settle(txnr: number): number {
    const oldest = (this.#firstTxnr - 2 + this.#oldest) % MAX_TXNR + 1;
    const ordinal = this.#oldest + (txnr - oldest + MAX_TXNR) % MAX_TXNR;
    if (txnr === 0 || ordinal > this.#newest || this.#early.has(ordinal)) {
      const reason = "which was not sent, or was answered before";
      throw new FrameError("malformed", `the server answers transaction ${txnr}, ${reason}`);
    }
    if (ordinal > this.#oldest) {
      this.#early.add(ordinal);
    } else {
      this.#oldest++;
      while (this.#early.delete(this.#oldest)) this.#oldest++;
    }
    return ordinal;
  }
}

/** Says whether an answer is `200`, with or without a text behind it. */
function isOk(data: Uint8Array): boolean {
  const [hundreds, tens, ones, behind = SPACE] = data;
  return hundreds === TWO && tens === ZERO && ones === ZERO && behind === SPACE;
}
