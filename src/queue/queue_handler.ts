/**
 * `./queue-handler`: `QueueHandler` puts records into a queue and returns; a `QueueListener` takes
 * them out and gives them to slow handlers, later or in another thread. After CPython's, as of
 * 3.13.
 *
 * Choose it when formatting and writing would take too much time of a request. The handlers of
 * this package that send over the network need no queue in front of them: they have their own.
 *
 * - In one thread the queue is a {@linkcode RecordQueue}: the listener's handlers run in later
 *   turns of the event loop.
 * - To another thread it is a {@linkcode PortQueue} over a `Worker` or `MessagePort`; the listener
 *   there takes records from a {@linkcode PortReceiver}. A value that cannot be sent arrives as
 *   its text.
 *
 * ## Options
 *
 * - `RecordQueue` and `PortQueue`: `maxRecords` (100,000) and `overflow` (`"drop-newest"`, as
 *   Python's, or `"drop-oldest"`) limit the queue; `maxBytes` (64 MiB) limits a `PortQueue` too.
 * - `QueueHandler`: `closeTimeoutMs` (5,000 ms) limits the wait of `close()`. Set its property
 *   `listener`, and its `flush()` also waits for the listener's handlers.
 * - `QueueListener`: `respect_handler_level` gives each handler only the records of its level.
 *
 * ## When the queue is full
 *
 * A record that finds the queue full is dropped and counted in `stats.dropped.overflow`. The first
 * one goes to `handleError()`, and so does the first one after there was room again; the others
 * are only counted. Records in front of a worker that does not answer wait in the queue: `flush()`
 * waits as long, so give it a `signal`.
 *
 * ## When the program ends
 *
 * In one thread the listener handles the whole queue when the program returns, after
 * `process.exit()` and `Deno.exit()`, and after an uncaught error; its handlers then write what
 * they can without waiting.
 *
 * With a worker, a program that returns lives as long as the worker holds it open, and the records
 * are handled meanwhile. What the worker has not handled when `process.exit()` is called, when an
 * error ends the process, or when the worker is terminated, is lost and reported in one line on
 * stderr. So `await handler.flush()` before you call `process.exit()` or `worker.terminate()`. The
 * handler closes neither worker nor port.
 *
 * After a signal without a listener the queue is lost, which is not reported.
 *
 * ## Errors
 *
 * - The constructors throw a `TypeError` or `RangeError` for a bad value and for an unknown
 *   option.
 * - `QueueFullError` goes to `handleError()`: Python's `queue.Full`.
 * - A handler of the listener that throws drops that record alone; the listener goes on.
 *
 * Differs from CPython: a queue is bounded unless `maxRecords` is `Infinity`; `flush()` waits for
 * the handlers behind the queue; `close()` is final; `QueueListener.stop()` flushes its handlers.
 *
 * Browser compatible.
 *
 * @example In one thread
 * ```ts
 * import { getLogger, StreamHandler } from "jsr:@logwire/logging";
 * import { QueueHandler, QueueListener, RecordQueue } from "jsr:@logwire/logging/queue-handler";
 *
 * const lines: string[] = [];
 * const slow = new StreamHandler({ write: (text: string) => lines.push(text) });
 *
 * const queue = new RecordQueue();
 * getLogger("app.queue").addHandler(new QueueHandler(queue));
 * await using listener = new QueueListener(queue, slow, { respect_handler_level: true }).start();
 *
 * getLogger("app.queue").warning("low on %s", "ink");
 * console.assert(lines.length === 0);
 * await listener.stop();
 * console.assert(lines[0] === "low on ink\n");
 * ```
 *
 * @example To another thread
 * ```ts
 * import { getLogger, StreamHandler } from "jsr:@logwire/logging";
 * import {
 *   PortQueue,
 *   PortReceiver,
 *   QueueHandler,
 *   QueueListener,
 * } from "jsr:@logwire/logging/queue-handler";
 *
 * // Here: a Worker, whose module has the second half with `self` for the port; with
 * // node:worker_threads it is `parentPort`.
 * const { port1, port2 } = new MessageChannel();
 * const handler = new QueueHandler(new PortQueue(port1));
 * getLogger("app.thread").addHandler(handler);
 *
 * // There:
 * const lines: string[] = [];
 * const slow = new StreamHandler({ write: (text: string) => lines.push(text) });
 * new QueueListener(new PortReceiver(port2), slow).start();
 *
 * getLogger("app.thread").warning("low on %s", "ink");
 * await handler.flush();
 * console.assert(lines[0] === "low on ink\n");
 * port1.close();
 * port2.close();
 * ```
 *
 * @module
 */
import { checkInteger, checkKnown, checkMethods, MAX_TIMEOUT_MS } from "../logging/validate.ts";
import { correctMistake } from "../logging/call_mistake.ts";
import { atOnce, watch } from "../logging/callback.ts";
import { type FlushOptions, Handler, tellFault } from "../logging/handler.ts";
import type { LogRecord } from "../logging/log_record.ts";
import { makeLogRecord } from "../logging/make_log_record.ts";
import { raiseExceptions } from "../logging/raise_exceptions.ts";
import { copyMark, isReceived } from "../logging/received_mark.ts";
import { reportError } from "../logging/report_error.ts";
import { writeToStderr } from "../logging/stderr.ts";
import type { Clock, ExitHooks } from "../net/connector.ts";
import { exitHooks } from "../net/exit_hooks.ts";
import { systemClock } from "../net/system_clock.ts";
import { withTimeout } from "../net/with_timeout.ts";
import { countOf } from "../delivery/delivery_event.ts";
import { prototypeMethod } from "../logging/prototype_method.ts";
import type { QueueListener } from "./queue_listener.ts";
import { QueueFullError } from "./record_queue.ts";

export type { Clock } from "../net/connector.ts";
export type { MessagePortLike } from "./message_port.ts";
export { PortQueue, type PortQueueOptions } from "./port_queue.ts";
export { PortReceiver, type PortReceiverOptions } from "./port_receiver.ts";
export { type ListenerQueue, QueueListener, type QueueListenerOptions } from "./queue_listener.ts";
export {
  QueueFullError,
  type QueueItem,
  type QueueStats,
  RecordQueue,
  type RecordQueueOptions,
} from "./record_queue.ts";

/** The queue of a {@linkcode QueueHandler}; a class of the program may be one. */
export interface HandlerQueue {
  /**
   * Takes a record without waiting, or throws; `false` says that others were dropped for it. Any
   * other result is ignored, unless it is a promise that rejects.
   */
  put_nowait(record: LogRecord): unknown;
  /**
   * True: error and stack stay apart from the text of a record, which the other end may have to
   * escape. @default {false}, as CPython
   */
  readonly keepsErrors?: boolean;
  /** The number of records that wait; at the end of the process they are reported as lost. */
  qsize?(): number;
  /** Resolves when every record that was put in is handled. */
  flush?(options?: FlushOptions): Promise<void>;
}

/** Options of {@linkcode QueueHandler}. */
export interface QueueHandlerOptions {
  /**
   * The longest that `close()` waits for what is queued, in milliseconds, from 0. @default {5000}
   */
  closeTimeoutMs?: number;
  /** The clock of `closeTimeoutMs`; tests give a virtual one. @default the runtime's own */
  clock?: Clock;
}

/** A snapshot of a handler's counters; `emitted === enqueued + droppedTotal`, always. */
export interface QueueHandlerStats {
  /** Records given to `emit()`. */
  emitted: number;
  /** Records that the queue took; with `"drop-oldest"` it may have lost them since. */
  enqueued: number;
  /** Records that it did not take: it was full, preparing failed, or the handler was closed. */
  dropped: { overflow: number; error: number; closed: number };
  /** The sum of `dropped`. */
  droppedTotal: number;
}

/** A copy of the record whose message is this text, without arguments, error and stack. */
function textCopy(record: LogRecord, text: string): LogRecord {
  if (typeof text !== "string") atOnce(text, "format()");
  const copy = makeLogRecord({ ...record });
  copy.message = text;
  copy.msg = text;
  copy.args = null;
  copy.exc_info = null;
  copy.exc_text = null;
  copy.stack_info = null;
  return copy;
}

/** Puts records into a queue; see the module's description. */
export class QueueHandler extends Handler {
  /** The queue that takes the records. */
  queue: HandlerQueue;
  /** The listener whose handlers `flush()` waits for; as of CPython 3.12. */
  listener: QueueListener | null = null;
  readonly #closeTimeoutMs: number;
  readonly #clock: Clock;
  /** Ends every `flush()` when the time of `close()` is over. */
  readonly #deadline = new AbortController();
  readonly #dropped = { overflow: 0, error: 0, closed: 0 };
  #enqueued = 0;
  #isFull = false;
  #isClosed = false;
  #closing: Promise<void> | undefined;
  readonly #exitHooks: ExitHooks = {
    beforeExit: () => Promise.resolve(),
    exit: () => this.#exit(),
  };
  readonly #forgetExit: () => void;
  /**
   * The number of lost records in the last line about them; the next line needs ten times as many.
   */
  #lost = 0.1;

  /**
   * Puts records into `queue`: a `RecordQueue`, a `PortQueue`, or any object with a `put_nowait()`.
   *
   * @throws {TypeError | RangeError} when a value is bad or an option unknown
   */
  constructor(queue: HandlerQueue, options: QueueHandlerOptions = {}) {
    const what = "create QueueHandler";
    checkMethods(what, "queue", queue, ["put_nowait"]);
    checkKnown(what, options, ["closeTimeoutMs", "clock"]);
    const { closeTimeoutMs = 5000, clock = systemClock } = options;
    checkInteger(what, "closeTimeoutMs", closeTimeoutMs, 0, MAX_TIMEOUT_MS);
    checkMethods(what, "clock", clock, ["now", "setTimeout", "clearTimeout"]);
    super();
    this.queue = queue;
    this.#closeTimeoutMs = closeTimeoutMs;
    this.#clock = clock;
    this.#forgetExit = exitHooks.add(this.#exitHooks, true, "counts");
  }

  /** Reports what is left when every listener of this thread has handled what it could. */
  #exit(): void {
    const lost = this.queue.qsize?.() ?? 0;
    if (!raiseExceptions || lost < 10 * this.#lost) return;
    this.#lost = lost;
    const what = `${countOf(lost)} lost, as the process ends before a listener takes them`;
    writeToStderr(`logwire: QueueHandler: ${what}\n`);
  }

  /** The counts so far. */
  get stats(): QueueHandlerStats {
    const dropped = { ...this.#dropped };
    const droppedTotal = dropped.overflow + dropped.error + dropped.closed;
    return {
      emitted: this.#enqueued + droppedTotal,
      enqueued: this.#enqueued,
      dropped,
      droppedTotal,
    };
  }

  /** Prepares the record and enqueues it; if that fails, the record is dropped. */
  override emit(record: LogRecord): void {
    if (this.#isClosed) return void this.#dropped.closed++;
    try {
      const prepared = this.#prepared(record);
      // Asking this of each record would make emit() a tenth slower.
      if (this.prepare !== prepare) atOnce(prepared, "prepare()");
      copyMark(record, prepared);
      const result: unknown = this.enqueue(prepared);
      this.#enqueued++;
      if (result) this.#watch(record, result);
    } catch (error) {
      this.#drop(record, error);
    }
    if (exitHooks.isEnding) exitHooks.passOn();
  }

  /**
   * Counts the record as emitted, and as dropped.
   *
   * @ignore
   */
  protected override filterFailed(record: LogRecord, error: unknown): void {
    if (!this.#isClosed) return this.#drop(record, error);
    this.#dropped.closed++;
    this.#report(record, error);
  }

  /** Prepares the record; once more if an override of `prepare()` finds a mistake in the call. */
  #prepared(record: LogRecord): LogRecord {
    try {
      return this.prepare(record);
    } catch (error) {
      if (!correctMistake(this, record, error)) throw error;
      return this.prepare(record);
    }
  }

  /** Counts the record as dropped if the queue's promise rejects. */
  #watch(record: LogRecord, result: unknown): void {
    watch(result, (error) => {
      this.#enqueued--;
      this.#drop(record, error);
    });
  }

  #drop(record: LogRecord, error: unknown): void {
    if (error instanceof QueueFullError) this.#dropped.overflow++;
    else this.#dropped.error++;
    this.#report(record, error);
  }

  /**
   * Puts a record into the queue. Override it for a queue of another kind; if it returns a promise
   * that rejects, the record counts as dropped.
   *
   * @throws {QueueFullError} when there is no room
   */
  enqueue(record: LogRecord): void {
    const result = this.queue.put_nowait(record);
    if (result === false) {
      this.#report(record, new QueueFullError("the queue is full: the oldest record was dropped"));
      return;
    }
    this.#isFull = false;
    // A queue of the program may return a promise, which the type does not show.
    if (typeof result === "object") return result as unknown as undefined;
  }

  /** Reports an error, but of a full queue only the first: a report takes longer than a record. */
  #report(record: LogRecord, error: unknown): void {
    const isFull = error instanceof QueueFullError;
    if (isFull && this.#isFull) return;
    if (isFull) this.#isFull = true;
    tellFault(this, record, error);
  }

  /**
   * A copy of the record for a later turn or another thread: `msg` and `message` are the text that
   * this handler's formatter makes, and `args`, `exc_info`, `exc_text` and `stack_info` are null,
   * as the text contains them. A received record, and any record for a queue that `keepsErrors`,
   * keeps `exc_text` and `stack_info` apart from its text: a handler that writes lines escapes the
   * line feeds of a received text, and not those of a traceback.
   */
  prepare(record: LogRecord): LogRecord {
    const keeps = isReceived(record) || this.queue.keepsErrors === true;
    if (!keeps) return textCopy(record, this.format(record));
    // Formatting the record puts the text of its error into it.
    if (record.exc_info && !record.exc_text) this.format(record);
    const { exc_text, stack_info } = record;
    const bare = makeLogRecord({ ...record, exc_info: null, exc_text: null, stack_info: null });
    return Object.assign(textCopy(bare, this.format(bare)), {
      exc_text,
      stack_info,
    });
  }

  /**
   * Resolves when every record emitted before is handled: by `listener`, if it is set, or in the
   * other thread. If that thread stalls, it waits as long: give a `signal` to end it. Never
   * rejects.
   */
  override async flush(options: FlushOptions = {}): Promise<void> {
    if (this.#deadline.signal.aborted || options.signal?.aborted) return;
    const ended = new AbortController();
    const end = () => ended.abort();
    const signals = [this.#deadline.signal, ...(options.signal ? [options.signal] : [])];
    for (const signal of signals) signal.addEventListener("abort", end);
    try {
      await this.queue.flush?.({ signal: ended.signal });
      await this.listener?.flush({ signal: ended.signal });
    } catch (error) {
      reportError(null, error);
    }
    for (const signal of signals) signal.removeEventListener("abort", end);
  }

  /**
   * Flushes, for `closeTimeoutMs` at most; stops neither listener nor worker. Final: records
   * emitted afterwards count as `dropped.closed`.
   */
  override close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    this.#isClosed = true;
    await withTimeout(() => this.flush(), {
      abort: this.#deadline,
      clock: this.#clock,
      ms: this.#closeTimeoutMs,
      late: () => new Error("the queue was not flushed in time"),
    }).catch(() => {});
    this.#deadline.abort();
    this.#forgetExit();
    await super.close();
  }
}

const prepare = /* @__PURE__ */ prototypeMethod(QueueHandler, "prepare");
