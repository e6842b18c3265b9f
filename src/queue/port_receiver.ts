/**
 * The other end of a {@linkcode PortQueue}, in the thread that handles the records: the queue of a
 * `QueueListener` there.
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
import { withTimeout } from "../net/with_timeout.ts";
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
 * A drain ends after so many milliseconds in which the senders are silent and nothing is handled
 * here: a sender's thread may be busy, or have ended without a message. The records of a busy one
 * wait there for the next listener.
 */
const SILENCE_MS = 1000;

/**
 * A drain waits so often, and so many milliseconds each time, for a port without a known sender. A
 * port that was transferred holds its first message, and delivers it when its thread next looks for
 * one, which on Deno may be some turns of the event loop later. Several short timers let it look in
 * between.
 */
const ARRIVAL_WAITS = 3;
const ARRIVAL_MS = 10;

/** Options of {@linkcode PortReceiver}. */
export interface PortReceiverOptions {
  /** The clock of its waits; tests give a virtual one. @default the runtime's own */
  clock?: Clock;
}

/** A drain that is under way. */
interface Drain {
  readonly id: number;
  /** The senders that have not answered. */
  readonly missing: Set<number>;
  /** Ends the present wait. */
  end: () => void;
}

/** The records of one message: all are handled when `last` records of this port are. */
interface ReceivedMessage {
  readonly queue: number;
  readonly last: number;
}

/**
 * Takes records from a port. Each sender has at most one message here, so the queue needs no bound.
 */
export class PortReceiver extends RecordQueue {
  readonly #port: MessagePortLike;
  readonly #clock: Clock;
  readonly #messages: ReceivedMessage[] = [];
  /** The senders that have sent a message. */
  readonly #senders = new Set<number>();
  #drain: Drain | undefined;
  #drainId = 0;
  /** The number of messages so far. */
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
   * @throws {TypeError} when `port` is no port, or an option is unknown
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

  /** Receives records from now on. A `flush()` at the other end calls `flush`. */
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
   * Resolves when every record that was put in at the other ends before is handled here, also those
   * in the port; or when a sender is silent for a second, or `signal` is aborted. The listener must
   * take records out meanwhile. Never rejects.
   */
  async arrived(options: WaitOptions = {}): Promise<void> {
    if (!this.#isListening || options.signal?.aborted) return;
    const release = holdOpen();
    const drain: Drain = { id: ++this.#drainId, missing: new Set(this.#senders), end: () => {} };
    this.#drain = drain;
    // The answer of a known sender arrives behind the first message of an unknown one.
    if (drain.missing.size > 0) this.#post({ logwire: "drain", id: drain.id });
    for (let waits = 0; drain.missing.size === 0 && waits < ARRIVAL_WAITS; waits++) {
      await this.#waitFor(drain, ARRIVAL_MS, options.signal);
    }
    while (drain.missing.size > 0 && !options.signal?.aborted) {
      const progress = this.#heard + this.#done;
      await this.#waitFor(drain, SILENCE_MS, options.signal);
      // A sender whose records are being handled here is silent until they are.
      if (progress === this.#heard + this.#done) break;
    }
    if (this.#drain === drain) this.#drain = undefined;
    release();
  }

  /** Waits until the drain makes progress, `ms` have passed, or `signal` is aborted. */
  async #waitFor(drain: Drain, ms: number, signal: AbortSignal | undefined): Promise<void> {
    if (signal?.aborted) return;
    const progress = () =>
      new Promise<void>((resolve) => {
        drain.end = resolve;
        signal?.addEventListener("abort", drain.end);
      });
    await withTimeout(progress, {
      abort: new AbortController(),
      clock: this.#clock,
      ms,
      late: () => new Error("the drain made no progress"),
    }).catch(() => {});
    signal?.removeEventListener("abort", drain.end);
  }

  /**
   * The listener has stopped: records that arrive before the next `open()` wait, as do their
   * senders.
   */
  close(): void {
    this.#flush = () => Promise.resolve();
    this.#port.unref?.();
  }

  /** Puts a record or the sentinel in, without waiting. */
  override put_nowait(item: QueueItem): boolean {
    this.#put++;
    return super.put_nowait(item);
  }

  /** Says that an item is handled: its sender may send more once all of its message are. */
  override task_done(): void {
    super.task_done();
    this.#done++;
    this.#acknowledge();
  }

  #acknowledge(): void {
    while (this.#messages.length > 0 && this.#messages[0]!.last <= this.#done) {
      this.#post({ logwire: "done", queue: this.#messages.shift()!.queue });
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

  /** Asks a new sender to drain too: it may not have listened yet when the others were asked. */
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
      // No PortQueue sends such frames; `done` is answered all the same, or the sender would wait.
      reportError(null, error);
    }
    this.#messages.push({ queue, last: this.#put });
    this.#acknowledge();
  }

  #post(message: ReceiverMessage): void {
    callBack(() => this.#port.postMessage(message, []), reportFault);
  }
}
