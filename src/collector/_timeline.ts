/**
 * Counts of records by time and level, for the timeline of the page.
 *
 * @module
 */
import type { KeptRecord } from "./_kept_record.ts";

/** The most levels that are told apart: a sender may invent names. */
const MAX_LEVELS = 16;

/** Stands for the levels beyond these. */
const OTHERS = "other";

/** The counts as the page gets them. */
export interface TimelineView {
  /** In milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
  /** The width of a bucket, in milliseconds. */
  readonly step: number;
  readonly levels: string[];
  /** A list of counts by level for each bucket. */
  readonly counts: number[][];
}

/** Counts records; see the module. */
export class Timeline {
  readonly #from: number;
  readonly #to: number;
  readonly #step: number;
  readonly #buckets: number;
  readonly #levels = new Map<string, { levelno: number; counts: Uint32Array }>();

  /** Counts from one time to another, in milliseconds since the epoch. */
  constructor(from: number, to: number, buckets: number) {
    this.#from = from;
    this.#to = Math.max(to, from + 1);
    this.#buckets = buckets;
    this.#step = (this.#to - from) / buckets;
  }

  /** Counts a record. */
  add({ time, level, levelno }: KeptRecord): void {
    if (time < this.#from || time >= this.#to) return;
    const bucket = Math.min(Math.floor((time - this.#from) / this.#step), this.#buckets - 1);
    let known = this.#levels.get(level);
    if (known === undefined) {
      const isFull = this.#levels.size >= MAX_LEVELS;
      const name = isFull ? OTHERS : level;
      known = isFull ? this.#levels.get(OTHERS) : undefined;
      known ??= { levelno: isFull ? 0 : levelno, counts: new Uint32Array(this.#buckets) };
      this.#levels.set(name, known);
    }
    known.counts[bucket]!++;
  }

  /** Returns the counts so far. */
  view(): TimelineView {
    const levels = [...this.#levels].sort(([, a], [, b]) => a.levelno - b.levelno);
    return {
      from: this.#from,
      to: this.#to,
      step: this.#step,
      levels: levels.map(([name]) => name),
      counts: Array.from(
        { length: this.#buckets },
        (_, bucket) => levels.map(([, { counts }]) => counts[bucket]!),
      ),
    };
  }
}
