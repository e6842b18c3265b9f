/**
 * The end of a {@linkcode PortQueue} at which records come out, in the thread that handles them: what
 * a `QueueListener` there listens to.
 *
 * Browser compatible.
 *
 * @module
 */
import { checkKnown, checkMethods } from "../logging/validate.ts";
import { callBack } from "../logging/callback.ts";
import { reportError, reportFault } from "../logging/report_error.ts";
import type { Clock, WaitOptions } from "../net/connector.ts";
import { systemClock } from "../net/system_clock.ts";
import { holdOpen } from "../delivery/hold_open.ts";
import {
  checkPort,
  listen,
  type MessagePortLike,
  type ReceiverMessage,
  type SenderMessage,
} from "./message_port.ts";
import { decodeFrames } from "./_port_codec.ts";
import { type QueueItem, RecordQueue } from "./record_queue.ts";

/**
 * The longest that a sender may be silent, with nothing handled here, when it is asked to drain, in
 * milliseconds: its thread may be busy, or gone without a word. The records of one that is only busy
 * wait there for the next listener.
 */
const SILENCE_MS = 1000;

/**
 * How often and for how long, in milliseconds, a port without a known sender is waited for: it has a
 * first message from the moment it is sent on, and hands it over when its thread next looks, which on
 * Deno may be some turns of the event loop later. Timers in a row let it look in between.
 */
const ARRIVAL_WAITS = 3;
const ARRIVAL_MS = 10;

/** Options of {@linkcode PortReceiver}. */
export interface PortReceiverOptions {
  /** Where time comes from; tests give a virtual one. @default the runtime's own */
  clock?: Clock;
}

/** A drain under way. */
interface Drain {
  readonly id: number;
  /** The senders that have not answered. */
  readonly missing: Set<number>;
  /** Ends the wait that is under way. */
  end: () => void;
}

/** Records that came in one message: all of them are handled when so many of all are. */
interface Delivery {
  readonly queue: number;
  readonly last: number;
}

/** Takes records from a port: each sender has one message here at the most, so it needs no bound. */
export class PortReceiver extends RecordQueue {
  readonly #port: MessagePortLike;
  readonly #clock: Clock;
  readonly #deliveries: Delivery[] = [];
  /** The senders that were heard of. */
  readonly #senders = new Set<number>();
  #drain: Drain | undefined;
  #drainId = 0;
  /** Messages that came in. */
  #heard = 0;
  #put = 0;
  #done = 0;
  #isListening = false;
  #flush: () => Promise<void> = () => Promise.resolve();

  /**
   * Receives nothing before {@linkcode open}.
   *
   * @param port a `MessagePort`, a worker's own scope (`self`), or `parentPort` of
   * `node:worker_threads`
   * @throws {TypeError} when it is none, or an option is unknown
   */
  constructor(port: MessagePortLike, options: PortReceiverOptions = {}) {
    const what = "create PortReceiver";
    checkPort(what, port);
    checkKnown(what, options, ["clock"]);
    const { clock = systemClock } = options;
    checkMethods(what, "clock", clock, ["now", "setTimeout", "clearTimeout"]);
    super({ maxRecords: Infinity });
    this.#port = port;
    this.#clock = clock;
  }

  /** Receives records from now on. `flush` is what a `flush()` at the other end asks for. */
  open(flush: () => Promise<void>): void {
    this.#flush = flush;
    if (this.#isListening) {
      this.#port.ref?.();
      return;
    }
    this.#isListening = true;
    listen(this.#port, (message) => this.#hear(message as SenderMessage));
    this.#post({ logwire: "ready" });
  }

  /**
   * Resolves when all that was put in at the other ends before is handled here, what is on its way
   * through the port included; or a sender is silent for a second, or `signal` is aborted. Somebody
   * must take records out meanwhile. Never rejects.
   */
  async arrived(options: WaitOptions = {}): Promise<void> {
    if (!this.#isListening || options.signal?.aborted) return;
    const release = holdOpen();
    const drain: Drain = { id: ++this.#drainId, missing: new Set(this.#senders), end: () => {} };
    this.#drain = drain;
    // The answer of one that is known comes behind the first message of one that is not.
    if (drain.missing.size > 0) this.#post({ logwire: "drain", id: drain.id });
    for (let waits = 0; drain.missing.size === 0 && waits < ARRIVAL_WAITS; waits++) {
      await this.#waitFor(drain, ARRIVAL_MS, options.signal);
    }
    while (drain.missing.size > 0 && !options.signal?.aborted) {
      const progress = this.#heard + this.#done;
      await this.#waitFor(drain, SILENCE_MS, options.signal);
      // A sender whose records are being handled here waits for that.
      if (progress === this.#heard + this.#done) break;
    }
    if (this.#drain === drain) this.#drain = undefined;
    release();
  }

  /** Waits for news of the drain, for so long, or for `signal`. */
  async #waitFor(drain: Drain, ms: number, signal: AbortSignal | undefined): Promise<void> {
    if (signal?.aborted) return;
    let timer: unknown;
    await new Promise<void>((resolve) => {
      drain.end = resolve;
      timer = this.#clock.setTimeout(resolve, ms);
      signal?.addEventListener("abort", drain.end);
    });
    this.#clock.clearTimeout(timer);
    signal?.removeEventListener("abort", drain.end);
  }

  /** Nobody takes records out any more: what comes in until `open()` waits, and so does its sender. */
  close(): void {
    this.#flush = () => Promise.resolve();
    this.#port.unref?.();
  }

  /** Puts something in, without waiting. */
  override put_nowait(item: QueueItem): boolean {
    this.#put++;
    return super.put_nowait(item);
  }

  /** Tells that something that was taken is done with: its sender may send more, once all is. */
  override task_done(): void {
    super.task_done();
    this.#done++;
    this.#acknowledge();
  }

  #acknowledge(): void {
    while (this.#deliveries.length > 0 && this.#deliveries[0]!.last <= this.#done) {
      this.#post({ logwire: "done", queue: this.#deliveries.shift()!.queue });
    }
  }

  #hear(message: SenderMessage): void {
    this.#heard++;
    if (!this.#senders.has(message.queue)) this.#meet(message.queue);
    if (message.logwire === "hello") {
      this.#post({ logwire: "ready" });
    } else if (message.logwire === "drained") {
      this.#endDrain(message.queue, message.id);
    } else if (message.logwire === "records") {
      this.#take(message.queue, message.frames);
    } else if (message.logwire === "flush") {
      const { queue, id } = message;
      const answer = () => this.#post({ logwire: "flushed", queue, id });
      this.#flush().then(answer, answer);
    }
  }

  /** Asks a new sender as well: it may not have listened yet when the others were asked. */
  #meet(queue: number): void {
    this.#senders.add(queue);
    if (this.#drain === undefined) return;
    this.#drain.missing.add(queue);
    this.#post({ logwire: "drain", id: this.#drain.id });
    this.#drain.end();
  }

  #endDrain(queue: number, id: number): void {
    const drain = this.#drain;
    if (drain?.id !== id) return;
    drain.missing.delete(queue);
    if (drain.missing.size === 0) drain.end();
  }

  #take(queue: number, frames: Uint8Array): void {
    try {
      for (const record of decodeFrames(frames)) this.put_nowait(record);
    } catch (error) {
      // They are not what a PortQueue sends: the sender must not wait for them all the same.
      reportError(null, error);
    }
    this.#deliveries.push({ queue, last: this.#put });
    this.#acknowledge();
  }

  #post(message: ReceiverMessage): void {
    callBack(() => this.#port.postMessage(message, []), reportFault);
  }
}
