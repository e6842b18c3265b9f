/**
 * A bounded queue of records whose other end is in another thread, where a `PortReceiver` takes
 * them out. In Python, multiprocessing's `Queue` does this.
 *
 * The other thread gets one message of records at a time, of 96 KiB or one record, and the next
 * when it has handled them. The other records wait here, up to `maxRecords` and `maxBytes`, so a
 * thread that stalls or has ended takes that much memory and no more.
 *
 * Browser compatible.
 *
 * @module
 */
import { checkKnown, checkLimit, checkOneOf } from "../logging/validate.ts";
import type { Batch } from "../delivery/batch_writer.ts";
import { Outbox, type Overflow } from "../delivery/outbox.ts";
import { watch } from "../logging/callback.ts";
import type { LogRecord } from "../logging/log_record.ts";
import { reportFault } from "../logging/report_error.ts";
import type { WaitOptions } from "../net/connector.ts";
import { FlushTracker } from "../delivery/flush_tracker.ts";
import { holdOpen } from "../delivery/hold_open.ts";
import {
  checkPort,
  listen,
  type MessagePortLike,
  type ReceiverMessage,
  type SenderMessage,
} from "./message_port.ts";
import { PortEncoder } from "./_port_codec.ts";
import { DEFAULT_MAX_RECORDS, QueueFullError, type QueueStats } from "./record_queue.ts";

/** Options of {@linkcode PortQueue}. */
export interface PortQueueOptions {
  /**
   * The most records that wait or are under way, from 1; `Infinity` for no limit. @default {100000}
   */
  maxRecords?: number;
  /** The most bytes that they may take, from 1; `Infinity` for no limit. @default {67108864} */
  maxBytes?: number;
  /**
   * The record that is dropped when there is no room: the new one, as in Python.
   *
   * @default {"drop-newest"}
   */
  overflow?: Overflow;
}

/** The number of queues in this thread so far, for their ids. */
let queues = 0;

/** Sends records through a port; see the module's description. */
export class PortQueue {
  readonly #port: MessagePortLike;
  readonly #id = ++queues;
  readonly #outbox: Outbox;
  readonly #encoder = new PortEncoder();
  readonly #flushes = new FlushTracker();
  /** Resolves the wait for an answer to a `flush`, by its id. */
  readonly #flushing = new Map<number, () => void>();
  #flushId = 0;
  /** The drains that the receiver asked for; `mark`: the records that each waits for. */
  #drains: { readonly id: number; readonly mark: number }[] = [];
  #isListening = false;
  #isReady = false;
  #isScheduled = false;
  /** The records that are under way. */
  #batch: Batch | undefined;
  #emitted = 0;
  #sent = 0;
  #dropped = 0;

  /**
   * Sends nothing before the first record.
   *
   * @param port a `MessagePort`, or a `Worker` of the web or of `node:worker_threads`
   * @throws {TypeError | RangeError} when a value is bad or an option unknown
   */
  constructor(port: MessagePortLike, options: PortQueueOptions = {}) {
    const what = "create PortQueue";
    checkPort(what, port);
    checkKnown(what, options, ["maxRecords", "maxBytes", "overflow"]);
    const {
      maxRecords = DEFAULT_MAX_RECORDS,
      maxBytes = 64 * 1024 * 1024,
      overflow = "drop-newest",
    } = options;
    this.#port = port;
    this.#outbox = new Outbox({
      maxRecords: checkLimit(what, "maxRecords", maxRecords, 1),
      maxBytes: checkLimit(what, "maxBytes", maxBytes, 1),
      overflow: checkOneOf(what, "overflow", overflow, ["drop-oldest", "drop-newest"]),
      onCrowded: (size) => this.#dropped += this.#outbox.makeRoom(size),
    });
  }

  /** The counts so far; `sent` counts what the other thread has handled. */
  get stats(): QueueStats {
    return {
      emitted: this.#emitted,
      sent: this.#sent,
      queued: this.#outbox.records,
      dropped: this.#dropped,
    };
  }

  /** The number of records that wait or are under way. */
  qsize(): number {
    return this.#outbox.records;
  }

  /**
   * Encodes a record; it is sent at the end of this turn, together with the others of the turn.
   * `false`: older records were dropped for it, with `overflow: "drop-oldest"`.
   *
   * @throws {QueueFullError} when there is no room for it
   */
  put_nowait(record: LogRecord): boolean {
    this.#listen();
    const crowding = this.#outbox.append(record, this.#encoder);
    this.#emitted++;
    if (crowding !== undefined) {
      this.#flushes.wake(this.#outbox.oldest);
      if (crowding !== "crowded") this.#refuse(crowding);
    }
    this.#schedule();
    return crowding === undefined;
  }

  #refuse(reason: "overflow" | "tooLarge"): never {
    this.#dropped++;
    throw new QueueFullError(
      reason === "overflow"
        ? "the queue is full: the other thread is behind"
        : "a record is larger than the whole queue",
    );
  }

  #listen(): void {
    if (this.#isListening) return;
    this.#isListening = true;
    listen(this.#port, (message) => this.#hear(message as ReceiverMessage));
    this.#post({ logwire: "hello", queue: this.#id });
  }

  #hear(message: ReceiverMessage): void {
    if (message.logwire === "ready") {
      this.#isReady = true;
      this.#send();
    } else if (message.logwire === "drain") {
      this.#drains.push({ id: message.id, mark: this.#outbox.next });
      this.#answerDrains();
    } else if (message.queue !== this.#id) {
      return;
    } else if (message.logwire === "done") {
      this.#settle();
      this.#send();
    } else if (message.logwire === "flushed") {
      this.#flushing.get(message.id)?.();
    }
  }

  /** The records under way are handled. */
  #settle(): void {
    if (this.#batch === undefined) return;
    this.#sent += this.#batch.lengths.length;
    this.#outbox.settle(this.#batch);
    this.#batch = undefined;
    this.#flushes.wake(this.#outbox.oldest);
    this.#answerDrains();
  }

  /** Answers the drains whose records are handled; a drain holds no process open here. */
  #answerDrains(): void {
    this.#drains = this.#drains.filter(({ id, mark }) => {
      const isDone = mark <= this.#outbox.oldest;
      if (isDone) this.#post({ logwire: "drained", queue: this.#id, id });
      return !isDone;
    });
  }

  #schedule(): void {
    if (this.#isScheduled || this.#batch !== undefined || !this.#isReady) return;
    this.#isScheduled = true;
    queueMicrotask(this.#send);
  }

  readonly #send = (): void => {
    this.#isScheduled = false;
    if (!this.#isReady || this.#batch !== undefined) return;
    const batch = this.#batch = this.#outbox.take();
    if (batch === undefined) return;
    const frames = new Uint8Array(batch.bytes);
    if (this.#post({ logwire: "records", queue: this.#id, frames }, [frames.buffer])) return;
    // The records stay queued, and the next one tries again.
    this.#batch = undefined;
    this.#outbox.return(batch, false);
  };

  /** Posts a message; on some runtimes the port of a worker that has ended throws. */
  #post(message: SenderMessage, transfer: ArrayBuffer[] = []): boolean {
    try {
      watch(this.#port.postMessage(message, transfer), reportFault);
      return true;
    } catch (error) {
      reportFault(error);
      return false;
    }
  }

  /**
   * Resolves when every record that was put in before is handled or dropped, and the handlers at
   * the other end have flushed; or when `signal` is aborted. Without a listener there it waits.
   * Never rejects.
   */
  async flush(options: WaitOptions = {}): Promise<void> {
    const { signal } = options;
    if (!this.#isListening || signal?.aborted) return;
    if (this.#outbox.records > 0) await this.#flushes.wait(this.#outbox.next, options);
    if (signal?.aborted) return;
    const release = holdOpen();
    const id = ++this.#flushId;
    await new Promise<void>((resolve) => {
      this.#flushing.set(id, resolve);
      signal?.addEventListener("abort", () => resolve(), { once: true });
      if (!this.#post({ logwire: "flush", queue: this.#id, id })) resolve();
    });
    this.#flushing.delete(id);
    release();
  }
}
