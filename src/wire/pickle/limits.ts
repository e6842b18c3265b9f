/**
 * What a pickle may cost to load. A few bytes of a pickle can ask for much: every cap bounds one
 * way of doing so, and has its reason beside its default. Records are pickled within the same limits,
 * so that a receiver with the defaults takes whatever a handler sends.
 *
 * Browser compatible: imports nothing outside this folder, uses no runtime global.
 *
 * @module
 */
import { UnpicklingError } from "./errors.ts";

/** Caps of {@linkcode loads}; `Infinity` lifts one. Going over is an `UnpicklingError`. */
export interface UnpickleLimits {
  /**
   * The longest pickle, in bytes. Loading takes up to some twenty times that in memory.
   *
   * @default {268_435_456} (256 MiB)
   */
  maxBytes?: number;
  /**
   * How deep containers may lie within containers. CPython's own pickler stops near 1,000, its
   * recursion limit, and deeper values overflow the stack of code that walks them recursively, as
   * JSON.stringify() does.
   *
   * @default {1000}
   */
  maxDepth?: number;
  /**
   * The most entries of the memo: every str and container of an ordinary pickle is one.
   *
   * @default {4_194_304}
   */
  maxMemo?: number;
  /**
   * The most containers and byte strings: one byte asks for an object of up to 250.
   *
   * @default {1_000_000}
   */
  maxContainers?: number;
  /**
   * The most items put into containers: a list that is made into a set again and again costs four
   * bytes each time.
   *
   * @default {10_000_000}
   */
  maxItems?: number;
  /**
   * The most numbers among keys of dicts and elements of sets that are no integers below 2^24.
   * V8 hashes numbers without a secret, so that they can be chosen to collide, and each then costs
   * a walk past all others; of the integers below 2^24 too few collide.
   *
   * @default {10_000}
   */
  maxFarKeys?: number;
  /**
   * The longest str, bytes or bytearray, in bytes. V8 holds no string longer than 512 MiB.
   *
   * @default {67_108_864} (64 MiB)
   */
  maxStringBytes?: number;
  /**
   * The longest binary integer, in bytes: to print it takes quadratic time. The 4,300 digits that
   * are the most for integers as text take 1,786.
   *
   * @default {2048}
   */
  maxIntegerBytes?: number;
}

/** The default of `maxDepth`; by itself, so that a sender has no use of the table below. */
export const MAX_DEPTH = 1000;
/** The default of `maxItems`, by itself as well. */
export const MAX_ITEMS = 10_000_000;

/**
 * A sender keeps one account for all of a record's parts, in items: `maxItems` of these are
 * `maxContainers` and `maxFarKeys`, and so nothing passes that goes over one of the three.
 */
export const CONTAINER_ITEMS = 10;
/** A number that is a key, and may be chosen to collide, costs so much in that account. */
export const FAR_KEY_ITEMS = 1000;

/** The defaults, as documented above; products of numbers would stay in every bundle. */
export const DEFAULT_LIMITS: Required<UnpickleLimits> = {
  maxBytes: 268_435_456,
  maxDepth: MAX_DEPTH,
  maxMemo: 4_194_304,
  maxContainers: 1_000_000,
  maxItems: MAX_ITEMS,
  maxFarKeys: 10_000,
  maxStringBytes: 67_108_864,
  maxIntegerBytes: 2048,
};

/**
 * The longest pickle of a record, in bytes: about twice what a receiver takes by default. No pickle
 * so short has `maxMemo` entries in its memo, or a str of `maxStringBytes`.
 */
export const MAX_RECORD_BYTES = 32_000_000;

/** 2^24: integers below are hashed to so many buckets that few are in each. */
export const NEAR = 16_777_216;

/** What is left to spend during one `loads()`. */
export class Budget {
  readonly #limits: Required<UnpickleLimits>;
  #containers = 0;
  #items = 0;
  #farKeys = 0;
  #copied = 0;

  /** Nothing is spent yet. */
  constructor(limits: Required<UnpickleLimits>) {
    this.#limits = limits;
  }

  /** How many containers there are. */
  get containers(): number {
    return this.#containers;
  }

  /** Nothing is spent again. */
  reset(): void {
    this.#containers =
      this.#items =
      this.#farKeys =
      this.#copied =
        0;
  }

  /** Accounts for containers about to be made. */
  spendContainers(count: number): void {
    this.#containers += count;
    if (this.#containers > this.#limits.maxContainers) {
      exceed("maxContainers", this.#limits.maxContainers);
    }
  }

  /** Accounts for items about to be put into a container. */
  spendItems(count: number): void {
    this.#items += count;
    if (this.#items > this.#limits.maxItems) exceed("maxItems", this.#limits.maxItems);
  }

  /** Accounts for a number about to be looked for among keys, if it can be chosen to collide. */
  spendKey(key: number | bigint): void {
    if (!isFarKey(key)) return;
    if (++this.#farKeys > this.#limits.maxFarKeys) exceed("maxFarKeys", this.#limits.maxFarKeys);
  }

  /** Accounts for bytes about to be made out of a string that is there already. */
  spendCopy(count: number): void {
    this.#copied += count;
    if (this.#copied > this.#limits.maxBytes) exceed("maxBytes", this.#limits.maxBytes);
  }
}

/** Says whether a key is a number that can be chosen to collide with others. */
export function isFarKey(key: unknown): boolean {
  // Integers of 25 bits, the sign among them, come through the shifts as they are.
  return typeof key === "bigint" || typeof key === "number" && key << 7 >> 7 !== key;
}

/** Throws for a pickle that goes over a limit. */
export function exceed(name: keyof UnpickleLimits, limit: number): never {
  throw new UnpicklingError(`Cannot unpickle as the pickle goes over '${name}', which is ${limit}`);
}
