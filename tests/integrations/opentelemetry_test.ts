/** OpenTelemetry's logs SDK itself, with an exporter of ours. */
import { ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { type LogRecord as ApiLogRecord, SeverityNumber } from "@opentelemetry/api-logs";
import { type Resource, resourceFromAttributes } from "@opentelemetry/resources";
import {
  BatchLogRecordProcessor,
  LoggerProvider,
  type LogRecordExporter as SdkExporter,
  type LogRecordProcessor,
  SimpleLogRecordProcessor,
} from "@opentelemetry/sdk-logs";
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import {
  logRecordExporter,
  type LogRecordExporterOptions,
} from "../../src/integrations/opentelemetry.ts";
import { SocketHandler } from "../../src/handlers/socket_handler.ts";
import { LogRecord } from "../../src/logging/log_record.ts";
import { MemoryNetwork } from "../../src/testing/memory.ts";
import { test } from "../test.ts";
import { ListHandler } from "./list_handler.ts";

const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
const SPAN_ID = "b7ad6b7169203331";

const resource: Resource = resourceFromAttributes({
  "service.name": "shop",
  "service.version": "1.2",
  "host.name": "web-1",
});

/** Returns the records that these log records of the API become, through the SDK. */
async function recordsOf(
  logs: ApiLogRecord[],
  options?: LogRecordExporterOptions,
): Promise<LogRecord[]> {
  const handler = new ListHandler();
  const exporter = logRecordExporter(handler, options);
  const provider = new LoggerProvider({
    resource,
    processors: [new SimpleLogRecordProcessor({ exporter })],
    logRecordLimits: { attributeCountLimit: 10 },
  });
  for (const log of logs) provider.getLogger("shop.cart", "1.0").emit(log);
  await provider.shutdown();
  assertEquals(handler.errors, []);
  return handler.records;
}

async function recordOf(log: ApiLogRecord, options?: LogRecordExporterOptions): Promise<LogRecord> {
  const records = await recordsOf([log], options);
  assertEquals(records.length, 1);
  return records[0]!;
}

/** The fields of a record besides the attributes that every record has. */
function fieldsOf(record: LogRecord): Record<string, unknown> {
  const plain = new LogRecord("", 0, "", 0, "", null, null);
  return Object.fromEntries(Object.entries(record).filter(([name]) => !(name in plain)));
}

test("the 24 severity numbers become six levels of Python", async () => {
  const numbers = Array.from({ length: 24 }, (_, index) => index + 1);
  const records = await recordsOf(numbers.map((severityNumber) => ({ severityNumber })));
  assertEquals(
    records.map(({ levelno }) => levelno),
    [5, 10, 20, 30, 40, 50].flatMap((level) => Array(4).fill(level)),
  );
  assertEquals(records.filter((_, at) => at % 4 === 0).map(({ levelname }) => levelname), [
    ...["TRACE", "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"],
  ]);
});

test("without a severity number the severity text is the level, or else INFO is", async () => {
  const records = await recordsOf([
    { severityText: "error" },
    { severityText: "WARN", severityNumber: SeverityNumber.UNSPECIFIED },
    { severityText: "trace" },
    { severityText: "verbose" },
    {},
  ]);
  assertEquals(records.map(({ levelno }) => levelno), [40, 30, 5, 20, 20]);
  assertEquals(records.map(({ severity_text }) => severity_text), [
    ...[undefined, "WARN", undefined, "verbose", undefined],
  ]);
});

test("severity_text is a field only where it differs from levelname", async () => {
  const records = await recordsOf([
    { severityNumber: SeverityNumber.INFO, severityText: "info" },
    { severityNumber: SeverityNumber.INFO2, severityText: "Notice" },
    { severityNumber: SeverityNumber.TRACE, severityText: "Trace" },
  ]);
  assertEquals(records.map(({ severity_text }) => severity_text), [undefined, "Notice", undefined]);
});

test("scope, time, body and attributes become name, created, text and fields", async () => {
  const record = await recordOf({
    severityNumber: SeverityNumber.INFO,
    timestamp: [1_700_000_000, 123_000_000],
    observedTimestamp: [1_800_000_000, 0],
    body: "50% done %s %o",
    attributes: { user: "anna", "http.response.status_code": 200, name: "pen", list: ["a", 1] },
  });
  assertEquals([record.name, record.getMessage(), record.args], [
    ...["shop.cart", "50% done %s %o", null],
  ]);
  assertEquals([record.created, record.msecs], [1_700_000_000.123, 123]);
  assertEquals(fieldsOf(record), {
    user: "anna",
    "http.response.status_code": 200,
    name_: "pen",
    list: ["a", 1],
    "service.name": "shop",
  });
});

test("without a timestamp the time is the one at which the SDK saw the record", () => {
  const handler = new ListHandler();
  const before = Date.now() / 1000;
  logRecordExporter(handler).export([
    { hrTime: [0, 0], hrTimeObserved: [1_700_000_000, 500_000_000], attributes: {} },
    { hrTime: [0, 0], attributes: {} },
  ], () => {});
  assertEquals(handler.records[0]?.created, 1_700_000_000.5);
  assert(handler.records[1]!.created >= before);
});

test("a body of any type has a text, and the entries of a map are fields", async () => {
  const records = await recordsOf([
    { body: 3.5 },
    { body: true },
    { body: null },
    { body: ["a", 1, [new Uint8Array([1, 2, 255])], null] },
    { body: new Uint8Array([104, 105]) },
    {
      body: { message: "ordered", count: 2, name: "pen", user: "bert" },
      attributes: { user: "anna" },
    },
    { body: { count: 2, deep: { bytes: new Uint8Array([0]) } } },
    { body: { count: 2 }, eventName: "shop.ordered" },
    { eventName: "shop.closed" },
  ]);
  assertEquals(records.map((record) => record.getMessage()), [
    "3.5",
    "true",
    "",
    '["a",1,["AQL/"],null]',
    '"aGk="',
    "ordered",
    '{"count":2,"deep":{"bytes":"AA=="}}',
    "shop.ordered",
    "shop.closed",
  ]);
  const { count, name_, user, user_ } = records[5]!;
  assertEquals([count, name_, user, user_], [2, "pen", "anna", "bert"]);
  assertEquals(records.map((record) => record["event.name"]).slice(6), [
    ...[undefined, "shop.ordered", "shop.closed"],
  ]);
});

test("an exception becomes exc_text; its type and message stay fields", async () => {
  const error = new TypeError("out of ink");
  const [thrown, text, headless] = await recordsOf([
    { body: "failed", exception: error },
    { body: "failed", exception: "out of ink" },
    {
      attributes: {
        "exception.type": "TypeError",
        "exception.message": "out of ink",
        "exception.stacktrace": "f@shop.js:1:2",
      },
    },
  ]);
  assertMatch(String(thrown?.exc_text), /TypeError: out of ink\n.*opentelemetry_test/);
  assertEquals(String(thrown?.exc_text).match(/out of ink/g)?.length, 1);
  assertEquals(fieldsOf(thrown!), {
    "exception.type": "TypeError",
    "exception.message": "out of ink",
    "service.name": "shop",
  });
  assertEquals(text?.exc_text, "out of ink");
  assertEquals(headless?.exc_text, "TypeError: out of ink\nf@shop.js:1:2");
  assertEquals((await recordOf({ body: "x" })).exc_text, null);
});

const spanContext = { traceId: TRACE_ID, spanId: SPAN_ID, traceFlags: 1 };
const inSpan = trace.setSpanContext(ROOT_CONTEXT, spanContext);

test("the span's ids and flags are the fields that OpenTelemetry specifies", async () => {
  const record = await recordOf({ body: "x", context: inSpan });
  const { trace_id, span_id, trace_flags } = record;
  assertEquals([trace_id, span_id, trace_flags], [TRACE_ID, SPAN_ID, "01"]);
  const outside = await recordOf({ body: "x", context: ROOT_CONTEXT });
  assertEquals(fieldsOf(outside), { "service.name": "shop" });
});

test('traceFields: "otelTraceID" gives the fields of Python\'s LoggingInstrumentor', async () => {
  const options = { traceFields: "otelTraceID", resourceAttributes: [] } as const;
  const [inside, outside] = await recordsOf([
    { body: "x", context: inSpan },
    { body: "x", context: ROOT_CONTEXT },
  ], options);
  assertEquals(fieldsOf(inside!), {
    otelTraceID: TRACE_ID,
    otelSpanID: SPAN_ID,
    otelTraceSampled: true,
    otelServiceName: "shop",
  });
  assertEquals(fieldsOf(outside!), {
    otelTraceID: "0",
    otelSpanID: "0",
    otelTraceSampled: false,
    otelServiceName: "shop",
  });
});

test("resourceAttributes names the resource's attributes that are fields; an attribute wins", async () => {
  const log = { body: "x", attributes: { "host.name": "own" } };
  const options = { resourceAttributes: ["service.version", "host.name", "absent"] };
  assertEquals(fieldsOf(await recordOf(log, options)), {
    "host.name": "own",
    "service.version": "1.2",
  });
  assertEquals(fieldsOf(await recordOf({ body: "x" }, { resourceAttributes: [] })), {});
});

test("attributes that the SDK dropped are counted in a field", async () => {
  const attributes = Object.fromEntries(Array.from({ length: 13 }, (_, at) => [`a${at}`, at]));
  const record = await recordOf({ body: "x", attributes });
  assertEquals([record.dropped_attributes_count, record.a9, record.a10], [3, 9, undefined]);
});

test("records below the handler's level are left out, and the export is a success", () => {
  const handler = new ListHandler();
  handler.setLevel("ERROR");
  const results: unknown[] = [];
  logRecordExporter(handler).export([
    { hrTime: [1, 0], severityNumber: 9, attributes: {} },
    { hrTime: [1, 0], severityNumber: 17, attributes: {} },
  ], (result) => results.push(result));
  assertEquals([handler.only.levelno, results], [40, [{ code: 0 }]]);
});

test("a record that cannot be read is reported, sent without content, and costs no other", () => {
  const handler = new ListHandler();
  const fault = new Error("unreadable");
  const unreadable = {
    hrTime: [1, 0],
    get attributes(): never {
      throw fault;
    },
  } as const;
  const results: unknown[] = [];
  logRecordExporter(handler).export(
    [unreadable, { hrTime: [1, 0], body: "x", attributes: {} }],
    (result) => results.push(result),
  );
  assertEquals([handler.records.length, handler.records[1]?.msg], [2, "x"]);
  assertEquals([handler.errors, results], [[fault], [{ code: 0 }]]);
});

test("export() after shutdown() fails with an error, and the handler gets nothing", async () => {
  const handler = new ListHandler();
  const exporter = logRecordExporter(handler);
  await Promise.all([exporter.shutdown(), exporter.shutdown()]);
  let failure: { code: number; error?: Error } | undefined;
  exporter.export([{ hrTime: [1, 0], attributes: {} }], (result) => failure = result);
  assertEquals([failure?.code, failure?.error?.message], [
    ...[1, "Cannot export log records after shutdown()"],
  ]);
  assertEquals([handler.records, handler.closes], [[], 1]);
  const open = new ListHandler();
  await logRecordExporter(open, { closeHandler: false }).shutdown();
  assertEquals([open.flushes, open.closes], [1, 0]);
});

const processors: [string, (exporter: SdkExporter) => LogRecordProcessor][] = [
  ["SimpleLogRecordProcessor", (exporter) => new SimpleLogRecordProcessor({ exporter })],
  ["BatchLogRecordProcessor", (exporter) => new BatchLogRecordProcessor({ exporter })],
];

for (const [name, make] of processors) {
  test(`${name} and shutdown() deliver all records, in order`, async () => {
    const connector = new MemoryNetwork();
    const handler = new SocketHandler("logs.example", 9020, {
      connector,
      whileDisconnected: "queue",
    });
    const exporter = logRecordExporter(handler);
    const provider = new LoggerProvider({ processors: [make(exporter)] });
    const log = provider.getLogger("shop");
    for (let number = 0; number < 1000; number++) log.emit({ body: `#${number}` });
    await provider.forceFlush();
    await exporter.forceFlush();
    assertEquals(handler.stats.emitted, 1000);
    log.emit({ body: "last" });
    await provider.shutdown();
    const { emitted, sent, droppedTotal } = handler.stats;
    assertEquals([emitted, sent, droppedTotal], [1001, 1001, 0]);
  });

  test(`${name} ends its shutdown() while the server is away`, async () => {
    const connector = { connect: () => new Promise<never>(() => {}) };
    const handler = new SocketHandler("logs.example", 9020, {
      connector,
      whileDisconnected: "queue",
      closeTimeoutMs: 1,
      onEvent: () => {},
    });
    const exporter = logRecordExporter(handler, { flushTimeoutMs: 1 });
    const provider = new LoggerProvider({ processors: [make(exporter)] });
    provider.getLogger("shop").emit({ body: "x" });
    await provider.shutdown();
    const { emitted, sent, queued, droppedTotal } = handler.stats;
    assertEquals([emitted, sent, queued + droppedTotal], [1, 0, 1]);
  });
}

test("SimpleLogRecordProcessor exports 5,000 records of one turn, BatchLogRecordProcessor drops the most", async () => {
  const exported = await Promise.all(processors.map(async ([, make]) => {
    const handler = new ListHandler();
    const provider = new LoggerProvider({ processors: [make(logRecordExporter(handler))] });
    for (let number = 0; number < 5000; number++) provider.getLogger("x").emit({ body: "x" });
    await provider.shutdown();
    return handler.records.length;
  }));
  // 2,048 in its queue, and 512 in the batch that it had begun.
  assertEquals(exported, [5000, 2560]);
});

test("forceFlush() of the provider reaches the exporter through BatchLogRecordProcessor alone", async () => {
  const flushes = await Promise.all(processors.map(async ([, make]) => {
    const handler = new ListHandler();
    const provider = new LoggerProvider({ processors: [make(logRecordExporter(handler))] });
    provider.getLogger("x").emit({ body: "x" });
    await provider.forceFlush();
    return handler.flushes;
  }));
  assertEquals(flushes, [0, 1]);
});

test("a record of an older SDK, without event, observed time and scope, is taken too", () => {
  const handler = new ListHandler();
  logRecordExporter(handler).export([{
    hrTime: [1, 0],
    severityNumber: 9,
    severityText: "INFO",
    body: "x",
    attributes: {},
    resource: { attributes: { "service.name": "old" } },
  }], () => {});
  const { name, levelno, created, msg } = handler.only;
  assertEquals([name, levelno, created, msg], ["unknown", 20, 1, "x"]);
  assertEquals(fieldsOf(handler.only), { "service.name": "old" });
});

test("logRecordExporter() refuses what is no handler, unknown options and bad values", () => {
  const handler = new ListHandler();
  const make = (handler: unknown, options?: unknown) => () =>
    logRecordExporter(handler as ListHandler, options as LogRecordExporterOptions);
  assertThrows(make(undefined), TypeError, "'handler'");
  assertThrows(make(handler, { url: "x" }), TypeError, "closeHandler, flushTimeoutMs, resource");
  assertThrows(make(handler, { closeHandler: 0 }), TypeError, "true or false");
  assertThrows(make(handler, { traceFields: "python" }), TypeError, `"trace_id" or "otelTraceID"`);
  assertThrows(make(handler, { resourceAttributes: "x" }), TypeError, "an array of strings");
  assertThrows(make(handler, { flushTimeoutMs: -1 }), RangeError, "from 0 to");
});
