/**
 * A bounded queue of records within one thread, with the names of Python's `queue.Queue`: a
 * `QueueHandler` puts records in, and a `QueueListener` takes them out.
 *
 * Browser compatible.
 *
 * @module
 */
import { checkKnown, checkLimit, checkOneOf } from "../logging/validate.ts";
import type { Overflow } from "../delivery/outbox.ts";
import type { LogRecord } from "../logging/log_record.ts";
import type { WaitOptions } from "../net/connector.ts";
import { FlushTracker } from "../delivery/flush_tracker.ts";

/** An item of a queue: a record, or `null`, the sentinel that stops a listener. */
export type QueueItem = LogRecord | null;

/** A snapshot of a queue's counters; `emitted === sent + queued + dropped`, always. */
export interface QueueStats {
  /** Records put in, including those that found no room. */
  emitted: number;
  /** Records that the other end has taken or, with a port, handled. */
  sent: number;
  /** Records that wait or, with a port, are on their way. */
  queued: number;
  /** Records that were dropped because there was no room. */
  dropped: number;
}

/** Options of {@linkcode RecordQueue}. */
export interface RecordQueueOptions {
  /**
   * The most records that wait, from 1; `Infinity` for no limit, as in Python. The default takes
   * some tens of megabytes. @default {100000}
   */
  maxRecords?: number;
  /**
   * The record that is dropped when there is no room: the new one, as in Python.
   *
   * @default {"drop-newest"}
   */
  overflow?: Overflow;
}

/** There was no room: Python's `queue.Full`. */
export class QueueFullError extends Error {
  /** The name of the class. */
  override name = "QueueFullError";
}

/**
 * The array is cut after so many taken records, so that cutting it takes little time per record.
 */
const SLACK = 1024;

/** The default of `maxRecords`: some tens of megabytes. */
export const DEFAULT_MAX_RECORDS = 100_000;

/** Records in the order in which they came. */
export class RecordQueue {
  /** The most records that wait. */
  readonly maxRecords: number;
  readonly #overflow: Overflow;
  #items: QueueItem[] = [];
  #head = 0;
  readonly #getters: ((item: QueueItem) => void)[] = [];
  /** Resolve the promises of `ready()`, which takes no item. */
  #waiting: (() => void)[] = [];
  readonly #flushes = new FlushTracker();
  /** Items put in, and those of them that are not done with. */
  #put = 0;
  #unfinished = 0;
  #emitted = 0;
  #sent = 0;
  #dropped = 0;
  /** The number of sentinels among the items: they need no room. */
  #sentinels = 0;

  /**
   * Makes an empty queue.
   *
   * @throws {TypeError | RangeError} when a value is bad or an option unknown
   */
  constructor(options: RecordQueueOptions = {}) {
    const what = "create RecordQueue";
    checkKnown(what, options, ["maxRecords", "overflow"]);
    const { maxRecords = DEFAULT_MAX_RECORDS, overflow = "drop-newest" } = options;
    this.maxRecords = checkLimit(what, "maxRecords", maxRecords, 1);
    this.#overflow = checkOneOf(what, "overflow", overflow, ["drop-oldest", "drop-newest"]);
  }

  /** The counts so far. */
  get stats(): QueueStats {
    return {
      emitted: this.#emitted,
      sent: this.#sent,
      queued: this.qsize(),
      dropped: this.#dropped,
    };
  }

  /** The number of records that wait. */
  qsize(): number {
    return this.#items.length - this.#head - this.#sentinels;
  }

  /** True if no item waits. */
  empty(): boolean {
    return this.#items.length === this.#head;
  }

  /** True if there is no room for a record. */
  full(): boolean {
    return this.qsize() >= this.maxRecords;
  }

  /**
   * Puts a record in, without waiting; `null` always has room. `false`: the oldest record was
   * dropped for it, with `overflow: "drop-oldest"`.
   *
   * @throws {QueueFullError} when there is no room for it, with `overflow: "drop-newest"`
   */
  put_nowait(item: QueueItem): boolean {
    const isRoomy = item === null || !this.full() || this.#makeRoom();
    if (item === null) this.#sentinels++;
    else this.#emitted++;
    this.#put++;
    this.#unfinished++;
    this.#items.push(item);
    if (this.#getters.length > 0) this.#getters.shift()!(this.get_nowait()!);
    else if (this.#waiting.length > 0) { for (const wake of this.#waiting.splice(0)) wake(); }
    return isRoomy;
  }

  /** Drops the oldest record and returns false, or throws. */
  #makeRoom(): false {
    if (this.#overflow === "drop-newest") {
      this.#emitted++;
      this.#dropped++;
      throw new QueueFullError(`the queue is full: ${this.maxRecords} records wait`);
    }
    let at = this.#head;
    while (this.#items[at] === null) at++;
    if (at === this.#head) this.#take();
    else this.#items.splice(at, 1);
    this.#dropped++;
    this.#finish();
    return false;
  }

  /** Takes the first item; `undefined` if there is none (Python raises `queue.Empty`). */
  get_nowait(): QueueItem | undefined {
    if (this.empty()) return undefined;
    const item = this.#take();
    if (item === null) this.#sentinels--;
    else this.#sent++;
    return item;
  }

  #take(): QueueItem {
    const item = this.#items[this.#head]!;
    // The slot must not keep the record in memory.
    this.#items[this.#head++] = null;
    if (this.#head === this.#items.length) {
      this.#items.length = this.#head = 0;
    } else if (this.#head >= SLACK && this.#head * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  /** Takes the first item, as soon as there is one. */
  get(): Promise<QueueItem> {
    const item = this.get_nowait();
    if (item !== undefined) return Promise.resolve(item);
    return new Promise((resolve) => this.#getters.push(resolve));
  }

  /** Resolves when there is an item to take; takes nothing. */
  ready(): Promise<void> {
    if (!this.empty()) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /**
   * Says that an item that was taken is handled.
   *
   * @throws {RangeError} when it was called for every item already (CPython: `ValueError`)
   */
  task_done(): void {
    if (this.#unfinished === 0) throw new RangeError("task_done() called too many times");
    this.#finish();
  }

  #finish(): void {
    this.#unfinished--;
    if (this.#flushes.size > 0) this.#flushes.wake(this.#put - this.#unfinished);
  }

  /** Resolves when every item that is in the queue now is handled, or `signal` is aborted. */
  async join(options: WaitOptions = {}): Promise<void> {
    if (this.#unfinished > 0 && !options.signal?.aborted) {
      await this.#flushes.wait(this.#put, options);
    }
  }
}
