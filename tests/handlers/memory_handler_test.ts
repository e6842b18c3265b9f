import { assert, assertEquals, assertThrows } from "@std/assert";
import { MemoryHandler, type MemoryHandlerOptions } from "../../src/handlers/memory_handler.ts";
import type { FlushOptions } from "../../src/logging/handler.ts";
import { DEBUG, ERROR, WARNING } from "../../src/logging/level.ts";
import type { LogRecord } from "../../src/logging/log_record.ts";
import { Logger } from "../../src/logging/logger.ts";
import { setRaiseExceptions } from "../../src/logging/raise_exceptions.ts";
import { shutdown } from "../../src/logging/shutdown.ts";
import { ListHandler, recordOf } from "../logging/helpers.ts";
import { test } from "../test.ts";

/** Counts how often it is flushed. */
class Target extends ListHandler {
  flushes = 0;

  override flush(_options?: FlushOptions): Promise<void> {
    this.flushes++;
    return Promise.resolve();
  }
}

function setting(capacity: number, options: MemoryHandlerOptions = {}) {
  const target = new Target();
  const handler = new MemoryHandler(capacity, { target, ...options });
  const logger = new Logger("memory", DEBUG);
  logger.addHandler(handler);
  return { target, handler, logger };
}

test("MemoryHandler passes records on at flushLevel and at capacity, in order", () => {
  const { target, logger } = setting(10, { flushLevel: WARNING });
  logger.debug("d");
  logger.info("i");
  assertEquals(target.lines, []);
  logger.warning("w");
  assertEquals(target.lines, ["d", "i", "w"]);
  for (let i = 0; i < 9; i++) logger.debug("%d", i);
  assertEquals(target.lines.length, 3);
  logger.debug("9");
  assertEquals(target.lines.slice(3), [..."0123456789"]);
});

test("MemoryHandler has CPython's defaults", () => {
  const handler = new MemoryHandler(5);
  assertEquals([handler.flushLevel, handler.target, handler.flushOnClose], [ERROR, null, true]);
});

test("MemoryHandler keeps records while there is no target, also past its capacity", async () => {
  const { handler, logger } = setting(1, { target: null });
  logger.error("a");
  logger.error("b");
  await handler.flush();
  const target = new Target();
  handler.setTarget(target);
  assertEquals(target.lines, []);
  logger.debug("c");
  assertEquals(target.lines, ["a", "b", "c"]);
});

test("MemoryHandler asks the target's filters and not its level", () => {
  const { target, logger } = setting(2);
  target.setLevel("CRITICAL");
  target.addFilter((record) => record.msg !== "no");
  logger.info("no");
  logger.info("yes");
  assertEquals(target.lines, ["yes"]);
});

test("MemoryHandler.flush() awaits the target's flush(); a full buffer does not ask for it", async () => {
  const { target, handler, logger } = setting(1);
  logger.info("x");
  assertEquals([target.lines.length, target.flushes], [1, 0]);
  await handler.flush();
  assertEquals(target.flushes, 1);
});

test("MemoryHandler.close() passes on what is left, and lets go of the target", async () => {
  const { target, handler, logger } = setting(10);
  logger.info("x");
  await handler.close();
  await handler.close();
  logger.error("late");
  assertEquals(target.lines, ["x"]);
  assertEquals([target.flushes, handler.target, handler.dropped], [1, null, 1]);
});

test("MemoryHandler.close() throws records away with flushOnClose false", async () => {
  const { target, handler, logger } = setting(10, { flushOnClose: false });
  logger.info("x");
  await handler.close();
  assertEquals([target.lines.length, target.flushes, handler.buffer.length], [0, 0, 0]);
});

test("shutdown() passes on the records of a MemoryHandler, unless flushOnClose is false", async () => {
  for (const flushOnClose of [true, false]) {
    const { target, handler, logger } = setting(10, { flushLevel: WARNING, flushOnClose });
    logger.debug("d");
    logger.info("i");
    assertEquals(target.lines, []);
    await shutdown([handler]);
    assertEquals(target.lines, flushOnClose ? ["d", "i"] : []);
  }
});

test("MemoryHandler passes a burst on to one target, which may remove itself meanwhile", () => {
  const { handler, logger } = setting(10, { flushLevel: WARNING });
  class Leaving extends Target {
    override handle(record: LogRecord): boolean {
      handler.setTarget(null);
      return super.handle(record);
    }
  }
  const target = new Leaving();
  for (let i = 0; i < 10; i++) {
    handler.setTarget(target);
    logger.info("not flushed");
    logger.warning("flushed");
    assertEquals([target.lines.length, handler.target], [2 * i + 2, null]);
  }
});

test("MemoryHandler passes nothing on twice where its target logs to it", () => {
  const { target, handler, logger } = setting(2);
  class Echo extends Target {
    override emit(record: LogRecord): void {
      super.emit(record);
      if (String(record.msg).length < 3) logger.error(`${record.msg}'`);
    }
  }
  const echo = new Echo();
  handler.setTarget(echo);
  logger.info("a");
  logger.info("b");
  assertEquals(echo.lines.sort(), ["a", "a'", "a''", "b", "b'", "b''"]);
  assertEquals(target.lines, []);
});

test("MemoryHandler passes the rest on after a target that throws, and never rejects", async () => {
  const { handler, logger } = setting(3);
  const seen: unknown[] = [];
  class Broken extends Target {
    override handle(record: LogRecord): boolean {
      seen.push(record.msg);
      throw new Error("broken");
    }

    override flush(): Promise<void> {
      return Promise.reject(new Error("broken"));
    }
  }
  handler.setTarget(new Broken());
  setRaiseExceptions(false);
  try {
    for (const msg of ["a", "b", "c"]) logger.info(msg);
    assertEquals(seen, ["a", "b", "c"]);
    await handler.flush();
    await handler.close();
  } finally {
    setRaiseExceptions(true);
  }
});

test("MemoryHandler refuses bad options", () => {
  const bad: [object, string][] = [
    [{ target: {} }, "'target' must be an object with handle() and flush()"],
    [{ flushOnClose: 1 }, "'flushOnClose' must be true or false"],
    [{ flushLevel: "LOUD" }, "LOUD"],
    [{ flush: true }, "there is no option 'flush'"],
  ];
  for (const [options, message] of bad) {
    assertThrows(() => new MemoryHandler(1, options as MemoryHandlerOptions), Error, message);
  }
  const handler = new MemoryHandler(1);
  assertThrows(() => handler.setTarget({} as Target), TypeError, "'target' must be");
  assert(handler.handle(recordOf("x")));
});
