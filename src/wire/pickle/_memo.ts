/**
 * The unpickler's memo: PUT stores values, GET fetches them.
 *
 * Indexes come one after another from every pickler. A pickle may name any other as well, so only
 * the run from zero is an array, and nothing is allocated for a number. Far indexes are kept as
 * text: V8 hashes numbers without a secret, so that they can be chosen to collide.
 *
 * Browser compatible: imports nothing outside this folder, uses no runtime global.
 *
 * @module
 */
import { exceed, NEAR } from "./limits.ts";

/** The price of a far index, which is kept as text, against one in the run, in memory and time. */
const FAR_COST = 8;

/** Values by index; `undefined` is no value. */
export class Memo {
  readonly #limit: number;
  readonly #run: unknown[] = [];
  #others: Map<number | string, unknown> | undefined;
  #size = 0;
  #far = 0;

  /** An empty memo for at most `limit` values. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The number of values: the index of the next MEMOIZE. */
  get size(): number {
    return this.#size;
  }

  /** Returns the value, or undefined. */
  get(index: number): unknown {
    const value = this.#run[index];
    return value === undefined ? this.#others?.get(keyOf(index)) : value;
  }

  /** Stores a value in place of the one that was there. */
  put(index: number, value: unknown): void {
    if (this.get(index) === undefined && ++this.#size > this.#limit) exceed("maxMemo", this.#limit);
    const run = this.#run;
    if (index > run.length + 1) {
      if (index >= NEAR && (this.#far += FAR_COST) > this.#limit) exceed("maxMemo", this.#limit);
      (this.#others ??= new Map()).set(keyOf(index), value);
      return;
    }
    // Python 2's cPickle begins at 1.
    if (index > run.length) run.push(undefined);
    run[index] = value;
  }

  /** Removes all values. */
  clear(): void {
    this.#run.length = 0;
    this.#others = undefined;
    this.#size = this.#far = 0;
  }
}

function keyOf(index: number): number | string {
  return index < NEAR ? index : `#${index}`;
}
