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

/** A weak reference to a handler. */
export interface Reference<H> {
  /** The handler; `undefined` once it was collected. */
  deref(): H | undefined;
}

function referenceTo<H extends WeakKey>(handler: H): Reference<H> {
  return typeof WeakRef === "undefined" ? { deref: () => handler } : new WeakRef(handler);
}

/** Handlers in the order of their creation, by weak reference. */
export class HandlerRegistry<H extends Closeable> {
  /** The handlers, oldest first, and those that were collected since the last sweep. */
  alive: Reference<H>[] = [];
  /** The handlers that have a name. */
  readonly named: Map<string, Reference<H>> = new Map();
  #sweepAt = SWEEP_SLACK;

  /** Adds a new handler. */
  add(handler: H): void {
    if (this.alive.length >= this.#sweepAt) {
      this.remove(undefined);
      this.#sweepAt = 2 * this.alive.length + SWEEP_SLACK;
    }
    this.alive.push(referenceTo(handler));
  }

  /** Removes a handler that is closed; with `undefined`, the handlers that were collected. */
  remove(handler: H | undefined): void {
    this.alive = this.alive.filter((reference) => reference.deref() !== handler);
  }

  /** Gives a handler another name, or none. */
  rename(handler: H, from: string | null, to: string | null): void {
    if (from !== null && this.get(from) === handler) this.named.delete(from);
    if (to) this.named.set(to, referenceTo(handler));
  }

  /** The handler of that name. */
  get(name: string): H | null {
    return this.named.get(name)?.deref() ?? null;
  }
}

// Functions and no methods: a bundler leaves them out of a program that does not call them.

/** The names of the handlers that are alive: a new set at each call. */
export function namesIn<H extends Closeable>(registry: HandlerRegistry<H>): Set<string> {
  return new Set([...registry.named.keys()].filter((name) => registry.get(name)));
}

/** The handlers that are alive, last created first. */
export function newestFirst<H extends Closeable>(registry: HandlerRegistry<H>): H[] {
  return registry.alive.map((reference) => reference.deref())
    .filter((handler) => handler !== undefined)
    .reverse();
}
