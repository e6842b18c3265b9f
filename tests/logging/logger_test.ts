import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { Handler } from "../../src/logging/handler.ts";
import { Filter } from "../../src/logging/filter.ts";
import { getLogger } from "../../src/logging/get_logger.ts";
import { Logger } from "../../src/logging/logger.ts";
import type { LogRecord } from "../../src/logging/log_record.ts";
import { addLevelName } from "../../src/logging/level_names.ts";
import type { Level } from "../../src/logging/level.ts";
import { LoggerAdapter } from "../../src/logging/logger_adapter.ts";
import type { LoggerLike } from "../../src/logging/logger_like.ts";
import { Manager } from "../../src/logging/_manager.ts";
import { setRaiseExceptions } from "../../src/logging/raise_exceptions.ts";
import { RootLogger } from "../../src/logging/_root_logger.ts";
import { ListHandler, listLogger, recordOf, stderrOf } from "./helpers.ts";
import { test } from "../test.ts";
import { turns } from "../turns.ts";
import { collectGarbage } from "../used_memory.ts";

/** Makes a hierarchy with a list as the handler of its root. */
function hierarchy(): { manager: Manager; handler: ListHandler } {
  const manager = new Manager(new RootLogger("DEBUG"));
  const handler = new ListHandler();
  manager.root.addHandler(handler);
  return { manager, handler };
}

/** Logs at every level, and returns the names of the levels that passed. */
function passing(logger: Logger, handler: ListHandler): string {
  handler.records.length = 0;
  for (const level of [50, 40, 30, 20, 10]) logger.log(level, "x");
  return handler.records.map(({ levelname }) => levelname[0]).join("");
}

test("a logger logs records of its level and above", () => {
  const { manager, handler } = hierarchy();
  const logger = manager.getLogger("INF");
  logger.setLevel("INFO");
  assertEquals(passing(logger, handler), "CEWI");
  logger.setLevel("CRITICAL");
  assertEquals(passing(logger, handler), "C");
  logger.critical("a");
  logger.error("b");
  logger.fatal("c");
  assertEquals(handler.lines.slice(-2), ["a", "c"]);
});

test("every method logs at its level", () => {
  const { logger, handler } = listLogger();
  logger.debug("d");
  logger.info("i");
  logger.warning("w");
  logger.warn("n");
  logger.error("e");
  logger.exception("x");
  logger.critical("c");
  logger.fatal("f");
  logger.log(17, "l");
  assertEquals(handler.records.map(({ levelno }) => levelno), [10, 20, 30, 30, 40, 40, 50, 50, 17]);
  assertEquals(handler.lines.join(""), "diwnexcfl");
});

test("a logger without a level uses the level of its nearest ancestor", () => {
  const { manager, handler } = hierarchy();
  manager.getLogger("INF").setLevel("INFO");
  const child = manager.getLogger("INF.undef");
  const grandchild = manager.getLogger("INF.BADPARENT.UNDEF");
  assertEquals(passing(child, handler), "CEWI");
  assertEquals(passing(grandchild, handler), "CEWI");
  assertEquals(grandchild.getEffectiveLevel(), 20);
  manager.getLogger("INF.ERR").setLevel("ERROR");
  assertEquals(passing(manager.getLogger("INF.ERR"), handler), "CE");
  assertEquals(passing(manager.getLogger("INF.ERR.UNDEF"), handler), "CE");
});

test("loggers beside each other log by their own levels, also through an adapter", () => {
  const { manager, handler } = hierarchy();
  const adapter = new LoggerAdapter(manager.getLogger("INF"), {});
  const loggers: [LoggerLike, Level][] = [
    [manager.getLogger("ERR"), "ERROR"],
    [adapter, "INFO"],
    [manager.getLogger("DEB"), "DEBUG"],
  ];
  for (const [logger, level] of loggers) logger.setLevel(level);
  for (const [logger] of loggers) {
    logger.log(50, "x");
    logger.error("x");
    logger.warning("x");
    logger.info("x");
    logger.debug("x");
  }
  assertEquals(handler.records.map(({ name, levelname }) => `${name} ${levelname[0]}`), [
    ...["ERR C", "ERR E"],
    ...["INF C", "INF E", "INF W", "INF I"],
    ...["DEB C", "DEB E", "DEB W", "DEB I", "DEB D"],
  ]);
});

test("levels that a program names pass by their numbers at loggers, handlers and filters", () => {
  const { manager, handler } = hierarchy();
  const { root } = manager;
  const names = ["Boring", "Chatterbox", "Garrulous", "Talkative", "Verbose", "Sociable"];
  names.push("Effusive", "Terse", "Taciturn", "Silent");
  names.forEach((name, at) => addLevelName(111 + at, name));
  const logged = () => {
    handler.records.length = 0;
    names.forEach((_, at) => root.log(111 + at, "x"));
    return handler.records.map(({ levelname }) => levelname);
  };
  root.setLevel("Verbose" as string as Level);
  assertEquals(logged(), names.slice(4));
  handler.setLevel(116);
  assertEquals(logged(), names.slice(5));
  handler.setLevel("NOTSET");
  root.setLevel("DEBUG");
  handler.addFilter(({ levelno }) => levelno !== 113);
  assertEquals(logged(), names.filter((name) => name !== "Garrulous"));
  root.addFilter(({ levelname }) => levelname !== "Sociable" && levelname !== "Taciturn");
  const filtered = ["Garrulous", "Sociable", "Taciturn"];
  assertEquals(logged(), names.filter((name) => !filtered.includes(name)));
});

test("a logger gets its parent when the parent is made later", () => {
  const { manager, handler } = hierarchy();
  const grandchild = manager.getLogger("INF.BADPARENT.UNDEF");
  const child = manager.getLogger("INF.BADPARENT");
  manager.getLogger("INF").setLevel("INFO");
  assertStrictEquals(grandchild.parent, child);
  assertStrictEquals(child.parent, manager.getLogger("INF"));
  assertEquals(passing(grandchild, handler), "CEWI");
  assertEquals(passing(child, handler), "CEWI");
});

test("the logger that logs and each handler apply their own filters", () => {
  const { manager, handler } = hierarchy();
  const logger = manager.getLogger("spam.eggs");
  const parent = manager.getLogger("spam");
  const below = new ListHandler();
  logger.addHandler(below);
  handler.setLevel(30);
  parent.addFilter(() => false);
  logger.addFilter(({ levelno }: LogRecord) => levelno !== 40);
  assertEquals(passing(logger, handler), "CW");
  assertEquals(below.records.map(({ levelname }) => levelname[0]).join(""), "CWID");
  handler.addFilter(new Filter("other"));
  assertEquals(passing(logger, handler), "");
});

test("levels and filters of ancestors do not apply, those of their handlers do", () => {
  const { manager, handler } = hierarchy();
  const order: string[] = [];
  class Ordered extends Handler {
    readonly #label: string;
    constructor(label: string) {
      super();
      this.#label = label;
    }
    override emit(): void {
      order.push(this.#label);
    }
  }
  const child = manager.getLogger("a.b");
  const parent = manager.getLogger("a");
  parent.setLevel("CRITICAL");
  parent.disabled = true;
  parent.addFilter(() => false);
  child.setLevel("DEBUG");
  child.addHandler(new Ordered("child 1"));
  child.addHandler(new Ordered("child 2"));
  parent.addHandler(new Ordered("parent"));
  child.debug("x");
  assertEquals(order, ["child 1", "child 2", "parent"]);
  assertEquals(handler.lines, ["x"]);
  child.propagate = false;
  child.debug("y");
  assertEquals(order.length, 5);
  assertEquals(handler.lines, ["x"]);
});

test("handle() applies filters and 'disabled', not the level", () => {
  const { logger, handler } = listLogger();
  logger.setLevel("CRITICAL");
  logger.handle(recordOf("a"));
  logger.disabled = true;
  logger.handle(recordOf("b"));
  logger.disabled = false;
  logger.addFilter(() => false);
  logger.handle(recordOf("c"));
  assertEquals(handler.lines, ["a"]);
});

test("a filter of a logger may replace the record", () => {
  const { logger, handler } = listLogger();
  logger.addFilter(() => recordOf("other"));
  logger.info("x");
  assertEquals(handler.lines, ["other"]);
});

test("hasHandlers() looks at ancestors until propagation ends", () => {
  const manager = new Manager(new RootLogger(30));
  const parent = manager.getLogger("p");
  const child = manager.getLogger("p.c");
  assertEquals([parent.hasHandlers(), child.hasHandlers()], [false, false]);
  parent.addHandler(new ListHandler());
  assertEquals([parent.hasHandlers(), child.hasHandlers()], [true, true]);
  child.propagate = false;
  assertEquals(child.hasHandlers(), false);
  for (const handler of [...parent.handlers]) parent.removeHandler(handler);
  assertEquals(parent.hasHandlers(), false);
});

test("addHandler() adds a handler once, removeHandler() accepts one that was never added", () => {
  const { logger, handler } = listLogger();
  logger.addHandler(handler);
  logger.info("x");
  assertEquals(handler.lines, ["x"]);
  logger.removeHandler(handler);
  logger.removeHandler(handler);
  assertEquals(logger.handlers, []);
});

test("isEnabledFor() depends on the level, on disable() and on 'disabled'", () => {
  const { manager } = hierarchy();
  const logger = manager.getLogger("a");
  logger.setLevel(23);
  const enabled = () => [22, 23, 24].map((level) => logger.isEnabledFor(level));
  assertEquals(enabled(), [false, true, true]);
  manager.disable = 23;
  assertEquals(enabled(), [false, false, true]);
  manager.disable = "WARN";
  assertEquals(enabled(), [false, false, false]);
  assertEquals(manager.disable, 30);
  manager.disable = 0;
  assertEquals(enabled(), [false, true, true]);
  logger.disabled = true;
  assertEquals(enabled(), [false, false, false]);
  assertThrows(() => manager.disable = "nope", RangeError, "Unknown level: 'nope'");
  assertThrows(() => manager.disable = [], TypeError, "Level not an integer");
});

test("isEnabledFor() is cached until any level is set", () => {
  const { manager } = hierarchy();
  let asked = 0;
  class Counting extends Logger {
    override getEffectiveLevel(): number {
      asked++;
      return super.getEffectiveLevel();
    }
  }
  manager.setLoggerClass(Counting);
  const logger = manager.getLogger("counting");
  const other = manager.getLogger("other.counting");
  const counted = (): number => {
    const before = asked;
    for (let i = 0; i < 5; i++) {
      logger.isEnabledFor(10);
      logger.debug("x");
      logger.isEnabledFor(50);
    }
    return asked - before;
  };
  assertEquals(counted(), 1);
  assertEquals(counted(), 0);
  other.setLevel("INFO");
  assertEquals(counted(), 1);
  manager.disable = 10;
  assertEquals(counted(), 1);
  assertEquals(logger.isEnabledFor(10), false);
  manager.root.setLevel("ERROR");
  assertEquals(logger.isEnabledFor(30), false);
  assertEquals(counted(), 0);
  const child = manager.getLogger("counting.child");
  const enabled = () =>
    [manager.root, logger, child].map((each) => [each.isEnabledFor(40), each.isEnabledFor(50)]);
  assertEquals(enabled(), [[true, true], [true, true], [true, true]]);
  logger.setLevel("CRITICAL");
  assertEquals(enabled(), [[true, true], [false, true], [false, true]]);
  child.setLevel("NOTSET");
  assertEquals(enabled(), [[true, true], [false, true], [false, true]]);
  manager.disable = "CRITICAL";
  assertEquals(enabled(), [[false, false], [false, false], [false, false]]);
});

test("a logging call below the level formats nothing and reads no argument", () => {
  const { logger } = listLogger();
  logger.setLevel("INFO");
  const untouched = new Proxy({}, {
    get() {
      throw new Error("read");
    },
    ownKeys() {
      throw new Error("read");
    },
  });
  assertEquals(stderrOf(() => logger.debug(untouched, untouched)), []);
});

test("getChild() and getChildren() follow the dots in the names", () => {
  const { manager } = hierarchy();
  const { root } = manager;
  assertStrictEquals(root.getChild("a.b"), manager.getLogger("a.b"));
  const abc = manager.getLogger("abc");
  assertStrictEquals(abc.getChild("a.b"), manager.getLogger("abc.a.b"));
  manager.getLogger("abc.def");
  const names = (logger: Logger) => [...logger.getChildren()].map(({ name }) => name).sort();
  assertEquals(names(root), ["abc"]);
  assertEquals(names(abc), ["abc.def"]);
  manager.getLogger("abc.def.x.y");
  assertEquals(names(manager.getLogger("abc.def")), []);
  assertThrows(() => new Logger("alone").getChild("x"), TypeError, "has no manager");
});

test("log() refuses a level that is no integer, unless raiseExceptions is false", () => {
  const { logger, handler } = listLogger();
  const level = "10" as unknown as number;
  assertThrows(() => logger.log(level, "x"), TypeError, "such as the constant INFO: got '10'");
  const name = "INFO" as unknown as number;
  assertThrows(() => logger.log(name, "x"), TypeError, "such as the constant INFO: got 'INFO'");
  setRaiseExceptions(false);
  try {
    logger.log(level, "x");
  } finally {
    setRaiseExceptions(true);
  }
  assertEquals(handler.lines, []);
});

test("log() takes a level name rather than lose the record when raiseExceptions is false", () => {
  const { logger, handler } = listLogger();
  setRaiseExceptions(false);
  try {
    for (const log of [logger, logger.child({})]) log.log("info" as unknown as number, "x");
  } finally {
    setRaiseExceptions(true);
  }
  assertEquals(handler.records.map(({ levelname }) => levelname), ["INFO", "INFO"]);
});

test("fields and errors reach the record wherever a call has them", () => {
  const { logger, handler } = listLogger();
  const error = new Error("boom");
  logger.info("signed in", { user: "anna" });
  logger.info({ user: "anna" }, "signed in");
  logger.info({ user: "anna" });
  logger.error(error);
  logger.error(error, "failed %s", "twice");
  logger.error({ err: error, user: "anna" }, "failed");
  logger.error({ err: error });
  const found = handler.records.map((record) => [
    record.getMessage(),
    record.user ?? null,
    record.exc_info === error,
  ]);
  assertEquals(found, [
    ["signed in", "anna", false],
    ["signed in", "anna", false],
    ["", "anna", false],
    ["Error: boom", null, true],
    ["failed twice", null, true],
    ["failed", "anna", true],
    ["Error: boom", null, true],
  ]);
});

test("a field that is named like an attribute is kept with _ behind its name", () => {
  const { logger, handler } = listLogger();
  logger.info({ name: "anna", msg: "m" }, "signed in");
  const [record] = handler.records;
  assertEquals([record!.name, record!.name_, record!.msg_], ["test", "anna", "m"]);
});

test("a getter of trailing fields that throws loses only that field", () => {
  const { logger, handler } = listLogger();
  const fields = {
    a: 1,
    get b(): number {
      throw new Error("getter of fields");
    },
  };
  assertEquals(stderrOf(() => logger.info("x", fields)).length, 1);
  const printed = stderrOf(() => logger.child({ c: 3 }).info({ d: 4 }, "x", fields));
  assertEquals(printed, []);
  const [first, second] = handler.records;
  assertEquals([first!.a, second!.a, second!.c, second!.d], [1, 1, 3, 4]);
});

test("child() adds its fields to each record; those of a call, and of a child of it, win", () => {
  const { logger, handler } = listLogger();
  const child = logger.child({ request: 1, user: "anna" });
  child.info("x");
  child.info("x", { user: "bert" });
  child.child({ user: "carl", cart: 7 }).info("x", { extra: { more: true } });
  child.child({}).child({ request: 2 }).info({ user: "dora" }, "x");
  const fields = ({ request, user, cart, more }: LogRecord) => [request, user, cart, more];
  assertEquals(handler.records.map(fields), [
    [1, "anna", undefined, undefined],
    [1, "bert", undefined, undefined],
    [1, "carl", 7, true],
    [2, "dora", undefined, undefined],
  ]);
  assertEquals([child.name, child.isEnabledFor(1)], [logger.name, true]);
  child.setLevel("error");
  assertEquals([logger.level, child.getEffectiveLevel()], [40, 40]);
});

test("exc_info is the error itself", () => {
  const { logger, handler } = listLogger();
  const error = new Error("boom");
  logger.error("a", { exc_info: error });
  logger.error("b", { exc_info: "thrown text" });
  logger.error("c", { exc_info: true });
  logger.error("d", { exc_info: false });
  logger.error(error, { exc_info: true });
  logger.error("e %s", "x", error);
  logger.error("f", error, { extra: { user: 1 } });
  assertEquals(handler.records.map(({ exc_info }) => exc_info), [
    ...[error, "thrown text", null, null, error, error, error],
  ]);
  assertEquals(handler.records[6]!.user, 1);
  assert(handler.lines[0]!.startsWith("a\nError: boom"));
  assertEquals(handler.lines[1], "b\nthrown text");
});

test("an error that a placeholder shows is text alone, but for exception()", () => {
  const { logger, handler } = listLogger();
  const error = new Error("boom");
  logger.error("failed: %s", error);
  logger.exception("failed: %s", error);
  logger.error("failed: %s", error, error);
  assertEquals(handler.records.map(({ exc_info }) => exc_info), [null, error, error]);
  assertEquals(handler.lines[0], "failed: Error: boom");
  assert(handler.lines[1]!.startsWith("failed: Error: boom\nError: boom"));
});

test("exception() logs its error at ERROR", () => {
  const { logger, handler } = listLogger();
  const error = new Error("boom");
  logger.exception("failed", error);
  logger.exception("failed %s", "x", { exc_info: error });
  logger.exception(error);
  logger.exception("nothing current");
  logger.exception("off", { exc_info: false });
  logger.exception("shown: %s", error);
  logger.exception("shown: %s", error, { user: "anna" });
  assertEquals(handler.records.map(({ exc_info }) => exc_info), [
    ...[error, error, error, null, null, error, error],
  ]);
  assertEquals(handler.records.map(({ levelno }) => levelno), [40, 40, 40, 40, 40, 40, 40]);
  const { msg, args } = handler.records[1]!;
  assertEquals([msg, args, handler.records[1]!.getMessage()], ["failed %s", ["x"], "failed x"]);
});

test("extra becomes attributes behind the record's own, in order", () => {
  const { logger, handler } = listLogger();
  logger.info("x", { extra: { user: "anna", n: 1 } });
  logger.info("x", { extra: new Map([["user", "bert"]]) });
  assertEquals(Object.keys(handler.records[0]!).slice(20, 23), ["taskName", "user", "n"]);
  assertEquals(handler.records[1]!.user, "bert");
});

test("a field of extra with the name of an attribute is added with _ behind its name", () => {
  const { logger, handler } = listLogger();
  const extra = { message: "m", asctime: "t", levelname: "L", getMessage: 1, name_: 2, name: 3 };
  const printed = stderrOf(() => logger.info("%s", "x", { extra }));
  assertEquals(printed, []);
  const record = handler.records[0]!;
  assertEquals([handler.lines[0], record.levelname, record.name], ["x", "INFO", logger.name]);
  assertEquals(
    [record.message_, record.asctime_, record.levelname_, record.getMessage_],
    ["m", "t", "L", 1],
  );
  assertEquals([record.name_, record.name__], [2, 3]);
  for (const name of ["message", "asctime", ...Object.keys(recordOf("x"))]) {
    logger.info("x", { extra: { [name]: "some value" } });
    const { [name]: own, [`${name}_`]: added } = handler.records.at(-1)!;
    assert(own !== "some value" && added === "some value", name);
  }
});

test("a getter of extra that throws loses only that field", () => {
  const { logger, handler } = listLogger();
  const extra = {
    a: 1,
    get b(): number {
      throw new Error("getter of extra");
    },
    c: 3,
  };
  assertEquals(stderrOf(() => logger.info("x", { extra })).length, 1);
  assertEquals([handler.records[0]!.a, handler.records[0]!.c], [1, 3]);
});

test("no logging method throws for any message or argument", () => {
  const { logger, handler } = listLogger();
  const hostile = {
    toString() {
      throw new Error("toString");
    },
    toJSON() {
      throw new Error("toJSON");
    },
  };
  const bad = new Proxy([], {
    get() {
      throw new Error("proxy");
    },
  });
  stderrOf(() => {
    logger.info(hostile);
    logger.info("%s", hostile);
    logger.info(hostile, new Error("e"));
    logger.info("%s", bad);
    logger.info(Symbol("s"));
    logger.info("%d %d", 1);
    logger.info("x", { exc_info: hostile });
    logger.info("x", { extra: 5 as unknown as Record<string, unknown> });
    logger.info("x", { stacklevel: "deep" as unknown as number, stack_info: true });
  });
  logger.info("still here");
  assertEquals(handler.lines.at(-1), "still here");
});

test("a filter that throws loses only that record", () => {
  const { logger, handler } = listLogger();
  const filter = () => {
    throw new Error("filter of a logger");
  };
  logger.addFilter(filter);
  assertEquals(stderrOf(() => logger.info("x")).length, 1);
  logger.removeFilter(filter);
  logger.info("y");
  assertEquals(handler.lines, ["y"]);
});

test("a record reaches the next handler after one that throws", () => {
  const { logger, handler } = listLogger();
  class Throwing extends ListHandler {
    override handle(): boolean {
      throw new Error("handle itself");
    }
  }
  logger.handlers.unshift(new Throwing());
  assertEquals(stderrOf(() => logger.info("x")).length, 1);
  assertEquals(handler.lines, ["x"]);
});

test("loggers are never collected and keep their settings", async () => {
  getLogger("persistent.foo").setLevel("ERROR");
  const reference = new WeakRef(getLogger("persistent.foo"));
  await turns(1);
  collectGarbage();
  assertStrictEquals(reference.deref(), getLogger("persistent.foo"));
  assertEquals(getLogger("persistent.foo").level, 40);
  assertStrictEquals(getLogger("persistent.foo"), getLogger("persistent.foo"));
});

test("toString() is CPython's repr of a logger", () => {
  const { manager } = hierarchy();
  assertEquals(String(manager.getLogger("a.b")), "<Logger a.b (DEBUG)>");
  assertEquals(String(manager.root), "<RootLogger root (DEBUG)>");
});
