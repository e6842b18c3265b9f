// tests/interop/otlp_test.ts compares requests with those of OpenTelemetry's exporters.
import { assert, assertEquals, assertThrows } from "@std/assert";
import { otlp, type OtlpOptions } from "../../src/handlers/otlp_body.ts";
import { HTTPHandler } from "../../src/handlers/http_handler.ts";
import type { LogRecord } from "../../src/logging/log_record.ts";
import { makeLogRecord } from "../../src/logging/make_log_record.ts";
import { test } from "../test.ts";
import { bodySetting } from "./body_setting.ts";
import { FakeServer } from "./fake_server.ts";
import { account } from "./wire.ts";

const resource = { "service.name": "shop" };
const json = otlp({ resource, encoding: "json" });
const protobuf = otlp({ resource });

/** The messages of a request in JSON, by logger. */
function messagesOf(text: string): [logger: string, messages: string[]][] {
  const { resourceLogs } = JSON.parse(text);
  return resourceLogs[0].scopeLogs.map((
    { scope, logRecords }: {
      scope: { name: string };
      logRecords: { body: { stringValue: string } }[];
    },
  ) => [scope.name, logRecords.map(({ body }) => body.stringValue)]);
}

/** An `ExportLogsServiceResponse` in protobuf: two records rejected, for "old". */
const PARTIAL = Uint8Array.of(0x0a, 0x07, 0x08, 0x02, 0x12, 0x03, 0x6f, 0x6c, 0x64);
/** A `Status` in protobuf, with the message "bad". */
const STATUS = Uint8Array.of(0x12, 0x03, 0x62, 0x61, 0x64);

test("otlp() posts the records of a batch in one request, grouped by logger, in their order", async () => {
  const { server, handler } = bodySetting(json);
  for (const [name, msg] of [["a", "1"], ["a", "2"], ["b", "3"], ["a", "4"]]) {
    handler.handle(makeLogRecord({ name, msg }));
  }
  await handler.flush();
  const [request] = server.requests;
  assertEquals([request?.method, request?.headers["content-type"]], ["POST", "application/json"]);
  assertEquals(messagesOf(request?.text ?? ""), [["a", ["1", "2"]], ["b", ["3"]], ["a", ["4"]]]);
  await handler.close();
});

test("otlp() sends protobuf unless asked for JSON", async () => {
  const { server, handler, emit } = bodySetting(protobuf);
  emit("spam");
  await handler.flush();
  assertEquals(server.requests[0]?.headers["content-type"], "application/x-protobuf");
  assert(server.requests[0]?.text.includes("spam"));
  await handler.close();
});

for (
  const [name, body, partial, status] of [
    ["protobuf", protobuf, PARTIAL, STATUS],
    [
      "JSON",
      json,
      '{"partialSuccess":{"rejectedLogRecords":"2","errorMessage":"old"}}',
      '{"message":"bad"}',
    ],
  ] as const
) {
  test(`otlp() in ${name} counts the records that a partial success refuses, and sends none again`, async () => {
    const { server, handler, emit, faults } = bodySetting(body);
    server.nextAnswers(new Response(partial));
    emit("a", "b", "c");
    await handler.flush();
    assertEquals([account(handler).sent, handler.stats.dropped.refused], [1, 2]);
    assertEquals([server.requests.length, faults], [
      ...[1, ["Error: the server answered 200: 2 of 3 records refused: old"]],
    ]);
    await handler.close();
  });

  test(`otlp() in ${name} sends again after 429, 502, 503 and 504, in the server's time`, async () => {
    const { server, handler, emit, clock, faults } = bodySetting(body);
    const later = (code: number) =>
      new Response(status, { status: code, headers: { "Retry-After": "40" } });
    server.nextAnswers(later(429), later(502), later(503), later(504));
    emit("a");
    await clock.advance();
    for (let count = 2; count <= 5; count++) {
      await clock.advance(39_000);
      assertEquals(server.requests.length, count - 1);
      for (let s = 0; s < 10 && server.requests.length < count; s++) await clock.advance(1000);
      assertEquals(server.requests.length, count);
    }
    assertEquals([account(handler).sent, faults], [1, []]);
    const bodies = new Set(server.requests.map((request) => request.text));
    assertEquals(bodies.size, 1, "the same request");
    await handler.close();
  });

  test(`otlp() in ${name} drops what is answered with another status, and says why`, async () => {
    for (const code of [400, 401, 404, 408, 422, 500, 501, 505]) {
      const { server, handler, emit, faults, events } = bodySetting(body);
      server.nextAnswers(new Response(status, { status: code }));
      emit("a", "b");
      await handler.flush();
      assertEquals([account(handler).dropped.refused, server.requests.length], [2, 1], `${code}`);
      assertEquals(faults, [`Error: the server answered ${code}: bad`]);
      assertEquals(events.filter(({ type }) => type === "outage"), []);
      await handler.close();
    }
  });
}

test("otlp() divides a request that is too large", async () => {
  const { server, handler, emit, faults } = bodySetting(json);
  server.judge = ({ text }) => text.includes("large") ? 413 : 200;
  emit("a", "large", "b", "c");
  await handler.flush();
  assertEquals([account(handler).sent, handler.stats.dropped.tooLarge, faults.length], [3, 1, 1]);
  await handler.close();
});

test("otlp() reports a warning of a server that takes all", async () => {
  const { server, handler, emit, faults } = bodySetting(json);
  server.nextAnswers(new Response('{"partialSuccess":{"errorMessage":"slow down"}}'));
  emit("a");
  await handler.flush();
  assertEquals([account(handler).sent, faults], [1, ["Error: the server answered 200: slow down"]]);
  await handler.close();
});

test("otlp() takes a success at its word when its content is of no use", async () => {
  const { server, handler, emit, faults, clock } = bodySetting(protobuf, { timeoutMs: 100 });
  const stalling = () => new Response(new ReadableStream({ pull: () => new Promise(() => {}) }));
  server.nextAnswers(new Response("<html>ok</html>"), 204, stalling);
  for (const message of ["a", "b", "c"]) {
    emit(message);
    await clock.advance(100);
  }
  assertEquals([account(handler).sent, faults, server.requests.length], [3, [], 3]);
  await handler.close();
});

test("otlp() goes without compression where a proxy wants none", async () => {
  const { server, handler, emit } = bodySetting(json, { gzip: true });
  server.judge = ({ headers }) => headers["content-encoding"] === undefined ? 200 : 415;
  emit("a");
  await handler.flush();
  assertEquals(server.requests.map(({ answer }) => answer), [415, 200]);
  assertEquals(account(handler).sent, 1);
  await handler.close();
});

test("otlp() keeps requests of one logger within `batchBytes`", async () => {
  for (const body of [json, protobuf]) {
    const { server, handler, emit } = bodySetting(body, { batchBytes: 2000 });
    emit(...Array.from({ length: 100 }, (_, at) => `message ${at}`));
    for (let at = 0; at < 20 && handler.stats.queued > 0; at++) await handler.flush();
    const sizes = server.requests.map((request) => request.body.length);
    assert(sizes.length > 3 && Math.max(...sizes) <= 2000, `${sizes}`);
    assertEquals(account(handler).sent, 100);
    await handler.close();
  }
});

test("otlp() sends the fields that mapLogRecord() of a subclass gives", async () => {
  class Short extends HTTPHandler {
    override mapLogRecord(record: LogRecord): Record<string, unknown> {
      return { name: "short", msg: record.getMessage(), n: 1 };
    }
  }
  const server = new FakeServer();
  const handler = new Short("h", "/", { body: json, fetch: server.fetch, exitNotifier: {} });
  handler.handle(makeLogRecord({ name: "long", msg: "%d", args: [5], secret: "s" }));
  await handler.flush();
  const text = server.requests[0]?.text ?? "";
  assertEquals(messagesOf(text), [["short", ["5"]]]);
  assert(text.includes('"key":"n"') && !text.includes("secret"));
  await handler.close();
});

test("otlp() names the service of a resource that has no name for it", async () => {
  const { server, handler, emit } = bodySetting(otlp({ resource: {}, encoding: "json" }));
  emit("a");
  await handler.flush();
  assertEquals(JSON.parse(server.requests[0]?.text ?? "").resourceLogs[0].resource.attributes, [
    { key: "service.name", value: { stringValue: "unknown_service" } },
  ]);
  await handler.close();
});

test("otlp() refuses options that are wrong", () => {
  const wrong: [options: unknown, text: string][] = [
    [{}, "'resource' must be an object of attributes"],
    [{ resource, encoding: "xml" }, `'encoding' must be "protobuf" or "json"`],
    [{ resource, url: "x" }, "no option 'url': the options are resource, encoding"],
    [undefined, "'options' must be an object"],
  ];
  for (const [options, text] of wrong) {
    assertThrows(() => otlp(options as OtlpOptions), TypeError, text);
  }
});
