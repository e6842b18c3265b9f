import { assert, assertEquals, assertThrows } from "@std/assert";
import { SocketHandler } from "../../src/handlers/socket_handler.ts";
import { setRaiseExceptions } from "../../src/logging/raise_exceptions.ts";
import { shutdown } from "../../src/logging/shutdown.ts";
import { StreamHandler } from "../../src/logging/stream_handler.ts";
import type { TextStream } from "../../src/logging/text_stream.ts";
import { ListHandler } from "./helpers.ts";
import { catchStderr } from "../stderr.ts";
import { test } from "../test.ts";

const steps: string[] = [];

class Tracing extends ListHandler {
  flushOnClose = true;
  readonly #label: string;
  readonly #fails: string;

  constructor(label: string, fails: string = "") {
    super();
    this.#label = label;
    this.#fails = fails;
  }

  #step(what: string): Promise<void> {
    steps.push(`${what} ${this.#label}`);
    const error = new Error(`${what} of ${this.#label} fails`);
    if (this.#fails === `sync ${what}`) throw error;
    return this.#fails === what ? Promise.reject(error) : Promise.resolve();
  }

  override flush(): Promise<void> {
    return this.#step("flush");
  }

  override async close(): Promise<void> {
    await this.#step("close");
    await super.close();
  }
}

async function shutdownSteps(): Promise<{ printed: string[] }> {
  steps.length = 0;
  const { lines: printed, end } = catchStderr();
  try {
    await shutdown();
  } finally {
    end();
  }
  return { printed };
}

test("shutdown() flushes and closes the newest handler first", async () => {
  const handlers = [new Tracing("a"), new Tracing("b")];
  await shutdownSteps();
  assertEquals(steps.slice(0, 3), ["flush b", "close b", "flush b"]);
  assertEquals(steps.slice(3, 5), ["flush a", "close a"]);
  await shutdownSteps();
  assertEquals(steps, []);
  assertEquals(handlers.length, 2);
});

test("shutdown() closes every handler when one of them fails", async () => {
  const handlers = ["flush", "close", "sync flush", "sync close"].map((fails) =>
    new Tracing(fails, fails)
  );
  const { printed } = await shutdownSteps();
  assertEquals(steps.filter((step) => step.startsWith("close")).length, handlers.length);
  for (const fails of ["flush", "close", "sync flush", "sync close"]) {
    const message = `${fails.replace("sync ", "")} of ${fails} fails`;
    assert(printed.some((text) => text.includes(message)), message);
  }
});

test("shutdown() prints no failure when raiseExceptions is false", async () => {
  const handlers = ["flush", "close", "sync flush", "sync close"].map((fails) =>
    new Tracing(`silent ${fails}`, fails)
  );
  setRaiseExceptions(false);
  try {
    assertEquals((await shutdownSteps()).printed, []);
  } finally {
    setRaiseExceptions(true);
  }
  const closed = steps.filter((step) => step.startsWith("close silent"));
  assertEquals(closed.length, handlers.length);
});

test("shutdown() does not flush a handler whose flushOnClose is false", async () => {
  const handler = new Tracing("buffer");
  handler.flushOnClose = false;
  await shutdownSteps();
  assertEquals(steps[0], "close buffer");
});

test("shutdown() does not close handlers whose constructor threw", async () => {
  const connector = { connect: () => Promise.reject(new Error("is not called")) };
  const made = [
    () => new StreamHandler(5 as unknown as TextStream),
    () => new SocketHandler("host", 1, { connector, maxQueuedBytes: -1 }),
    () => new SocketHandler("host", 99999, { connector }),
  ];
  for (const make of made) assertThrows(make);
  assertEquals((await shutdownSteps()).printed, []);
});

test("shutdown(handlers) closes only these handlers, the last first", async () => {
  const [a, b, c, other] = ["a", "b", "c", "other"].map((label) => new Tracing(label));
  steps.length = 0;
  await shutdown([a!, b!, c!]);
  assertEquals(steps.filter((step) => step.startsWith("close")), ["close c", "close b", "close a"]);
  steps.length = 0;
  await shutdown(new Set<Tracing>());
  assertEquals(steps, []);
  await shutdown();
  assert(steps.includes("close other"));
  assertEquals(other!.level, 0);
});
