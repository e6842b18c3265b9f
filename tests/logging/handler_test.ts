import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { getHandlerByName, getHandlerNames, Handler } from "../../src/logging/handler.ts";
import { LogRecord } from "../../src/logging/log_record.ts";
import { Logger } from "../../src/logging/logger.ts";
import { Manager } from "../../src/logging/_manager.ts";
import { RootLogger } from "../../src/logging/_root_logger.ts";
import { Formatter } from "../../src/logging/formatter.ts";
import { ListHandler, recordOf, stderrOf } from "./helpers.ts";
import { catchStderr } from "../stderr.ts";
import { test } from "../test.ts";
import { turns } from "../turns.ts";

test("set_name() and get_name() are the property 'name'", async () => {
  const handler = new ListHandler();
  assertEquals(handler.get_name(), null);
  handler.set_name("one");
  assertEquals([handler.name, handler.get_name()], ["one", "one"]);
  assertStrictEquals(getHandlerByName("one"), handler);
  handler.name = "two";
  assertEquals([handler.get_name(), getHandlerByName("one")], ["two", null]);
  await handler.close();
  assertEquals([handler.get_name(), getHandlerByName("two")], ["two", null]);
});

test("setting 'name' registers the handler under that name", async () => {
  const handler = new ListHandler();
  assertEquals(handler.name, null);
  handler.name = "generic";
  assertStrictEquals(getHandlerByName("generic"), handler);
  handler.name = "anothergeneric";
  assertEquals([handler.name, getHandlerByName("generic")], ["anothergeneric", null]);
  assert(getHandlerNames().has("anothergeneric") && !getHandlerNames().has("generic"));
  const other = new ListHandler();
  other.name = "anothergeneric";
  handler.name = null;
  assertStrictEquals(getHandlerByName("anothergeneric"), other);
  await other.close();
  assertEquals(getHandlerByName("anothergeneric"), null);
});

test("a handler without an emit() of its own reports that for each record", () => {
  const reported: unknown[] = [];
  const Unfinished = Handler as unknown as new () => ListHandler;
  const handler = new Unfinished();
  handler.handleError = (record, error) => void reported.push(record.msg, String(error));
  assertEquals(handler.handle(recordOf("a")), true);
  assertEquals(reported[0], "a");
  assert(/TypeError: .*emit/.test(String(reported[1])), String(reported[1]));
});

test("handle() returns the filters' verdict, and emits only records that pass", () => {
  const handler = new ListHandler();
  assertEquals(handler.handle(recordOf("a")), true);
  const filter = ({ msg }: LogRecord) => msg !== "b";
  handler.addFilter(filter);
  assertEquals(handler.handle(recordOf("b")), false);
  handler.addFilter(() => recordOf("replaced"));
  assertEquals(handler.handle(recordOf("c")), true);
  assertEquals(handler.lines, ["a", "replaced"]);
});

test("a record that a filter of one handler replaces is unchanged for other handlers", () => {
  const parent = new ListHandler();
  const child = new ListHandler();
  const manager = new Manager(new RootLogger("DEBUG"));
  manager.getLogger("parent").addHandler(parent);
  manager.getLogger("parent.child").addHandler(child);
  child.addFilter(() => recordOf("new message!"));
  manager.getLogger("parent.child").info("original message");
  assertEquals([child.lines, parent.lines], [["new message!"], ["original message"]]);
});

test("handle() passes every error to handleError() and never throws", () => {
  const fail = (what: string) => {
    throw new Error(what);
  };
  class Broken extends ListHandler {
    override emit(record: LogRecord): void {
      this.format(record);
      fail("emit");
    }
  }
  const broken = new Broken();
  assertEquals(broken.handle(recordOf("x")), true);
  broken.setFormatter({ format: () => fail("format") } as unknown as Formatter);
  broken.handle(recordOf("x"));
  broken.addFilter(() => fail("filter"));
  assertEquals(broken.handle(recordOf("x")), false);
  assertEquals(broken.errors.map((error) => (error as Error).message), [
    ...["emit", "format", "filter"],
  ]);
});

test("handle() survives a handleError() that throws", () => {
  class Hopeless extends Handler {
    override emit(): void {
      throw new Error("emit");
    }
    override handleError(): void {
      throw new Error("handleError");
    }
  }
  assertEquals(stderrOf(() => new Hopeless().handle(recordOf("x"))), []);
});

test("handle() passes the rejection of an asynchronous emit() to handleError()", async () => {
  class Async extends ListHandler {
    override async emit(): Promise<void> {
      await Promise.resolve();
      throw new Error("late");
    }
  }
  const handler = new Async();
  assertEquals(handler.handle(recordOf("x")), true);
  await turns(1);
  assertEquals((handler.errors[0] as Error).message, "late");
});

test("handle() stops a handler that logs to itself endlessly", () => {
  const logger = new Logger("loop", 1);
  let emitted = 0;
  class Loop extends Handler {
    override emit(): void {
      emitted++;
      logger.info("again");
      logger.info("and again");
    }
  }
  const handler = new Loop();
  logger.addHandler(handler);
  const printed = stderrOf(() => logger.info("once"));
  assertEquals(emitted, 100);
  assert(printed[0]!.includes("Handlers log within handlers, 100 deep"), printed[0]);
  emitted = 0;
  stderrOf(() => logger.info("later"));
  assertEquals(emitted, 100);
});

test("a handler may log to another logger while it handles", () => {
  const outer = new Logger("outer", 1);
  const inner = new Logger("inner", 1);
  const list = new ListHandler();
  inner.addHandler(list);
  class Forwarding extends Handler {
    override emit(record: LogRecord): void {
      inner.info("saw %s", record.msg);
    }
  }
  outer.addHandler(new Forwarding());
  outer.info("x");
  assertEquals(list.lines, ["saw x"]);
});

test("format() uses the formatter; without one it returns the message", () => {
  const handler = new ListHandler();
  assertEquals(handler.format(recordOf("%d", 1)), "1");
  handler.setFormatter(new Formatter("%(levelname)s %(message)s"));
  assertEquals(handler.format(recordOf("%d", 1)), "INFO 1");
  handler.setFormatter(null);
  assertEquals(handler.format(recordOf("%d", 1)), "1");
});

test("close() is idempotent, flushes first and never rejects", async () => {
  const steps: string[] = [];
  class Flushing extends ListHandler {
    override flush(): Promise<void> {
      steps.push("flush");
      return Promise.reject(new Error("flush fails in close"));
    }
  }
  const handler = new Flushing();
  const { lines: printed, end } = catchStderr();
  try {
    await Promise.all([handler.close(), handler.close()]);
    await handler.close();
  } finally {
    end();
  }
  assertEquals(steps, ["flush"]);
  assert(printed[0]!.includes("flush fails in close"));
});

test("await using closes a handler", async () => {
  let closed = 0;
  class Counting extends ListHandler {
    override close(): Promise<void> {
      closed++;
      return super.close();
    }
  }
  {
    await using handler = new Counting();
    handler.handle(recordOf("x"));
  }
  assertEquals(closed, 1);
});

test("toString() is CPython's repr of a handler", () => {
  const handler = new ListHandler();
  handler.setLevel("ERROR");
  assertEquals(String(handler), "<ListHandler (ERROR)>");
});

test("a filter may replace a record by one of another class", () => {
  const handler = new ListHandler();
  class Special extends LogRecord {}
  handler.addFilter((record) =>
    new Special(record.name, 50, record.pathname, 0, "special", [], null)
  );
  handler.handle(recordOf("x"));
  assertEquals(handler.lines, ["special"]);
});

test("setFormatter() refuses what is no formatter when it is set", () => {
  const handler = new ListHandler();
  const text = "%(message)s" as unknown as Formatter;
  assertThrows(
    () => handler.setFormatter(text),
    TypeError,
    "Cannot set the formatter as 'formatter' must be a Formatter or null: current value is " +
      '"%(message)s"',
  );
  for (const bad of [undefined, 5, {}, () => "text"]) {
    assertThrows(() => handler.setFormatter(bad as unknown as Formatter), TypeError);
  }
  assertEquals(handler.formatter, null);
  handler.setFormatter(new Formatter("%(message)s"));
  handler.setFormatter(null);
});
