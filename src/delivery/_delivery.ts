/**
 * The driver of a delivery: dials, writes, settles, drops and sets timers as its machine says
 * ({@linkcode PersistentLink} or {@linkcode PerFlushLink}), and reports to it what happened. It decides
 * nothing.
 *
 * Browser compatible: time comes from a {@linkcode Clock}.
 *
 * @module
 */
import { ConnectionError } from "../net/connection_error.ts";
import type { ExitHooks, ExitNotifier, WaitOptions } from "../net/connector.ts";
import { withDeadline } from "../net/with_timeout.ts";
import { callBack } from "../logging/callback.ts";
import type { LogRecord } from "../logging/log_record.ts";
import { reportFault } from "../logging/report_error.ts";
import { checkMethods } from "../logging/validate.ts";
import type { Backoff } from "./_backoff.ts";
import { Account, type DeliveryListener } from "./_account.ts";
import type { Batch, BatchWriter, DetailedWriter, Progress, Refusal } from "./batch_writer.ts";
import type { DeliveryStats, DropReason } from "./delivery_event.ts";
import type { CheckedDeliveryOptions } from "./delivery_options.ts";
import { holdOpen } from "./hold_open.ts";
import type { Encoder } from "./outbox.ts";
import type { DeliveryQueue } from "./spool.ts";
import type { Answer, Link, LinkActions, LinkEvent, LinkFacts } from "./_link.ts";
import { PerFlushLink } from "./_per_flush_link.ts";
import { PersistentLink } from "./_persistent_link.ts";
import { Batcher, type BatchSettings, burstWaits } from "./batcher.ts";
import { FlushTracker } from "./flush_tracker.ts";
import { Attempt, closeWriter } from "./_attempt.ts";

/** The settings of a delivery; every value has been checked. */
export interface DeliverySettings extends CheckedDeliveryOptions, DeliveryListener {
  exitNotifier: ExitNotifier;
  /** The handler, as lines on stderr name it. */
  name: string;
  /** The kind of its records, where one handler may send several. */
  contentType?: string | undefined;
  /** How large batches are. @default as they come, in chunks */
  batch?: BatchSettings | undefined;
  /** One dial; may throw or reject with anything. */
  open(signal: AbortSignal): Promise<BatchWriter>;
}

/** How soon a flush looks again if the connection of another one is over, and how late at most. */
const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 200;

/** An action, whose name says which parameters it has. */
type LooseAction = readonly [keyof LinkActions, never, never];

const aborted = (): AbortSignal => AbortSignal.abort();

/** The writer of a delivery that has no connection. */
const NO_WRITER: LinkFacts["writer"] = { acknowledges: false };

/** The queue, the account and the connection of one handler. */
export class Delivery implements ExitHooks, LinkActions {
  readonly backoff: Backoff;
  readonly #settings: DeliverySettings;
  readonly #link: Link;
  readonly #account: Account;
  readonly #outbox: DeliveryQueue;
  readonly #flushes = new FlushTracker();
  readonly #batcher: Batcher | undefined;
  /** Events that are to be reported behind the actions that are being done. */
  readonly #events: [LinkEvent, Partial<LinkFacts> | undefined, Attempt | undefined][] = [];
  #isActing = false;
  #attempt: Attempt | undefined;
  #retryTimer: unknown;
  #isPumping = false;
  #isFilling = false;
  #isResting = false;
  /** The record that was given to `emit()` last. */
  latest: LogRecord | undefined;
  #closing: Promise<void> | undefined;
  /** True once `close()` has sent or dropped the last record. */
  isClosed = false;
  #forgetExit: (() => void) | undefined;
  #isAnswered = false;
  /** Records that there had been at the last flush of an empty event loop. */
  #leftAt = -1;
  /** Settles when the event loop may go on to end. */
  #flushing: Promise<void> | undefined;
  /** Settles, once the handler has parted with its connection, when that is closed. */
  #released: Promise<ConnectionError | undefined> | undefined;
  #closeSignal: AbortSignal | undefined;

  // Of the event whose actions are being done.
  #batch: Batch | undefined;
  #progress: Progress = { frames: 0 };
  #error: unknown;
  #droppedBefore = 0;

  constructor(settings: DeliverySettings) {
    const { batch, batchMs, clock, exitNotifier } = settings;
    const isPerFlush = settings.connection === "per-flush";
    this.#settings = settings;
    this.#link = isPerFlush ? new PerFlushLink(settings) : new PersistentLink(settings);
    this.backoff = this.#link.backoff;
    this.#account = new Account(settings, this.#link, () => this.#onFull());
    this.#outbox = this.#account.outbox;
    // A flush that connects for itself waits for nothing.
    if (!isPerFlush && (batchMs > 0 || batch !== undefined)) {
      this.#batcher = new Batcher(batchMs, batch !== undefined, clock, () => this.write());
    }
    // Weakly: a handler that is not used is collected. One with a socket or a timer is held by that.
    callBack(() => this.#forgetExit = exitNotifier.atExit?.(this, true), reportFault);
  }

  /** The account of this moment. */
  get stats(): DeliveryStats {
    return this.#account.stats(this.#unacknowledged);
  }

  /** As in the account, for code that asks for each record. */
  get droppedTotal(): number {
    return this.#account.counts.droppedTotal;
  }

  get #unacknowledged(): number {
    return this.#attempt?.writer?.acknowledges ? this.#outbox.window.records : 0;
  }

  /** A record was given to `emit()`; the result is for {@linkcode giveUp}. */
  begin(record: LogRecord): number {
    this.latest = record;
    return this.#account.emitted;
  }

  /** Drops a record whose `emit()` failed, unless it was counted since, and reports the error. */
  giveUp(record: LogRecord, begun: number, error: unknown): void {
    if (this.#account.emitted === begun) {
      this.#account.turnAway(this.#closing === undefined ? "error" : "closed");
    }
    this.#settings.onFault(error, record);
  }

  /** Encodes an item to the queue, or drops it; `dials`: it may lead to a dial. */
  append<Item>(item: Item, encoder: Encoder<Item>, dials: boolean): void {
    if (this.#closing !== undefined) return this.#account.turnAway("closed");
    const isAsking = this.#link.whenQueued === "ask";
    if (isAsking) {
      const reason = this.#link.refusal?.(this.#settings.clock.now(), dials);
      if (reason !== undefined) return this.#account.turnAway(reason);
    }
    if (this.#account.append(item, encoder)) this.wake();
    if (this.#account.isEnding) this.exit();
    else if (isAsking && dials) this.#on("wanted");
    else this.#schedule();
  }

  /** Dials if there is no connection, none is coming, and the back-off permits. */
  want(): void {
    this.#on("wanted");
  }

  /** Closes the connection; says whether there was one. */
  disconnect(): boolean {
    const isOpen = this.#link.whenQueued === "write";
    if (isOpen) this.#on("disconnect");
    return isOpen;
  }

  /** Resolves when all that is queued now is sent or dropped, or `signal` is aborted. */
  async whenFlushed({ signal }: WaitOptions = {}, isLast = false): Promise<void> {
    this.#outbox.open();
    const mark = this.#outbox.next;
    const isDone = () => mark <= this.#outbox.oldest || signal?.aborted;
    if (isDone()) return;
    const release = holdOpen();
    const asking = { isLast };
    for (let pauseMs = FIRST_PAUSE_MS; !isDone();) {
      const [step, answer] = this.#link.flush(asking, this.#look());
      this.#act(answer);
      if (step === "dial") {
        await this.dial(signal);
      } else if (step === "pause") {
        await this.#pause(pauseMs, signal);
        pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      } else if (step !== "again") {
        const done = step === "wait" && this.#flushes.wait(mark, signal && { signal });
        this.want();
        this.#schedule();
        await done;
        break;
      }
    }
    release();
  }

  #pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
    return this.#within((over) =>
      new Promise((resolve) => {
        const done = () => resolve();
        over.addEventListener("abort", done);
        signal?.addEventListener("abort", done, { signal: over });
      }), ms);
  }

  /** A flush that, without a connection, dials once, whatever the back-off, and no more. */
  async #lastFlush(signal: AbortSignal): Promise<void> {
    this.#on("lastFlush");
    await this.whenFlushed({ signal }, true);
    this.#on("lastFlushOver");
  }

  /** Flushes, half-closes, awaits the other side's end; together no longer than `closeTimeoutMs`. */
  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    const release = holdOpen();
    await this.#within(async (signal) => {
      const bound = new Promise<void>((resolve) => {
        signal.addEventListener("abort", () => resolve());
      });
      await this.#lastFlush(signal);
      this.#closeSignal = signal;
      this.#on("close");
      this.drop("closed");
      this.wake();
      this.#on("closed", { error: await Promise.race([this.#released, bound]) });
    });
    await this.#outbox.close();
    release();
    this.isClosed = true;
    this.#account.endOutage();
    callBack(() => this.#forgetExit?.());
  }

  #within(
    work: (signal: AbortSignal) => Promise<void>,
    ms: number = this.#settings.closeTimeoutMs,
  ): Promise<void> {
    return withDeadline(work, { clock: this.#settings.clock, ms });
  }

  // Functions, as a notifier may call them apart from the delivery.

  /** The event loop is empty. */
  readonly beforeExit = async (isRepeated?: boolean): Promise<void> => {
    if (isRepeated) return this.#on("loopEmptyAgain");
    this.#on("loopEmpty");
    await this.#flushing;
  };

  /** The process ends now, or may. */
  readonly exit = (mayGoOn?: boolean): void => {
    this.#account.isEnding ||= !mayGoOn;
    // At once, even where a listener ends the process.
    this.#report(mayGoOn ? "mayExit" : "exit");
  };

  /** Reports an event, and does what the machine says, behind what is being done already. */
  #on(event: LinkEvent, facts?: Partial<LinkFacts>, attempt?: Attempt): void {
    if (this.#isActing) return void this.#events.push([event, facts, attempt]);
    this.#isActing = true;
    try {
      this.#report(event, facts, attempt);
      while (this.#events.length > 0) this.#report(...this.#events.shift()!);
    } finally {
      this.#isActing = false;
    }
  }

  /** `attempt`: the connection that the event is of; it says nothing of another one. */
  #report(event: LinkEvent, more?: Partial<LinkFacts>, attempt?: Attempt): void {
    if (attempt?.isParted) return;
    const isWritten = event === "written";
    let answer = isWritten ? this.#link.whenWritten : undefined;
    if (answer === undefined) {
      const facts = this.#look();
      if (more !== undefined) Object.assign(facts, more);
      answer = this.#link.on(event, facts);
      this.#error = facts.error;
    } else this.#measure();
    if (isWritten) attempt!.batch = undefined;
    this.#act(answer);
  }

  #act(answer: Answer): void {
    this.#droppedBefore = this.#account.counts.droppedTotal;
    // By index: a pattern would go through an iterator, for every write.
    for (const action of answer as readonly LooseAction[]) {
      (this as LinkActions)[action[0]](action[1], action[2]);
    }
  }

  /** Looks how far the batch has come that is being written. */
  #measure(): void {
    const { batch, writer, isWritten, returned = 0 } = this.#attempt ?? {};
    this.#batch = batch;
    this.#progress = batch && writer?.progress?.(batch) ||
      { frames: batch && isWritten ? batch.lengths.length - returned : 0 };
  }

  /** The facts of the moment. */
  #look(): LinkFacts {
    this.#measure();
    const { records, bytes, waiting, held } = this.#outbox;
    const batch = this.#batch;
    const { frames, again = [] } = this.#progress;
    return {
      now: this.#settings.clock.now(),
      queued: records,
      waiting,
      bytes,
      heldBytes: held.bytes + (batch?.bytes.length ?? 0),
      unacknowledged: this.#unacknowledged,
      flushing: this.#flushes.size,
      sent: this.#account.counts.sent,
      writing: batch?.lengths.length ?? 0,
      done: frames - again.length,
      writer: this.#attempt?.writer ?? NO_WRITER,
      error: undefined,
      dialledAt: 0,
    };
  }

  // The actions of the machine, see LinkActions; dial(), write(), watch() and wake() stand below.

  retry(): void {
    const { clock } = this.#settings;
    const ms = this.backoff.delayMs(clock.now(), Math.random());
    this.#retryTimer = clock.setTimeout(() => this.#on("due"), ms);
  }

  tick(ms: number): void {
    // A listener may have ended the process, and with it the connection.
    this.#attempt?.arm("tick", ms, () => this.#on("tick"));
  }

  grace(): void {
    this.#attempt?.arm("timeout", this.#settings.closeTimeoutMs, () => this.#on("late"));
  }

  settle(): void {
    if (this.#batch) this.#account.settle(this.#batch, this.#progress);
  }

  hold(): void {
    this.#outbox.hold(this.#batch!);
  }

  confirm(records: number): void {
    this.#account.confirm(records);
  }

  restore(): void {
    const { writer } = this.#attempt ?? {};
    for (const { batch, again, refused, refusal } of writer?.partlySettled?.() ?? []) {
      this.#account.acknowledge(batch, refused, refusal, again);
    }
    this.#outbox.restore(writer?.acknowledges === true);
  }

  discard(records: number, isPoison: boolean): void {
    this.#account.discard(records, isPoison);
  }

  drop(reason: DropReason): void {
    this.#account.dropAll(reason);
    this.#on("emptied");
  }

  part(isAtOnce: boolean): void {
    this.#part(isAtOnce ? aborted() : undefined);
  }

  halfClose(): void {
    const attempt = this.#attempt;
    if (attempt === undefined) return;
    const bound = new AbortController();
    const closed = (error?: unknown) => {
      if (attempt.isParted) attempt.over();
      this.#on("closed", { error }, attempt);
    };
    attempt.arm("timeout", this.#settings.closeTimeoutMs, () => {
      closed();
      bound.abort();
    });
    closeWriter(attempt.writer!, bound.signal).then(closed);
  }

  forget(): void {
    // A dial that has just failed is none any more.
    if (this.#attempt) this.#attempt.isParted = true;
    this.#attempt = undefined;
  }

  release(): void {
    this.#settings.clock.clearTimeout(this.#retryTimer);
    // The rest of a pending write counts as dropped: it must not go on.
    this.#released = this.#part(this.#batch === undefined ? this.#closeSignal : aborted());
  }

  connected(): void {
    this.#account.counts.connects++;
    this.#account.report({ type: "connected", ...this.#attempt?.writer?.dialled });
  }

  progress(): void {
    // An outage is over once the queue is half empty.
    if (this.#outbox.isRelieved) this.#account.endOutage();
    this.wake();
  }

  outage(isWithDrops: boolean): void {
    const error = this.#error ??
      new Error(
        "the server ends each connection at once: is this its port? Set 'tls' if it is for TLS",
      );
    this.#account.beginOutage(error, isWithDrops ? this.#droppedBefore : undefined);
  }

  failed(): void {
    this.#account.counts.connectFailures++;
    const retrySeconds = this.backoff.failedDials > 0 ? 0 : this.backoff.retryPeriod;
    this.#account.reportEnd({ type: "connect-failed", error: this.#error, retrySeconds });
  }

  disconnected(unconfirmed: number): void {
    const error = this.#error;
    const more = unconfirmed > 0 && { unconfirmed };
    this.#account.reportEnd({ type: "disconnected", error, ...more });
  }

  rest(): void {
    this.#isResting = true;
    this.#settings.clock.setTimeout(() => {
      this.#isResting = false;
      this.write();
    }, 0);
  }

  flush(): void {
    // Waiting makes the event loop run dry once more: then there is nothing new to try.
    if (this.#leftAt === this.#account.emitted) return;
    this.#leftAt = this.#account.emitted;
    this.#flushing = this.#within((signal) => this.#lastFlush(signal));
  }

  writeLast(): void {
    const { writer } = this.#attempt ?? {};
    const { exitTimeoutMs } = this.#settings;
    this.#account.writeLast((batch) => writer?.writeSync?.(batch, exitTimeoutMs) ?? 0);
    // The pending write may have come further by that.
    this.#measure();
  }

  mayEnd(): void {
    this.#account.mayEnd();
    this.wake();
  }

  end(): void {
    this.#account.end();
    this.wake();
  }

  /** Resolves when the connection is over; the flush that dials it may give it up by its signal. */
  dial(signal?: AbortSignal): Promise<void> {
    const { clock, connectTimeoutMs, open } = this.#settings;
    clock.clearTimeout(this.#retryTimer);
    const dialledAt = clock.now();
    const attempt = this.#attempt = new Attempt(clock);
    const { abort } = attempt;
    const failed = (error: unknown) => {
      if (!attempt.isParted && attempt.writer === undefined) {
        this.#leave();
        this.#on("failed", { dialledAt, error });
      }
      attempt.over();
    };
    const late = new ConnectionError("timeout", `no connection within ${connectTimeoutMs} ms`);
    // Through the executor a connector that throws at once is a dial that failed, and so is a dial of a
    // worker whose modules load, where it has no timers.
    new Promise<DetailedWriter>((resolve) => {
      const wait = (since: number) =>
        attempt.arm("timeout", connectTimeoutMs, () => {
          const now = clock.now();
          // A program that has blocked its event loop has not seen the answer that may be there.
          if (now - since > 1.1 * connectTimeoutMs / 1000) return wait(now);
          abort.abort(new DOMException(late.message, "TimeoutError"));
          // The connector's own error comes first, if it reports one at once: it says more.
          attempt.arm("timeout", 0, () => failed(late));
        });
      wait(dialledAt);
      resolve(open(abort.signal) as Promise<DetailedWriter>);
    }).then((writer) => {
      checkMethods("connect", "openWriter()", writer, ["write", "close"]);
      if (!attempt.isParted) return this.#opened(attempt, writer);
      attempt.over();
      return void closeWriter(writer, aborted());
    }).catch((error) => failed(error === abort.signal.reason ? late : error));
    return new Promise((resolve) => {
      const cut = () => this.#on("cut", undefined, attempt);
      signal?.addEventListener("abort", cut);
      attempt.over = () => {
        signal?.removeEventListener("abort", cut);
        resolve();
      };
    });
  }

  #opened(attempt: Attempt, writer: DetailedWriter): void {
    const ended = (error: unknown) => this.#ended(attempt, error);
    writer.closed.then(ended, ended);
    writer.onSettled = (...settled) => this.#settled(attempt, ...settled);
    writer.onReturned = (batch, splits) => {
      if (attempt.isParted) return;
      attempt.returned = batch.lengths.length;
      this.#outbox.return(batch, splits);
    };
    writer.onProgress = () => this.#on("progress", undefined, attempt);
    attempt.disarm("timeout");
    attempt.writer = writer;
    // Reports the first bytes of a server that has nothing to say in this protocol.
    writer.firstBytes?.().then((bytes) => {
      if (!bytes?.length || this.#isAnswered) return;
      this.#isAnswered = true;
      this.#account.report({ type: "answered", bytes });
    });
    this.#on("opened", undefined, attempt);
  }

  /** Bounds the time until the pending write makes progress, or a batch is acknowledged. */
  watch(): void {
    const { writeMs } = this.#link;
    const attempt = this.#attempt;
    if (writeMs === undefined || attempt === undefined) return;
    attempt.watch(this.#outbox.window.records > 0, writeMs, () => {
      const message = `a write made no progress for ${writeMs} ms`;
      this.#ended(attempt, new ConnectionError("timeout", message));
    });
  }

  /** Writes at the end of this turn, together with what else it brings. */
  #schedule(): void {
    if (this.#isPumping || this.#link.whenQueued !== "write") return;
    if (this.#attempt?.batch !== undefined) return;
    this.#isPumping = true;
    queueMicrotask(this.#pump);
  }

  readonly #pump = (): void => {
    this.#isPumping = false;
    this.write();
  };

  /** A chunk is full: waiting for more gains nothing. */
  #onFull(): void {
    if (this.#link.whenQueued !== "write") return;
    this.#batcher?.hurry();
    // The chunk that was just begun is not written with a single record in it.
    this.#isFilling = true;
    const { batch, writer } = this.#attempt ?? {};
    if (batch === undefined) {
      if (this.#settings.batch || !burstWaits(this.#outbox, this.#settings)) this.write();
    } else if (writer?.retry?.(batch)) this.#written(this.#attempt!, batch);
    this.#isFilling = false;
  }

  write(): void {
    if (this.#outbox.waiting === 0) return;
    const attempt = this.#attempt;
    const writer = attempt?.writer;
    if (attempt === undefined || writer === undefined || attempt.batch !== undefined) return;
    const most = Math.min(this.#link.allowed, this.#settings.batch?.records ?? Infinity);
    // A request holds the process open, a socket does not.
    if (most <= 0 || this.#isResting && writer.isConnectionless) return;
    if (this.#gathers(most)) return;
    this.#batcher?.stop();
    const batch = this.#outbox.take(most, this.#isFilling);
    if (batch === undefined) return;
    attempt.begin(batch);
    const failed = (error: unknown) => this.#ended(attempt, error ?? new Error("write() failed"));
    try {
      const writing = writer.write(batch);
      if (writing === undefined) return this.#written(attempt, batch);
      this.watch();
      writing.then(() => this.#written(attempt, batch), failed);
    } catch (error) {
      failed(error);
    }
  }

  /** Says whether the next batch, of at most so many records, waits for more of them. */
  #gathers(most: number): boolean {
    const { isHeadFull, waiting } = this.#outbox;
    return this.#batcher?.waits(isHeadFull || waiting >= most || this.#flushes.size > 0) === true;
  }

  #written(attempt: Attempt, batch: Batch): void {
    if (attempt.isParted) return attempt.over();
    if (batch !== attempt.batch || attempt.isWritten) return;
    attempt.finish();
    // A batch that goes again, in another form or in parts, does not wait for more.
    if (attempt.returned > 0) this.#batcher?.hurry();
    else this.#batcher?.restart(this.#outbox.waiting > 0);
    this.#on("written", undefined, attempt);
  }

  #ended(attempt: Attempt, error: unknown): void {
    if (attempt.isParted) attempt.over();
    this.#on("ended", { error }, attempt);
  }

  /** The other side has settled a batch. */
  #settled(
    attempt: Attempt,
    batch: Batch,
    refused?: readonly number[],
    refusal?: Refusal,
  ): void {
    // The records of a lost connection go again.
    if (attempt.isParted || !this.#account.acknowledge(batch, refused, refusal)) return;
    const all = refusal?.all === true;
    if (all) this.drop(refusal!.reason);
    this.wake();
    if (!all) this.#on("settled", undefined, attempt);
  }

  wake(isAll = false): void {
    if (this.#flushes.size > 0) this.#flushes.wake(isAll ? Infinity : this.#outbox.oldest);
  }

  /** From now on there is no connection. */
  #leave(): void {
    this.#attempt!.part();
    this.#batcher?.stop();
    this.#attempt = undefined;
  }

  /** Closes the connection, or ends the dial. */
  #part(signal: AbortSignal | undefined): Promise<ConnectionError | undefined> | undefined {
    const attempt = this.#attempt;
    if (attempt === undefined) return;
    const { abort, writer } = attempt;
    this.#leave();
    attempt.over();
    if (writer !== undefined) return closeWriter(writer, signal);
    abort.abort();
  }
}
