/** `otlp()` beside OpenTelemetry's own exporters, record by record. */
import { assert, assertEquals } from "@std/assert";
import { ROOT_CONTEXT, trace } from "@opentelemetry/api";
import type { AnyValueMap } from "@opentelemetry/api-logs";
import { OTLPLogExporter as JSONExporter } from "@opentelemetry/exporter-logs-otlp-http";
import { OTLPLogExporter as ProtobufExporter } from "@opentelemetry/exporter-logs-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchLogRecordProcessor, LoggerProvider } from "@opentelemetry/sdk-logs";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { HTTPHandler, makeLogRecord } from "../../mod.ts";
import { otlp } from "../../src/handlers/http_bodies.ts";
import { withoutWorkerd, Workerd } from "../edge/workerd.ts";
import { test } from "../test.ts";
import { until } from "../until.ts";
import { decode, type Decoded, decodeRequests, withoutProtobuf } from "./otlp_decoder.ts";

const skip = withoutProtobuf();

/** A request as it arrived. */
interface Arrived {
  contentType: string;
  body: Uint8Array;
}

/** A collector that takes everything, or answers with `answer`, and keeps the requests. */
class Collector implements AsyncDisposable {
  readonly requests: Arrived[] = [];
  readonly #server: Server;
  port = 0;

  constructor(answer: Uint8Array = new Uint8Array(0)) {
    this.#server = createServer(async (request, response) => {
      const { method, url, headers } = request;
      assertEquals([method, url], ["POST", "/v1/logs"]);
      const body = await buffer(request);
      const contentType = headers["content-type"] ?? "";
      const isCompressed = headers["content-encoding"] === "gzip";
      this.requests.push({ contentType, body: isCompressed ? gunzipSync(body) : body });
      response.writeHead(200, { "Content-Type": contentType });
      response.end(contentType === "application/json" ? "{}" : answer);
    });
  }

  async start(): Promise<this> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    this.port = (this.#server.address() as AddressInfo).port;
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}

const resource = { "service.name": "shop", "service.version": "1.4.2", "host.cpus": 4 };

const traceId = "5b8efff798038103d269b633813fc60c";
const spanId = "eee19b7ec3c1b174";

/** An event in the terms of both. */
interface Event {
  logger: string;
  levelno: number;
  levelname: string;
  severity: number;
  message: string;
  /** Milliseconds since the epoch. */
  time: number;
  fields?: Record<string, unknown>;
  error?: Error;
  traced?: boolean;
}

const failure = new TypeError("boom");

const events: Event[] = [
  [5, "TRACE", 1],
  [10, "DEBUG", 5],
  [13, "DEBUG", 8],
  [20, "INFO", 9],
  [25, "NOTICE", 12],
  [30, "WARNING", 13],
  [40, "ERROR", 17],
  [50, "CRITICAL", 21],
  [60, "EMERGENCY", 24],
].map(([levelno, levelname, severity], at) => ({
  logger: at % 3 === 0 ? "shop" : "shop.cart",
  levelno: levelno as number,
  levelname: levelname as string,
  severity: severity as number,
  message: `event ${at}: ü € 😀 \u0000 \\ "`,
  time: 1_764_385_200_123 + at,
}));
const values: Record<string, unknown> = {
  text: "späm",
  empty: "",
  long: "x".repeat(300),
  zero: 0,
  int: 42,
  negative: -42,
  large: Number.MAX_SAFE_INTEGER,
  small: Number.MIN_SAFE_INTEGER,
  double: 1.5,
  tiny: 5e-324,
  true: true,
  false: false,
  null: null,
  bytes: new Uint8Array([0, 1, 128, 255]),
  "no bytes": new Uint8Array(0),
  list: ["a", 1, 2.5, true, null, ["nested"], { deep: new Uint8Array([7]) }],
  "empty list": [],
  map: { a: 1, "b.c": "two", d: { e: [1, { f: "g" }] } },
  "empty map": {},
};
const base = { logger: "shop.pay", levelno: 20, levelname: "INFO", severity: 9, message: "" };
events.push(
  { ...base, time: 1_764_385_200_000, fields: values },
  ...Object.entries(values).map(([name, value]) => ({
    ...base,
    message: name,
    time: 1_764_385_200_001,
    fields: { value },
  })),
  {
    ...base,
    levelno: 40,
    levelname: "ERROR",
    severity: 17,
    time: 1_764_385_200_002,
    error: failure,
  },
  { ...base, message: "traced", time: 1_764_385_201_000, traced: true, fields: { n: 1 } },
);

/** The attributes that OpenTelemetry's semantic conventions name, which its logger does not set. */
const caller = {
  "code.file.path": "src/cart.ts",
  "code.line.number": 7,
  "code.function.name": "add",
  "process.pid": 4321,
};

/** Has OpenTelemetry send the events. */
async function sendTheirs(exporter: JSONExporter | ProtobufExporter): Promise<void> {
  const processor = new BatchLogRecordProcessor({ exporter });
  const provider = new LoggerProvider({
    resource: resourceFromAttributes(resource),
    processors: [processor],
  });
  for (const event of events) {
    const context = { traceId, spanId, traceFlags: 1 };
    provider.getLogger(event.logger).emit({
      severityNumber: event.severity,
      severityText: event.levelname,
      body: event.message,
      timestamp: event.time,
      observedTimestamp: event.time,
      attributes: { ...event.fields, ...caller } as AnyValueMap,
      ...event.error && { exception: event.error },
      ...event.traced && { context: trace.setSpanContext(ROOT_CONTEXT, context) },
    });
  }
  await provider.shutdown();
}

/** Sends the events by this package. */
async function sendOurs(port: number, encoding: "json" | "protobuf", gzip: boolean): Promise<void> {
  await using handler = new HTTPHandler(`127.0.0.1:${port}`, "/v1/logs", {
    body: otlp({ resource, encoding }),
    exitNotifier: {},
    gzip,
  });
  for (const event of events) {
    handler.handle(makeLogRecord({
      name: event.logger,
      levelno: event.levelno,
      levelname: event.levelname,
      msg: "%s",
      args: [event.message],
      created: event.time / 1000,
      pathname: "src/cart.ts",
      lineno: 7,
      funcName: "add",
      process: 4321,
      exc_info: event.error ?? null,
      ...event.traced && { trace_id: traceId, span_id: spanId, trace_flags: "01" },
      ...event.fields,
    }));
  }
  await handler.flush();
  assertEquals(handler.stats.sent, events.length);
}

/** All log records that arrived, each logger's in the order in which they came. */
async function arrivedAt(collector: Collector): Promise<Decoded[]> {
  const decoded = (await decodeRequests(collector.requests)).flat();
  const name = ({ scope }: Decoded) => scope.name ?? "";
  return decoded.sort((a, b) => name(a) < name(b) ? -1 : name(a) > name(b) ? 1 : 0);
}

test(
  "otlp() says in protobuf and in JSON what OpenTelemetry's own exporters say, in every field",
  async () => {
    const arrived: Record<string, Decoded[]> = {};
    for (const [name, contentType, send] of senders) {
      await using collector = await new Collector().start();
      await send(collector.port);
      const types = new Set(collector.requests.map((request) => request.contentType));
      assertEquals([...types], [contentType], name);
      arrived[name] = await arrivedAt(collector);
    }
    const { "theirs in protobuf": theirs, ...others } = arrived;
    assertEquals(theirs?.length, events.length);
    for (const [name, records] of Object.entries(others)) {
      records.forEach((record, at) => assertEquals(record, theirs?.[at], name));
      assertEquals(records.length, theirs?.length, name);
    }
    const errors = theirs?.flatMap(({ record }) => record.attributes ?? [])
      .filter(({ key }) => key.startsWith("exception."));
    assertEquals(errors?.map(({ key }) => key), [
      "exception.message",
      "exception.stacktrace",
      "exception.type",
    ]);
  },
  { skip },
);

const senders: [name: string, contentType: string, send: (port: number) => Promise<void>][] = [
  [
    "theirs in protobuf",
    "application/x-protobuf",
    (port) => sendTheirs(new ProtobufExporter({ url: `http://127.0.0.1:${port}/v1/logs` })),
  ],
  [
    "theirs in JSON",
    "application/json",
    (port) => sendTheirs(new JSONExporter({ url: `http://127.0.0.1:${port}/v1/logs` })),
  ],
  ["ours in protobuf", "application/x-protobuf", (port) => sendOurs(port, "protobuf", false)],
  ["ours in JSON", "application/json", (port) => sendOurs(port, "json", false)],
  ["ours in protobuf, gzip", "application/x-protobuf", (port) => sendOurs(port, "protobuf", true)],
  ["ours in JSON, gzip", "application/json", (port) => sendOurs(port, "json", true)],
];

test("otlp() keeps the order of records of several loggers in a request", async () => {
  for (const encoding of ["protobuf", "json"] as const) {
    await using collector = await new Collector().start();
    await using handler = new HTTPHandler(`127.0.0.1:${collector.port}`, "/v1/logs", {
      body: otlp({ resource, encoding }),
      exitNotifier: {},
    });
    const names = ["a", "a", "b", "", "b", "b", "a"];
    names.forEach((name, at) => handler.handle(makeLogRecord({ name, msg: at })));
    await handler.flush();
    const records = (await decodeRequests(collector.requests)).flat();
    assertEquals(records.map(({ scope }) => scope.name ?? ""), names);
    assertEquals(
      records.map(({ record }) => record.body),
      names.map((_, at) => ({ string_value: String(at) })),
    );
  }
}, { skip });

test("otlp() sends values that OpenTelemetry's exporters do not take", async () => {
  const value: Record<string, unknown> = {
    minusZero: -0,
    nan: NaN,
    infinite: -Infinity,
    int64: -(2n ** 63n),
    huge: 2n ** 64n,
    unsafe: 2 ** 60,
    date: new Date(0),
    set: new Set([1, 2]),
    map: new Map<unknown, unknown>([[1, "one"], ["two", 2]]),
    lone: "\ud800 \udfff",
    function: Number,
    undefined,
  };
  value.itself = value;
  const decoded: unknown[] = [];
  for (const encoding of ["protobuf", "json"] as const) {
    await using collector = await new Collector().start();
    await using handler = new HTTPHandler(`127.0.0.1:${collector.port}`, "/v1/logs", {
      body: otlp({ resource: {}, encoding }),
      exitNotifier: {},
    });
    handler.handle(makeLogRecord({ msg: "\udc00", levelno: 0, value }));
    await handler.flush();
    const [records] = await decodeRequests(collector.requests);
    assertEquals(records?.[0]?.resource.attributes, [
      { key: "service.name", value: { string_value: "unknown_service" } },
    ]);
    assertEquals(records?.[0]?.record.body, { string_value: "\ufffd" });
    const attribute = records?.[0]?.record.attributes?.find(({ key }) => key === "value");
    decoded.push(attribute?.value);
  }
  const text = (string_value: string) => ({ string_value });
  const entry = (key: string, found: unknown) => ({ key, value: found });
  const values = [
    entry("minusZero", { double_value: -0 }),
    entry("nan", { double_value: "NaN" }),
    entry("infinite", { double_value: "-Infinity" }),
    entry("int64", { int_value: "-9223372036854775808" }),
    entry("huge", text("18446744073709551616")),
    entry("unsafe", { double_value: 2 ** 60 }),
    entry("date", text("1970-01-01T00:00:00.000Z")),
    entry("set", { array_value: { values: [{ int_value: "1" }, { int_value: "2" }] } }),
    entry("map", {
      kvlist_value: { values: [entry("1", text("one")), entry("two", { int_value: "2" })] },
    }),
    entry("lone", text("\ufffd \ufffd")),
    entry("function", text(String(Number))),
    entry("undefined", {}),
    entry("itself", text("[Circular]")),
  ];
  assertEquals(decoded, [{ kvlist_value: { values } }, { kvlist_value: { values } }]);
}, { skip });

test("otlp() counts the records that a partial success of Google's protobuf refuses", async () => {
  const [answer] = await decode([{ kind: "answer", rejected: 2, message: "too old: ü" }]);
  await using collector = await new Collector(Buffer.from(String(answer), "base64")).start();
  const faults: string[] = [];
  await using handler = new HTTPHandler(`127.0.0.1:${collector.port}`, "/v1/logs", {
    body: otlp({ resource }),
    exitNotifier: {},
  });
  handler.handleError = (_record, error) => void faults.push(String(error));
  for (const msg of ["a", "b", "c"]) handler.handle(makeLogRecord({ msg }));
  await handler.flush();
  const { sent, dropped } = handler.stats;
  assertEquals([sent, dropped.refused, collector.requests.length], [1, 2, 1]);
  assert(faults.length === 1 && faults[0]?.endsWith("2 of 3 records refused: too old: ü"));
}, { skip });

test("otlp() runs in workerd, old and new, in both encodings", async () => {
  await using collector = await new Collector().start();
  const worker = {
    entry: "tests/edge/otlp_worker.ts",
    define: { SERVER_PORT: String(collector.port) },
  };
  await using workerd = await Workerd.start({
    old: { ...worker, compatibilityDate: "2023-05-18" },
    new: {
      ...worker,
      compatibilityDate: "2026-10-01",
      compatibilityFlags: ["no_nodejs_compat"],
    },
  });
  for (const name of ["old", "new"]) {
    for (const encoding of ["protobuf", "json"]) {
      const response = await fetch(workerd.url(name, `/${encoding}`));
      assertEquals(await response.text(), "done");
    }
    const arrived = () => collector.requests.length === 2;
    await until(arrived, () => `${collector.requests.length} of 2 requests`);
    const records = (await decodeRequests(collector.requests.splice(0))).flat();
    assertEquals(records.map(({ scope }) => scope.name).sort(), ["json", "protobuf"]);
    for (const { resource, scope, record } of records) {
      assertEquals(resource.attributes, [{ key: "service.name", value: { string_value: "edge" } }]);
      assertEquals(record.body, { string_value: `request /${scope.name}` });
      assertEquals(record.attributes?.map(({ key }) => key), [
        ...["exception.message", "exception.stacktrace", "exception.type", "n"],
      ]);
    }
  }
}, { skip: skip || withoutWorkerd });
