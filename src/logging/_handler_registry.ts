/**
 * Every living handler, oldest first, and the handlers that have a name. Both are weak references,
 * as in CPython: `shutdown()` alone does not keep a handler that is not used any more. A runtime
 * without weak references, such as a worker of an old compatibility date, keeps it.
 *
 * Browser compatible.
 *
 * @module
 */

/** The part of a handler that the registry needs. */
export interface Closeable {
  /** Passes on records that are held back. */
  flush(): Promise<void>;
  /** Releases all resources. */
  close(): Promise<void>;
}

/** How many references to collected handlers may remain before they are removed. */
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
  /** The handlers, oldest first, and handlers that were collected since the last sweep. */
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

  /** Removes a handler that is closed; `undefined` removes the handlers that were collected. */
  remove(handler: H | undefined): void {
    this.alive = this.alive.filter((reference) => reference.deref() !== handler);
  }

  /** Gives a handler another name, or removes its name. */
  rename(handler: H, from: string | null, to: string | null): void {
    if (from !== null && this.get(from) === handler) this.named.delete(from);
    if (to) this.named.set(to, referenceTo(handler));
  }

  /** Returns the handler of that name. */
  get(name: string): H | null {
    return this.named.get(name)?.deref() ?? null;
  }
}

// These are no methods: a bundler leaves functions out of a program that does not call them.

/** Returns the names of the living handlers: a new set at each call. */
export function namesIn<H extends Closeable>(registry: HandlerRegistry<H>): Set<string> {
  return new Set([...registry.named.keys()].filter((name) => registry.get(name)));
}

/** Returns the living handlers, last created first. */
export function newestFirst<H extends Closeable>(registry: HandlerRegistry<H>): H[] {
  return registry.alive.map((reference) => reference.deref())
    .filter((handler) => handler !== undefined)
    .reverse();
}
