/**
 * The delivery where a socket may not outlive what opened it, as a request of an edge worker:
 * records wait in the outbox until a flush dials, writes them, half-closes and awaits the peer's end.
 * A flush touches no connection and no timer but its own, and resolves nobody else's promise.
 *
 * One connection at a time, so that records stay in order. A flush that finds one under way looks
 * again, by timers of its own, until its records are through or it is its turn. Of a flight whose
 * request was cancelled nobody hears again: it is taken over once its time is up.
 *
 * A record counts as sent when the peer has ended in order behind it: what a connection had taken
 * that broke before is sent once more, whole. A server that stops in order so loses nothing; one that
 * crashes may still, as its end may look in order.
 *
 * Browser compatible: time comes from a {@linkcode Clock}.
 *
 * @module
 */
import type { Batch } from "./outbox.ts";
import { POISON_STREAMS } from "./_probation.ts";
import { ConnectionError } from "../net/connection_error.ts";
import type { WaitOptions } from "../net/connector.ts";
import { Delivery } from "./delivery.ts";
import { holdOpen } from "./hold_open.ts";
import type { Outlet } from "./writer.ts";

/** How soon a flush looks again whether another's flight is over, and how much later at most. */
const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 200;

/**
 * What a flight's own timers may be late before it is given up for dead: were it alive after all,
 * its records would go twice.
 */
const GRACE_SECONDS = 5;

/** One connection, of one flush. */
interface Flight {
  /** Ends it early. */
  readonly cut: AbortController;
  /** When something last moved, in seconds. */
  movedAt: number;
  /** It is dead once nothing has moved for so long, in seconds. */
  seconds: number;
  outlet?: Outlet;
  /** Whether the other side has shown that it is there. */
  isProven: boolean;
  /** What the outlet is writing. */
  batch?: Batch | undefined;
}

const ignore = () => {};

/** Delivers when it is flushed. */
export class PerFlushDelivery extends Delivery {
  #flight: Flight | undefined;
  /** Dials that failed, and connections on which nothing went. */
  #failures = 0;
  /** Connections in a row that did not end in order. */
  #losses = 0;
  /** The most records of a flight: few behind one that was cut, so that a poisonous one is found. */
  #window = Infinity;
  /** Flights in a row that ended upon the head record alone. */
  #strikes = 0;

  protected override get isReady(): boolean {
    return true;
  }

  protected override mayDial(): boolean {
    return false;
  }

  protected override accepts(): boolean {
    return true;
  }

  protected override onQueued(): void {}

  protected override onFull(): void {}

  override want(): void {}

  override disconnect(): boolean {
    return false;
  }

  override flush({ signal }: WaitOptions = {}): Promise<void> {
    return this.#flush(signal, false);
  }

  protected override lastFlush(signal: AbortSignal): Promise<void> {
    return this.#flush(signal, true);
  }

  async #flush(signal: AbortSignal | undefined, isLast: boolean): Promise<void> {
    const { mark } = this.flushes;
    const failures = this.#failures;
    if (this.flushes.reached(mark)) return;
    const release = holdOpen();
    for (let pause = FIRST_PAUSE_MS; !this.flushes.reached(mark) && !signal?.aborted;) {
      if (this.#isFlying()) {
        await this.#pause(pause, signal);
        pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
      } else if (isLast || this.#mayFly(failures)) {
        if (!await this.#fly(signal)) break;
      } else {
        break;
      }
    }
    release();
  }

  /** Whether a flight is under way; one that is dead is taken over. */
  #isFlying(): boolean {
    const flight = this.#flight;
    if (flight === undefined) return false;
    // A clock that was set back has the time begin anew.
    flight.movedAt = Math.min(flight.movedAt, this.settings.clock.now());
    if (this.settings.clock.now() - flight.movedAt <= flight.seconds) return true;
    this.#flight = undefined;
    this.#account(flight, this.#losses++ > 0);
    return false;
  }

  /** Whether the back-off permits a dial; in `drop` mode what is queued goes if not. */
  #mayFly(failures: number): boolean {
    if (failures !== this.#failures) return false;
    if (this.backoff.permits(this.settings.clock.now())) return true;
    this.#dropAll();
    return false;
  }

  #dropAll(): void {
    if (this.settings.whileDisconnected === "drop") this.news.drop("disconnected", this.empty());
  }

  /** One connection, from the dial to the peer's end; whether another one now may help. */
  async #fly(signal: AbortSignal | undefined): Promise<boolean> {
    const flight: Flight = {
      cut: new AbortController(),
      movedAt: Infinity,
      seconds: Infinity,
      isProven: false,
    };
    const giveUp = () => flight.cut.abort();
    signal?.addEventListener("abort", giveUp);
    this.#flight = flight;
    const outlet = await this.#dial(flight);
    const goOn = outlet !== undefined && await this.#carry(flight, outlet);
    if (flight === this.#flight) this.#flight = undefined;
    signal?.removeEventListener("abort", giveUp);
    return goOn;
  }

  async #dial(flight: Flight): Promise<Outlet | undefined> {
    const { clock, connectTimeoutMs, open } = this.settings;
    const dialledAt = clock.now();
    const abort = new AbortController();
    // Through the executor a connector that throws at once is a dial that failed.
    const opening = new Promise<Outlet>((resolve) => resolve(open(abort.signal)));
    try {
      const late = `no connection within ${connectTimeoutMs} ms`;
      const outlet = await this.#within(flight, connectTimeoutMs, opening, late);
      if (flight === this.#flight) {
        flight.outlet = outlet;
        if (!outlet.isUnproven) this.#prove(flight);
        return outlet;
      }
    } catch (error) {
      if (flight === this.#flight && !flight.cut.signal.aborted) this.#failed(dialledAt, error);
    }
    abort.abort();
    opening.then(letGo, ignore);
    return undefined;
  }

  #prove(flight: Flight): void {
    if (flight.isProven) return;
    flight.isProven = true;
    this.backoff.succeeded();
    this.onProven();
  }

  #failed(dialledAt: number, error: unknown, least?: number): void {
    this.#failures++;
    this.onDialFailed(dialledAt, error, least, () => this.#dropAll());
  }

  /** Writes what is queued, half-closes, awaits the peer's end; whether to go on if it was lost. */
  async #carry(flight: Flight, outlet: Outlet): Promise<boolean> {
    this.listen(outlet);
    const end: { error: unknown }[] = [];
    const ended = (error: unknown) => void end.push({ error });
    outlet.closed?.then(ended, ended);
    try {
      await this.#write(flight, outlet);
      const [early] = end;
      if (early !== undefined) {
        throw early.error ?? new ConnectionError("closed", "the peer closed");
      }
      await this.#close(flight, outlet);
      if (end[0]?.error !== undefined) throw end[0].error;
    } catch (error) {
      const goOn = flight !== this.#flight || this.#lost(flight, outlet, error);
      letGo(outlet);
      return goOn;
    }
    if (flight === this.#flight) this.#arrived(flight);
    return true;
  }

  async #write(flight: Flight, outlet: Outlet): Promise<void> {
    const { batch: most, closeTimeoutMs } = this.settings;
    const ms = outlet.writeTimeoutMs ?? closeTimeoutMs;
    for (let left = Math.min(this.outbox.records, this.#window); left > 0;) {
      const batch = flight.batch = this.outbox.take(Math.min(left, most?.records ?? Infinity));
      if (batch === undefined) return;
      const writing = outlet.write(batch);
      if (writing !== undefined) {
        await this.#within(flight, ms, writing, `nothing was taken within ${ms} ms`);
      }
      if (flight !== this.#flight) throw new ConnectionError("closed", "taken over");
      flight.batch = undefined;
      let done = batch.lengths.length;
      if (outlet.closed !== undefined) this.outbox.hold();
      else if ((done = this.settle(outlet, batch)) > 0) this.#prove(flight);
      left -= done;
    }
  }

  /** A peer that keeps open its end has taken all there was: no news of it is good news. */
  async #close(flight: Flight, outlet: Outlet): Promise<void> {
    const abort = new AbortController();
    const closing = outlet.close({ signal: abort.signal });
    try {
      await this.#within(flight, this.settings.closeTimeoutMs, closing, "");
    } catch {
      abort.abort();
    }
  }

  #arrived(flight: Flight): void {
    this.#losses = this.#strikes = 0;
    this.#window = this.outbox.records === 0 ? Infinity : this.#window * 2;
    this.#account(flight, true);
    this.onSent();
    this.onEnded(undefined);
  }

  /** The first time all goes once more; after that what the kernel took must count as sent. */
  #lost(flight: Flight, outlet: Outlet, error: unknown): boolean {
    const isCut = flight.batch !== undefined;
    const isGivenUp = flight.cut.signal.aborted;
    const isFirst = !isGivenUp && this.#losses++ === 0;
    if (this.#account(flight, !isFirst) > 0) this.#prove(flight);
    if (isGivenUp) return false;
    if (!flight.isProven || outlet.holdSeconds !== undefined) {
      this.#failed(this.settings.clock.now(), error, outlet.holdSeconds);
      return false;
    }
    if (isCut && !isFirst) {
      this.#failures++;
      this.backoff.failed(this.settings.clock.now());
      this.news.beginOutage(error);
      if (outlet.closed !== undefined) {
        if (this.#window === 1) this.#strike();
        this.#window = 1;
      }
      this.#dropAll();
    }
    this.onEnded(error);
    return isFirst || !isCut;
  }

  /** A flight ended in the middle of the one record that it carried: the third time it is dropped. */
  #strike(): void {
    if (++this.#strikes < POISON_STREAMS || this.outbox.records === 0) return;
    this.#strikes = 0;
    this.dropOldest(1, true);
  }

  /**
   * Accounts for what a flight has carried: as sent, as far as the kernel took it, or as queued again.
   * The number of frames of its last batch that are done with.
   */
  #account({ outlet, batch }: Flight, isSent: boolean): number {
    let done = 0;
    if (outlet !== undefined && batch !== undefined && (isSent || outlet.closed === undefined)) {
      done = this.settle(outlet, batch);
    }
    if (!isSent) {
      this.outbox.restore();
    } else {
      this.flushes.settled(this.confirm(), batch === undefined);
    }
    return done;
  }

  /** Settles with `promise`, or rejects when `ms` are over or the flight is cut: in its own time. */
  async #within<T>(flight: Flight, ms: number, promise: Promise<T>, late: string): Promise<T> {
    const { clock } = this.settings;
    const { signal } = flight.cut;
    flight.movedAt = clock.now();
    flight.seconds = ms / 1000 + GRACE_SECONDS;
    let stop = ignore;
    const bound = new Promise<never>((_, reject) => {
      const cut = () => reject(new ConnectionError("closed", "the flush was given up"));
      const timer = clock.setTimeout(() => reject(new ConnectionError("timeout", late)), ms);
      signal.addEventListener("abort", cut);
      if (signal.aborted) cut();
      stop = () => {
        clock.clearTimeout(timer);
        signal.removeEventListener("abort", cut);
      };
    });
    try {
      return await Promise.race([promise, bound]);
    } finally {
      stop();
    }
  }

  #pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
    const { clock } = this.settings;
    return new Promise((resolve) => {
      const done = () => {
        clock.clearTimeout(timer);
        signal?.removeEventListener("abort", done);
        resolve();
      };
      const timer = clock.setTimeout(done, ms);
      signal?.addEventListener("abort", done);
    });
  }

  protected override release(): undefined {
    const flight = this.#flight;
    if (flight === undefined) return;
    this.#flight = undefined;
    this.#account(flight, true);
    flight.cut.abort();
  }

  protected override canWriteBlindly(): boolean {
    return false;
  }

  protected override writeLast(): number {
    return 0;
  }
}

function letGo(outlet: Outlet): void {
  outlet.close({ signal: AbortSignal.abort() });
}
