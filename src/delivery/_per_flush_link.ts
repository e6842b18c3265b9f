/**
 * Decides for a delivery where a socket may not outlive what opened it, such as a request of an edge
 * worker: records wait in the queue until a flush dials, writes them, half-closes and awaits the other
 * side's end. Everything that decides stands in this file.
 *
 * One connection at a time, so that records stay in order. A flush that finds one under way looks
 * again, by timers of its own, until its records are through or it is its turn. A connection whose
 * request was cancelled reports nothing any more: the next flush takes over once its time is up.
 *
 * A record counts as sent when the other side has ended in order behind it, or has acknowledged it:
 * what a connection had taken that broke before is written once more, whole. A server that stops in
 * order so loses nothing; a crash can look like an end in order, and then loses what was under way.
 *
 * Browser compatible: pure, the time is a fact of each event.
 *
 * @module
 */
import { Backoff } from "./_backoff.ts";
import {
  type Answer,
  type Answers,
  type Asking,
  type FlushStep,
  type Link,
  type LinkAction,
  type LinkEvent,
  type LinkFacts,
  NOTHING,
  POISON_STREAMS,
} from "./_link.ts";
import type { CheckedDeliveryOptions } from "./delivery_options.ts";

/**
 * How much later than a connection's own timers it is given up for dead, in seconds: were it alive
 * after all, its records would go twice.
 */
const GRACE_SECONDS = 5;

/**
 * - `none`: no connection
 * - `dialling`: a dial is under way
 * - `writing`: records are written, and then all of them are acknowledged, where the other side does that
 * - `closing`: this side has half-closed
 */
type Stage = "none" | "dialling" | "writing" | "closing";

type Settings =
  & Pick<CheckedDeliveryOptions, "whileDisconnected" | "connectTimeoutMs" | "closeTimeoutMs">
  & Partial<Pick<CheckedDeliveryOptions, "addresses">>;

/** The machine of one handler. */
export class PerFlushLink implements Link, Answers {
  readonly backoff: Backoff;
  readonly whenQueued = "wait";
  writeMs: number | undefined;
  readonly #settings: Settings;
  #stage: Stage = "none";
  /** When something last moved, and for how many seconds nothing may move before it is dead. */
  #movedAt = 0;
  #seconds = 0;
  #isProven = false;
  #isEndSeen = false;
  /** The number of records that this connection may still carry. */
  #left = 0;
  /** Dials that failed, and connections on which nothing went. */
  #failures = 0;
  /** Connections in a row that did not end in order. */
  #losses = 0;
  /** The most records of a connection: few behind one that was cut, so that a poisonous one is found. */
  #window = Infinity;
  /** Connections in a row that ended upon the head record alone. */
  #strikes = 0;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.backoff = new Backoff(settings.addresses);
  }

  get allowed(): number {
    return this.#stage === "writing" ? this.#left : 0;
  }

  flush(asking: Asking, facts: LinkFacts): readonly [FlushStep, Answer] {
    const { now } = facts;
    asking.failures ??= this.#failures;
    if (this.#stage !== "none") {
      // A clock that was set back has the time begin anew.
      this.#movedAt = Math.min(this.#movedAt, now);
      if (now - this.#movedAt > this.#seconds) {
        return ["again", [...this.#account(this.#losses++ > 0, facts), ["forget"]]];
      }
      if (asking.isLast) asking.failures = this.#failures;
      return ["pause", NOTHING];
    }
    if (asking.failures !== this.#failures) return ["stop", NOTHING];
    if (!asking.isLast && !this.backoff.permits(now)) return ["stop", this.#dropAll()];
    this.#stage = "dialling";
    this.#isProven = this.#isEndSeen = false;
    this.#moved(now, this.#settings.connectTimeoutMs);
    return ["dial", NOTHING];
  }

  on(event: LinkEvent, facts: LinkFacts): Answer {
    return (this as Answers)[event]?.(facts) ?? NOTHING;
  }

  failed(facts: LinkFacts): Answer {
    this.#stage = "none";
    return this.#fail(facts.dialledAt, facts);
  }

  settled(facts: LinkFacts): Answer {
    // A pending write reports its own end.
    const next = facts.writing > 0 ? NOTHING : this.#next(facts);
    return [...this.#prove(), ["progress"], ...next];
  }

  progress({ now, writer }: LinkFacts): Answer {
    // Without acknowledgements a write has its time, in whatever pieces it is taken.
    if (!writer.acknowledges) return NOTHING;
    this.#moved(now, this.writeMs!);
    return [...writer.isUnproven ? NOTHING : this.#prove(), ["watch"]];
  }

  ended(facts: LinkFacts): Answer {
    const isBroken = facts.error !== undefined;
    if (this.#stage === "closing" && !isBroken) return NOTHING;
    if (facts.writing === 0 || isBroken) return this.#lose(facts);
    // The pending write is awaited; the records go again all the same.
    this.#isEndSeen = true;
    return NOTHING;
  }

  closed(facts: LinkFacts): Answer {
    if (this.#stage !== "closing") return [["confirm", Infinity]];
    return facts.error === undefined ? this.#arrive(facts) : this.#lose(facts);
  }

  close(facts: LinkFacts): Answer {
    return this.cut(facts);
  }

  loopEmpty({ queued }: LinkFacts): Answer {
    return queued > 0 ? [["flush"]] : NOTHING;
  }

  exit(facts: LinkFacts): Answer {
    return [["writeLast"], ...this.cut(facts), ["end"]];
  }

  mayExit(): Answer {
    return [["mayEnd"]];
  }

  #moved(now: number, ms: number): void {
    this.#movedAt = now;
    this.#seconds = ms / 1000 + GRACE_SECONDS;
  }

  opened(facts: LinkFacts): Answer {
    const { writer } = facts;
    this.#stage = "writing";
    this.writeMs = writer.writeTimeoutMs ?? this.#settings.closeTimeoutMs;
    this.#left = Math.min(facts.queued, this.#window);
    return [...writer.isUnproven ? NOTHING : this.#prove(), ...this.#next(facts)];
  }

  #prove(): Answer {
    if (this.#isProven) return NOTHING;
    this.#isProven = true;
    this.backoff.succeeded();
    return [["connected"]];
  }

  written(facts: LinkFacts): Answer {
    const { acknowledges, isConnectionless } = facts.writer;
    this.#left -= facts.done;
    const kept: Answer = acknowledges ? NOTHING : [isConnectionless ? ["settle"] : ["hold"]];
    const next = this.#isEndSeen ? this.#lose({ ...facts, writing: 0 }) : this.#next(facts);
    return [...kept, ...next];
  }

  /** The next write, or the end. */
  #next(facts: LinkFacts): Answer {
    this.#moved(facts.now, this.writeMs!);
    if (this.#left > 0 && facts.waiting > 0) return [["write"]];
    if (facts.unacknowledged > 0) return [["watch"]];
    this.#stage = "closing";
    this.#moved(facts.now, this.#settings.closeTimeoutMs);
    return [["halfClose"]];
  }

  #arrive(facts: LinkFacts): Answer {
    this.#stage = "none";
    this.#losses = this.#strikes = this.backoff.failedDials = 0;
    this.#window = facts.queued === 0 ? Infinity : this.#window * 2;
    // First of all: a listener may flush, and so dial.
    return [["part", false], ["confirm", Infinity], ["progress"], ["disconnected", 0]];
  }

  /** The first time all goes once more; after that what the kernel took must count as sent. */
  #lose(facts: LinkFacts): Answer {
    if (this.#stage === "none") return NOTHING;
    const isCut = facts.writing > 0 || facts.unacknowledged > 0;
    const isFirst = this.#losses++ === 0;
    const actions: LinkAction[] = [...this.#account(!isFirst, facts), ["part", true]];
    const { isConnectionless, holdSeconds } = facts.writer;
    if (isCut && !isFirst) {
      actions.push(["outage", false]);
      if (!isConnectionless) actions.push(...this.#suspect(facts));
    }
    if (!this.#isProven || holdSeconds !== undefined) {
      return [...actions, ...this.#fail(facts.now, facts)];
    }
    if (isCut && !isFirst) {
      this.#failures++;
      this.backoff.failed(facts.now);
      actions.push(...this.#dropAll());
    }
    return [...actions, ["disconnected", 0]];
  }

  /** The next connections carry the head record alone, which is poison if three end upon it. */
  #suspect({ error, writer }: LinkFacts): Answer {
    const isAlone = this.#window === 1;
    this.#window = 1;
    // No record is to blame for a server that answers nothing.
    const isSilent = writer.acknowledges && (error as { code?: unknown })?.code === "timeout";
    if (!isAlone || isSilent || ++this.#strikes < POISON_STREAMS) return NOTHING;
    this.#strikes = 0;
    return [["discard", 1, true]];
  }

  /** The flush, or the handler, gives the connection up. */
  cut(facts: LinkFacts): Answer {
    if (this.#stage === "none") return NOTHING;
    return [...this.#account(true, facts), ["part", true]];
  }

  /** Accounts for what a connection has carried: as sent, as far as it was taken, or as queued again. */
  #account(isSent: boolean, { writing, writer }: LinkFacts): LinkAction[] {
    this.#stage = "none";
    const actions: LinkAction[] = [];
    const settles = writing > 0 && !writer.acknowledges && (isSent || writer.isConnectionless);
    if (settles) actions.push(["settle"]);
    if (isSent) actions.push(["confirm", Infinity]);
    actions.push(["restore"]);
    return actions;
  }

  #fail(dialledAt: number, { writer }: LinkFacts): Answer {
    if (!this.backoff.failed(dialledAt, writer.holdSeconds)) return [["failed"]];
    this.#failures++;
    return [["outage", false], ...this.#dropAll(), ["failed"]];
  }

  #dropAll(): Answer {
    return this.#settings.whileDisconnected === "drop" ? [["drop", "disconnected"]] : NOTHING;
  }
}
