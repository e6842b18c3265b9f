/** The far end of one connection, which the test has speak RELP as a server. */
import { assertEquals } from "@std/assert";
import type { MemoryPeer } from "../../src/testing/memory.ts";
import { relpFrame, RelpFrameReader, relpText } from "../../src/wire/_relp_frame.ts";

/** A message that arrived, with the number of its transaction. */
export interface Message {
  txnr: number;
  text: string;
}

/** A RELP server at a peer; it answers what the test says. */
export class RelpPeer {
  readonly peer: MemoryPeer;
  /** The messages that arrived, in order. */
  readonly messages: Message[] = [];
  /** The transaction of `close`, once it has arrived. */
  closeTxnr: number | undefined;
  /** True once `open` has arrived. */
  isAsked = false;
  readonly #reader = new RelpFrameReader(16_777_216);
  readonly #unanswered = new Set<number>();
  #taken = 0;

  constructor(peer: MemoryPeer) {
    this.peer = peer;
  }

  /** Takes in what has arrived. */
  take(): this {
    const { received } = this.peer;
    this.#reader.push(received.slice(this.#taken));
    this.#taken = received.length;
    for (let frame = this.#reader.next(); frame !== undefined; frame = this.#reader.next()) {
      const { txnr, command, data } = frame;
      if (command === "syslog") {
        this.#unanswered.add(txnr);
        this.messages.push({ txnr, text: relpText(data).replace(/^<\d+>/, "") });
      } else if (command === "close") {
        this.closeTxnr = txnr;
      } else {
        assertEquals([txnr, command, this.isAsked], [1, "open", false]);
        this.isAsked = true;
      }
    }
    return this;
  }

  /** The texts that arrived. */
  get texts(): string[] {
    return this.take().messages.map(({ text }) => text);
  }

  /** Answers `open`. */
  open(): this {
    return this.answer(1, "200 OK\nrelp_version=0\ncommands=syslog");
  }

  /** Answers transactions. */
  answer(txnrs: number | number[], text = "200 OK"): this {
    for (const txnr of [txnrs].flat()) {
      this.#unanswered.delete(txnr);
      this.send(relpFrame(txnr, "rsp", text));
    }
    return this;
  }

  /** Answers a transaction; says whether the client has taken that. */
  async answered(txnr: number, text: string): Promise<boolean> {
    this.#unanswered.delete(txnr);
    try {
      await this.peer.write(relpFrame(txnr, "rsp", text));
      return true;
    } catch {
      return false;
    }
  }

  /** The transactions that arrived and have no answer. */
  get unanswered(): number[] {
    this.take();
    return [...this.#unanswered];
  }

  /** Answers `close`, as librelp does. */
  leave(): void {
    this.answer(this.take().closeTxnr!, "");
    this.send(relpFrame(0, "serverclose"));
    this.peer.end();
  }

  /** Sends bytes, which the client's kernel has room for. */
  send(bytes: Uint8Array | string): void {
    const sent = typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes;
    this.peer.write(sent).catch(() => {});
  }
}
