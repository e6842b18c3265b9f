/**
 * The delivery over a link that is kept open: dials, writes, drops and arms timers as the table in
 * `core/link.ts` says. One link a handler, one write at a time.
 *
 * Browser compatible: time comes from a {@linkcode Clock}.
 *
 * @module
 */
import { MIN_RETRY_SECONDS } from "../core/backoff.ts";
import {
  accepts,
  type LinkAction,
  type LinkEvent,
  type LinkState,
  transition,
} from "../core/link.ts";
import type { Batch } from "../core/outbox.ts";
import { ConnectionError } from "../net/connection_error.ts";
import type { WaitOptions } from "../net/connector.ts";
import { Delivery, type DeliverySettings } from "./delivery.ts";
import { Gathering, UNGATHERED } from "./gathering.ts";
import type { Outlet } from "./outlet.ts";

/**
 * What may be written behind a write whose outcome nobody is left to await: a kernel that was slow
 * to take more than this is likely full, and the process may go on after all, with a stream that
 * misses bytes.
 */
const MAX_BLIND_BYTES = 512 * 1024;

/** Delivers over one link, dialled anew whenever it was lost. */
export class LinkDelivery extends Delivery {
  readonly #gathering: Gathering;
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
  /** No further dial is worth waiting for: the handler closes or the process ends. */
  #lastDial = false;

  constructor(settings: DeliverySettings) {
    super(settings);
    const { batch = UNGATHERED, clock } = settings;
    this.#gathering = new Gathering(batch, clock, () => this.#write());
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
    this.#lost(this.#outlet, undefined);
    return true;
  }

  override async flush(options: WaitOptions = {}): Promise<void> {
    if (this.outbox.records === 0 || options.signal?.aborted) return;
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
    return outlet?.close({ signal: cut });
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
    this.awaitExit();
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
    if (!outlet.isUnproven) this.#prove();
    this.#on("connected");
  }

  #prove(): void {
    if (this.#isProven) return;
    this.#isProven = true;
    this.onProven();
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
    const hasTaken = this.#settle() > 0;
    this.#outlet = undefined;
    this.settings.clock.clearTimeout(this.#endTimer);
    this.#endTimer = undefined;
    this.#gathering.stop();
    // After an error there is no one to wait for; and what a write that is cut had left is sent on
    // the next connection, so it must not go on here.
    const isOver = error !== undefined || isCut;
    outlet.close(isOver ? { signal: AbortSignal.abort() } : {});
    const now = this.settings.clock.now();
    if (hasTaken) this.#prove();
    if (outlet.holdSeconds !== undefined || (!this.#isProven && error !== undefined)) {
      return this.#failed(now, error, "flapped", outlet.holdSeconds);
    }
    const short = now - this.#openedAt < Math.max(this.backoff.retryStart, MIN_RETRY_SECONDS);
    const isQueue = this.settings.whileDisconnected === "queue";
    const redial = this.outbox.records > 0 && (isQueue || this.flushes.size > 0);
    // Of a server that takes what is written and hangs up at once nothing may be left to redial for.
    const wasShort = this.#wasShort;
    const flapped = (isQueue || redial) && short && wasShort;
    this.#wasShort = short;
    if (flapped) this.backoff.failed(now);
    // Twice in a row nothing could be written: a socket that opens is no way out yet.
    if (isCut && short && wasShort && error !== undefined) this.news.beginOutage(error);
    this.#on(flapped ? "flapped" : "lost");
    this.onEnded(error);
    this.flushes.wake();
    if (redial && !flapped) this.want();
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
    this.#gathering.stop();
    this.settings.clock.clearTimeout(this.#endTimer);
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
    const { records, bytes } = this.outbox;
    if (this.flushes.size === 0 && this.#gathering.waits(records, bytes)) return;
    this.#gathering.stop();
    // A listener that is told of what was written may let go of the connection.
    while (outlet === this.#outlet) {
      const batch = this.outbox.take(this.settings.batch?.records);
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

  protected override canWriteBlindly(): boolean {
    if (this.#state !== "open" || this.#outlet?.writeSync === undefined) return false;
    return this.#batch === undefined || this.outbox.bytes <= MAX_BLIND_BYTES;
  }

  protected override writeLast(batch: Batch): number {
    return this.#state === "open" ? this.#outlet?.writeSync?.(batch) ?? 0 : 0;
  }
}
