/**
 * Takes records out of a queue and gives them to handlers. After CPython's `QueueListener`, which
 * does this in a thread; here it is done in later turns of the event loop.
 *
 * Differs: `start()` and `stop()` may be called repeatedly, as of 3.14; `stop()` also flushes the
 * handlers; the listener survives a handler that throws, and only that record is lost.
 *
 * Browser compatible.
 *
 * @module
 */
import { checkBoolean, checkKnown, checkMethods } from "../logging/validate.ts";
import { atOnce, watch } from "../logging/callback.ts";
import { type FlushOptions, type Handler, tellFault, watchFault } from "../logging/handler.ts";
import type { LogRecord } from "../logging/log_record.ts";
import { copyMark } from "../logging/received_mark.ts";
import { reportError, reportFault } from "../logging/report_error.ts";
import type { ExitHooks, WaitOptions } from "../net/connector.ts";
import { exitHooks } from "../net/exit_hooks.ts";
import { turn } from "../net/fair_turn.ts";
import { systemClock } from "../net/system_clock.ts";
import { prototypeMethod } from "../logging/prototype_method.ts";
import type { QueueItem } from "./record_queue.ts";

/** The queue of a {@linkcode QueueListener}; a class of the program may be one. */
export interface ListenerQueue {
  /** The first item of the queue, or `undefined`. Without it each item is awaited. */
  get_nowait?(): QueueItem | undefined;
  /** The first item of the queue, as soon as there is one. */
  get(): Promise<QueueItem>;
  /**
   * Resolves when there is an item to take. Without it the listener waits by `get()`, and cannot
   * handle the item of that promise any more if the process exits.
   */
  ready?(): Promise<void>;
  /** Puts the sentinel in, behind all other items. */
  put_nowait(sentinel: null): unknown;
  /** Is called after each item is handled. */
  task_done?(): void;
  /** Resolves when every item that is in the queue now is handled. */
  join?(options?: WaitOptions): Promise<void>;
  /** The listener starts; `flush` flushes its handlers. */
  open?(flush: () => Promise<void>): void;
  /**
   * Resolves when records that were put in elsewhere, such as in another thread, are handled here.
   */
  arrived?(options?: WaitOptions): Promise<void>;
  /** The listener has stopped. */
  close?(): void;
}

/** Options of {@linkcode QueueListener}. */
export interface QueueListenerOptions {
  /** True: a handler gets only records of its level and above. @default {false} */
  respect_handler_level?: boolean;
}

/**
 * The milliseconds of handling before a turn of the event loop: a program that serves requests
 * notices a longer pause.
 */
const TURN_MS = 5;

/** The clock is read after so many records: to read it for each would make them slower. */
const RECORDS_A_LOOK = 16;

/**
 * Hands the records of a queue to handlers.
 *
 * @example
 * ```ts
 * import { makeLogRecord, NullHandler } from "jsr:@logwire/logging";
 * import { QueueListener, RecordQueue } from "jsr:@logwire/logging/queue-handler";
 *
 * const queue = new RecordQueue();
 * await using listener = new QueueListener(queue, new NullHandler()).start();
 * queue.put_nowait(makeLogRecord({ msg: "spam" }));
 * await listener.stop();
 * console.assert(queue.stats.sent === 1);
 * ```
 */
export class QueueListener implements AsyncDisposable {
  /** The queue that gives the records. */
  readonly queue: ListenerQueue;
  /** The handlers of every record. */
  readonly handlers: readonly Handler[];
  /** True: a handler gets only records of its level and above. */
  respect_handler_level: boolean;
  #monitor: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;
  /** The promise of `dequeue(false)`, where an override can only wait. */
  #asked: Promise<QueueItem> | undefined;
  /** The item that is handled in the next turn. */
  #taken: QueueItem | undefined;
  /** True once the sentinel was taken. */
  #isOver = false;
  /**
   * True while records are handled without waiting for a turn, which would hold the process open.
   */
  #isResting = false;
  readonly #exitHooks: ExitHooks = {
    beforeExit: (isRepeated) => Promise.resolve(isRepeated ? this.#rest() : this.#handleAll()),
    exit: () => this.#handleAll(),
  };
  #forgetExit: (() => void) | undefined;

  /**
   * Listens to nothing before `start()`.
   *
   * @param handlersAndOptions the handlers and, as the last argument, the options if there are any
   * @throws {TypeError} when a value is bad or an option unknown
   */
  constructor(
    queue: ListenerQueue,
    ...handlersAndOptions: Handler[] | [...Handler[], QueueListenerOptions]
  ) {
    const what = "create QueueListener";
    checkMethods(what, "queue", queue, ["get", "put_nowait"]);
    const last: unknown = handlersAndOptions.at(-1);
    const isHandler = typeof (last as Partial<Handler> | null | undefined)?.handle === "function";
    const hasOptions = handlersAndOptions.length > 0 && !isHandler;
    const options = (hasOptions ? last : {}) as QueueListenerOptions;
    checkKnown(what, options, ["respect_handler_level"]);
    const { respect_handler_level = false } = options;
    this.queue = queue;
    this.handlers = handlersAndOptions.slice(0, hasOptions ? -1 : undefined) as Handler[];
    for (const handler of this.handlers) {
      checkMethods(what, "handler", handler, ["handle", "flush"]);
    }
    this.respect_handler_level = checkBoolean(
      what,
      "respect_handler_level",
      respect_handler_level,
    );
  }

  /**
   * Takes records from now on. Returns the listener, so that `await using` can start it, as Python's
   * `with` does as of 3.14.
   *
   * @throws {Error} when it is started already (CPython: as of 3.14), or the queue's `open()` throws
   */
  start(): this {
    if (this.#monitor !== undefined) {
      throw new Error("Cannot start the listener as it is started already: await stop() before");
    }
    watch(this.queue.open?.(() => this.flush()), reportFault);
    this.#isOver = false;
    this.#forgetExit = exitHooks.add(this.#exitHooks, true, "passes on");
    this.#monitor = this.#listen();
    return this;
  }

  /**
   * Handles every record that is in the queue now, or on its way through a port, then flushes the
   * handlers; does nothing if the listener is not started. Aborting `signal` ends the wait. It does
   * not wait for a sender behind a port that is silent for a second. Never rejects. Closes no
   * handler.
   */
  async stop(options: FlushOptions = {}): Promise<void> {
    if (this.#monitor === undefined) return;
    this.#stopping ??= this.#stop(options);
    await until(this.#stopping, options.signal);
  }

  async #stop(options: FlushOptions): Promise<void> {
    try {
      if (this.queue.arrived) await this.queue.arrived(options);
    } catch (error) {
      reportError(null, error);
    }
    try {
      await this.enqueue_sentinel();
      await this.#monitor;
      await this.#flushHandlers(options);
      await this.queue.close?.();
    } catch (error) {
      reportError(null, error);
    }
    this.#forgetExit?.();
    this.#monitor = undefined;
    this.#stopping = undefined;
  }

  /** The same as `stop()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  /**
   * Resolves when every record that is in the queue now is handled, if the listener is started, and
   * the handlers have flushed; or when `signal` is aborted. Never rejects.
   */
  async flush(options: FlushOptions = {}): Promise<void> {
    try {
      if (this.#monitor !== undefined) await this.queue.join?.(options);
    } catch (error) {
      reportError(null, error);
    }
    if (!options.signal?.aborted) await this.#flushHandlers(options);
  }

  async #flushHandlers(options: FlushOptions): Promise<void> {
    // Within then() a flush() that throws becomes one that rejects.
    const flushed = this.handlers.map((handler) =>
      Promise.resolve().then(() => handler.flush(options)).catch((error) =>
        reportError(null, error)
      )
    );
    await until(Promise.all(flushed), options.signal);
  }

  /**
   * The next item of the queue; if there is none yet, a promise of it with `block`, else
   * `undefined`. `null` is the sentinel. Override it for a queue of another kind.
   */
  dequeue(block: boolean): QueueItem | undefined | Promise<QueueItem> {
    const { queue } = this;
    const item = queue.get_nowait ? queue.get_nowait() : queue.get();
    return item === undefined && block ? queue.get() : item;
  }

  /** Returns the record that is handled for a queued one: the same. Override it to change that. */
  prepare(record: LogRecord): LogRecord {
    return record;
  }

  /** Gives a record to the handlers. */
  handle(record: LogRecord): void {
    const prepared = this.prepare(record);
    if (prepared !== record) atOnce(prepared, "prepare()");
    copyMark(record, prepared);
    for (const handler of this.handlers) {
      if (this.respect_handler_level && !(prepared.levelno >= handler.level)) continue;
      try {
        watchFault(handler, prepared, handler.handle(prepared));
      } catch (error) {
        tellFault(handler, prepared, error);
      }
    }
  }

  /** Puts the sentinel into the queue; the listener stops when it takes that. */
  enqueue_sentinel(): void {
    this.queue.put_nowait(null);
  }

  /** Handles items until the sentinel. Never rejects. */
  async #listen(): Promise<void> {
    try {
      while (!this.#isOver) {
        this.#taken = await this.#next();
        // The code that logs, and its promises, go on first.
        if (!this.#isResting) await turn();
        this.#handleSome(systemClock.now() + TURN_MS / 1000);
      }
    } catch (error) {
      // The queue itself fails: asking it again would never end.
      reportError(null, error);
    }
  }

  /**
   * The next item; `undefined`: there is one in the queue, and the exit hooks can still take it.
   */
  async #next(): Promise<QueueItem | undefined> {
    const asked = this.#asked;
    this.#asked = undefined;
    if (asked !== undefined) return await asked;
    if (this.queue.ready === undefined || this.dequeue !== dequeue) return await this.dequeue(true);
    await this.queue.ready();
    return undefined;
  }

  /** Handles items until the queue is empty, `end` (in seconds) has passed, or the sentinel. */
  #handleSome(end: number): void {
    for (let count = 1; !this.#isOver; count++) {
      const item = this.#take();
      if (item === undefined) return;
      if (item === null) this.#isOver = true;
      this.#handleItem(item);
      if (count % RECORDS_A_LOOK === 0 && systemClock.now() >= end) return;
    }
  }

  #take(): QueueItem | undefined {
    const taken = this.#taken;
    this.#taken = undefined;
    if (taken !== undefined) return taken;
    if (this.#asked !== undefined) return undefined;
    const next = this.dequeue(false);
    if (!(next instanceof Promise)) return next;
    // An override may only be able to wait.
    this.#asked = next;
    return undefined;
  }

  #handleItem(item: QueueItem): void {
    try {
      if (item !== null) watch(this.handle(item), reportFault);
    } catch (error) {
      reportError(item, error);
    }
    try {
      watch(this.queue.task_done?.(), reportFault);
    } catch (error) {
      // The program may have called it as well, and that must not end the listener.
      reportFault(error);
    }
  }

  /** Handles what is left, as the process ends, or may end. */
  #handleAll(): void {
    try {
      this.#handleSome(Infinity);
    } catch (error) {
      reportError(null, error);
    }
  }

  #rest(): void {
    this.#isResting = true;
    systemClock.setTimeout(() => this.#isResting = false, 0);
  }
}

const dequeue = /* @__PURE__ */ prototypeMethod(QueueListener, "dequeue");

/** Resolves when `done` resolves, or `signal` is aborted. */
async function until(done: Promise<unknown>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return void await done;
  let end = () => {};
  const aborted = new Promise<void>((resolve) => end = resolve);
  signal.addEventListener("abort", end);
  if (!signal.aborted) await Promise.race([done, aborted]);
  signal.removeEventListener("abort", end);
}
