/**
 * A bounded queue between a runtime that pushes and one consumer that iterates. It asks the producer to
 * pause when it is full, and calls back when there is room again.
 *
 * Pure: imports nothing, uses no runtime global.
 *
 * @module
 */

/** Options of {@linkcode AsyncQueue}. */
export interface AsyncQueueOptions<T> {
  /**
   * How much it holds before `push` says to pause. A function's result may change; an item of that
   * size, or a larger one, asks for a pause even if the consumer waits for it.
   */
  limit: number | (() => number);
  /** Returns the size of an item. @default {1} */
  sizeOf?: (item: T) => number;
  /**
   * At the limit, while no consumer iterates: `keep` asks for a pause, as when one does; `discard` throws
   * away the items held and those that come, until a consumer iterates.
   *
   * @default {"keep"}
   */
  unread?: "keep" | "discard";
  /** Called when the producer, told to pause, may go on. */
  onRoom?: () => void;
}

interface Waiter<T> {
  resolve(result: IteratorResult<T>): void;
  reject(error: unknown): void;
}

/** One producer, one consumer; the consumer may leave its loop and come back. */
export class AsyncQueue<T> implements AsyncIterable<T> {
  readonly #limit: () => number;
  readonly #isShared: boolean;
  readonly #sizeOf: (item: T) => number;
  readonly #unread: "keep" | "discard";
  readonly #onRoom: () => void;
  #items: T[] = [];
  #size = 0;
  #waiters: Waiter<T>[] = [];
  #iterated = false;
  #discarding = false;
  #paused = false;
  #ended = false;
  #error: unknown;

  constructor(
    { limit, sizeOf = () => 1, unread = "keep", onRoom = () => {} }: AsyncQueueOptions<T>,
  ) {
    this.#isShared = typeof limit === "function";
    this.#limit = typeof limit === "function" ? limit : () => limit;
    this.#sizeOf = sizeOf;
    this.#unread = unread;
    this.#onRoom = onRoom;
  }

  /** True if the limit is reached. */
  get full(): boolean {
    return this.#size >= this.#limit();
  }

  /** True while a consumer is in its loop. */
  get iterated(): boolean {
    return this.#iterated;
  }

  /** Adds an item; `false` asks the producer to pause until `onRoom`. */
  push(item: T): boolean {
    if (this.#ended || this.#discarding) return true;
    const waiter = this.#waiters.shift();
    if (waiter !== undefined) {
      waiter.resolve({ done: false, value: item });
      this.#paused = this.#isShared && this.#waiters.length === 0 &&
        this.#sizeOf(item) >= this.#limit();
      return !this.#paused;
    }
    this.#items.push(item);
    this.#size += this.#sizeOf(item);
    if (!this.full) return true;
    if (this.#unread === "discard" && !this.#iterated) {
      this.#discarding = true;
      this.clear();
      return true;
    }
    this.#paused = true;
    return false;
  }

  /** No more items; an error is thrown to the consumer after the last item. */
  end(error?: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    for (const waiter of this.#waiters.splice(0)) this.#finish(waiter);
  }

  /** Takes out and returns what is held. */
  clear(): T[] {
    const items = this.#items;
    this.#items = [];
    this.#size = 0;
    this.#room();
    return items;
  }

  [Symbol.asyncIterator](): AsyncIterator<T, undefined> {
    this.#iterated = true;
    this.#discarding = false;
    return {
      next: () => this.#next() as Promise<IteratorResult<T, undefined>>,
      return: () => {
        this.#iterated = false;
        if (this.full && this.#unread === "discard") this.clear();
        return Promise.resolve({ done: true, value: undefined });
      },
    };
  }

  #next(): Promise<IteratorResult<T>> {
    if (this.#items.length > 0) {
      const value = this.#items.shift() as T;
      this.#size -= this.#sizeOf(value);
      if (!this.full) this.#room();
      return Promise.resolve({ done: false, value });
    }
    return new Promise((resolve, reject) => {
      if (this.#ended) return this.#finish({ resolve, reject });
      this.#waiters.push({ resolve, reject });
      this.#room();
    });
  }

  #finish(waiter: Waiter<T>): void {
    const error = this.#error;
    this.#error = undefined;
    if (error === undefined) waiter.resolve({ done: true, value: undefined });
    else waiter.reject(error);
  }

  #room(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#onRoom();
  }
}
