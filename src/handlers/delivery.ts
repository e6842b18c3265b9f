/**
 * The driver of a link: dials, writes, drops and arms timers as the table in `core/link.ts` says,
 * and keeps the account. One delivery a handler, one write at a time.
 *
 * Browser compatible: time comes from a {@linkcode Clock}.
 *
 * @module
 */
import { Backoff, MIN_RETRY_SECONDS } from "../core/backoff.ts";
import {
  accepts,
  type LinkAction,
  type LinkEvent,
  type LinkState,
  transition,
  type WhileDisconnected,
} from "../core/link.ts";
import type { DirectEncoder } from "../core/direct_encoder.ts";
import { type Batch, Outbox, type Overflow } from "../core/outbox.ts";
import type { LogRecord } from "../logging/log_record.ts";
import { ConnectionError } from "../net/connection_error.ts";
import type { Clock, ExitNotifier, WaitOptions } from "../net/connector.ts";
import { DeliveryCounters } from "./delivery_counters.ts";
import type { DeliveryStats, DropReason } from "./delivery_event.ts";
import { type DeliveryListener, DeliveryNews } from "./delivery_news.ts";
import { Flushes } from "./flushes.ts";
import { type BatchSettings, Gathering, UNGATHERED } from "./gathering.ts";
import { holdOpen } from "./hold_open.ts";
import type { Outlet } from "./outlet.ts";

/** What a delivery needs to know; every value has been checked. */
export interface DeliverySettings extends DeliveryListener {
  whileDisconnected: WhileDisconnected;
  maxQueuedBytes: number;
  maxQueuedRecords: number;
  overflow: Overflow;
  connectTimeoutMs: number;
  closeTimeoutMs: number;
  clock: Clock;
  exitNotifier: ExitNotifier;
  /** How records are gathered to batches. @default as they come, in chunks */
  batch?: BatchSettings;
  /** One dial; may throw or reject with anything. */
  open(signal: AbortSignal): Promise<Outlet>;
}

/**
 * What may be written behind a write whose outcome nobody is left to await: a kernel that was slow
 * to take more than this is likely full, and the process may go on after all, with a stream that
 * misses bytes.
 */
const MAX_BLIND_BYTES = 512 * 1024;

/** Delivers frames over one link at a time. */
export class Delivery {
  readonly backoff: Backoff = new Backoff();
  readonly #settings: DeliverySettings;
  readonly #outbox: Outbox;
  readonly #counters = new DeliveryCounters();
  readonly #news: DeliveryNews;
  #encoding = false;
  readonly #flushes = new Flushes();
  readonly #gathering: Gathering;
  #latest: LogRecord | undefined;
  #state: LinkState = "idle";
  #outlet: Outlet | undefined;
  /** The batch that the outlet is writing. */
  #batch: Batch | undefined;
  /** Aborts the dial that is under way. */
  #dialling: AbortController | undefined;
  #retryTimer: unknown;
  /** Set when the peer's end was seen while a write was under way. */
  #endTimer: unknown;
  #pumping = false;
  #openedAt = 0;
  /** Whether the other side has shown that it is there. */
  #isProven = false;
  #wasShort = false;
  #closing: Promise<void> | undefined;
  /** No further dial is worth waiting for: the handler closes or the process ends. */
  #lastDial = false;
  #forgetExit: (() => void) | undefined;
  #leftAt = -1;

  constructor(settings: DeliverySettings) {
    this.#settings = settings;
    this.#news = new DeliveryNews(settings, this.#counters);
    const { batch = UNGATHERED, clock } = settings;
    this.#gathering = new Gathering(batch, clock, () => this.#write());
    this.#outbox = new Outbox({
      maxBytes: settings.maxQueuedBytes,
      maxRecords: settings.maxQueuedRecords,
      overflow: settings.overflow,
      chunkBytes: settings.batch?.bytes,
      onFull: () => this.#writeFull(),
    });
  }

  /** The account of this moment. */
  get stats(): DeliveryStats {
    return this.#counters.snapshot(this.#outbox.records, this.#outbox.bytes);
  }

  /** The record that was given to `emit()` last. */
  get latest(): LogRecord | undefined {
    return this.#latest;
  }

  /** A record was given to `emit()`; the result is for {@linkcode giveUp}. */
  begin(record: LogRecord): number {
    this.#latest = record;
    return this.#counters.emitted;
  }

  /** What went wrong in `emit()` costs the record, unless it was counted since, and is told. */
  giveUp(record: LogRecord, begun: number, error: unknown): void {
    if (this.#counters.emitted === begun) {
      this.#refuse(this.#closing === undefined ? "error" : "closed");
    }
    this.#settings.onFault(error, record);
  }

  /** Where the link stands. */
  get state(): LinkState {
    return this.#state;
  }

  /** Dials if there is no connection, none is coming, and the back-off permits. */
  want(): void {
    if (this.#state !== "idle" && this.#state !== "waiting") return;
    if (this.backoff.permits(this.#settings.clock.now())) this.#on("wanted");
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
  enqueueRecord(record: LogRecord, encoder: DirectEncoder): boolean {
    if (this.#state !== "open") {
      if (!this.#isHoldingOff()) return false;
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
      this.#counters.emitted++;
      this.#flushes.queued();
    } else {
      this.#overflow(size, frame);
    }
    if (this.#state === "open" && !this.#pumping && this.#batch === undefined) this.#schedule();
  }

  /** The record is counted after it: a full chunk is written first, and who takes it may look. */
  #put(size: number, frame: Uint8Array | undefined): boolean {
    return frame === undefined ? this.#outbox.commit(size) : this.#outbox.push(frame);
  }

  /** There was no room: drops what is to be dropped, and tells. */
  #overflow(size: number, frame: Uint8Array | undefined): void {
    if (this.#closing !== undefined) return this.#refuse("closed");
    if (!this.#outbox.fits(size)) return this.#refuse("tooLarge");
    const before = this.#counters.droppedTotal;
    const older = this.#outbox.makeRoom(size);
    this.#flushes.dropped(older, this.#batch !== undefined);
    this.#news.drop("overflow", older);
    if (this.#put(size, frame)) {
      this.#counters.emitted++;
      this.#flushes.queued();
    } else {
      this.#refuse("overflow");
    }
    if (!this.#news.isOutage) {
      this.#news.beginOutage(new Error(`the queue is full (${this.#outbox.bytes} bytes)`), before);
    }
    this.#flushes.wake();
  }

  /** Whether a record now would neither be written nor dial. */
  #isHoldingOff(): boolean {
    if (this.#state === "connecting" || this.#state === "closed") return true;
    return this.#state === "waiting" && !this.backoff.permits(this.#settings.clock.now());
  }

  #refusal(): DropReason | undefined {
    if (this.#closing !== undefined) return "closed";
    return accepts(this.#settings.whileDisconnected, this.#state) ? undefined : "disconnected";
  }

  /**
   * Writes a record behind the last chunk; the size, or 0 where it goes the general way. So it does
   * where a record's own code, a getter say, or a connection's logs and so comes here again.
   */
  #encode(record: LogRecord, encoder: DirectEncoder): number {
    if (this.#encoding) return 0;
    this.#encoding = true;
    try {
      const most = encoder.prepare(record);
      if (most === 0) return 0;
      const chunk = this.#outbox.reserve(most);
      return encoder.write(chunk.buffer, chunk.view, chunk.end) - chunk.end;
    } finally {
      this.#encoding = false;
    }
  }

  #refuse(reason: DropReason): void {
    this.#counters.emitted++;
    this.#news.drop(reason, 1);
  }

  /** Lets go of the connection; the next record dials anew. */
  disconnect(): void {
    if (this.#outlet !== undefined) this.#lost(this.#outlet, undefined);
  }

  /** Resolves when all that is queued now is sent or dropped, or `signal` is aborted. */
  async flush(options: WaitOptions = {}): Promise<void> {
    if (this.#outbox.records === 0 || options.signal?.aborted) return;
    const done = this.#flushes.wait(options);
    this.want();
    if (this.#state === "open" && !this.#pumping) this.#schedule();
    await done;
  }

  /** Flushes, half-closes, awaits the peer's end; together no longer than `closeTimeoutMs`. */
  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    const { clock, closeTimeoutMs } = this.#settings;
    const deadline = new AbortController();
    let timeIsUp = () => {};
    const bound = new Promise<void>((resolve) => timeIsUp = resolve);
    const timer = clock.setTimeout(() => {
      deadline.abort();
      timeIsUp();
    }, closeTimeoutMs);
    const release = holdOpen();
    try {
      await this.#lastFlush(deadline.signal);
      const outlet = this.#outlet;
      // What a write that is cut had left counts as dropped: it must not go on.
      const signal = this.#batch === undefined ? deadline.signal : AbortSignal.abort();
      this.#settle();
      this.#on("close");
      this.#news.drop("closed", this.#empty());
      this.#flushes.wake();
      await Promise.race([outlet?.close({ signal }), bound]);
    } finally {
      clock.clearTimeout(timer);
      release();
      this.#news.endOutage();
      this.#forgetExit?.();
    }
  }

  /** A flush that, without a connection, dials once, whatever the back-off, and no more. */
  async #lastFlush(signal: AbortSignal): Promise<void> {
    this.#lastDial = true;
    if (this.#outbox.records > 0) this.#on("wanted");
    await this.flush({ signal });
    this.#lastDial = false;
  }

  #on(event: LinkEvent): void {
    const next = transition(this.#settings.whileDisconnected, this.#state, event);
    if (next === undefined) return;
    this.#state = next.state;
    for (const action of next.actions) this.#act(action);
  }

  #act(action: LinkAction): void {
    switch (action) {
      case "dial":
        return this.#dial();
      case "write":
        return this.#write();
      case "drop":
        return this.#news.drop("disconnected", this.#empty());
      case "arm":
        return this.#arm();
      case "release":
        return this.#release();
    }
  }

  #dial(): void {
    const { clock, connectTimeoutMs, open } = this.#settings;
    this.#disarm();
    this.#forgetExit ??= this.#awaitExit();
    const dialledAt = clock.now();
    const abort = this.#dialling = new AbortController();
    const timer = clock.setTimeout(() => {
      const message = `no connection within ${connectTimeoutMs} ms`;
      abort.abort(new DOMException(message, "TimeoutError"));
      failed(new ConnectionError("timeout", message));
    }, connectTimeoutMs);
    const isOver = (): boolean => {
      const over = this.#dialling !== abort;
      if (!over) this.#dialling = undefined;
      clock.clearTimeout(timer);
      return over;
    };
    const failed = (error: unknown) => {
      if (!isOver()) this.#failed(dialledAt, error);
    };
    // Through the executor a connector that throws at once is a dial that failed.
    new Promise<Outlet>((resolve) => resolve(open(abort.signal))).then((outlet) => {
      if (isOver()) outlet.close({ signal: AbortSignal.abort() });
      else this.#connected(outlet);
    }).catch(failed);
  }

  #connected(outlet: Outlet): void {
    this.#isProven = false;
    this.#outlet = outlet;
    this.#openedAt = this.#settings.clock.now();
    outlet.closed?.then(
      (error) => this.#ended(outlet, error),
      (error) => this.#ended(outlet, error),
    );
    if (!outlet.isUnproven) this.#prove();
    this.#on("connected");
  }

  #prove(): void {
    if (this.#isProven) return;
    this.#isProven = true;
    this.#counters.connects++;
    this.backoff.succeeded();
    this.#news.tell({ type: "connected" });
  }

  #failed(dialledAt: number, error: unknown, event: LinkEvent = "failed", least?: number): void {
    this.#counters.connectFailures++;
    this.backoff.failed(dialledAt, least);
    this.#news.beginOutage(error);
    this.#on(event);
    this.#news.tell({ type: "connect-failed", error, retrySeconds: this.backoff.retryPeriod });
    this.#news.tellFault(error);
    this.#flushes.wake(this.#lastDial);
  }

  /** The peer's end was seen. A write under way may still succeed, and then nothing is sent twice. */
  #ended(outlet: Outlet, error: unknown): void {
    if (outlet !== this.#outlet) return;
    if (this.#batch === undefined || error !== undefined) return this.#lost(outlet, error);
    const { clock, closeTimeoutMs } = this.#settings;
    this.#endTimer = clock.setTimeout(() => this.#lost(outlet, undefined), closeTimeoutMs);
  }

  #lost(outlet: Outlet, error: unknown): void {
    if (outlet !== this.#outlet) return;
    const isCut = this.#batch !== undefined;
    const hasTaken = this.#settle() > 0;
    this.#outlet = undefined;
    this.#settings.clock.clearTimeout(this.#endTimer);
    this.#endTimer = undefined;
    this.#gathering.stop();
    // After an error there is no one to wait for; and what a write that is cut had left is sent on
    // the next connection, so it must not go on here.
    const isOver = error !== undefined || isCut;
    outlet.close(isOver ? { signal: AbortSignal.abort() } : {});
    const now = this.#settings.clock.now();
    if (hasTaken) this.#prove();
    if (outlet.holdSeconds !== undefined || (!this.#isProven && error !== undefined)) {
      return this.#failed(now, error, "flapped", outlet.holdSeconds);
    }
    const short = now - this.#openedAt < Math.max(this.backoff.retryStart, MIN_RETRY_SECONDS);
    const isQueue = this.#settings.whileDisconnected === "queue";
    const redial = this.#outbox.records > 0 && (isQueue || this.#flushes.size > 0);
    // Of a server that takes what is written and hangs up at once nothing may be left to redial for.
    const wasShort = this.#wasShort;
    const flapped = (isQueue || redial) && short && wasShort;
    this.#wasShort = short;
    if (flapped) this.backoff.failed(now);
    // Twice in a row nothing could be written: a socket that opens is no way out yet.
    if (isCut && short && wasShort && error !== undefined) this.#news.beginOutage(error);
    this.#on(flapped ? "flapped" : "lost");
    this.#news.tell({ type: "disconnected", error });
    this.#news.tellFault(error);
    this.#flushes.wake();
    if (redial && !flapped) this.want();
  }

  #arm(): void {
    const { clock } = this.#settings;
    this.#retryTimer = clock.setTimeout(() => {
      this.#retryTimer = undefined;
      if (this.#outbox.records > 0) this.#on("due");
    }, this.backoff.delayMs(clock.now(), Math.random()));
  }

  #disarm(): void {
    this.#settings.clock.clearTimeout(this.#retryTimer);
    this.#retryTimer = undefined;
  }

  #release(): void {
    this.#disarm();
    this.#gathering.stop();
    this.#settings.clock.clearTimeout(this.#endTimer);
    this.#outlet = undefined;
    const dialling = this.#dialling;
    this.#dialling = undefined;
    dialling?.abort();
  }

  /** Writes at the end of this turn, together with what else it brings. */
  #schedule(): void {
    this.#pumping = true;
    queueMicrotask(this.#pump);
  }

  readonly #pump = (): void => {
    this.#pumping = false;
    this.#write();
  };

  /** Within `enqueue`: who listens may log, and that must not come before the record at hand. */
  #writeFull(): void {
    this.#gathering.hurry();
    this.#news.tellingLater(() => {
      if (this.#batch === undefined) this.#write();
      else if (this.#outlet?.retry(this.#batch)) this.#written(this.#outlet, this.#batch);
    });
  }

  #write(): void {
    const outlet = this.#outlet;
    if (outlet === undefined || this.#batch !== undefined || this.#endTimer !== undefined) return;
    const { records, bytes } = this.#outbox;
    if (this.#flushes.size === 0 && this.#gathering.waits(records, bytes)) return;
    this.#gathering.stop();
    // A listener that is told of what was written may let go of the connection.
    while (outlet === this.#outlet) {
      const batch = this.#outbox.take(this.#settings.batch?.records);
      if (batch === undefined) return;
      this.#batch = batch;
      let writing: Promise<void> | undefined;
      try {
        writing = outlet.write(batch);
      } catch (error) {
        return this.#lost(outlet, error ?? new Error("write() failed"));
      }
      if (writing !== undefined) {
        writing.then(() => this.#written(outlet, batch), (error) => this.#lost(outlet, error));
        return;
      }
      this.#settleWritten();
    }
  }

  #settleWritten(): void {
    this.#gathering.restart();
    if (this.#settle() > 0) this.#prove();
    if (this.#news.isOutage && this.#outbox.bytes * 2 <= this.#settings.maxQueuedBytes) {
      this.#news.endOutage();
    }
    this.#flushes.wake();
  }

  #written(outlet: Outlet, batch: Batch): void {
    if (outlet !== this.#outlet || batch !== this.#batch) return;
    this.#settleWritten();
    if (this.#endTimer !== undefined) this.#lost(outlet, undefined);
    else this.#write();
  }

  /**
   * Accounts for the batch in flight: what the kernel has not taken is first in the queue again. The
   * number of frames that are done with.
   */
  #settle(): number {
    const batch = this.#batch;
    if (batch === undefined || this.#outlet === undefined) return 0;
    const { frames, again, tooLarge, tooLargeBytes, refused } = this.#outlet.progress(batch);
    this.#batch = undefined;
    const bytes = this.#outbox.settle(frames, again);
    const done = frames - again.length;
    this.#flushes.settled(done, done === batch.lengths.length);
    this.#counters.sent += done - tooLarge - (refused?.frames ?? 0);
    this.#counters.sentBytes += bytes - tooLargeBytes - (refused?.bytes ?? 0);
    this.#news.drop("tooLarge", tooLarge);
    if (refused !== undefined) this.#news.refused(refused.frames, refused.error);
    return done;
  }

  /** Empties the queue; the number of records is the caller's to count. */
  #empty(): number {
    const records = this.#outbox.clear();
    this.#flushes.emptied(records);
    return records;
  }

  #awaitExit(): () => void {
    return this.#settings.exitNotifier.atExit?.({
      beforeExit: () => this.#beforeExit(),
      exit: (mayGoOn) => this.#exit(mayGoOn),
    }) ?? (() => {});
  }

  async #beforeExit(): Promise<void> {
    // Waiting makes the event loop run dry once more: then there is nothing new to try.
    if (this.#outbox.records === 0 || this.#leftAt === this.#counters.emitted) return;
    this.#leftAt = this.#counters.emitted;
    const { clock, closeTimeoutMs } = this.#settings;
    const deadline = new AbortController();
    const timer = clock.setTimeout(() => deadline.abort(), closeTimeoutMs);
    await this.#lastFlush(deadline.signal);
    clock.clearTimeout(timer);
  }

  #canWriteBlindly(): boolean {
    if (this.#state !== "open" || this.#outlet?.writeSync === undefined) return false;
    return this.#batch === undefined || this.#outbox.bytes <= MAX_BLIND_BYTES;
  }

  #exit(mayGoOn = false): void {
    if (this.#outbox.records === 0 || (mayGoOn && !this.#canWriteBlindly())) return;
    const batch = this.#outbox.drain();
    const { lengths } = batch;
    const sent = this.#state === "open" ? this.#outlet?.writeSync?.(batch) ?? 0 : 0;
    const lost = lengths.length - sent;
    this.#counters.sent += sent;
    this.#flushes.emptied(lengths.length);
    for (let i = 0; i < sent; i++) this.#counters.sentBytes += lengths[i] ?? 0;
    if (lost > 0) this.#news.beginOutage(new Error("the process ends"));
    this.#counters.drop("closed", lost);
    this.#news.endOutage();
    this.#flushes.wake();
  }
}
