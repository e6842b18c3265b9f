/**
 * The types of logging calls: `deno check` and `tsc` fail on this file if a call that is marked as an
 * error compiles, or another one does not. The calls also run, as no type may change what they do.
 */
import { assertEquals } from "@std/assert";
import { debug, getLogger, type Level, Logger, LoggerAdapter, type LoggerLike } from "../../mod.ts";
import { root } from "../../src/logging/get_logger.ts";
import { test } from "../test.ts";
import { ListHandler, listLogger } from "./helpers.ts";

interface Person {
  id: number;
  name: string;
  extras: string[];
}

class Order {
  id = 1;
  pay(): void {}
}

const person: Person = { id: 1, name: "anna", extras: [] };
const thrown: unknown = new Error("thrown");
// deno-lint-ignore no-explicit-any -- arguments of that type must compile
const anything: any = 1;
const list: unknown[] = [1, 2];
const fixed: readonly string[] = ["a", "b"];
const maybe = undefined as Error | undefined;
const either = "x" as string | { user: string };
const error = new Error("e");

function everyCall(log: LoggerLike): void {
  log.info("x");
  log.info("%s", 1);
  log.info("%s", person);
  log.info("%s", new Order());
  log.info("%s", thrown);
  log.info("%s", anything);
  log.info("%s", either);
  log.info("%s %s", ...list);
  log.info("%s %s", ...fixed);
  log.info("%s %s %s", null, undefined, Symbol("s"));
  log.info("%s %s", [1], () => 1);
  log.info("%s", new Date(0));
  log.info(new Order());
  log.info("x", maybe);
  log.error("x", error);
  log.error(error);
  log.error(error, "text");
  log.error({ err: error }, "text %s", 1);
  log.info("x", {});
  log.info("x", { user: "anna" });
  log.info({ user: "anna" }, "x");
  log.info("x", person);
  log.info("x", new Map([["user", "anna"]]));
  log.info("x", { extra: { user: "anna" } });
  log.info("x", { extra: new Map([["user", "anna"]]), exc_info: thrown });
  log.info("x", { exc_info: error, stack_info: true, stacklevel: 2 });
  log.info("x %s", 1, error, { user: 1 }, { extra: null });
  log.log(20, "x", { user: 1 });
  log.info("x", { extra: person, stacklevel: 2 });
  log.child({ user: 1 }).warn("x");
  log.child(person).warn("x");
  new LoggerAdapter(getLogger(log.name), person);
  generic(log, "x", person, "y", "z");
}

/** Values whose types are parameters are arguments like any other. */
function generic<Value, Thing extends object>(
  log: LoggerLike,
  value: Value,
  thing: Thing,
  ...rest: Value[]
): void {
  log.info("%s", value);
  log.info("%s %s", thing, value);
  log.info("%s %s", ...rest);
}

function refusedCalls(log: LoggerLike): void {
  // @ts-expect-error a letter is missing
  log.info("x", { exra: { user: "anna" } });
  // @ts-expect-error a letter is changed
  log.info("x", { extre: {} });
  // @ts-expect-error a letter is added
  log.info("x", { extras: {} });
  // @ts-expect-error two letters are exchanged
  log.error("x", { exc_inof: error });
  // @ts-expect-error the underscore is missing
  log.info("x", { stackinfo: true });
  // @ts-expect-error camel case
  log.error("x", { excInfo: error });
  // @ts-expect-error camel case
  log.info("x", { stackLevel: 2 });
  // @ts-expect-error a keyword and a misspelt one
  log.error("x", { extra: { user: "anna" }, exc_inof: error });
  // @ts-expect-error a keyword and a field
  log.error("x", { exc_info: error, user: "anna" });
  // @ts-expect-error behind arguments
  log.info("%s %s", 1, "a", { stack_inf: true });
  // @ts-expect-error before the text
  log.info({ exra: {} }, "x");
  // @ts-expect-error a value of the wrong type
  log.info("x", { stacklevel: "2" });
  // @ts-expect-error a value of the wrong type
  log.info("x", { stack_info: 1 });
  // @ts-expect-error a value of the wrong type
  log.info("x", { extra: 5 });
  // @ts-expect-error a value of the wrong type, beside a right one
  log.info("x", { exc_info: error, stacklevel: "2" });
  // @ts-expect-error a method that takes a level
  log.log(20, "x", { stackinfo: true });
  // @ts-expect-error a child
  log.child({ user: 1 }).debug("x", { stackinfo: true });
}

function refusedLevels(log: LoggerLike): void {
  // @ts-expect-error a misspelt name
  const unknown: Level = "inof";
  // @ts-expect-error a misspelt name
  log.setLevel("warnign");
  // @ts-expect-error a name where CPython takes a number alone
  log.log("INFO", "x");
  // @ts-expect-error a name
  log.isEnabledFor("INFO");
  void unknown;
}

/** Programs override methods with the plain types, and write classes of their own. */
class Shouting extends Logger {
  override info(msg: unknown, ...args: unknown[]): void {
    super.info(String(msg).toUpperCase(), ...args);
  }
}

test("every form of a logging call compiles, for a logger, an adapter and a child", () => {
  const { logger, handler } = listLogger();
  const before = () => handler.lines.length;
  everyCall(logger);
  const once = before();
  everyCall(new LoggerAdapter(logger));
  everyCall(logger.child({ request: 1 }));
  assertEquals(before(), 3 * once);
});

test("a call that does not compile keeps its record when it runs", () => {
  const { logger, handler } = listLogger();
  refusedCalls(logger);
  assertEquals(handler.lines.length, 17);
  assertEquals(handler.records[0]!.exra, { user: "anna" });
});

test("a misspelt level name and a name for log() do not compile", () => {
  assertEquals(typeof refusedLevels, "function");
  const { logger } = listLogger();
  const levels: Level[] = ["INFO", "info", "WARNING", "warn", "notset", 7];
  for (const level of levels) logger.setLevel(level);
  logger.setLevel("info" as string as Level);
  assertEquals(logger.level, 20);
});

test("a class may override a logging method with plain types", () => {
  const logger = new Shouting("shouting", 1);
  const handler = new ListHandler();
  logger.addHandler(handler);
  logger.info("quiet", { user: "anna" });
  assertEquals(handler.lines, ["QUIET"]);
});

test("the functions of the module have the types of the methods", () => {
  const handler = new ListHandler();
  root.addHandler(handler);
  const { level } = root;
  root.setLevel("debug");
  try {
    debug("x", { user: "anna" });
    // @ts-expect-error a letter is missing
    debug("x", { stack_inf: true });
    assertEquals(getLogger().level, 10);
  } finally {
    root.removeHandler(handler);
    root.setLevel(level);
  }
  assertEquals(handler.lines, ["x", "x"]);
});
