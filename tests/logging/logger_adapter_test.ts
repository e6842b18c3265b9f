import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { captureCaller } from "../../src/logging/caller.ts";
import type { LogKeywords } from "../../src/logging/call_arguments.ts";
import { LoggerAdapter, type LoggerAdapterOptions } from "../../src/logging/logger_adapter.ts";
import { Manager } from "../../src/logging/_manager.ts";
import { RootLogger } from "../../src/logging/_root_logger.ts";
import { ListHandler, listLogger, stderrOf } from "./helpers.ts";
import { test } from "../test.ts";

class Prefixing extends LoggerAdapter {
  prefix = "Adapter";
  override process(msg: unknown, keywords: LogKeywords): [unknown, LogKeywords] {
    return [`${this.prefix} ${msg}`, keywords];
  }
}

test("every method of LoggerAdapter logs through its logger", () => {
  const { logger, handler } = listLogger();
  const adapter = new LoggerAdapter(logger);
  adapter.setLevel("WARNING");
  adapter.debug("d");
  adapter.info("i");
  adapter.warning("w");
  adapter.warn("n");
  adapter.error("e");
  adapter.critical("c");
  adapter.log(35, "%s%d", "l", 1);
  assertEquals(handler.lines, ["w", "n", "e", "c", "l1"]);
  assertEquals(handler.records.map(({ levelno }) => levelno), [30, 30, 40, 50, 35]);
  const { msg, args } = handler.records[4]!;
  assertEquals([msg, args], ["%s%d", ["l", 1]]);
  assertEquals(adapter.getEffectiveLevel(), 30);
  assertEquals([adapter.isEnabledFor(20), adapter.isEnabledFor(30)], [false, true]);
});

test("process() replaces the call's extra by the adapter's", () => {
  const { logger, handler } = listLogger();
  const adapter = new LoggerAdapter(logger, { a: 1 });
  adapter.info("x", { extra: { b: 2 } });
  adapter.info("100%s", "%");
  assertEquals([handler.records[0]!.a, handler.records[0]!.b], [1, undefined]);
  assertEquals(handler.lines[1], "100%");
  new LoggerAdapter(logger).info("%s", { c: 3 });
  assertEquals(handler.lines[2], "{'c': 3}");
  new LoggerAdapter(logger, null).critical("x", { extra: { foo: "nope" } });
  assertEquals("foo" in handler.records[3]!, false);
});

test("process() merges both with merge_extra, and the call's fields win", () => {
  const { logger, handler } = listLogger();
  const adapter = new LoggerAdapter(logger, { a: 1, b: 1 }, { merge_extra: true });
  adapter.info("x", { extra: { b: 2, c: 2 } });
  adapter.info("x", { extra: new Map([["b", 3]]) });
  adapter.info("x");
  assertEquals(handler.records.map(({ a, b, c }) => [a, b, c]), [
    ...[[1, 2, 2], [1, 3, undefined], [1, 1, undefined]],
  ]);
});

test("an adapter does not format a message without arguments", () => {
  const { logger, handler } = listLogger();
  new LoggerAdapter(logger, { a: 1 }).info("%s and %d");
  assertEquals(handler.lines, ["%s and %d"]);
});

test("exception() and exc_info of an adapter set exc_info of the record", () => {
  const { logger, handler } = listLogger();
  const adapter = new LoggerAdapter(logger);
  const error = new Error("boom");
  adapter.exception("failed", error);
  adapter.exception("failed", { exc_info: error });
  adapter.critical("failed", { exc_info: error });
  adapter.exception(error);
  adapter.exception("failed: %r", "x", error);
  assertEquals(handler.records.map(({ exc_info }) => exc_info), Array(5).fill(error));
  assertEquals(handler.records.map(({ levelno }) => levelno), [40, 40, 50, 40, 40]);
  const { msg, args } = handler.records[4]!;
  assertEquals([msg, args], ["failed: %r", ["x"]]);
});

test("adapters nest, and the inner adapter's prefix comes first", () => {
  const { logger, handler } = listLogger();
  const inner = new Prefixing(logger, {});
  const outer = new Prefixing(inner, {});
  outer.prefix = "AdapterAdapter";
  outer.critical("Hello, world! %s", "x");
  assertEquals(handler.lines, ["Adapter AdapterAdapter Hello, world! x"]);
  assertStrictEquals(outer.manager, logger.manager);
  assertEquals(outer.name, logger.name);
});

/** Formats in the style of `str.format`, as the adapter of Python's logging cookbook. */
class Styled extends LoggerAdapter {
  override log(level: number, msg: unknown, ...args: unknown[]): void {
    const text = String(msg).replaceAll("{}", () => String(args.shift()));
    if (this.isEnabledFor(level)) this.logger.log(level, text, { stacklevel: 2 });
  }
}

function greets(adapters: readonly LoggerAdapter[]): void {
  for (const adapter of adapters) {
    adapter.warning("Hello, {}!", "world");
    adapter.log(30, "Goodbye {}.", "world");
  }
}

test("an adapter whose log() is overridden logs by it in every method, with the caller of the method", () => {
  const { logger, handler } = listLogger();
  const prefixing = new Prefixing(logger);
  prefixing.prefix = "To:";
  captureCaller(true);
  try {
    greets([new Styled(logger), new Styled(prefixing)]);
  } finally {
    captureCaller(false);
  }
  assertEquals(handler.lines, [
    ...["Hello, world!", "Goodbye world.", "To: Hello, world!", "To: Goodbye world."],
  ]);
  assertEquals(handler.records.map(({ funcName }) => funcName), Array(4).fill("greets"));
});

test("hasHandlers(), isEnabledFor() and toString() answer for the logger", () => {
  const manager = new Manager(new RootLogger("DEBUG"));
  const logger = manager.getLogger("a");
  const adapter = new LoggerAdapter(new LoggerAdapter(logger));
  assertEquals(adapter.hasHandlers(), false);
  manager.root.addHandler(new ListHandler());
  assertEquals(adapter.hasHandlers(), true);
  assertStrictEquals(adapter.manager, manager);
  manager.disable = 33;
  assertEquals([32, 33, 34].map((level) => adapter.isEnabledFor(level)), [false, false, true]);
  logger.disabled = true;
  assertEquals(adapter.isEnabledFor(50), false);
  assertEquals(String(adapter), "<LoggerAdapter a (DEBUG)>");
});

test("an adapter throws only for a level that is no integer", () => {
  const { logger } = listLogger();
  class Broken extends LoggerAdapter {
    override process(): never {
      throw new Error("process");
    }
  }
  const printed = stderrOf(() => new Broken(logger).info("x"));
  assert(printed[0]!.includes("Error: process"));
  assertThrows(
    () => new LoggerAdapter(logger).log("10" as unknown as number, "x"),
    TypeError,
    "level must be an integer",
  );
});

test("LoggerAdapter refuses an option that does not exist", () => {
  const options = { merge_extras: true } as LoggerAdapterOptions;
  assertThrows(
    () => new LoggerAdapter(listLogger().logger, null, options),
    TypeError,
    "Cannot create LoggerAdapter as there is no option 'merge_extras'",
  );
});

test("LoggerAdapter.manager reads and sets the manager of the logger", () => {
  const manager = new Manager(new RootLogger("DEBUG"));
  const logger = manager.getLogger("a");
  const inner = new LoggerAdapter(logger);
  const outer = new LoggerAdapter(inner);
  const other = new Manager(new RootLogger("DEBUG"));
  outer.manager = other;
  for (const { manager } of [outer, inner, logger]) assertStrictEquals(manager, other);
});

test("a child of an adapter keeps its fields although the adapter replaces those of a call", () => {
  const { logger, handler } = listLogger();
  const adapter = new LoggerAdapter(new LoggerAdapter(logger, { a: 1, b: 1 }), { b: 2 });
  adapter.info("x", { extra: { c: 3 } });
  adapter.child({ c: 3 }).info("x", { d: 4 });
  adapter.child({ b: 3 }).child({ e: 5 }).info("x");
  const fields = handler.records.map(({ a, b, c, d, e }) => [a, b, c, d, e]);
  assertEquals(fields, [
    [1, 1, undefined, undefined, undefined],
    [1, 2, 3, 4, undefined],
    [1, 3, undefined, undefined, 5],
  ]);
});

test("a child of an adapter runs the adapter's process()", () => {
  class Prefix extends LoggerAdapter {
    override process(msg: unknown, keywords: LogKeywords): [unknown, LogKeywords] {
      return [`[${this.extra?.id}] ${msg}`, keywords];
    }
  }
  const { logger, handler } = listLogger();
  new Prefix(logger, { id: 7 }).child({ user: "anna" }).info("%s left", 3);
  assertEquals(handler.lines, ["[7] 3 left"]);
  assertEquals(handler.records[0]!.user, "anna");
});

test("fatal() of an adapter logs at CRITICAL", () => {
  const { logger, handler } = listLogger();
  new LoggerAdapter(logger).fatal("x");
  assertEquals(handler.records[0]!.levelno, 50);
});
