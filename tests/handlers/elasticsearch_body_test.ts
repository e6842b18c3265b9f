// No Elasticsearch was available: these tests compare with the documentation of its bulk API.
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { elasticsearchBulk } from "../../src/handlers/elasticsearch_body.ts";
import type { LogRecord } from "../../src/logging/log_record.ts";
import { makeLogRecord } from "../../src/logging/make_log_record.ts";
import { test } from "../test.ts";
import { bodySetting } from "./body_setting.ts";
import type { FakeRequest } from "./fake_server.ts";
import { account } from "./wire.ts";

const body = elasticsearchBulk({ index: "logs-shop" });

/** The lines of a request. */
function linesOf(request: Pick<FakeRequest, "text"> | undefined): Record<string, unknown>[] {
  const text = request?.text ?? "";
  assert(text.endsWith("\n"));
  return text.trimEnd().split("\n").map((line) => JSON.parse(line));
}

interface Document {
  id: string;
  index: string;
  document: Record<string, unknown>;
}

/** The documents of a request. */
function documentsOf(request: Pick<FakeRequest, "text"> | undefined): Document[] {
  const lines = linesOf(request);
  return lines.flatMap((line, at) => {
    if (at % 2 === 1) return [];
    const { create: { _id, _index } } = line as { create: { _id: string; _index: string } };
    return [{ id: _id, index: _index, document: lines[at + 1]! }];
  });
}

/** An answer with a status for each document. */
function answer(...statuses: number[]): Response {
  const items = statuses.map((status) => ({
    create: {
      _index: "logs-shop",
      status,
      ...status >= 300 && { error: { type: `type_${status}`, reason: `reason ${status}` } },
    },
  }));
  return Response.json({ took: 3, errors: statuses.some((status) => status >= 300), items });
}

test("elasticsearchBulk() creates a document for each record", async () => {
  const { server, handler } = bodySetting(body);
  server.nextAnswers(answer(201, 201));
  handler.handle(makeLogRecord({
    name: "shop.cart",
    levelname: "WARNING",
    msg: "%d left",
    args: [3],
    created: 1_764_385_200.123,
    pathname: "/app/cart.ts",
    lineno: 7,
    funcName: "add",
    process: 99,
    processName: "SpawnProcess-1",
    thread: 140_735,
    threadName: "worker-1",
    exc_info: new TypeError("boom"),
    exc_text: "the stack",
    trace_id: "5b8efff798038103d269b633813fc60c",
    span_id: "eee19b7ec3c1b174",
    user: { name: "ada" },
    message: "formatted",
    "log.file": "x",
    error: "y",
  }));
  handler.handle(makeLogRecord({ name: "shop", msg: "\ud800", process: null }));
  await handler.flush();
  const [request] = server.requests;
  assertEquals([request?.method, request?.headers["content-type"]], [
    ...["POST", "application/x-ndjson"],
  ]);
  const [first, second] = documentsOf(request);
  assertEquals([first?.index, second?.index], ["logs-shop", "logs-shop"]);
  assertEquals(first?.document, {
    "@timestamp": "2025-11-29T03:00:00.123Z",
    message: "3 left",
    log: {
      level: "warning",
      logger: "shop.cart",
      origin: { file: { name: "/app/cart.ts", line: 7 }, function: "add" },
    },
    ecs: { version: "8.11" },
    process: { pid: 99, name: "SpawnProcess-1", thread: { id: 140_735, name: "worker-1" } },
    error: { type: "TypeError", message: "boom", stack_trace: "the stack" },
    trace: { id: "5b8efff798038103d269b633813fc60c" },
    span: { id: "eee19b7ec3c1b174" },
    user: { name: "ada" },
    "log.file_": "x",
    error_: "y",
  });
  assertEquals(second?.document.message, "\ufffd");
  assertEquals(Object.keys(second?.document ?? {}), ["@timestamp", "message", "log", "ecs"]);
  assertEquals(account(handler).sent, 2);
  await handler.close();
});

test("elasticsearchBulk() asks a function for the index", async () => {
  const index = ({ levelname }: LogRecord) => `logs-${levelname.toLowerCase()}`;
  const { server, handler } = bodySetting(elasticsearchBulk({ index }));
  handler.handle(makeLogRecord({ levelname: "ERROR", msg: "x" }));
  server.nextAnswers(answer(201));
  await handler.flush();
  assertEquals(documentsOf(server.requests[0]).map((found) => found.index), ["logs-error"]);
  await handler.close();
});

test("elasticsearchBulk() gives each document an id that it keeps when it is sent again, also in parts", async () => {
  const { server, handler, emit, clock } = bodySetting(body);
  server.nextAnswers(503, 413);
  server.judge = ({ text }) =>
    answer(...text.trimEnd().split("\n").slice(1).filter((_, at) => at % 2 === 0).map(() => 201));
  emit("a", "b", "c", "d");
  for (let turn = 0; turn < 3; turn++) await clock.advance(2000);
  const [first, second, ...halves] = server.requests.map((request) =>
    documentsOf(request).map(({ id, document }) => [id, document.message])
  );
  assertEquals([second, halves.flat()], [first, first]);
  const ids = first?.map(([id]) => String(id)) ?? [];
  assertEquals([ids.length, new Set(ids).size], [4, 4]);
  for (const id of ids) assertMatch(id, /^[0-9a-zA-Z]{32}-[0-9a-z]{11}$/);
  assertEquals([halves.length, account(handler).sent], [2, 4]);
  const other = bodySetting(body);
  other.server.nextAnswers(answer(201));
  other.emit("a");
  await other.handler.flush();
  assert(documentsOf(other.server.requests[0])[0]?.id !== ids[0], "another handler, other ids");
  await Promise.all([handler.close(), other.handler.close()]);
});

test("elasticsearchBulk() drops the records whose documents are refused, and takes 409 as there already", async () => {
  const { server, handler, emit, faults } = bodySetting(body);
  server.nextAnswers(answer(201, 400, 409, 403));
  emit("a", "b", "c", "d");
  await handler.flush();
  assertEquals([account(handler).sent, handler.stats.dropped.refused], [2, 2]);
  assertEquals(faults, [
    "Error: the server answered 200: 2 of 4 records refused: 400 type_400 reason 400",
  ]);
  assertEquals(server.requests.length, 1, "nothing is sent again");
  await handler.close();
});

test("elasticsearchBulk() sends a request again in which a document was not taken for want of room", async () => {
  for (const status of [429, 503]) {
    const { server, handler, emit, clock, faults } = bodySetting(body);
    server.nextAnswers(answer(201, status, 400), answer(409, 201, 400));
    emit("a", "b", "c");
    await clock.advance();
    assertEquals([handler.stats.queued, handler.stats.sent], [3, 0]);
    await clock.advance(2000);
    assertEquals([account(handler).sent, handler.stats.dropped.refused], [2, 1]);
    assertEquals(server.requests[0]?.text, server.requests[1]?.text);
    assertEquals(faults.length, 1);
    await handler.close();
  }
});

test("elasticsearchBulk() keeps records while something else than Elasticsearch answers", async () => {
  for (const content of ["<html>welcome</html>", "{}", '{"errors":true,"items":[]}', "null"]) {
    const { server, handler, emit, clock, events } = bodySetting(body, { giveUpAfterMs: 60_000 });
    server.nextAnswers(new Response(content), answer(201));
    emit("a");
    await clock.advance();
    const outage = events.find(({ type }) => type === "outage");
    assert(outage?.type === "outage");
    assertMatch(String(outage.error), /200: this is no answer to a bulk request/);
    await clock.advance(2000);
    assertEquals(account(handler).sent, 1);
    await handler.close();
  }
});

test("elasticsearchBulk() asks again where an answer does not come whole", async () => {
  const { server, handler, emit, clock } = bodySetting(body, { timeoutMs: 100 });
  const broken = () =>
    new Response(new ReadableStream({ pull: (to) => to.error(new Error("cut off")) }));
  const stalling = () => new Response(new ReadableStream({ pull: () => new Promise(() => {}) }));
  server.nextAnswers(broken, stalling, answer(409));
  emit("a");
  for (let turn = 0; turn < 5; turn++) await clock.advance(5000);
  assertEquals([server.requests.length, account(handler).sent], [3, 1]);
  await handler.close();
});

test("elasticsearchBulk() refuses options that are wrong", () => {
  const wrong: [options: unknown, text: string][] = [
    [{}, "'index' must be a string that is not empty"],
    [{ index: "" }, "'index' must be a string that is not empty"],
    [{ index: "a", id: 1 }, "no option 'id': the options are index"],
  ];
  for (const [options, text] of wrong) {
    assertThrows(() => elasticsearchBulk(options as { index: string }), TypeError, text);
  }
});
