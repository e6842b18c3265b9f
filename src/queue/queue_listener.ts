/**
 * Takes records out of a queue and gives them to handlers. After CPython's `QueueListener`, whose
 * thread is here the later turns of the event loop.
 *
 * Differs: `start()` and `stop()` may be called again and again, as of 3.14; `stop()` also flushes the
 * handlers; a handler that throws costs its record and not the listener.
 *
 * Browser compatible.
 *
 * @module
 */
import { checkBoolean, checkKnown, checkMethods } from "../logging/validate.ts";
import { atOnce, callBack, watch } from "../logging/callback.ts";
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

/** What a {@linkcode QueueListener} takes records from; a queue of your own may be one. */
export interface ListenerQueue {
  /** The first item of the queue, or `undefined`. Without it each item is awaited. */
  get_nowait?(): QueueItem | undefined;
  /** What is first in the queue, when there is something. */
  get(): Promise<QueueItem>;
  /**
   * Resolves when there is something to take. Without it the listener waits by `get()`; what that has
   * given it when the process exits, it cannot handle any more.
   */
  ready?(): Promise<void>;
  /** Puts the sentinel in, behind all the rest. */
  put_nowait(sentinel: null): unknown;
  /** Told of each item that is done with. */
  task_done?(): void;
  /** Resolves when all that is in the queue is done with. */
  join?(options?: WaitOptions): Promise<void>;
  /** Somebody listens from now on, and this flushes its handlers. */
  open?(flush: () => Promise<void>): void;
  /** Resolves when what was put in elsewhere before, such as in another thread, is handled here. */
  arrived?(options?: WaitOptions): Promise<void>;
  /** Nobody listens any more. */
  close?(): void;
}

/** Options of {@linkcode QueueListener}. */
export interface QueueListenerOptions {
  /** Whether a handler gets only records of its level and above. @default {false} */
  respect_handler_level?: boolean;
}

/** How long records are handled before others get a turn, in milliseconds. */
const TURN_MS = 5;
/** After how many records that is looked at. */
const RECORDS_A_LOOK = 16;

/**
 * Hands the records of a queue to handlers.
 *
 * @example
 * ```ts
 * import { makeLogRecord, NullHandler, QueueListener, RecordQueue } from "jsr:@logwire/logging";
 *
 * const queue = new RecordQueue();
 * await using listener = new QueueListener(queue, new NullHandler());
 * listener.start();
 * queue.put_nowait(makeLogRecord({ msg: "spam" }));
 * await listener.stop();
 * console.assert(queue.stats.sent === 1);
 * ```
 */
export class QueueListener implements AsyncDisposable {
  /** Where the records come from. */
  readonly queue: ListenerQueue;
  /** Who gets them. */
  readonly handlers: readonly Handler[];
  /** Whether a handler gets only records of its level and above. */
  respect_handler_level: boolean;
  #monitor: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;
  /** What `dequeue(false)` is to bring, where it has to wait all the same. */
  #asked: Promise<QueueItem> | undefined;
  /** The item that was taken and is handled in the next turn. */
  #taken: QueueItem | undefined;
  /** Says whether the sentinel has come. */
  #isOver = false;
  /** Says whether records are handled without a turn, which would keep the process from ending. */
  #isResting = false;
  readonly #exitHooks: ExitHooks = {
    beforeExit: (isRepeated) => Promise.resolve(isRepeated ? this.#rest() : this.#handleAll()),
    exit: () => this.#handleAll(),
  };
  #forgetExit: (() => void) | undefined;

  /**
   * Listens to nothing before `start()`.
   *
   * @param handlersAndOptions the handlers and, as the last, where there are any, the options
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
   * Takes records from now on.
   *
   * @throws {Error} when it does so already (CPython: as of 3.14)
   */
  start(): void {
    if (this.#monitor !== undefined) {
      throw new Error("Cannot start the listener as it is started already: await stop() before");
    }
    this.#isOver = false;
    this.#forgetExit = exitHooks.add(this.#exitHooks, true, "passes on");
    this.#monitor = this.#listen();
    callBack(() => this.queue.open?.(() => this.flush()), reportFault);
  }

  /**
   * Handles all that is in the queue now, what is on its way through a port included, then flushes
   * the handlers; harmless where the listener is not started. Aborting `signal` ends the wait. A
   * sender behind a port that says nothing for a second is not waited for. Never rejects. Closes no
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
   * Resolves when all that is in the queue now is handled, if the listener is started, and the
   * handlers have flushed; or `signal` is aborted. Never rejects.
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
    // In the executor's then() a flush() that throws is one that rejects.
    const flushed = this.handlers.map((handler) =>
      Promise.resolve().then(() => handler.flush(options)).catch((error) =>
        reportError(null, error)
      )
    );
    await until(Promise.all(flushed), options.signal);
  }

  /**
   * The next item of the queue; with `block` a promise of it where there is none yet, without it
   * `undefined`. `null` is the sentinel. Override it for a queue of another kind.
   */
  dequeue(block: boolean): QueueItem | undefined | Promise<QueueItem> {
    const { queue } = this;
    const item = queue.get_nowait ? queue.get_nowait() : queue.get();
    return item === undefined && block ? queue.get() : item;
  }

  /** Makes of what was queued what is handled. Override it to do so in a way of your own. */
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

  /** Puts the sentinel into the queue, at which the listener stops. */
  enqueue_sentinel(): void {
    this.queue.put_nowait(null);
  }

  /** Until the sentinel comes. Never rejects. */
  async #listen(): Promise<void> {
    try {
      while (!this.#isOver) {
        this.#taken = await this.#next();
        // Those who log go on first, and so do their promises.
        if (!this.#isResting) await turn();
        this.#handleSome(systemClock.now() + TURN_MS / 1000);
      }
    } catch (error) {
      // The queue itself fails: to ask it again and again would end nowhere.
      reportError(null, error);
    }
  }

  /** The next item, or `undefined`: it is left in the queue, where the end of the process finds it. */
  async #next(): Promise<QueueItem | undefined> {
    const asked = this.#asked;
    this.#asked = undefined;
    if (asked !== undefined) return await asked;
    if (this.queue.ready === undefined || this.dequeue !== dequeue) return await this.dequeue(true);
    await this.queue.ready();
    return undefined;
  }

  /** Handles what there is, until `end`, in seconds, or the sentinel. */
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
    // An override may know only how to wait.
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
      // The program has called it as well: that must not end the listener.
      reportFault(error);
    }
  }

  /** The process ends, or may. */
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

/** Resolves when `done` has, or `signal` is aborted. */
async function until(done: Promise<unknown>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return void await done;
  let end = () => {};
  const aborted = new Promise<void>((resolve) => end = resolve);
  signal.addEventListener("abort", end);
  if (!signal.aborted) await Promise.race([done, aborted]);
  signal.removeEventListener("abort", end);
}
