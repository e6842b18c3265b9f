import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { withContext } from "../../src/context/with_context.ts";
import { json } from "../../src/wire/json.ts";
import { pickle } from "../../src/wire/pickle_serializer.ts";
import { recordFields } from "../../src/wire/record_fields.ts";
import { Formatter } from "../../src/logging/formatter.ts";
import { LogRecord } from "../../src/logging/log_record.ts";
import { setLogRecordFactory } from "../../src/logging/log_record_factory.ts";
import { LoggerAdapter } from "../../src/logging/logger_adapter.ts";
import { withoutWorkerd, Workerd } from "../edge/workerd.ts";
import { listLogger, stderrOf } from "../logging/helpers.ts";
import { test } from "../test.ts";
import { turns } from "../turns.ts";

/** Settles when the test calls, so that flows interleave in a known order. */
function gate(): { opened: Promise<void>; open: () => void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => open = resolve);
  return { opened, open };
}

test("withContext() puts its fields on the records within its function, and on no others", () => {
  const { logger, handler } = listLogger();
  logger.info("before");
  withContext({ requestId: "r-1", user: null }, () => logger.info("within"));
  logger.info("after");
  assertEquals(handler.records.map((record) => "requestId" in record), [false, true, false]);
  assertEquals([handler.records[1]!.requestId, handler.records[1]!.user], ["r-1", null]);
});

test("withContext() returns what the function returns and throws what it throws", async () => {
  const error = new Error("mine");
  const fails = () => {
    throw error;
  };
  assertEquals(withContext({}, () => 7), 7);
  assertEquals(await withContext({}, () => Promise.resolve(8)), 8);
  assertStrictEquals(assertThrows(() => withContext({}, fails)), error);
  // deno-lint-ignore require-await -- a rejection is what is tested
  assertStrictEquals(await assertRejects(() => withContext({}, async () => fails())), error);
  const { logger, handler } = listLogger();
  assertThrows(() => withContext({ a: 1 }, fails));
  logger.info("the context has ended");
  assertEquals("a" in handler.records[0]!, false);
});

test("withContext() keeps concurrent flows apart, across awaits, timers and callbacks", async () => {
  const { logger, handler } = listLogger();
  const gates = Array.from({ length: 20 }, gate);
  const flow = async (id: number) => {
    logger.info("start %d", id);
    await gates[id]!.opened;
    logger.info("awaited %d", id);
    await turns(id % 3);
    await Promise.all([1, 2].map(async () => {
      await null;
      logger.info("inner %d", id);
    }));
    queueMicrotask(() => logger.info("callback %d", id));
    await null;
  };
  const flows = gates.map((_, id) => withContext({ id }, () => flow(id)));
  for (const { open } of gates.toReversed()) open();
  await Promise.all(flows);
  assertEquals(handler.records.length, 100);
  assertEquals(handler.records.filter(({ id, args }) => id !== (args as number[])[0]), []);
});

test("a generator has the context of the code that iterates it", async () => {
  const { logger, handler } = listLogger();
  async function* steps(): AsyncGenerator<number> {
    logger.info("first");
    yield 1;
    await null;
    logger.info("second");
  }
  const made = withContext({ id: "made" }, steps);
  await withContext({ id: "iterated" }, async () => {
    for await (const _ of made);
  });
  assertEquals(handler.records.map(({ id }) => id), ["iterated", "iterated"]);
});

test("withContext() within another adds to its fields, and the inner one wins", async () => {
  const { logger, handler } = listLogger();
  await withContext({ a: "outer", b: "outer" }, async () => {
    await withContext({ b: "inner", c: "inner" }, async () => {
      await null;
      logger.info("inner");
    });
    logger.info("outer");
  });
  assertEquals(handler.records.map(({ a, b, c }) => [a, b, c]), [
    ...[["outer", "inner", "inner"], ["outer", "outer", undefined]],
  ]);
});

test("the extra of a call wins over the context, as an object, a Map or that of an adapter", () => {
  const { logger, handler } = listLogger();
  withContext({ a: "context", b: "context" }, () => {
    logger.info("x", { extra: { a: "call" } });
    logger.info("x", { extra: new Map([["a", "map"]]) });
    logger.info("x", { extra: { a: undefined } });
    new LoggerAdapter(logger, { a: "adapter" }).info("x");
  });
  assertEquals(handler.records.map(({ a, b }) => [a, b]), [
    ...[["call", "context"], ["map", "context"], [undefined, "context"], ["adapter", "context"]],
  ]);
});

test("a field with the name of an attribute of the record is added with _ behind its name", () => {
  const { logger, handler } = listLogger();
  const printed = stderrOf(() =>
    withContext(
      { name: "x", message: "x", getMessage: "x", taskName: "x", fine: 1 },
      () => logger.info("still logged"),
    )
  );
  assertEquals(printed, []);
  const record = handler.records[0]!;
  assertEquals([record.name, record.fine, record.getMessage()], ["test", 1, "still logged"]);
  assertEquals(
    [record.name_, record.message_, record.getMessage_, record.taskName_],
    ["x", "x", "x", "x"],
  );
});

test("the fields are read once at the start, and __proto__ is a name like any other", () => {
  const { logger, handler } = listLogger();
  const fields: Record<string, unknown> = { a: 1, ["__proto__"]: "own" };
  withContext(fields, () => {
    fields.a = 2;
    fields.b = 2;
    logger.info("x");
  });
  const record = handler.records[0]!;
  assertEquals([record.a, "b" in record], [1, false]);
  assertEquals(Object.getOwnPropertyDescriptor(record, "__proto__")?.value, "own");
  assert(record instanceof LogRecord);
});

test("records of the program's factory get the context too, and the factory's fields win", () => {
  const { logger, handler } = listLogger();
  class TenantRecord extends LogRecord {
    tenant: string = "of the factory";
  }
  setLogRecordFactory(TenantRecord);
  try {
    stderrOf(() => withContext({ tenant: "x", requestId: "r-2" }, () => logger.info("x")));
  } finally {
    setLogRecordFactory(LogRecord);
  }
  const { tenant, requestId } = handler.records[0]!;
  assertEquals([tenant, requestId], ["of the factory", "r-2"]);
});

test("the context reaches formatters and the wire", () => {
  const { logger, handler } = listLogger();
  handler.setFormatter(new Formatter("%(requestId)s %(message)s"));
  withContext({ requestId: "r-3", tries: 2 }, () => logger.info("hello"));
  assertEquals(handler.lines, ["r-3 hello"]);
  const [record] = handler.records;
  for (const { dumps, loads } of [pickle, json]) {
    const { requestId, tries } = loads(dumps(recordFields(record!)));
    assertEquals([requestId, tries], ["r-3", 2]);
  }
});

test("withContext() refuses bad fields and bad functions", () => {
  for (const fields of [null, undefined, "requestId", 7, ["a"]] as unknown as { a: 1 }[]) {
    assertThrows(() => withContext(fields, () => {}), TypeError, "'fields' must be an object");
  }
  const none = undefined as unknown as () => void;
  assertThrows(() => withContext({}, none), TypeError, "'fn' must be a function");
});

test("withContext() keeps concurrent requests of a worker apart, with either flag", async () => {
  const entry = "tests/edge/context_worker.ts";
  await using workerd = await Workerd.start({
    als: { entry, compatibilityDate: "2024-05-01", compatibilityFlags: ["nodejs_als"] },
    compat: { entry, compatibilityDate: "2025-09-01", compatibilityFlags: ["nodejs_compat"] },
  });
  for (const worker of ["als", "compat"]) {
    const ids = Array.from({ length: 20 }, (_, id) => `/${worker}-${id}`);
    const answers = await Promise.all(ids.map(async (id) => {
      const response = await fetch(workerd.url(worker, id));
      return await response.json();
    }));
    assertEquals(answers, ids.map((id) => [id, id, id, null]));
  }
}, { skip: withoutWorkerd });
