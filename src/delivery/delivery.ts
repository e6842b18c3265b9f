/**
 * What becomes of records on this side of a connection: queued, or dropped and counted, and in the
 * end closed upon. When there is a connection and what is done with it is a subclass's to say.
 *
 * Browser compatible: time comes from a {@linkcode Clock}.
 *
 * @module
 */
import { Backoff } from "./_backoff.ts";
import type { RecordEncoder } from "../wire/record_encoder.ts";
import type { WhileDisconnected } from "./link.ts";
import { type Batch, Outbox, type Overflow } from "./outbox.ts";
import { callBack } from "../logging/callback.ts";
import type { LogRecord } from "../logging/log_record.ts";
import { reportFault } from "../logging/report_error.ts";
import type { Clock, ExitHooks, ExitNotifier, WaitOptions } from "../net/connector.ts";
import { DeliveryCounters } from "./_counters.ts";
import type { DeliveryStats, DropReason } from "./delivery_event.ts";
import { type DeliveryListener, DeliveryNews } from "./_delivery_reporter.ts";
import { Flushes } from "./flush_tracker.ts";
import type { BatchSettings } from "./batcher.ts";
import { holdOpen } from "./hold_open.ts";
import { type Outlet, PIECE_BYTES } from "./writer.ts";

/** What a delivery needs to know; every value has been checked. */
export interface DeliverySettings extends DeliveryListener {
  whileDisconnected: WhileDisconnected;
  maxQueuedBytes: number;
  maxQueuedRecords: number;
  overflow: Overflow;
  connectTimeoutMs: number;
  closeTimeoutMs: number;
  writeTimeoutMs: number;
  clock: Clock;
  exitNotifier: ExitNotifier;
  /** How records are gathered to batches. @default as they come, in chunks */
  batch?: BatchSettings;
  /** One dial; may throw or reject with anything. */
  open(signal: AbortSignal): Promise<Outlet>;
}

/** The queue and the account of a handler, whichever way its connections go. */
export abstract class Delivery implements ExitHooks {
  readonly backoff: Backoff = new Backoff();
  protected readonly settings: DeliverySettings;
  protected readonly outbox: Outbox;
  protected readonly counters: DeliveryCounters = new DeliveryCounters();
  protected readonly news: DeliveryNews;
  protected readonly flushes: Flushes = new Flushes();
  #encoding = false;
  #latest: LogRecord | undefined;
  #closing: Promise<void> | undefined;
  #forgetExit: (() => void) | undefined;
  #leftAt = -1;
  #isAnswered = false;
  /** Says whether the process ends: a record now is written, or lost, at once. */
  #isEnding = false;

  constructor(settings: DeliverySettings) {
    this.settings = settings;
    this.news = new DeliveryNews(settings, this.counters);
    this.outbox = new Outbox({
      maxBytes: settings.maxQueuedBytes,
      maxRecords: settings.maxQueuedRecords,
      overflow: settings.overflow,
      chunkBytes: settings.batch?.bytes ?? PIECE_BYTES,
      // A request that is repeated has the same records.
      keepsBatches: settings.batch !== undefined,
      onFull: () => this.onFull(),
    });
    // Weakly: a handler that is not used is collected. One with a socket or a timer is held by that.
    callBack(() => this.#forgetExit = settings.exitNotifier.atExit?.(this, true), reportFault);
  }

  /** Whether a record need only be queued: there is a connection, or none is made for it now. */
  protected abstract get isReady(): boolean;
  /** Whether a record now may lead to a dial, where it need not only be queued. */
  protected abstract mayDial(): boolean;
  /** Whether a record now is queued, and not dropped for want of a connection. */
  protected abstract accepts(): boolean;
  /** A record was queued, or dropped for want of room. */
  protected abstract onQueued(): void;
  /** So many are queued that waiting for more before a write gains nothing. */
  protected abstract onFull(): void;
  /** Dials if there is no connection, none is coming, and the back-off permits. */
  abstract want(): void;
  /** Lets go of the connection; whether there was one. */
  abstract disconnect(): boolean;
  /** Resolves when all that is queued now is sent or dropped, or `signal` is aborted. */
  abstract flush(options?: WaitOptions): Promise<void>;
  /** A flush that, without a connection, dials once, whatever the back-off, and no more. */
  protected abstract lastFlush(signal: AbortSignal): Promise<void>;
  /** Settles what is in flight and closes for good; `signal` bounds how long the peer's end takes. */
  protected abstract release(signal: AbortSignal): Promise<void> | undefined;
  /** Counts as sent all that was written and may go again: nobody is left who could send it. */
  protected confirmWritten(): void {}
  /** Writes what it can without waiting; the number of frames taken. */
  protected abstract writeLast(batch: Batch): number;
  /** Whether {@linkcode writeLast} does no harm should the process go on after all. */
  protected abstract canWriteBlindly(): boolean;
  /** Until the next turn of the event loop, nothing may be begun that keeps the loop from ending. */
  protected rest(): void {}

  /** The account of this moment. */
  get stats(): DeliveryStats {
    return this.counters.snapshot(this.outbox.records, this.outbox.bytes);
  }

  /** The record that was given to `emit()` last. */
  get latest(): LogRecord | undefined {
    return this.#latest;
  }

  /** A record was given to `emit()`; the result is for {@linkcode giveUp}. */
  begin(record: LogRecord): number {
    this.#latest = record;
    return this.counters.emitted;
  }

  /** What went wrong in `emit()` costs the record, unless it was counted since, and is told. */
  giveUp(record: LogRecord, begun: number, error: unknown): void {
    if (this.counters.emitted === begun) {
      this.#refuse(this.#closing === undefined ? "error" : "closed");
    }
    this.settings.onFault(error, record);
  }

  /** Takes one frame: queued, or dropped and counted. The caller may use the bytes again. */
  enqueue(frame: Uint8Array): void {
    const refusal = this.#refusal();
    if (refusal !== undefined) return this.#refuse(refusal);
    this.#queue(frame.length, frame);
  }

  /**
   * As {@linkcode enqueue}, for a record that is encoded where it is sent from. `false`: it is for
   * the general way, as the record is not plain or a dial may have to be made first.
   */
  enqueueRecord(record: LogRecord, encoder: RecordEncoder): boolean {
    if (!this.isReady) {
      if (this.mayDial()) return false;
      const refusal = this.#refusal();
      if (refusal !== undefined) {
        this.#refuse(refusal);
        return true;
      }
    }
    const size = this.#encode(record, encoder);
    if (size === 0) return false;
    this.#queue(size);
    return true;
  }

  /** Queues a frame of `size` bytes: this one, or what was written behind the outbox's last chunk. */
  #queue(size: number, frame?: Uint8Array): void {
    if (this.#closing === undefined && this.#put(size, frame)) {
      this.counters.emitted++;
      this.flushes.queued();
    } else {
      this.#overflow(size, frame);
    }
    this.onQueued();
    if (this.#isEnding) this.exit();
  }

  /** The record is counted after it: a full chunk is written first, and who takes it may look. */
  #put(size: number, frame: Uint8Array | undefined): boolean {
    return frame === undefined ? this.outbox.commit(size) : this.outbox.push(frame);
  }

  /** There was no room: drops what is to be dropped, and tells. */
  #overflow(size: number, frame: Uint8Array | undefined): void {
    if (this.#closing !== undefined) return this.#refuse("closed");
    if (!this.outbox.fits(size)) return this.#refuse("tooLarge");
    const before = this.counters.droppedTotal;
    const older = this.makeRoom(size);
    this.flushes.dropped(older, this.outbox.inFlight);
    this.news.drop("overflow", older);
    if (this.#put(size, frame)) {
      this.counters.emitted++;
      this.flushes.queued();
      if (older === 0) return;
    } else {
      this.#refuse("overflow");
    }
    if (!this.news.isOutage) {
      this.news.beginOutage(new Error(`the queue is full (${this.outbox.bytes} bytes)`), before);
    }
    this.flushes.wake();
  }

  /** Makes room for `size` bytes, if it can; the number of records that were dropped for that. */
  protected makeRoom(size: number): number {
    return this.outbox.makeRoom(size);
  }

  #refusal(): DropReason | undefined {
    if (this.#closing !== undefined) return "closed";
    return this.accepts() ? undefined : "disconnected";
  }

  /**
   * Writes a record behind the last chunk; the size, or 0 where it goes the general way. So it does
   * where a record's own code, a getter say, or a connection's logs and so comes here again.
   */
  #encode(record: LogRecord, encoder: RecordEncoder): number {
    if (this.#encoding) return 0;
    this.#encoding = true;
    try {
      const most = encoder.prepare(record);
      if (most === 0) return 0;
      const chunk = this.outbox.reserve(most);
      return encoder.write(chunk.buffer, chunk.view, chunk.end) - chunk.end;
    } finally {
      this.#encoding = false;
    }
  }

  #refuse(reason: DropReason): void {
    this.counters.emitted++;
    if (this.#isEnding) this.news.end(reason, 1);
    else this.news.drop(reason, 1);
  }

  /**
   * Accounts for a batch in flight: what the kernel has not taken is first in the queue again. The
   * number of frames that are done with; 0 where the other side takes nothing at all.
   */
  protected settle(outlet: Outlet, batch: Batch): number {
    const { frames, again, tooLarge, tooLargeBytes, refused, splits } = outlet.progress(batch);
    const bytes = this.outbox.settle(frames, again, splits);
    const done = frames - again.length;
    this.flushes.settled(done, done === batch.lengths.length);
    this.counters.sent += done - tooLarge - (refused?.frames ?? 0);
    this.counters.sentBytes += bytes - tooLargeBytes - (refused?.bytes ?? 0);
    this.news.drop("tooLarge", tooLarge);
    if (refused === undefined) return done;
    const others = refused.all ? this.empty() : 0;
    this.news.refused(refused.reason, refused.frames + others, refused.error);
    return refused.all ? 0 : done;
  }

  /** The oldest records that were written and held, or all of them, count as sent; how many. */
  protected confirm(most?: number): number {
    const { records, bytes } = this.outbox.confirm(most);
    this.counters.sent += records;
    this.counters.sentBytes += bytes;
    return records;
  }

  /** Drops so many of the oldest records that wait: a poisonous one, or those that went twice. */
  protected dropOldest(records: number, isPoison: boolean): void {
    const bytes = this.outbox.headBytes;
    this.outbox.drop(records);
    this.flushes.settled(records, true);
    if (isPoison) this.news.refuse(bytes);
    else this.news.drop("disconnected", records);
  }

  /** The other side has shown that it is there. */
  protected onProven(): void {
    this.counters.connects++;
    this.news.tell({ type: "connected" });
  }

  /**
   * A dial begun at `dialledAt` failed; `onHeld` says what becomes of the queue.
   *
   * @param least seconds for which the other side asked to be left alone
   */
  protected onDialFailed(
    dialledAt: number,
    error: unknown,
    least: number | undefined,
    onHeld: () => void,
  ): void {
    this.counters.connectFailures++;
    this.backoff.failed(dialledAt, least);
    this.news.beginOutage(error);
    onHeld();
    this.news.tell({ type: "connect-failed", error, retrySeconds: this.backoff.retryPeriod });
    this.news.tellFault(error);
  }

  /** A connection is over, with the reason unless the peer ended it in order. */
  protected onEnded(error: unknown, unconfirmed = 0): void {
    this.news.tell({ type: "disconnected", error, ...unconfirmed > 0 && { unconfirmed } });
    this.news.tellFault(error);
  }

  /** Reports the first bytes of a server that has nothing to say in this protocol. */
  protected listen(outlet: Outlet): void {
    if (this.#isAnswered) return;
    outlet.firstBytes?.().then((bytes) => {
      if (bytes === undefined || bytes.length === 0 || this.#isAnswered) return;
      this.#isAnswered = true;
      this.news.tell({ type: "answered", bytes });
    });
  }

  /** Records got through: an outage is over once the queue is half empty. */
  protected onSent(): void {
    if (this.news.isOutage && this.outbox.bytes * 2 <= this.settings.maxQueuedBytes) {
      this.news.endOutage();
    }
    this.flushes.wake();
  }

  /** Empties the queue; the number of records is the caller's to count. */
  protected empty(): number {
    const records = this.outbox.clear();
    this.flushes.emptied(records);
    return records;
  }

  /** Flushes, half-closes, awaits the peer's end; together no longer than `closeTimeoutMs`. */
  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    const release = holdOpen();
    await this.#inTime(async (signal) => {
      const bound = new Promise((resolve) => signal.addEventListener("abort", resolve));
      await this.lastFlush(signal);
      const released = this.release(signal);
      this.news.drop("closed", this.empty());
      this.flushes.wake();
      await Promise.race([released, bound]);
      this.confirmWritten();
    });
    release();
    this.news.endOutage();
    callBack(() => this.#forgetExit?.());
  }

  /** Does something under a signal that is aborted after `closeTimeoutMs`; never rejects. */
  async #inTime(task: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { clock, closeTimeoutMs } = this.settings;
    const deadline = new AbortController();
    const timer = clock.setTimeout(() => deadline.abort(), closeTimeoutMs);
    await task(deadline.signal);
    clock.clearTimeout(timer);
  }

  /** The event loop is empty. */
  readonly beforeExit = async (isRepeated?: boolean): Promise<void> => {
    if (isRepeated) return this.rest();
    // Waiting makes the event loop run dry once more: then there is nothing new to try.
    const unwritten = this.outbox.records - this.outbox.held.records;
    if (unwritten === 0 || this.#leftAt === this.counters.emitted) return;
    this.#leftAt = this.counters.emitted;
    await this.#inTime((signal) => this.lastFlush(signal));
  };

  /** An error may end the process; what was written and may go again is not lost by that. */
  #mayEnd(): void {
    this.news.mayEnd(this.outbox.records - this.outbox.held.records);
  }

  /** The process ends now, or may. */
  readonly exit = (mayGoOn?: boolean): void => {
    if (!mayGoOn) this.confirmWritten();
    else if (!this.canWriteBlindly()) return this.#mayEnd();
    this.#isEnding ||= !mayGoOn;
    const batch = this.outbox.drain();
    const { lengths } = batch;
    let sent = 0;
    callBack(() => void (sent = this.writeLast(batch)));
    this.counters.sent += sent;
    this.flushes.emptied(lengths.length);
    for (let i = 0; i < sent; i++) this.counters.sentBytes += lengths[i] ?? 0;
    let lost = lengths.length - sent;
    if (mayGoOn) this.#mayEnd();
    else if (this.outbox.records > 0) {
      // The batch in flight has come as far as it will.
      callBack(() => this.release(AbortSignal.abort()));
      lost += this.empty();
    }
    if (lost > 0 || !mayGoOn) this.news.end("closed", lost);
    this.flushes.wake();
  };
}
