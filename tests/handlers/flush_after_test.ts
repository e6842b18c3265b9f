import { assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { flushAfter, withFlush } from "../../src/handlers/flush_after.ts";
import { test } from "../test.ts";
import { turns } from "../turns.ts";

/** A context as a runtime's, whose methods work on itself alone, and a handler that notes flushes. */
function setUp() {
  const log: string[] = [];
  class Context {
    readonly #waiting: Promise<unknown>[] = [];
    readonly props = { user: "anna" };

    waitUntil(promise: Promise<unknown>): void {
      this.#waiting.push(promise);
    }

    async end(): Promise<void> {
      for (const promise of this.#waiting) await promise.catch(() => {});
    }
  }
  const handler = {
    flush(): Promise<void> {
      log.push("flush");
      return Promise.resolve();
    },
  };
  return { ctx: new Context(), handler, log };
}

test("flushAfter() flushes every handler in ctx.waitUntil", async () => {
  const { ctx, handler, log } = setUp();
  flushAfter(ctx, handler, handler);
  assertEquals(log, ["flush", "flush"]);
  await ctx.end();
});

test("withFlush() flushes once the response is there, and does not hold it up", async () => {
  const { ctx, log } = setUp();
  let flushed = () => {};
  const slow = {
    flush: () => {
      log.push("flush");
      return new Promise<void>((resolve) => flushed = resolve);
    },
  };
  const worker = withFlush({
    async fetch(_request: string, _env: object, _ctx: typeof ctx): Promise<string> {
      await Promise.resolve();
      log.push("done");
      return "response";
    },
  }, slow);
  assertEquals(await worker.fetch("request", {}, ctx), "response");
  await turns(1);
  assertEquals(log, ["done", "flush"]);
  flushed();
  await ctx.end();
});

test("withFlush() flushes again after what the worker put into ctx.waitUntil, and after what that put", async () => {
  const { ctx, handler, log } = setUp();
  const worker = withFlush({
    fetch(_request: string, _env: object, { waitUntil }: typeof ctx): string {
      const later = async (name: string, then?: () => void) => {
        await turns(1);
        log.push(name);
        then?.();
        throw new Error("nobody's business");
      };
      waitUntil(later("work", () => waitUntil(later("more work"))));
      return "response";
    },
  }, handler);
  assertEquals(worker.fetch("request", {}, ctx), "response");
  await ctx.end();
  assertEquals(log, ["flush", "work", "flush", "more work", "flush"]);
});

test("withFlush() flushes where a worker throws or rejects, which goes to the runtime as it was", async () => {
  const { ctx, handler, log } = setUp();
  const error = new Error("bad request");
  const worker = withFlush({
    fetch(_request: string, _env: object, _ctx: typeof ctx): string {
      throw error;
    },
    async scheduled(_event: string, _env: object, _ctx: typeof ctx): Promise<void> {
      await Promise.reject(error);
    },
  }, handler);
  assertStrictEquals(assertThrows(() => worker.fetch("request", {}, ctx)), error);
  await ctx.end();
  assertEquals(log, ["flush"]);
  assertStrictEquals(await assertRejects(() => worker.scheduled("event", {}, ctx)), error);
  await ctx.end();
  assertEquals(log, ["flush", "flush"]);
});

test("withFlush() gives a worker its `this`, its env and all of its context", async () => {
  const { ctx, handler, log } = setUp();
  const env = { KEY: "value" };
  const worker = withFlush({
    greeting: "hello",
    fetch(request: string, given: object, { props, end }: typeof ctx): unknown {
      return [this.greeting, request, given === env, props.user, typeof end];
    },
  }, handler);
  assertEquals(worker.fetch("request", env, ctx), ["hello", "request", true, "anna", "function"]);
  assertEquals(worker.greeting, "hello");
  await ctx.end();
  assertEquals(log, ["flush"]);
});

test("withFlush() takes an object of a class, whose functions are not its own", async () => {
  const { ctx, handler, log } = setUp();
  class Base {
    scheduled(_event: string, _env: object, _ctx: typeof ctx): string {
      return "base";
    }
    fetch(_request: string, _env: object, _ctx: typeof ctx): string {
      return "overridden";
    }
  }
  class App extends Base {
    readonly #name = "app";

    override fetch(request: string, _env: object, _ctx: typeof ctx): string {
      return `${this.#name}: ${request}`;
    }
  }
  const worker = withFlush(new App(), handler);
  assertEquals(worker.fetch("request", {}, ctx), "app: request");
  assertEquals(worker.scheduled("event", {}, ctx), "base");
  assertEquals(Object.keys(worker).sort(), ["fetch", "scheduled"]);
  await ctx.end();
  assertEquals(log, ["flush", "flush"]);
});

test("withFlush() refuses a class, which the runtime would not know any more", () => {
  const { handler } = setUp();
  class Entrypoint {}
  assertThrows(
    () => withFlush(Entrypoint, handler),
    TypeError,
    "Cannot flush behind a worker as 'worker' must be an object with functions, such as fetch(): " +
      "current value is function Entrypoint",
  );
});

test("withFlush() leaves a call without a context as it is", () => {
  const { handler, log } = setUp();
  const worker = withFlush({ fetch: (request: string) => `response to ${request}` }, handler);
  assertEquals(worker.fetch("request"), "response to request");
  assertEquals(log, []);
});
