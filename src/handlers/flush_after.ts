/**
 * Flushes handlers behind a response, on runtimes whose requests end with the response but for what
 * is put into `ctx.waitUntil`: Cloudflare Workers, and others with a context of that shape.
 *
 * Browser compatible.
 *
 * @module
 */
import { refuse } from "../logging/validate.ts";

/** The context that a runtime gives a worker with each event, as far as it is used here. */
export interface WaitUntilContext {
  /** Keeps the request alive until the promise settles, without holding up the response. */
  waitUntil(promise: Promise<unknown>): void;
}

/** An object that can be flushed: every handler of this package. */
export interface Flushable {
  /** Resolves when everything emitted before is sent, dropped, or left for later; never rejects. */
  flush(): Promise<void>;
}

/**
 * Flushes what was logged so far, without holding up the response: call it last. Work that goes on
 * in `ctx.waitUntil` calls it again when it is done; {@linkcode withFlush} does all of that by itself.
 *
 * @example
 * ```ts
 * import { flushAfter, getLogger, SocketHandler } from "jsr:@logwire/logging";
 * import { MemoryNetwork } from "jsr:@logwire/logging/testing";
 *
 * // In a worker: import { connector } from "jsr:@logwire/logging/cloudflare".
 * const connector = new MemoryNetwork();
 * const handler = new SocketHandler("logs.example.com", 9020, {
 *   connector,
 *   connection: "per-flush",
 * });
 * getLogger("worker").addHandler(handler);
 *
 * function respond(ctx: { waitUntil(promise: Promise<unknown>): void }): Response {
 *   getLogger("worker").warning("asked");
 *   flushAfter(ctx, handler);
 *   return new Response("hello");
 * }
 *
 * const waiting: Promise<unknown>[] = [];
 * respond({ waitUntil: (promise) => waiting.push(promise) });
 * await Promise.all(waiting);
 * console.assert(handler.stats.sent === 1);
 * await handler.close();
 * ```
 */
export function flushAfter(ctx: WaitUntilContext, ...handlers: Flushable[]): void {
  ctx.waitUntil(flushAll(handlers));
}

/**
 * A worker like the one given, whose handlers are flushed behind each of its events (`fetch`,
 * `scheduled`, `queue` …), also where one fails: once it has returned, and again when what it put
 * into `ctx.waitUntil` is done. Its methods are called with the runtime's own arguments, but for a
 * context that notes what is put into it.
 *
 * Records logged while a response is streamed go with the next event, unless its end is put into
 * `ctx.waitUntil`. A class (`extends WorkerEntrypoint`, `DurableObject`) is made by the runtime:
 * call `flushAfter(this.ctx, …)` within.
 *
 * @param worker an object with functions that take `(event, env, ctx)`, its own or those of its class
 * @throws {TypeError} when it is no object, or a function or a class
 */
export function withFlush<Worker extends object>(
  worker: Worker,
  ...handlers: Flushable[]
): Worker {
  if (typeof worker !== "object" || worker === null) {
    refuse("flush behind a worker", "worker", "an object with functions, such as fetch()", worker);
  }
  const wrapped = copyOf(worker);
  for (const [name, method] of Object.entries(wrapped)) {
    if (typeof method !== "function") continue;
    wrapped[name] = (...args: unknown[]): unknown => {
      const ctx = args.at(-1);
      if (!isContext(ctx)) return method.apply(worker, args);
      const work: Promise<unknown>[] = [];
      let result: unknown;
      try {
        return result = method.apply(worker, [...args.slice(0, -1), noting(ctx, work)]);
      } finally {
        ctx.waitUntil(flushBehind(result, work, handlers));
      }
    };
  }
  return wrapped as Worker;
}

/** A copy of an object, with what its class gives it as its own: a runtime would call that too. */
function copyOf(object: object): Record<string, unknown> {
  const copy = { ...object } as Record<string, unknown>;
  let level = Object.getPrototypeOf(object);
  for (; level !== null && level !== Object.prototype; level = Object.getPrototypeOf(level)) {
    for (const name of Object.getOwnPropertyNames(level)) {
      if (name !== "constructor" && !(name in copy)) copy[name] = Reflect.get(object, name);
    }
  }
  return copy;
}

function isContext(value: unknown): value is WaitUntilContext {
  return typeof (value as Partial<WaitUntilContext> | null | undefined)?.waitUntil === "function";
}

/** The same context, but that `work` gets what is put into it. */
function noting(ctx: WaitUntilContext, work: Promise<unknown>[]): WaitUntilContext {
  const waitUntil = (promise: Promise<unknown>) => {
    work.push(promise);
    ctx.waitUntil(promise);
  };
  return new Proxy(ctx, {
    get(target, key) {
      if (key === "waitUntil") return waitUntil;
      const value: unknown = Reflect.get(target, key, target);
      // A runtime's own method works on the runtime's own object alone.
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

async function flushBehind(
  result: unknown,
  work: Promise<unknown>[],
  handlers: readonly Flushable[],
): Promise<void> {
  await Promise.allSettled([result]);
  await flushAll(handlers);
  while (work.length > 0) {
    await Promise.allSettled(work.splice(0));
    await flushAll(handlers);
  }
}

async function flushAll(handlers: readonly Flushable[]): Promise<void> {
  await Promise.allSettled(handlers.map((handler) => handler.flush()));
}
