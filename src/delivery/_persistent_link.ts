/**
 * Decides for a delivery whose connection is kept open: when to dial, when a connection flaps, what
 * becomes of records when it is lost, which dial is the last one, and how much a young connection may
 * carry. Everything that decides stands in this file.
 *
 * The life of the connection is a table, see {@linkcode transition}. On a stream without
 * acknowledgements *probation* comes on top of it: a stream is young for its first second. Records that
 * it carries stay queued until it has stood for that long, and are written again when it ends before. A
 * stream behind one that ended young is *probed*: it must stand unwritten for a step (100 ms) at least,
 * then carries the head record alone, then twice as many each step. So a server that ends every
 * connection is distinguished from one that ends it because of a record, and a backlog is never
 * poured into either.
 *
 * To find a poisonous record among many, the next stream carries at most half of those that the last
 * one carried. A record that three streams carried alone, and that all three ended upon, is poison; each
 * of them has stood unwritten for longer than the one before had lived, so that a server that ends every
 * connection after half a second has no record blamed for it.
 *
 * Where the server acknowledges records, nothing is on probation. When two streams in a row have ended
 * without an answer to the oldest record, the next ones are probed: the head record alone, and twice as
 * many once all that was written is acknowledged. A record is poison as above.
 *
 * Browser compatible: pure, the time is a fact of each event.
 *
 * @module
 */
import { Backoff, MIN_RETRY_SECONDS } from "./_backoff.ts";
import {
  type Answer,
  type Answers,
  type FlushStep,
  type Link,
  type LinkAction,
  type LinkEvent,
  type LinkFacts,
  NOTHING,
  POISON_STREAMS,
} from "./_link.ts";
import type { DropReason } from "./delivery_event.ts";
import type { CheckedDeliveryOptions, WhileDisconnected } from "./delivery_options.ts";

/**
 * - `idle`: no connection, and none was refused: the next record dials
 * - `connecting`: a dial is under way; records are held
 * - `open`: records are written as they come
 * - `waiting`: the last dial failed; the next one waits for the back-off
 * - `closed`: for good
 */
export type LinkState = "idle" | "connecting" | "open" | "waiting" | "closed";

/**
 * - `wanted`: a connection is wanted and the back-off permits a dial
 * - `opened`, `failed`: how the dial ended
 * - `lost`: the open connection ended, by whichever side
 * - `flapped`: as `lost`, but so soon after the last loss that it counts as a failed dial
 * - `due`: the retry timer fired with records still queued
 * - `close`: the handler is closed
 */
export type Step = "wanted" | "opened" | "failed" | "lost" | "flapped" | "due" | "close";

/** The result of a step. */
export interface Transition {
  /** The state from now on. */
  readonly state: LinkState;
  /** The actions, in this order. */
  readonly actions: Answer;
}

/** The state that each step leads to; a step that is not there is of no use in that state. */
const NEXT: { readonly [State in LinkState]: { readonly [Name in Step]?: LinkState } } = {
  idle: { wanted: "connecting", close: "closed" },
  connecting: { opened: "open", failed: "waiting", close: "closed" },
  open: { lost: "idle", flapped: "waiting", close: "closed" },
  waiting: { wanted: "connecting", due: "connecting", close: "closed" },
  closed: {},
};

/** The action with which each state begins. */
const BEGINNINGS: { readonly [State in LinkState]?: Answer } = {
  connecting: [["dial"]],
  open: [["write"]],
  closed: [["release"]],
};

/** The transition for a step, or `undefined` where the state has no use for it. */
export function transition(
  mode: WhileDisconnected,
  state: LinkState,
  step: Step,
): Transition | undefined {
  const isDrop = mode === "drop";
  const next = NEXT[state][step];
  if (next === undefined || isDrop && step === "due") return undefined;
  const wait: LinkAction = isDrop ? ["drop", "disconnected"] : ["retry"];
  return { state: next, actions: next === "waiting" ? [wait] : BEGINNINGS[next] ?? NOTHING };
}

/** Says whether a record may be queued: in `drop` mode only while a connection is open or coming. */
export function accepts(mode: WhileDisconnected, state: LinkState): boolean {
  if (state === "closed") return false;
  return mode === "queue" || state === "connecting" || state === "open";
}

/** One step of a probed stream: longer than a server takes to accept and to hang up. */
const STEP_MS = 100;

/** A stream is young for so many steps: a second, as CPython's first wait behind a failed dial. */
const YOUNG_STEPS = 10;

/**
 * A young stream that has carried so much has proved itself: it is more than the kernels of both ends
 * hold on Linux (4 MiB to send, 6 MiB to receive), so the server reads.
 */
const MAX_TRIAL_BYTES = 12 * 1024 * 1024;

/**
 * The most bytes that may be written behind a pending write whose outcome cannot be awaited: a kernel
 * that was slow to take more than this is likely full, and the process may go on after all, with a
 * stream that misses bytes.
 */
const MAX_BLIND_BYTES = 512 * 1024;

const SETTLED: Answer = [["settle"], ["progress"], ["write"]];
const HELD: Answer = [["hold"], ["wake", false], ["write"]];

type Settings =
  & Pick<CheckedDeliveryOptions, "whileDisconnected" | "writeTimeoutMs">
  & Partial<Pick<CheckedDeliveryOptions, "addresses">>;

/** The machine of one handler. */
export class PersistentLink implements Link, Answers {
  readonly backoff: Backoff;
  whenQueued: "write" | "wait" | "ask" = "ask";
  writeMs: number | undefined;
  readonly #settings: Settings;
  #state: LinkState = "idle";
  /** No dial after the next one is worth waiting for. */
  #isLast = false;

  #openedAt = 0;
  /** Batches are settled when they are written: there are no acknowledgements. */
  #isSettling = false;
  /** It is subject to probation: a stream without acknowledgements. */
  #isPlain = false;
  /** The other side has shown that it is there. */
  #isProven = false;
  #wasShort = false;
  /** The other side's end was seen while a write was pending. */
  #isEndSeen = false;
  /** The last stream ended as a write made no progress. */
  #wasStuck = false;
  /** Records sent when a stream last ended in the middle of one. */
  #sentAtCut = -1;

  /** `free`: there is no stream, or one that is no longer young. */
  #stage: "free" | "young" | "probed" = "free";
  /** The last stream ended young, so that the server is not known to be there. */
  #isSuspected = false;
  /** Steps for which a stream has stood, and for which a probed one must before it is written to. */
  #steps = 0;
  #standSteps = 1;
  #window = 0;
  #mayWrite = Infinity;
  /** The most records that the next stream carries before they are sent. */
  #ceiling = Infinity;
  /** Of the ceiling what this stream has left. */
  #left = Infinity;
  /** Records that were written, with the step in which they were. */
  #written: { records: number; step: number }[] = [];
  /** Records of all these. */
  #onTrial = 0;
  /** Streams that ended upon the head record alone. */
  #strikes = 0;
  /** Records at the head of the queue that a stream carried which ended young, or without answers. */
  #suspects = 0;
  /** Records sent when a stream last ended before all was acknowledged. */
  #sentAtEnd = -1;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.backoff = new Backoff(settings.addresses);
  }

  get #mode(): WhileDisconnected {
    return this.#settings.whileDisconnected;
  }

  get whenWritten(): Answer | undefined {
    return this.#isSettling && this.#stage === "free" && !this.#isEndSeen ? SETTLED : undefined;
  }

  get allowed(): number {
    return this.#isEndSeen ? 0 : this.#mayWrite;
  }

  refusal(now: number, dials: boolean): DropReason | undefined {
    if (accepts(this.#mode, this.#state) || dials && this.backoff.permits(now)) return undefined;
    return "disconnected";
  }

  yields(): boolean {
    if (this.#isSuspected || this.#onTrial === 0) return false;
    this.#release(1);
    return true;
  }

  overflowed(records: number): void {
    if (records > 0 && this.#onTrial === 0) this.#strikes = 0;
    const carried = Math.min(this.#suspects, this.#onTrial);
    this.#suspects = Math.max(this.#suspects - records, carried);
  }

  flush(): readonly [FlushStep, Answer] {
    return ["wait", NOTHING];
  }

  on(event: LinkEvent, facts: LinkFacts): Answer {
    return (this as Answers)[event]?.(facts) ?? NOTHING;
  }

  wanted({ now }: LinkFacts): Answer {
    return this.#redial(now);
  }

  failed(facts: LinkFacts): Answer {
    this.#wasStuck = false;
    return this.#fail("failed", facts.dialledAt, facts);
  }

  settled({ unacknowledged }: LinkFacts): Answer {
    const next = this.#stage === "probed" && unacknowledged === 0 ? this.#widen() : NOTHING;
    return [...this.#prove(), ["progress"], ["watch"], ...next];
  }

  /** All that a probed stream was written is acknowledged: twice as many records follow. */
  #widen(): Answer {
    this.#suspects -= this.#window;
    this.#mayWrite = this.#window *= 2;
    this.#strikes = 0;
    this.#standSteps = 1;
    if (this.#suspects <= 0) this.#acquit();
    return [["write"]];
  }

  /** The server is there, and no record is suspected of ending connections. */
  #acquit(): void {
    this.#confirm();
    this.#forgive();
    this.#isSuspected = false;
  }

  progress({ writer }: LinkFacts): Answer {
    if (this.#isEndSeen) return NOTHING;
    return [...writer.isUnproven ? NOTHING : this.#prove(), ["watch"]];
  }

  ended(facts: LinkFacts): Answer {
    if (facts.writing === 0 || facts.error !== undefined) return this.#lose(facts);
    // A pending write may still succeed, and then nothing is sent twice.
    this.#isEndSeen = true;
    return [["grace"]];
  }

  late(facts: LinkFacts): Answer {
    return this.#lose(facts);
  }

  disconnect(facts: LinkFacts): Answer {
    const queued = facts.queued - this.#onTrial;
    return [...this.#confirm(), ...this.#lose({ ...facts, queued })];
  }

  due({ queued }: LinkFacts): Answer {
    return queued > 0 ? this.#go("due") : NOTHING;
  }

  lastFlush({ queued }: LinkFacts): Answer {
    this.#isLast = true;
    return queued > 0 ? this.#go("wanted") : NOTHING;
  }

  lastFlushOver(): Answer {
    this.#isLast = false;
    return NOTHING;
  }

  emptied(): Answer {
    return this.#forgive();
  }

  closed({ error }: LinkFacts): Answer {
    // A server that resets what this side has closed in order: what it has read is not known.
    return error === undefined ? this.#confirm() : [["restore"], ["drop", "closed"]];
  }

  loopEmpty({ waiting, writing, unacknowledged }: LinkFacts): Answer {
    // A last dial to a server that has just stopped reading would hold a Deno program open once more.
    const isStuck = this.#isPlain && this.#wasStuck;
    return waiting + writing + unacknowledged > 0 && !isStuck ? [["flush"]] : NOTHING;
  }

  loopEmptyAgain(): Answer {
    return [["rest"]];
  }

  exit(facts: LinkFacts): Answer {
    const isPending = facts.writing + facts.unacknowledged > 0;
    const close = isPending ? this.close(facts) : NOTHING;
    // The written records count as sent, as nothing is left that could send them again.
    return [...this.#confirm(), ["writeLast"], ...close, ["end"]];
  }

  mayExit({ writer, writing, bytes }: LinkFacts): Answer {
    // Records written to a server that ended the last stream at once may be lost, and count as sent.
    const isOpen = this.#state === "open" && writer.writeSync !== undefined && !writer.acknowledges;
    const isBlind = isOpen && !this.#isSuspected && (writing === 0 || bytes <= MAX_BLIND_BYTES);
    return isBlind ? [["writeLast"], ["mayEnd"]] : [["mayEnd"]];
  }

  #go(step: Step): Answer {
    const next = transition(this.#mode, this.#state, step);
    if (next === undefined) return NOTHING;
    // The connector has another address that has not failed yet: that one is dialled at once.
    const isMoving = this.backoff.failedDials > 0 && next.state === "waiting";
    const state = this.#state = isMoving ? "connecting" : next.state;
    this.whenQueued = state === "open" ? "write" : state === "connecting" ? "wait" : "ask";
    return isMoving ? [["dial"]] : next.actions;
  }

  opened({ now, writer }: LinkFacts): Answer {
    this.#openedAt = now;
    this.#isSettling = !writer.acknowledges;
    this.#isPlain = this.#isSettling && !writer.isConnectionless;
    this.writeMs = writer.isConnectionless ? undefined : this.#settings.writeTimeoutMs;
    this.#isProven = this.#isEndSeen = this.#wasStuck = false;
    if (this.#isPlain || this.#isSuspected && !writer.isConnectionless) {
      this.#stage = this.#isSuspected ? "probed" : "young";
      this.#mayWrite = this.#isSuspected ? 0 : Infinity;
      // Acknowledgements, and not the time, say when more than the head record may follow.
      this.#left = this.#isPlain ? this.#ceiling : 1;
      this.#steps = this.#window = this.#onTrial = 0;
      this.#written = [];
    }
    const proof = writer.isUnproven ? NOTHING : this.#prove();
    return [...this.#nextTick(), ...proof, ...this.#go("opened")];
  }

  #prove(): Answer {
    if (this.#isProven) return NOTHING;
    this.#isProven = true;
    if (!this.#isSuspected) this.backoff.succeeded();
    return [["connected"]];
  }

  written(facts: LinkFacts): Answer {
    const actions = this.#keep(facts);
    if (!this.#isEndSeen) return actions;
    const kept = actions.filter(([name]) => name !== "write");
    return [...kept, ...this.#lose({ ...facts, writing: 0 })];
  }

  #keep({ writing, heldBytes, writer }: LinkFacts): Answer {
    this.#mayWrite -= writing;
    this.#left -= writing;
    if (writer.acknowledges) return [["watch"], ["write"]];
    if (this.#stage === "free") return SETTLED;
    const last = this.#written.at(-1);
    if (last?.step === this.#steps) last.records += writing;
    else this.#written.push({ records: writing, step: this.#steps });
    this.#onTrial += writing;
    if (heldBytes <= MAX_TRIAL_BYTES || this.#isSuspected) return HELD;
    return [["hold"], ...this.#confirm(), ["progress"], ["write"]];
  }

  #nextTick(): Answer {
    if (this.#stage === "free") return NOTHING;
    return [["tick", this.#stage === "young" ? STEP_MS * YOUNG_STEPS : STEP_MS]];
  }

  tick(): Answer {
    // A stream whose end was seen does not grow older.
    if (this.#stage === "free" || this.#isEndSeen) return NOTHING;
    this.#steps++;
    let sent = this.#stand();
    const isOld = this.#stage === "young" || (this.#steps >= YOUNG_STEPS && this.#suspects === 0);
    if (isOld) {
      sent += this.#onTrial;
      this.#acquit();
    } else if (this.#steps >= this.#standSteps && this.#mayWrite === 0 && this.#left > 0) {
      this.#window = this.#window * 2 || 1;
      this.#mayWrite = Math.min(this.#window, this.#left);
    }
    if (isOld || this.#steps === this.#standSteps) this.backoff.succeeded();
    const through: LinkAction[] = sent > 0 ? [["confirm", sent], ["progress"]] : [];
    return [...through, ...this.#nextTick(), ["write"]];
  }

  /** Takes out the records behind which the stream has stood for a second; how many. */
  #stand(): number {
    const [head] = this.#written;
    if (head === undefined || head.step + YOUNG_STEPS > this.#steps) return 0;
    const { records } = head;
    this.#release(records);
    this.#strikes = 0;
    if (this.#onTrial === 0 && this.#left === 0) {
      // The half without the poison is through: the other one begins with its head alone.
      this.#left = this.#ceiling = Infinity;
      this.#window = this.#mayWrite = 0;
    }
    return records;
  }

  /** So many of the oldest records that were written count as sent. */
  #release(records: number): void {
    this.#onTrial -= records;
    this.#suspects = Math.max(this.#suspects - records, 0);
    for (let left = records; left > 0;) {
      const head = this.#written[0]!;
      const some = Math.min(left, head.records);
      left -= some;
      head.records -= some;
      if (head.records === 0) this.#written.shift();
    }
  }

  /** This side closes the stream, or the server is known to read: what it carried counts as sent. */
  #confirm(): Answer {
    this.#release(this.#onTrial);
    this.#stage = "free";
    this.#mayWrite = Infinity;
    return [["confirm", Infinity]];
  }

  /** No record that waits is under suspicion. */
  #forgive(): Answer {
    this.#suspects = this.#strikes = 0;
    this.#standSteps = 1;
    this.#ceiling = Infinity;
    return NOTHING;
  }

  /** The connection is over. */
  #lose(facts: LinkFacts): Answer {
    if (this.#state !== "open") return NOTHING;
    const { now, writing, error, writer } = facts;
    const isCut = writing > 0;
    const isBroken = error !== undefined;
    // The rest of a pending write is written to the next connection, so it must not go on here.
    const part: LinkAction = ["part", isBroken || isCut];
    this.#isEndSeen = false;
    this.#wasStuck = (error as { code?: unknown } | undefined)?.code === "timeout";
    if (this.#stage !== "free" && this.#isPlain) {
      return [part, ["restore"], ...this.#loseYoung(facts)];
    }
    const { done } = facts;
    const actions: LinkAction[] = [writer.acknowledges ? ["restore"] : ["settle"], part];
    if (writer.acknowledges && !writer.isConnectionless) actions.push(...this.#suspect(facts));
    if (isCut && this.#isPlain) this.#noteCut(facts.sent + done);
    if (writer.holdSeconds !== undefined || (!this.#isProven && isBroken)) {
      return [...actions, ...this.#fail("flapped", now, facts)];
    }
    const isQueue = this.#mode === "queue";
    const redials = facts.queued > done && (isQueue || facts.flushing > 0);
    const isShort = now - this.#openedAt < Math.max(this.backoff.retryStart, MIN_RETRY_SECONDS);
    const isShortAgain = isShort && this.#wasShort;
    this.#wasShort = isShort;
    if (!isShort) this.backoff.failedDials = 0;
    // A server that takes what is written and hangs up at once may leave nothing to redial for. One
    // that stopped reading still accepts connections: each would swallow what its kernel holds.
    const flaps = this.#isPlain ? isQueue && this.#wasStuck : isShortAgain && (isQueue || redials);
    if (flaps) this.backoff.failed(now);
    // Twice in a row nothing could be written: a socket that opens is no way out yet.
    if (isCut && isShortAgain && isBroken) actions.push(["outage", false]);
    actions.push(...this.#go(flaps ? "flapped" : "lost"), ["disconnected", 0], ["wake", false]);
    return redials && !flaps ? [...actions, ...this.#redial(now)] : actions;
  }

  /** A stream is over that has acknowledgements: finds out if its oldest record is to blame. */
  #suspect({ unacknowledged, sent }: LinkFacts): Answer {
    const wasProbed = this.#stage === "probed";
    this.#stage = "free";
    this.#mayWrite = Infinity;
    // No record is to blame for a server that is silent.
    if (unacknowledged === 0 || this.#wasStuck) return NOTHING;
    // One end may be a restart.
    if (sent === this.#sentAtEnd) {
      this.#isSuspected = true;
      this.#suspects = Math.max(this.#suspects, unacknowledged);
    }
    this.#sentAtEnd = sent;
    const isAlone = wasProbed && unacknowledged === 1;
    const isSoon = this.#steps < this.#standSteps + YOUNG_STEPS;
    this.#strikes = isAlone && isSoon ? this.#strikes + 1 : 0;
    this.#standSteps = this.#strikes === 0 ? 1 : Math.min(this.#steps + 1, YOUNG_STEPS);
    if (this.#strikes < POISON_STREAMS) return NOTHING;
    this.#suspects--;
    this.#strikes = 0;
    this.#standSteps = 1;
    return [["discard", 1, true]];
  }

  #redial(now: number): Answer {
    return this.backoff.permits(now) ? this.#go("wanted") : NOTHING;
  }

  /** A stream that ends twice in a row in the middle of the same record ends because of it. */
  #noteCut(sent: number): void {
    if (sent === this.#sentAtCut) {
      this.#isSuspected = true;
      this.#suspects = Math.max(this.#suspects, 1);
    }
    this.#sentAtCut = sent;
  }

  /** A young stream is over: finds out how many of its records go again, and if one is to blame. */
  #loseYoung({ now, writing, queued, flushing }: LinkFacts): Answer {
    const resendsOnce = this.#mode === "drop";
    const wasSuspected = this.#isSuspected;
    const carried = this.#onTrial + writing;
    const isFlapping = carried === 0 && wasSuspected;
    if (carried > 1 && !resendsOnce) this.#ceiling = carried >> 1;
    // No record is to blame for a server that stops taking bytes.
    if (carried === 1 && this.#stage === "probed" && !this.#wasStuck && !resendsOnce) {
      this.#strikes++;
      this.#standSteps = Math.min(this.#steps + 1, YOUNG_STEPS);
    }
    const isPoison = this.#strikes === POISON_STREAMS;
    const dropped = resendsOnce ? Math.min(this.#suspects, carried) : Number(isPoison);
    if (carried > 1 || dropped > 0) {
      this.#strikes = 0;
      this.#standSteps = 1;
    }
    this.#suspects = Math.max(this.#suspects - dropped, carried - dropped);
    this.#stage = "free";
    this.#isSuspected = true;
    this.#mayWrite = Infinity;
    this.#onTrial = 0;
    const backsOff = isFlapping || !resendsOnce;
    if (backsOff) this.backoff.failed(now);
    const actions: LinkAction[] = [];
    if (dropped > 0) actions.push(["discard", dropped, isPoison]);
    // One end may be a restart; a second one is an outage.
    if (wasSuspected) actions.push(["outage", true]);
    actions.push(...this.#go(backsOff ? "flapped" : "lost"));
    actions.push(["disconnected", carried], ["wake", false]);
    const redials = !backsOff && queued > dropped && flushing > 0;
    return redials ? [...actions, ...this.#redial(now)] : actions;
  }

  /** A dial failed, or a connection that was none. */
  #fail(step: Step, dialledAt: number, { writer }: LinkFacts): Answer {
    return this.backoff.failed(dialledAt, writer.holdSeconds)
      ? [["outage", false], ...this.#go(step), ["failed"], ["wake", this.#isLast]]
      : [["failed"], ...this.#go(step)];
  }

  close({ writer }: LinkFacts): Answer {
    return [writer.acknowledges ? ["restore"] : ["settle"], ...this.#go("close")];
  }
}
