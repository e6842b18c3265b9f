/**
 * The limits of loading a pickle. A few bytes of a pickle can ask for much memory or time: every
 * cap bounds one way to do so, and has its reason beside its default. Handlers pickle records
 * within the same limits, so that a receiver with the defaults accepts every record that they send.
 *
 * Browser compatible: imports nothing outside this folder, uses no runtime global.
 *
 * @module
 */
import { UnpicklingError } from "./errors.ts";

/**
 * Caps of {@linkcode loads}; `Infinity` removes one. A pickle that exceeds a cap is an
 * `UnpicklingError`.
 */
export interface UnpickleLimits {
  /**
   * The longest pickle, in bytes. Loading takes up to some twenty times that in memory.
   *
   * @default {268_435_456} (256 MiB)
   */
  maxBytes?: number;
  /**
   * How deep containers may nest. CPython's own pickler stops near 1,000, its recursion limit, and
   * deeper values overflow the stack of code that walks them recursively, as JSON.stringify() does.
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
   * The most items that are put into containers: four bytes are enough to make a set of the same
   * list once more.
   *
   * @default {10_000_000}
   */
  maxItems?: number;
  /**
   * The most numbers among keys of dicts and elements of sets that are no integers below 2^24.
   * V8 hashes numbers without a secret, so that an attacker can choose numbers that collide, and
   * each is then compared with all others; of the integers below 2^24 too few collide.
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
   * The longest binary integer, in bytes: to print it takes quadratic time. Integers as text have
   * at most 4,300 digits, which take 1,786 bytes.
   *
   * @default {2048}
   */
  maxIntegerBytes?: number;
}

/** The default of `maxDepth`; apart from the table below, which a sender does not need. */
export const MAX_DEPTH = 1000;
/** The default of `maxItems`, apart for the same reason. */
export const MAX_ITEMS = 10_000_000;

/**
 * The price of a container. A sender keeps one account for all parts of a record, in items:
 * `maxItems` of these pay for `maxContainers` or `maxFarKeys`, so that no record exceeds one of the
 * three.
 */
export const CONTAINER_ITEMS = 10;
/** The price, in that account, of a number that is a key and can be chosen to collide. */
export const FAR_KEY_ITEMS = 1000;

/** The defaults, as documented above; no products, which a bundler would keep in every bundle. */
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
 * The longest pickle of a record, in bytes: about twice the default cap of a receiver. No pickle so
 * short has `maxMemo` entries in its memo, or a str of `maxStringBytes`.
 */
export const MAX_RECORD_BYTES = 32_000_000;

/** 2^24: smaller integers are hashed to so many buckets that each has few. */
export const NEAR = 16_777_216;

/** The account of one `loads()`. */
export class Budget {
  readonly #limits: Required<UnpickleLimits>;
  #containers = 0;
  #items = 0;
  #farKeys = 0;
  #copied = 0;

  /** Makes an account of which nothing is spent. */
  constructor(limits: Required<UnpickleLimits>) {
    this.#limits = limits;
  }

  /** The number of containers. */
  get containers(): number {
    return this.#containers;
  }

  /** Starts again with nothing spent. */
  reset(): void {
    this.#containers =
      this.#items =
      this.#farKeys =
      this.#copied =
        0;
  }

  /** Counts containers that are about to be made. */
  spendContainers(count: number): void {
    this.#containers += count;
    if (this.#containers > this.#limits.maxContainers) {
      exceed("maxContainers", this.#limits.maxContainers);
    }
  }

  /** Counts items that are about to be put into a container. */
  spendItems(count: number): void {
    this.#items += count;
    if (this.#items > this.#limits.maxItems) exceed("maxItems", this.#limits.maxItems);
  }

  /** Counts a number that is about to be searched among keys, if it can be chosen to collide. */
  spendKey(key: number | bigint): void {
    if (!isFarKey(key)) return;
    if (++this.#farKeys > this.#limits.maxFarKeys) exceed("maxFarKeys", this.#limits.maxFarKeys);
  }

  /** Counts bytes that are about to be made of an existing string. */
  spendCopy(count: number): void {
    this.#copied += count;
    if (this.#copied > this.#limits.maxBytes) exceed("maxBytes", this.#limits.maxBytes);
  }
}

/** Returns true for a key that is a number which can be chosen to collide with others. */
export function isFarKey(key: unknown): boolean {
  // The shifts do not change integers of up to 25 bits with their sign.
  return typeof key === "bigint" || typeof key === "number" && key << 7 >> 7 !== key;
}

/** Throws the error for a pickle that exceeds a limit. */
export function exceed(name: keyof UnpickleLimits, limit: number): never {
  throw new UnpicklingError(`Cannot unpickle as the pickle goes over '${name}', which is ${limit}`);
}
