/**
 * Every handler that is alive, oldest first, and those that have a name. Both are weak, as in
 * CPython: a handler that nobody uses any more is not kept for the sake of `shutdown()`. Where the
 * runtime has no weak references, as workers of an old compatibility date, it is.
 *
 * Browser compatible.
 *
 * @module
 */

/** What the registry needs to know of a handler. */
export interface Closeable {
  /** Sends on what is held back. */
  flush(): Promise<void>;
  /** Releases everything. */
  close(): Promise<void>;
}

/** References to collected handlers that may pile up before they are swept out. */
const SWEEP_SLACK = 64;

/** What is left of a handler that is not kept. */
interface Reference<H> {
  deref(): H | undefined;
}

function referenceTo<H extends WeakKey>(handler: H): Reference<H> {
  return typeof WeakRef === "undefined" ? { deref: () => handler } : new WeakRef(handler);
}

/** Handlers in the order of their creation, by weak reference. */
export class HandlerRegistry<H extends Closeable> {
  #alive: Reference<H>[] = [];
  #sweepAt = SWEEP_SLACK;
  readonly #named = new Map<string, Reference<H>>();

  /** Takes up a new handler. */
  add(handler: H): void {
    if (this.#alive.length >= this.#sweepAt) {
      this.#alive = this.#alive.filter((reference) => reference.deref() !== undefined);
      this.#sweepAt = 2 * this.#alive.length + SWEEP_SLACK;
    }
    this.#alive.push(referenceTo(handler));
  }

  /** Forgets a handler that is closed. */
  remove(handler: H): void {
    this.#alive = this.#alive.filter((reference) => reference.deref() !== handler);
  }

  /** Gives a handler another name, or none. */
  rename(handler: H, from: string | null, to: string | null): void {
    if (from !== null && this.get(from) === handler) this.#named.delete(from);
    if (to) this.#named.set(to, referenceTo(handler));
  }

  /** Forgets all names, as CPython does before a configuration: the handlers keep their own. */
  clearNames(): void {
    this.#named.clear();
  }

  /** The handler of that name. */
  get(name: string): H | null {
    return this.#named.get(name)?.deref() ?? null;
  }

  /** The names of the handlers that are alive. */
  names(): Set<string> {
    for (const [name, reference] of this.#named) {
      if (reference.deref() === undefined) this.#named.delete(name);
    }
    return new Set(this.#named.keys());
  }

  /** The handlers that are alive, last created first. */
  newestFirst(): H[] {
    return this.#alive.map((reference) => reference.deref())
      .filter((handler) => handler !== undefined)
      .reverse();
  }
}
