/**
 * Decides how much may be written to a young stream, when it counts as sent, and which record is
 * poison: one that the server hangs up on each time.
 *
 * A stream without acknowledgements is young for its first second. Records that it carries stay
 * queued until it has stood for that long, and go again when it ends before. A stream behind one that
 * ended young is *probed*: it must stand unwritten for a step (100 ms) at least, then carries the head
 * record alone, then twice as many each step. So a server that ends every connection is told from one
 * that ends the connection because of a record, and a backlog is never poured into either.
 *
 * To find a poisonous record among many, the next stream carries at most half of those that the last
 * one carried. A record that three streams carried alone, and that all three ended upon, is poison;
 * each of them has stood unwritten for longer than the one before had lived, so that a server that ends
 * every connection after half a second has no record blamed for it.
 *
 * Pure: no clock, no I/O. The caller calls {@linkcode Probation.tick} every
 * {@linkcode Probation.tickMs}.
 *
 * @module
 */

/** One step of a probed stream: longer than a server takes to accept and to hang up. */
const STEP_MS = 100;

/** A stream is young for so many steps: a second, as CPython's first wait behind a failed dial. */
const YOUNG_STEPS = 10;

/** A record is poison after so many streams; fewer could be chance on a bad network. */
export const POISON_STREAMS = 3;

/** The outcome of a stream that ended. */
export interface ProbationEnd {
  /** Records that the stream carried, counted from the head of the queue, that go again. */
  readonly again: number;
  /** Records at the head of the queue that are dropped as they have gone again before. */
  readonly dropped: number;
  /** Says whether the head record is poison: the one record that the stream carried. */
  readonly isPoison: boolean;
  /** Says whether the next dial waits for the back-off. */
  readonly backsOff: boolean;
}

/** The probation of one link's streams. */
export class Probation {
  readonly #resendsOnce: boolean;
  /** `free`: there is no stream, or one that is no longer young. */
  #stage: "free" | "young" | "probed" = "free";
  #isSuspected = false;
  /** Steps for which a stream has stood, and for which a probed one must before it is written to. */
  #steps = 0;
  #standSteps = 1;
  #window = 0;
  #allowed = Infinity;
  /** The most records that the next stream carries before they are sent. */
  #ceiling = Infinity;
  /** Of the ceiling what this stream has left. */
  #left = Infinity;
  /** Records that were written, with the step in which they were. */
  readonly #written: { records: number; step: number }[] = [];
  /** Records of the batch that is being written. */
  #flying = 0;
  /** Records of all these. */
  #onTrial = 0;
  /** Streams that ended upon the head record alone. */
  #strikes = 0;
  /** Records at the head of the queue that a stream carried which ended young. */
  #suspects = 0;

  /** @param resendsOnce whether a record goes again once at most: in `drop` mode */
  constructor(resendsOnce: boolean) {
    this.#resendsOnce = resendsOnce;
  }

  /** Milliseconds until {@linkcode tick} is due; `undefined`: there is nothing to wait for. */
  get tickMs(): number | undefined {
    if (this.#stage === "free") return undefined;
    return this.#stage === "young" ? STEP_MS * YOUNG_STEPS : STEP_MS;
  }

  /** How many records may be written now. */
  get allowed(): number {
    return this.#allowed;
  }

  /** Says whether what is written now stays queued. */
  get isOn(): boolean {
    return this.#stage !== "free";
  }

  /** Says whether the last stream ended young, so that the server is not known to be there. */
  get isSuspected(): boolean {
    return this.#isSuspected;
  }

  /** Says whether the server has just kept a probed stream open for long enough to write to it. */
  get hasStood(): boolean {
    return this.#stage === "probed" && this.#steps === this.#standSteps;
  }

  /** A stream opened. */
  opened(): void {
    this.#stage = this.#isSuspected ? "probed" : "young";
    this.#allowed = this.#isSuspected ? 0 : Infinity;
    this.#left = this.#ceiling;
    this.#steps =
      this.#window =
      this.#flying =
      this.#onTrial =
        0;
    this.#written.length = 0;
  }

  /** So many records are being written. */
  writing(records: number): void {
    this.#flying = records;
    this.#allowed -= records;
    this.#left -= records;
    this.#onTrial += records;
  }

  /** They were taken. */
  written(): void {
    const last = this.#written.at(-1);
    if (last?.step === this.#steps) last.records += this.#flying;
    else this.#written.push({ records: this.#flying, step: this.#steps });
    this.#flying = 0;
  }

  /**
   * The time of {@linkcode tickMs} has passed.
   *
   * @returns how many of the oldest records count as sent
   */
  tick(): number {
    this.#steps++;
    let sent = this.#settle();
    if (this.#stage === "young" || (this.#steps >= YOUNG_STEPS && this.#suspects === 0)) {
      sent += this.#onTrial - this.#flying;
      this.#free();
    } else if (
      this.#steps >= this.#standSteps && this.#allowed === 0 && this.#flying === 0 && this.#left > 0
    ) {
      this.#window = this.#window * 2 || 1;
      this.#allowed = Math.min(this.#window, this.#left);
    }
    return sent;
  }

  /** Takes out the records behind which the stream has stood for a second. */
  #settle(): number {
    const [head] = this.#written;
    if (head === undefined || head.step + YOUNG_STEPS > this.#steps) return 0;
    const { records } = head;
    this.release(records);
    this.#strikes = 0;
    if (this.#onTrial === 0 && this.#left === 0) {
      // The half without the poison is through: the other one begins with its head alone.
      this.#left = this.#ceiling = Infinity;
      this.#window = this.#allowed = 0;
    }
    return records;
  }

  /** So many of the oldest records that were written count as sent. */
  release(records: number): void {
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

  /** So many of the oldest records that wait were dropped for room. */
  overflowed(records: number): void {
    if (records > 0 && this.#onTrial === 0) this.#strikes = 0;
    this.#suspects = Math.max(this.#suspects - records, Math.min(this.#suspects, this.#onTrial));
  }

  /** All that waited was dropped. */
  emptied(): void {
    this.#suspects = this.#strikes = 0;
    this.#standSteps = 1;
    this.#ceiling = Infinity;
  }

  /** This side closes the stream, or the server is known to read: what it carried counts as sent. */
  confirm(): void {
    this.release(this.#onTrial - this.#flying);
    this.#stage = "free";
    this.#allowed = Infinity;
  }

  /** The stream has proved itself. */
  #free(): void {
    this.confirm();
    this.emptied();
    this.#isSuspected = false;
  }

  /** A stream that was not young has ended upon a record as the one before did: probe the next one. */
  suspect(): void {
    this.#isSuspected = true;
    this.#suspects = Math.max(this.#suspects, 1);
  }

  /**
   * The stream ended while it {@linkcode isOn}.
   *
   * @param byServer not because the server stopped taking bytes, for which no record is to blame
   */
  ended(byServer: boolean): ProbationEnd {
    const carried = this.#onTrial;
    const isFlapping = carried === 0 && this.#isSuspected;
    if (carried > 1 && !this.#resendsOnce) this.#ceiling = carried >> 1;
    if (carried === 1 && this.#stage === "probed" && byServer && !this.#resendsOnce) {
      this.#strikes++;
      this.#standSteps = Math.min(this.#steps + 1, YOUNG_STEPS);
    }
    const isPoison = this.#strikes === POISON_STREAMS;
    const dropped = this.#resendsOnce ? Math.min(this.#suspects, carried) : Number(isPoison);
    if (carried > 1 || dropped > 0) {
      this.#strikes = 0;
      this.#standSteps = 1;
    }
    const again = carried - dropped;
    this.#suspects = Math.max(this.#suspects - dropped, again);
    this.#stage = "free";
    this.#isSuspected = true;
    this.#allowed = Infinity;
    this.#onTrial = 0;
    return { again, dropped, isPoison, backsOff: isFlapping || !this.#resendsOnce };
  }
}
