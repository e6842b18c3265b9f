/** LogTape itself, with a sink of ours. */
import * as logtape from "@logtape/logtape";
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { AsyncLocalStorage } from "node:async_hooks";
import { fileURLToPath } from "node:url";
import { logtapeSink, type LogTapeSinkOptions } from "../../src/integrations/logtape.ts";
import { WARNING } from "../../src/logging/level.ts";
import { SocketHandler } from "../../src/handlers/socket_handler.ts";
import { exceptionText } from "../../src/text/exception_text.ts";
import { MemoryNetwork } from "../../src/testing/memory.ts";
import { test } from "../test.ts";
import { ListHandler } from "./list_handler.ts";

/** Runs with LogTape configured for the category `shop`, and resets LogTape behind it. */
async function withLogTape(
  run: (log: logtape.Logger, handler: ListHandler) => void | Promise<void>,
  options?: LogTapeSinkOptions,
): Promise<ListHandler> {
  const handler = new ListHandler();
  await configure(logtapeSink(handler, options));
  try {
    await run(logtape.getLogger(["shop", "cart"]), handler);
  } finally {
    await logtape.reset();
  }
  return handler;
}

function configure(sink: logtape.Sink, captureSourceLocation = false): Promise<void> {
  return logtape.configure({
    reset: true,
    sinks: { sink },
    contextLocalStorage: new AsyncLocalStorage(),
    loggers: [
      { category: ["shop"], lowestLevel: "trace", sinks: ["sink"], captureSourceLocation },
      { category: ["logtape", "meta"], lowestLevel: "warning", sinks: ["sink"] },
    ],
  });
}

const texts = ({ records }: ListHandler) => records.map((record) => record.getMessage());

test("the six levels, the category and the time of LogTape become level, name and time", async () => {
  const before = Date.now() / 1000;
  const handler = await withLogTape((log) => {
    for (const level of logtape.getLogLevels()) log[level](level);
  });
  assertEquals(
    handler.records.map(({ name, levelno, levelname, msg }) => [name, levelno, levelname, msg]),
    [
      ["shop.cart", 5, "TRACE", "trace"],
      ["shop.cart", 10, "DEBUG", "debug"],
      ["shop.cart", 20, "INFO", "info"],
      ["shop.cart", 30, "WARNING", "warning"],
      ["shop.cart", 40, "ERROR", "error"],
      ["shop.cart", 50, "CRITICAL", "fatal"],
    ],
  );
  for (const { created } of handler.records) {
    assert(created >= before && created <= Date.now() / 1000);
  }
});

test("the root logger of LogTape is named root, and a category of one part as it is", () => {
  const handler = new ListHandler();
  const sink = logtapeSink(handler);
  const record = {
    level: "info",
    message: ["x"],
    rawMessage: "x",
    timestamp: 1500,
    properties: {},
  };
  sink({ ...record, category: [] });
  sink({ ...record, category: ["shop"] });
  assertEquals(handler.records.map(({ name }) => name), ["root", "shop"]);
  assertEquals(handler.records.map(({ created, msecs }) => [created, msecs]), [
    [1.5, 500],
    [1.5, 500],
  ]);
});

test("a text without values is sent as it stands, with its % and its braces", async () => {
  const handler = await withLogTape((log) => {
    log.info("50% done");
    log.info("%s %d %o {{x}}");
    log.info`100% of ${3} %s`;
  });
  assertEquals(texts(handler), ["50% done", "%s %d %o {x}", "100% of 3 %s"]);
  assertEquals(handler.records.map(({ args }) => args), [null, null, null]);
});

test("values are written as LogTape's own text formatter writes them", async () => {
  const format = logtape.getTextFormatter({ format: ({ message }) => message });
  const bare = logtape.getTextFormatter({ format: ({ message }) => message, value: "bare" });
  const value = {
    user: "anna",
    items: [1, 2n, { deep: { deeper: { deepest: { end: true } } } }],
    at: new Date(0),
    long: Array.from({ length: 120 }, (_, index) => index),
    none: null,
    absent: undefined,
  };
  const records: logtape.LogRecord[] = [];
  const log = async (options?: LogTapeSinkOptions) => {
    const handler = new ListHandler();
    const sink = logtapeSink(handler, options);
    await configure((record) => (records.push(record), sink(record)));
    const logger = logtape.getLogger("shop");
    logger.info("{text} and {value} and {none}", { text: 'it\'s "so"', value, none: null });
    logger.info`tagged ${"text"} ${value} ${true} ${Symbol("s")}`;
    logger.info({ user: "anna", count: 2 });
    await logtape.reset();
    return texts(handler);
  };
  const expected = (formatter: logtape.TextFormatter) =>
    records.splice(0).map((record) => formatter(record).slice(0, -1));
  assertEquals(await log(), expected(format));
  assertEquals(await log({ value: "bare" }), expected(bare));
  const upper = (item: unknown, inspect: (item: unknown) => string) => inspect(item).toUpperCase();
  assertEquals(
    await log({ value: upper }),
    expected(logtape.getTextFormatter({ format: ({ message }) => message, value: upper })),
  );
});

test("properties become fields; one that is named like an attribute gets _ behind its name", async () => {
  const handler = await withLogTape((log) => {
    log.info("{user} ordered", {
      user: "anna",
      count: 2,
      name: "pen",
      lineno: [1],
      nested: { a: 1 },
    });
  });
  const { user, count, name_, lineno_, nested, name } = handler.only;
  assertEquals([user, count, name_, lineno_, nested, name], [
    ...["anna", 2, "pen", [1], { a: 1 }, "shop.cart"],
  ]);
});

test("properties of with() and withContext() are fields, and those of the call win", async () => {
  const handler = await withLogTape((log) => {
    logtape.withContext({ request: "r-1", user: "none" }, () => {
      log.with({ user: "anna", shard: 3 }).getChild("deep").info("in", { shard: 4 });
    });
    log.info("out");
  });
  const [inside, outside] = handler.records;
  const { name, request, user, shard } = inside!;
  assertEquals([name, request, user, shard], ["shop.cart.deep", "r-1", "anna", 4]);
  assertEquals([outside!.request, outside!.user], [undefined, undefined]);
});

test("a lazy message is computed once, and not for a record below the handler's level", async () => {
  let calls = 0;
  const handler = await withLogTape((log, handler) => {
    handler.setLevel(WARNING);
    log.info((l) => l`lazy ${++calls}`);
    log.warning((l) => l`lazy ${++calls}`);
    log.warning("{n}", () => ({ n: ++calls }));
    log.with({ n: logtape.lazy(() => ++calls) }).error("{n}");
  });
  assertEquals(texts(handler), ["lazy 1", "2", "3"]);
  assertEquals([calls, ...handler.records.map(({ n }) => n)], [3, undefined, 2, 3]);
});

test("an error becomes exc_info with its causes, is no field, and has no stack in the text", async () => {
  const error = new Error("out of ink", { cause: new TypeError("no pen") });
  const handler = await withLogTape((log) => {
    log.error("failed: {error}", { error, other: new Error("other") });
    log.error("failed", error);
    log.error(error);
    log.error("failed: {problem}", { problem: error });
    log.error`failed: ${error}`;
    log.error("failed", { err: error, reason: new Error("not this one") });
  });
  assertEquals(texts(handler), [
    "failed: Error: out of ink",
    "failed",
    "out of ink",
    "failed: Error: out of ink",
    "failed: Error: out of ink",
    "failed",
  ]);
  assertEquals(handler.records.map(({ exc_info }) => exc_info === error), Array(6).fill(true));
  assertMatch(exceptionText(handler.records[0]?.exc_info), /Caused by: TypeError: no pen/);
  assertEquals(handler.records.map(({ error, problem, err }) => [error, problem, err]), [
    ...Array.from({ length: 6 }, () => [undefined, undefined, undefined]),
  ]);
  assertEquals((handler.records[0]?.other as Error).message, "other");
});

test("an own property named __proto__ or with a getter that throws loses nothing else", () => {
  const handler = new ListHandler();
  const common = { category: ["a"], level: "info", timestamp: 0 };
  const properties = JSON.parse('{"__proto__": {"x": 1}, "y": 2}');
  logtapeSink(handler)({ ...common, message: ["x"], rawMessage: "x", properties });
  assertEquals(handler.only.y, 2);
  assertEquals(Object.getOwnPropertyDescriptor(handler.only, "__proto__")?.value, { x: 1 });
});

test("a lazy property or message that throws is reported, and the record is sent with its template", async () => {
  const fault = new RangeError("the property fails");
  const fail = (): never => {
    throw fault;
  };
  const handler = await withLogTape((log) => {
    log.with({ n: logtape.lazy(fail) }).info("{n} pens");
    log.warning(fail);
    log.info("still here");
  });
  assertEquals(texts(handler), ["{n} pens", "", "still here"]);
  assertEquals(handler.records.map(({ name }) => name), Array(3).fill("shop.cart"));
  assertEquals(handler.errors, [fault, fault]);
});

test("a value that cannot be shown costs its own text alone", async () => {
  const value = {
    toJSON: () => fail(),
    [Symbol.for("nodejs.util.inspect.custom")]: () => fail(),
    [Symbol.for("Deno.customInspect")]: () => fail(),
  };
  const fail = (): never => {
    throw new Error("no");
  };
  const handler = await withLogTape((log) => {
    log.info`before ${value} behind`;
  }, { value: () => fail() });
  assertEquals(texts(handler), ["before [unreadable] behind"]);
});

test("a property that refuses to be read does not cost the text and the other fields", async () => {
  const proxy = new Proxy({}, {
    getPrototypeOf() {
      throw new Error("by the proxy");
    },
  });
  const handler = await withLogTape((log) => log.info("{n} pens", { n: 2, proxy, after: 3 }));
  assertEquals(texts(handler), ["2 pens"]);
  assertEquals([handler.only.n, handler.only.after, handler.errors], [2, 3, []]);
});

test("a handler that fails reaches neither LogTape's meta logger nor the program, and nothing loops", async () => {
  class Failing extends ListHandler {
    calls = 0;
    override emit(): void {
      this.calls++;
      throw new Error("emit fails");
    }
    override handleError(record: never, error: unknown): void {
      super.handleError(record, error);
      throw new Error("handleError fails");
    }
  }
  const handler = new Failing();
  const meta: string[] = [];
  await logtape.configure({
    reset: true,
    sinks: {
      sink: logtapeSink(handler),
      meta: ({ rawMessage }) => meta.push(String(rawMessage)),
    },
    loggers: [
      { category: ["shop"], sinks: ["sink"] },
      // The meta logger has this sink as well: a failure that reached it would come back.
      { category: ["logtape", "meta"], lowestLevel: "warning", sinks: ["sink", "meta"] },
    ],
  });
  for (let count = 0; count < 3; count++) logtape.getLogger("shop").info("x");
  logtape.getLogger("shop").info(() => {
    throw new Error("the message fails");
  });
  await logtape.reset();
  assertEquals([handler.calls, meta], [4, []]);
});

test("failures of another sink go through the meta logger to ours, with the error", async () => {
  const handler = new ListHandler();
  await logtape.configure({
    reset: true,
    sinks: {
      sink: logtapeSink(handler),
      failing: () => {
        throw new Error("disk full");
      },
    },
    loggers: [
      { category: ["shop"], sinks: ["failing"] },
      { category: ["logtape", "meta"], lowestLevel: "warning", sinks: ["sink"] },
    ],
  });
  logtape.getLogger("shop").info("x");
  await logtape.reset();
  assertEquals([handler.only.name, handler.only.levelno], ["logtape.meta", 50]);
  assertEquals(String(handler.only.exc_info), "Error: disk full");
});

test("lowestLevel, filters and withFilter() decide before the sink", async () => {
  const handler = new ListHandler();
  const sink = logtapeSink(handler);
  await logtape.configure({
    reset: true,
    sinks: { filtered: logtape.withFilter(sink, "error"), sink },
    filters: { pens: ({ properties }) => properties.item === "pen" },
    loggers: [
      { category: ["a"], lowestLevel: "warning", sinks: ["sink"] },
      { category: ["b"], sinks: ["filtered"] },
      { category: ["c"], sinks: ["sink"], filters: ["pens"] },
      { category: ["logtape", "meta"], lowestLevel: null, sinks: [] },
    ],
  });
  for (const category of ["a", "b"]) {
    for (const level of ["info", "warning", "error"] as const) {
      logtape.getLogger(category)[level](level);
    }
  }
  for (const item of ["pen", "ink"]) logtape.getLogger("c").info(item, { item });
  await logtape.reset();
  assertEquals(handler.records.map(({ name, msg }) => `${name} ${msg}`), [
    ...["a warning", "a error", "b error", "c pen"],
  ]);
});

test("rawMessage: true adds the template of a message with values", async () => {
  const handler = await withLogTape((log) => {
    log.info("{user} signed in", { user: "anna" });
    log.info`${1} of ${2}`;
    log.info("plain");
    log.info("{rawMessage}", { rawMessage: "the program's own" });
  }, { rawMessage: true });
  assertEquals(handler.records.map(({ rawMessage }) => rawMessage), [
    ...["{user} signed in", "{} of {}", undefined, "the program's own"],
  ]);
});

test("a source location that LogTape captures becomes pathname, filename and lineno", async () => {
  const handler = new ListHandler();
  await configure(logtapeSink(handler), true);
  logtape.getLogger("shop").info("here");
  await logtape.reset();
  const { pathname, filename, module, lineno } = handler.only;
  assertEquals([pathname, filename, module], [
    ...[fileURLToPath(import.meta.url), "logtape_test.ts", "logtape_test"],
  ]);
  assert(lineno > 0);
});

test("drain() flushes, dispose() closes the handler, and closeHandler: false leaves it open", async () => {
  const closed = await withLogTape(async (log, handler) => {
    log.info("x");
    await logtape.drain();
    assertEquals([handler.flushes, handler.closes], [1, 0]);
    await logtape.dispose();
  });
  assertEquals(closed.closes, 1);
  const open = await withLogTape(async (_log, handler) => {
    await logtape.dispose();
    assertEquals([handler.flushes, handler.closes], [1, 0]);
  }, { closeHandler: false });
  assertEquals(open.closes, 0);
  {
    await using _sink = logtapeSink(open);
  }
  assertEquals(open.closes, 1);
});

test("configure({ reset: true }) with a new handler goes on, and the account of the old one is closed", async () => {
  const connector = new MemoryNetwork();
  const handlers = [0, 1].map(() =>
    new SocketHandler("logs.example", 9020, { connector, whileDisconnected: "queue" })
  );
  for (const handler of handlers) {
    await logtape.configure({
      reset: true,
      sinks: { server: logtapeSink(handler) },
      loggers: [
        { category: ["shop"], sinks: ["server"] },
        { category: ["logtape", "meta"], lowestLevel: "warning", sinks: ["server"] },
      ],
    });
    logtape.getLogger("shop").info("x");
    await logtape.drain();
  }
  await logtape.reset();
  assertEquals(handlers.map(({ stats: { emitted, sent } }) => [emitted, sent]), [[1, 1], [1, 1]]);
});

test("logtapeSink() refuses what is no handler, unknown options and values of the wrong type", () => {
  const handler = new ListHandler();
  const make = (handler: unknown, options?: unknown) => () =>
    logtapeSink(handler as ListHandler, options as LogTapeSinkOptions);
  assertThrows(make({}), TypeError, "'handler'");
  assertThrows(make(handler, { level: 1 }), TypeError, "closeHandler, rawMessage, value");
  assertThrows(make(handler, { value: "json" }), TypeError, `"bare" or a function`);
  assertThrows(make(handler, { closeHandler: 1 }), TypeError, "true or false");
  assertThrows(make(handler, { rawMessage: "yes" }), TypeError, "true or false");
});
