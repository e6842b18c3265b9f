/**
 * The delivery over a link that is kept open: dials, writes, drops and arms timers as the table in
 * `core/link.ts` and, for young streams, `core/probation.ts` say. One link a handler, one write at a
 * time.
 *
 * Browser compatible: time comes from a {@linkcode Clock}.
 *
 * @module
 */
import { MIN_RETRY_SECONDS } from "./_backoff.ts";
import { accepts, type LinkAction, type LinkEvent, type LinkState, transition } from "./link.ts";
import type { Batch } from "./outbox.ts";
import { Probation, type ProbationEnd } from "./_probation.ts";
import { ConnectionError } from "../net/connection_error.ts";
import { Watchdog } from "../net/watchdog.ts";
import type { WaitOptions } from "../net/connector.ts";
import { Delivery, type DeliverySettings } from "./delivery.ts";
import { Gathering, UNGATHERED } from "./batcher.ts";
import type { Outlet } from "./writer.ts";

/**
 * What may be written behind a write whose outcome nobody is left to await: a kernel that was slow
 * to take more than this is likely full, and the process may go on after all, with a stream that
 * misses bytes.
 */
const MAX_BLIND_BYTES = 512 * 1024;

/**
 * A young stream that has carried so much has proved itself: it is more than the kernels of both ends
 * hold on Linux (4 MiB to send, 6 MiB to receive), so the server reads.
 */
const MAX_TRIAL_BYTES = 12 * 1024 * 1024;

/** Delivers over one link, dialled anew whenever it was lost. */
export class LinkDelivery extends Delivery {
  readonly #gathering: Gathering;
  readonly #probation: Probation;
  #state: LinkState = "idle";
  #outlet: Outlet | undefined;
  /** The batch that the outlet is writing. */
  #batch: Batch | undefined;
  /** Aborts the dial that is under way. */
  #dialling: AbortController | undefined;
  #retryTimer: unknown;
  /** Set when the peer's end was seen while a write was under way. */
  #endTimer: unknown;
  #probationTimer: unknown;
  readonly #writeWatchdog: Watchdog;
  /** Records sent when a stream last ended in the middle of one. */
  #sentAtCut = -1;
  #pumping = false;
  #openedAt = 0;
  /** Whether the other side has shown that it is there. */
  #isProven = false;
  #wasShort = false;
  /** Says whether a batch waits for the next turn, if there is one, as it would keep the process from ending. */
  #isResting = false;
  /** No further dial is worth waiting for: the handler closes or the process ends. */
  #lastDial = false;

  constructor(settings: DeliverySettings) {
    super(settings);
    const { batch = UNGATHERED, clock, writeTimeoutMs } = settings;
    this.#writeWatchdog = new Watchdog(writeTimeoutMs, clock, () => {
      const message = `a write made no progress for ${writeTimeoutMs} ms`;
      if (this.#outlet) this.#lost(this.#outlet, new ConnectionError("timeout", message));
    });
    this.#gathering = new Gathering(batch, clock, () => this.#write());
    this.#probation = new Probation(settings.whileDisconnected === "drop");
  }

  protected override get isReady(): boolean {
    return this.#state === "open";
  }

  protected override mayDial(): boolean {
    if (this.#state === "connecting" || this.#state === "closed") return false;
    return this.#state !== "waiting" || this.backoff.permits(this.settings.clock.now());
  }

  protected override accepts(): boolean {
    return accepts(this.settings.whileDisconnected, this.#state);
  }

  protected override onQueued(): void {
    if (this.#state === "open" && !this.#pumping && this.#batch === undefined) this.#schedule();
  }

  override want(): void {
    if (this.#state !== "idle" && this.#state !== "waiting") return;
    if (this.backoff.permits(this.settings.clock.now())) this.#on("wanted");
  }

  override disconnect(): boolean {
    if (this.#outlet === undefined) return false;
    this.confirmWritten();
    this.#lost(this.#outlet, undefined);
    return true;
  }

  override async flush(options: WaitOptions = {}): Promise<void> {
    if (this.flushes.reached(this.flushes.mark) || options.signal?.aborted) return;
    const done = this.flushes.wait(options);
    this.want();
    if (this.#state === "open" && !this.#pumping) this.#schedule();
    await done;
  }

  protected override async lastFlush(signal: AbortSignal): Promise<void> {
    this.#lastDial = true;
    if (this.outbox.records > 0) this.#on("wanted");
    await this.flush({ signal });
    this.#lastDial = false;
  }

  protected override release(signal: AbortSignal): Promise<void> | undefined {
    const outlet = this.#outlet;
    // What a write that is cut had left counts as dropped: it must not go on.
    const cut = this.#batch === undefined ? signal : AbortSignal.abort();
    this.#settle();
    this.#on("close");
    return outlet?.close({ signal: cut }).then(async () => {
      if (await Promise.race([outlet.closed, undefined]) === undefined) return;
      // The server reset what this side had closed in order: nobody can say what it has read.
      this.outbox.restore();
      this.news.drop("closed", this.outbox.clear());
    });
  }

  protected override confirmWritten(): void {
    this.#probation.confirm();
    this.confirm();
  }

  protected override makeRoom(size: number): number {
    while (!this.outbox.hasRoom(size) && this.#releaseOldest());
    const dropped = super.makeRoom(size);
    this.#probation.overflowed(dropped);
    return dropped;
  }

  protected override empty(): number {
    this.#probation.emptied();
    return super.empty();
  }

  /** Keeps less than it could of what a young stream has carried; whether it did. */
  #releaseOldest(): boolean {
    if (this.#probation.isSuspected || this.outbox.held.records === 0) return false;
    this.#probation.release(1);
    this.confirm(1);
    return true;
  }

  #on(event: LinkEvent): void {
    const next = transition(this.settings.whileDisconnected, this.#state, event);
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
        return this.news.drop("disconnected", this.empty());
      case "arm":
        return this.#arm();
      case "release":
        return this.#letGo();
    }
  }

  #dial(): void {
    const { clock, connectTimeoutMs, open } = this.settings;
    this.#disarm();
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
    this.#openedAt = this.settings.clock.now();
    outlet.closed?.then(
      (error) => this.#ended(outlet, error),
      (error) => this.#ended(outlet, error),
    );
    outlet.onProgress = () => this.#watchWrite();
    this.listen(outlet);
    if (outlet.closed !== undefined) this.#probation.opened();
    this.#awaitProbation();
    if (!outlet.isUnproven) this.#prove();
    this.#on("connected");
  }

  #prove(): void {
    if (this.#isProven) return;
    this.#isProven = true;
    if (!this.#probation.isSuspected) this.backoff.succeeded();
    this.onProven();
  }

  #awaitProbation(): void {
    const { tickMs } = this.#probation;
    if (tickMs !== undefined) {
      this.#probationTimer = this.settings.clock.setTimeout(() => this.#tick(), tickMs);
    }
  }

  #tick(): void {
    // A stream whose end was seen does not grow older.
    if (!this.#probation.isOn || this.#endTimer !== undefined) return;
    const sent = this.#probation.tick();
    this.confirm(sent);
    if (this.#probation.hasStood || !this.#probation.isOn) this.backoff.succeeded();
    this.#awaitProbation();
    if (sent > 0) this.onSent();
    this.#write();
  }

  #failed(dialledAt: number, error: unknown, event: LinkEvent = "failed", least?: number): void {
    const wasLast = this.#lastDial;
    this.onDialFailed(dialledAt, error, least, () => this.#on(event));
    // Who was told may have closed the handler, which has a dial of its own.
    if (this.#lastDial && !wasLast && this.outbox.records > 0) this.#on("wanted");
    this.flushes.wake(wasLast);
  }

  /** The peer's end was seen. A write under way may still succeed, and then nothing is sent twice. */
  #ended(outlet: Outlet, error: unknown): void {
    if (outlet !== this.#outlet) return;
    if (this.#batch === undefined || error !== undefined) return this.#lost(outlet, error);
    const { clock, closeTimeoutMs } = this.settings;
    this.#endTimer = clock.setTimeout(() => this.#lost(outlet, undefined), closeTimeoutMs);
  }

  #lost(outlet: Outlet, error: unknown): void {
    if (outlet !== this.#outlet) return;
    const isCut = this.#batch !== undefined;
    const isYoung = this.#probation.isOn;
    const wasSuspected = this.#probation.isSuspected;
    const droppedBefore = this.counters.droppedTotal;
    const hasTaken = !isYoung && this.#settle() > 0;
    if (isCut && !isYoung && outlet.closed !== undefined) this.#noteCut();
    // Who is told of a record that is refused may log, and that must not be written here.
    this.#outlet = undefined;
    this.#stopTimers();
    const trial = isYoung ? this.#endProbation(error) : undefined;
    // After an error there is no one to wait for; and what a write that is cut had left is sent on
    // the next connection, so it must not go on here.
    const isOver = error !== undefined || isCut;
    outlet.close(isOver ? { signal: AbortSignal.abort() } : {});
    const now = this.settings.clock.now();
    if (hasTaken) this.#prove();
    if (outlet.holdSeconds !== undefined || (!this.#isProven && error !== undefined)) {
      return this.#failed(now, error, "flapped", outlet.holdSeconds);
    }
    if (trial !== undefined) return this.#endedYoung(trial, wasSuspected, droppedBefore, error);
    const short = now - this.#openedAt < Math.max(this.backoff.retryStart, MIN_RETRY_SECONDS);
    const isQueue = this.settings.whileDisconnected === "queue";
    const redial = this.outbox.records > 0 && (isQueue || this.flushes.size > 0);
    // Of a server that takes what is written and hangs up at once nothing may be left to redial for.
    const wasShort = this.#wasShort;
    const flapped = (isQueue || redial) && short && wasShort && outlet.closed === undefined;
    this.#wasShort = short;
    if (flapped) this.backoff.failed(now);
    // Twice in a row nothing could be written: a socket that opens is no way out yet.
    if (isCut && short && wasShort && error !== undefined) this.news.beginOutage(error);
    this.#on(flapped ? "flapped" : "lost");
    this.onEnded(error);
    this.flushes.wake();
    if (redial && !flapped) this.want();
  }

  /** A stream that ends twice in a row in the middle of the same record ends because of it. */
  #noteCut(): void {
    if (this.counters.sent === this.#sentAtCut) this.#probation.suspect();
    this.#sentAtCut = this.counters.sent;
  }

  /** Puts the records that a young stream has carried first in the queue again, or drops them. */
  #endProbation(error: unknown): ProbationEnd {
    const isStuck = error instanceof ConnectionError && error.code === "timeout";
    const end = this.#probation.ended(!isStuck);
    this.flushes.restored(this.outbox.held.records);
    this.#batch = undefined;
    this.outbox.restore();
    this.dropOldest(end.dropped, end.isPoison);
    return end;
  }

  #endedYoung(
    { again, dropped, backsOff }: ProbationEnd,
    wasSuspected: boolean,
    droppedBefore: number,
    error: unknown,
  ): void {
    if (backsOff) this.backoff.failed(this.settings.clock.now());
    // One end may be a restart; a second one is an outage.
    if (wasSuspected) {
      const reason = error ??
        new Error("the server ends each connection at once: is this its port, and without TLS?");
      this.news.beginOutage(reason, droppedBefore);
    }
    this.#on(backsOff ? "flapped" : "lost");
    this.onEnded(error, again + dropped);
    this.flushes.wake();
    if (!backsOff && this.outbox.records > 0 && this.flushes.size > 0) this.want();
  }

  #stopTimers(): void {
    const { clock } = this.settings;
    clock.clearTimeout(this.#endTimer);
    clock.clearTimeout(this.#probationTimer);
    this.#writeWatchdog.stop();
    this.#endTimer = this.#probationTimer = undefined;
    this.#gathering.stop();
  }

  #arm(): void {
    const { clock } = this.settings;
    this.#retryTimer = clock.setTimeout(() => {
      this.#retryTimer = undefined;
      if (this.outbox.records > 0) this.#on("due");
    }, this.backoff.delayMs(clock.now(), Math.random()));
  }

  #disarm(): void {
    this.settings.clock.clearTimeout(this.#retryTimer);
    this.#retryTimer = undefined;
  }

  #letGo(): void {
    this.#disarm();
    this.#stopTimers();
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
  protected override onFull(): void {
    this.#gathering.hurry();
    this.news.tellingLater(() => {
      if (this.#batch === undefined) this.#write();
      else if (this.#outlet?.retry?.(this.#batch)) this.#written(this.#outlet, this.#batch);
    });
  }

  #write(): void {
    const outlet = this.#outlet;
    if (outlet === undefined || this.#batch !== undefined || this.#endTimer !== undefined) return;
    // A request holds the process open, a socket does not.
    if (this.#isResting && !outlet.closed) return;
    const { records, bytes } = this.outbox;
    if (this.flushes.size === 0 && this.#gathering.waits(records, bytes)) return;
    this.#gathering.stop();
    // A listener that is told of what was written may let go of the connection.
    while (outlet === this.#outlet && this.#probation.allowed > 0) {
      const most = this.settings.batch?.records ?? Infinity;
      const batch = this.outbox.take(Math.min(most, this.#probation.allowed));
      if (batch === undefined) return;
      this.#batch = batch;
      if (this.#probation.isOn) this.#probation.writing(batch.lengths.length);
      let writing: Promise<void> | undefined;
      try {
        writing = outlet.write(batch);
      } catch (error) {
        return this.#lost(outlet, error ?? new Error("write() failed"));
      }
      if (writing !== undefined) {
        this.#watchWrite();
        writing.then(() => this.#written(outlet, batch), (error) => this.#lost(outlet, error));
        return;
      }
      this.#settleWritten();
    }
  }

  /** A write is under way, and was taken a part of just now if it was before. */
  #watchWrite(): void {
    // Datagrams, requests and mails have bounds of their own.
    if (this.#outlet?.closed !== undefined) this.#writeWatchdog.feed();
  }

  #settleWritten(): void {
    this.#writeWatchdog.rest();
    if (this.#probation.isOn) {
      this.#gathering.restart();
      return this.#hold();
    }
    // A batch that goes again, in another form or in parts, does not wait for more.
    if (this.#settle() === 0) return this.#gathering.hurry();
    this.#gathering.restart();
    this.#prove();
    this.onSent();
  }

  /** A young stream has carried the batch: it stays queued for now. */
  #hold(): void {
    const records = this.#batch?.lengths.length ?? 0;
    this.#batch = undefined;
    this.outbox.hold();
    this.#probation.written();
    this.flushes.settled(records, true);
    if (this.outbox.held.bytes <= MAX_TRIAL_BYTES || this.#probation.isSuspected) {
      return this.flushes.wake();
    }
    this.confirmWritten();
    this.onSent();
  }

  #written(outlet: Outlet, batch: Batch): void {
    if (outlet !== this.#outlet || batch !== this.#batch) return;
    this.#settleWritten();
    if (this.#endTimer !== undefined) this.#lost(outlet, undefined);
    else this.#write();
  }

  #settle(): number {
    const batch = this.#batch;
    if (batch === undefined || this.#outlet === undefined) return 0;
    this.#batch = undefined;
    return this.settle(this.#outlet, batch);
  }

  protected override rest(): void {
    this.#isResting = true;
    this.settings.clock.setTimeout(() => {
      this.#isResting = false;
      this.#write();
    }, 0);
  }

  protected override canWriteBlindly(): boolean {
    if (this.#state !== "open" || this.#outlet?.writeSync === undefined) return false;
    // What goes to a server that ended the last stream at once could get lost, and counts as sent.
    if (this.#probation.isSuspected) return false;
    return this.#batch === undefined || this.outbox.bytes <= MAX_BLIND_BYTES;
  }

  protected override writeLast(batch: Batch): number {
    return this.#state === "open" ? this.#outlet?.writeSync?.(batch) ?? 0 : 0;
  }
}
