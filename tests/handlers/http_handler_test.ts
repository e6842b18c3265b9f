import { assert, assertEquals, assertThrows } from "@std/assert";
import { VirtualClock } from "../../src/testing/_virtual_clock.ts";
import type { DeliveryEvent } from "../../src/delivery/delivery_event.ts";
import type { HTTPBody } from "../../src/delivery/http_body.ts";
import { HTTPHandler, type HTTPHandlerOptions } from "../../src/handlers/http_handler.ts";
import { setRaiseExceptions } from "../../src/logging/raise_exceptions.ts";
import type { LogRecord } from "../../src/logging/log_record.ts";
import { makeLogRecord } from "../../src/logging/make_log_record.ts";
import { ConnectionError } from "../../src/net/connection_error.ts";
import type { ExitHooks } from "../../src/net/connector.ts";
import { dag } from "../text/dag.ts";
import { catchStderr } from "../stderr.ts";
import { test } from "../test.ts";
import { type FakeRequest, FakeServer, networkError } from "./fake_server.ts";
import { account, record, unencodable } from "./wire.ts";

/** A handler, the server that it talks to, and what it told. */
function setting(options: HTTPHandlerOptions = {}) {
  const server = new FakeServer();
  const clock = new VirtualClock(1_000_000);
  const events: DeliveryEvent[] = [];
  const handler = new HTTPHandler("logs.example", "/log", {
    fetch: server.fetch,
    clock,
    onEvent: (event) => events.push(event),
    ...options,
  });
  const faults: unknown[] = [];
  handler.handleError = (_record, error) => void faults.push(error);
  const emit = (...messages: string[]) => messages.forEach((text) => handler.handle(record(text)));
  return { server, clock, events, handler, faults, emit };
}

/** Records are kept while the server is away, without being told. */
const queue = { body: "ndjson" } as const;

/** The headers of a request but for its key. */
function headersOf(request: FakeRequest | undefined): Record<string, string> {
  const { "idempotency-key": key = "", ...others } = request?.headers ?? {};
  assert(/^"[\w-]{8,}"$/.test(key), `the key is ${key}`);
  return others;
}

/** The event types, in order. */
const types = (events: DeliveryEvent[]) => events.map(({ type }) => type);

test("HTTPHandler sends a record as CPython does: a GET with its attributes as they are", async () => {
  const { server, handler } = setting();
  handler.handle(record("%d of ü", 5));
  await handler.flush();
  const [request] = server.requests;
  assertEquals([request?.method, request?.body.length], ["GET", 0]);
  assert(
    request?.url.startsWith(
      "http://logs.example/log?name=myapp&msg=%25d+of+%C3%BC&args=%285%2C%29&levelname=INFO" +
        "&levelno=20&pathname=app.ts&filename=app.ts&module=app&exc_info=None&exc_text=None" +
        "&stack_info=None&lineno=1&funcName=None&created=",
    ),
  );
  assertEquals([headersOf(request), request?.redirect], [{}, "manual"]);
  assertEquals(account(handler).sent, 1);
  await handler.close();
});

test("HTTPHandler appends to the query of the url", async () => {
  const server = new FakeServer();
  const handler = new HTTPHandler("h", "/log?a=1", { fetch: server.fetch });
  handler.handle(record("x"));
  await handler.close();
  assert(server.requests[0]?.url.startsWith("http://h/log?a=1&name=myapp&"));
});

test("HTTPHandler posts a form, one record a request and one request at a time", async () => {
  const { server, handler, emit, clock } = setting({
    method: "post",
    secure: true,
    credentials: ["foo", "bär"],
    whileDisconnected: "drop",
  });
  server.nextAnswers("hang");
  emit("one", "two");
  await clock.advance();
  assertEquals(server.requests.length, 1);
  assertEquals([handler.method, handler.stats.queued], ["POST", 2]);
  await clock.advance(10_000);
  assertEquals(account(handler).dropped.disconnected, 2);
  await clock.advance(1000);
  emit("three", "four");
  await handler.flush();
  const [, third, fourth] = server.requests;
  assertEquals(third?.url, "https://logs.example/log");
  assertEquals(headersOf(third), {
    "authorization": "Basic Zm9vOmLDpHI=",
    "content-type": "application/x-www-form-urlencoded",
  });
  assert(third?.text.startsWith("name=myapp&msg=three&args=%28%29&"));
  assert(fourth?.text.startsWith("name=myapp&msg=four&"));
  assertEquals(account(handler).sent, 2);
  await handler.close();
});

test("HTTPHandler posts an array of the records of one turn, and those that come meanwhile in the next", async () => {
  const { server, handler, emit } = setting({ body: "json" });
  server.nextAnswers(() => {
    emit("d", "e");
    return new Response("thanks");
  });
  emit("a", "b", "c");
  await handler.flush();
  assertEquals(handler.stats.sent, 3, "a flush waits for what was there before it");
  await handler.flush();
  assertEquals(server.batches, [["a", "b", "c"], ["d", "e"]]);
  assertEquals(headersOf(server.requests[0]), { "content-type": "application/json" });
  assertEquals(server.requests[0]?.method, "POST");
  assertEquals(account(handler).sent, 5);
  await handler.close();
});

test("HTTPHandler merges arguments and writes errors as text in JSON", async () => {
  const { server, handler } = setting({ body: "ndjson", headers: { "X-Key": "k" } });
  const failed = record("%s failed", "it");
  failed.exc_info = new TypeError("boom");
  handler.handle(failed);
  await handler.flush();
  const [request] = server.requests;
  assert(request?.text.endsWith("}\n"));
  assertEquals(headersOf(request), { "content-type": "application/x-ndjson", "x-key": "k" });
  const sent = JSON.parse(request?.text ?? "");
  assertEquals([sent.msg, sent.args, sent.exc_info], ["it failed", null, null]);
  assert(sent.exc_text.includes("boom"));
  await handler.close();
});

for (const body of ["form", "json", "ndjson"] as const) {
  test(`HTTPHandler sends a record with a value that holds itself many times over as ${body}`, async () => {
    const { server, handler } = setting({ method: "POST", body });
    handler.handle(makeLogRecord({ name: "a", levelno: 20, msg: "spam", value: dag() }));
    await handler.flush();
    assertEquals(account(handler).sent, 1);
    const text = server.requests[0]?.text ?? "";
    assert(text.includes("spam") && /…|%E2%80%A6/.test(text) && text.length < 2_000_000);
    await handler.close();
  });
}

test("mapLogRecord() of a subclass decides which fields are sent", async () => {
  class Short extends HTTPHandler {
    override mapLogRecord(record: LogRecord): Record<string, unknown> {
      return { text: this.format(record), n: 1.5 };
    }
  }
  const server = new FakeServer();
  for (const body of ["form", "json"] as const) {
    const handler = new Short("h", "/", { method: "POST", body, fetch: server.fetch });
    handler.handle(record("%d%%", 5));
    await handler.close();
  }
  assertEquals(server.requests.map(({ text }) => text), [
    "text=5%25&n=1.5",
    '[{"text":"5%","n":1.5}]',
  ]);
});

test("HTTPHandler makes requests of `batchRecords` and `batchBytes` at most", async () => {
  const { server, handler, emit } = setting({ body: "ndjson", batchRecords: 2 });
  emit("a", "b", "c", "d", "e");
  await handler.flush();
  assertEquals(server.batches, [["a", "b"], ["c", "d"], ["e"]]);
  await handler.close();

  const small = setting({ body: "json", batchBytes: 900 });
  small.emit("a", "b", "c", "x".repeat(2000), "d");
  await small.handler.flush();
  assertEquals(small.server.batches, [["a", "b"], ["c"], ["x".repeat(2000)], ["d"]]);
  await small.handler.close();
});

test("HTTPHandler makes no body larger than `batchBytes`, brackets and all", async () => {
  const expected: [batchBytes: number, sizes: number[]][] = [
    [30, [21, 21]],
    [31, [31, 11]],
    [1, [11, 11, 11, 11]],
  ];
  for (const [batchBytes, sizes] of expected) {
    const { server, handler } = setting({ body: "json", batchBytes });
    handler.mapLogRecord = ({ msg }) => ({ m: msg });
    for (const text of ["a", "b", "c", "d"]) handler.handle(record(text));
    await handler.flush();
    assertEquals(server.requests.map(({ body }) => body.length), sizes);
    await handler.close();
  }
});

test("HTTPHandler waits `batchMs` for a request to fill, and no longer", async () => {
  const { server, handler, emit, clock } = setting({
    body: "ndjson",
    batchRecords: 3,
    batchMs: 1000,
  });
  emit("a");
  await clock.advance(999);
  emit("b");
  assertEquals(server.batches, []);
  await clock.advance(1);
  assertEquals(server.batches, [["a", "b"]]);
  emit("c", "d");
  await clock.advance(500);
  assertEquals(server.batches.length, 1);
  emit("e", "f");
  await clock.advance();
  assertEquals(server.batches[1], ["c", "d", "e"]);
  await clock.advance(1000);
  assertEquals(server.batches[2], ["f"]);
  emit("g");
  await clock.advance(1);
  await handler.flush();
  assertEquals(server.batches[3], ["g"], "a flush does not wait");
  emit("h");
  await handler.close();
  assertEquals(server.batches[4], ["h"], "nor does close()");
  assertEquals([account(handler).sent, clock.pendingTimers], [8, 0]);
});

test("HTTPHandler compresses with gzip", async () => {
  const { server, handler, emit } = setting({ body: "json", gzip: true });
  emit("x".repeat(5000));
  await handler.flush();
  const [request] = server.requests;
  assertEquals(request?.headers["content-encoding"], "gzip");
  assert(request!.body.length < 1000);
  const plain = new Blob([request!.body.slice()]).stream()
    .pipeThrough(new DecompressionStream("gzip"));
  assertEquals(JSON.parse(await new Response(plain).text())[0].msg, "x".repeat(5000));
  assert(handler.stats.sentBytes > 5000);
  await handler.close();
});

test("HTTPHandler tries again what the server puts off, with the back-off", async () => {
  const { server, handler, emit, clock, events, faults } = setting(queue);
  handler.retryMax = 3;
  server.nextAnswers(503, 500, 429, 408);
  emit("a");
  await clock.advance();
  emit("b");
  for (const seconds of [1, 2, 3, 3]) {
    const before = server.batches.length;
    assertEquals(handler.retryPeriod, seconds);
    const left = Math.floor((handler.retryTime! - clock.now()) * 1000);
    await clock.advance(left - 1);
    assertEquals(server.requests.length, before, "not before its time");
    // Up to a tenth later, so that a fleet does not return in one instant.
    await clock.advance(seconds * 100 + 2);
    assertEquals(server.batches[before], ["a"]);
  }
  // The one behind it waits some milliseconds for more.
  await clock.advance(20);
  assertEquals(server.batches, [["a"], ["a"], ["a"], ["a"], ["a"], ["b"]]);
  const { sent, connects, connectFailures } = account(handler);
  assertEquals([sent, connects, connectFailures, handler.retryTime], [2, 1, 4, null]);
  assertEquals(types(events), [
    "outage",
    ...["connect-failed", "connect-failed", "connect-failed", "connect-failed"],
    ...["connected", "outage-over"],
  ]);
  const [outage] = events;
  assert(outage?.type === "outage" && outage.error instanceof ConnectionError);
  assertEquals([outage.error.message, faults], ["the server answered 503", []]);
  await handler.close();
});

test("HTTPHandler keeps to Retry-After, in seconds and as a date", async () => {
  const { server, handler, emit, clock } = setting(queue);
  const later = (value: string) =>
    new Response(null, { status: 429, headers: { "Retry-After": value } });
  server.nextAnswers(later("100"));
  emit("a");
  await clock.advance();
  assertEquals([handler.retryPeriod, handler.retryTime], [100, 1_000_100]);
  await clock.advance(99_999);
  assertEquals(server.requests.length, 1);
  server.nextAnswers(later(new Date(1_000_300_000).toUTCString()));
  await clock.advance(10_001);
  assertEquals(server.requests.length, 2);
  assertEquals(handler.retryTime, 1_000_300);
  await clock.advance(300_000);
  assertEquals([server.requests.length, handler.stats.sent], [3, 1]);
  await handler.close();
});

test("HTTPHandler that drops: what fails is dropped, and what comes before the next try", async () => {
  const { server, handler, emit, clock } = setting({ ...queue, whileDisconnected: "drop" });
  server.nextAnswers(503);
  emit("a", "b");
  await clock.advance();
  emit("c");
  assertEquals(account(handler).dropped.disconnected, 3);
  await clock.advance(1000);
  assertEquals(server.requests.length, 1, "no timer");
  emit("d");
  await handler.flush();
  assertEquals(server.batches[1], ["d"]);
  assertEquals(account(handler).sent, 1);
  await handler.close();
});

test("HTTPHandler tries a broken connection once more at once, and then waits", async () => {
  const { server, handler, emit, clock, events } = setting(queue);
  emit("a");
  await clock.advance();
  events.length = 0;
  server.nextAnswers(networkError());
  emit("b");
  await clock.advance();
  assertEquals([server.batches, account(handler).sent], [[["a"], ["b"], ["b"]], 2]);
  assertEquals(types(events), ["disconnected", "connected"]);
  events.length = 0;
  server.nextAnswers(networkError(), networkError());
  await clock.advance(5000);
  emit("c");
  await clock.advance();
  assertEquals(types(events), ["disconnected", "outage", "connect-failed"]);
  const outage = events[1];
  assert(outage?.type === "outage" && outage.error instanceof ConnectionError);
  assertEquals(outage.error.message, "fetch failed: connect ECONNREFUSED 127.0.0.1:1");
  assertEquals(handler.retryPeriod, 1);
  await clock.advance(1100);
  assertEquals(account(handler).sent, 3);
  await handler.close();
});

test("HTTPHandler drops a record that the server refuses, counts it, and says why", async () => {
  const { server, handler, emit, clock, events, faults } = setting(queue);
  server.nextAnswers(
    new Response('{"error":"no field \'time\'"}', { status: 400, statusText: "Bad Request" }),
    413,
    422,
  );
  for (const message of ["a", "b", "c", "d"]) {
    emit(message);
    await clock.advance();
  }
  assertEquals(server.batches, [["a"], ["b"], ["c"], ["d"]], "nothing is tried again");
  const { sent, dropped, sentBytes } = account(handler);
  assertEquals([sent, dropped.refused, dropped.tooLarge, dropped.error], [1, 2, 1, 0]);
  assertEquals(sentBytes, server.requests[3]?.body.length);
  assertEquals(faults.map(String), [
    `Error: the server answered 400 Bad Request: {"error":"no field 'time'"}`,
    `Error: the server answered 413: a record of ${
      server.requests[1]?.body.length
    } bytes is dropped`,
    "Error: the server answered 422",
  ]);
  assertEquals(
    events.filter((event) => event.type === "dropped"),
    [
      { type: "dropped", reason: "refused", records: 1 },
      { type: "dropped", reason: "tooLarge", records: 1 },
      { type: "dropped", reason: "refused", records: 1 },
    ],
  );
  assertEquals(types(events).includes("outage"), false);
  await handler.close();
});

test("HTTPHandler gives up a request that is not answered in time", async () => {
  const { server, handler, emit, clock, events } = setting({ ...queue, timeoutMs: 500 });
  // The second does not know what a signal is.
  server.nextAnswers("hang", () => new Promise(() => {}));
  emit("a");
  await clock.advance(499);
  assertEquals(events, []);
  await clock.advance(1);
  assert(server.requests[0]?.signal.aborted);
  const [outage] = events;
  assert(outage?.type === "outage" && outage.error instanceof ConnectionError);
  assertEquals([outage.error.code, outage.error.message], ["timeout", "no answer within 500 ms"]);
  await clock.advance(1100 + 500);
  assertEquals([server.requests.length, handler.stats.connectFailures], [2, 2]);
  await clock.advance(2200);
  assertEquals([account(handler).sent, clock.pendingTimers], [1, 0]);
  await handler.close();
});

test("HTTPHandler outlives a fetch that throws, or gives what is no Response", async () => {
  const garbage = () => "no promise" as unknown as Response;
  const thrower = () => {
    throw new TypeError("thrown");
  };
  const { server, handler, emit, clock, faults } = setting(queue);
  const half = () => ({ status: 503 }) as Response;
  server.nextAnswers(garbage, thrower, half, new Error(""), () => Promise.reject(undefined));
  emit("a");
  await clock.advance(100_000);
  assertEquals(account(handler).sent, 1);
  assertEquals(String(faults[0]), 'TypeError: fetch must give a Response: it gave "no promise"');
  assertEquals([faults.length, server.requests.length], [2, 6]);
  await handler.close();
});

test("HTTPHandler takes the status at its word when the answer's body goes wrong", async () => {
  const stalling = () => new Response(new ReadableStream({ pull: () => new Promise(() => {}) }));
  const broken = () =>
    new Response(new ReadableStream({ pull: (to) => to.error(new Error("cut off")) }));
  let pulled = 0;
  let cancelled = 0;
  const endless = () =>
    new Response(
      new ReadableStream({
        pull: (to) => {
          pulled++;
          to.enqueue(new Uint8Array(1000));
        },
        cancel: () => void cancelled++,
      }),
    );
  const locked = () => {
    const response = new Response("x");
    response.body?.getReader();
    return response;
  };
  const { server, handler, emit, clock } = setting({ ...queue, timeoutMs: 300 });
  server.nextAnswers(stalling, broken, endless, locked);
  for (const message of ["a", "b", "c", "d"]) {
    emit(message);
    await clock.advance(300);
  }
  assertEquals(server.batches, [["a"], ["b"], ["c"], ["d"]], "nothing is sent twice");
  assertEquals([account(handler).sent, cancelled], [4, 1]);
  assert(pulled < 100, `${pulled} chunks of an endless body were read`);
  await handler.close();
});

test("HTTPHandler goes by the status of a refusal whose body never ends, too", async () => {
  const stalling = (status: number) => () =>
    new Response(new ReadableStream({ pull: () => new Promise(() => {}) }), { status });
  const { server, handler, emit, clock, events, faults } = setting({ ...queue, timeoutMs: 300 });
  server.nextAnswers(stalling(400), stalling(503));
  emit("a");
  await clock.advance(300);
  assertEquals(faults.map(String), ["Error: the server answered 400"]);
  emit("b");
  await clock.advance(300);
  const outage = events.find(({ type }) => type === "outage");
  assert(outage?.type === "outage" && outage.error instanceof ConnectionError);
  assertEquals(outage.error.message, "the server answered 503");
  await clock.advance(2000);
  assertEquals([server.batches, account(handler).sent], [[["a"], ["b"], ["b"]], 1]);
  await handler.close();
});

test("HTTPHandler cancels an answer that comes too late", async () => {
  let answer = (_response: Response) => {};
  let cancelled = 0;
  const { server, handler, emit, clock } = setting({ body: "ndjson", timeoutMs: 100 });
  server.nextAnswers(() => new Promise((resolve) => answer = resolve));
  emit("a");
  await clock.advance(100);
  answer(new Response(new ReadableStream({ cancel: () => void cancelled++ })));
  await clock.advance();
  assertEquals([cancelled, account(handler).sent], [1, 0]);
  await handler.close();
});

test("HTTPHandler.close() sends what is queued and is final", async () => {
  const { server, handler, emit } = setting(queue);
  emit("a", "b");
  await Promise.all([handler.close(), handler.close()]);
  assertEquals(server.batches, [["a", "b"]]);
  emit("c");
  assertEquals([account(handler).sent, account(handler).dropped.closed], [2, 1]);
});

test("HTTPHandler.close() ends a request after `closeTimeoutMs`", async () => {
  const { server, handler, emit, clock } = setting({ ...queue, closeTimeoutMs: 200 });
  server.nextAnswers("hang");
  emit("a", "b");
  await clock.advance();
  emit("c");
  const closing = handler.close();
  await clock.advance(200);
  await closing;
  assert(server.requests[0]?.signal.aborted);
  assertEquals(account(handler).dropped.closed, 3);
  assertEquals(clock.pendingTimers, 0);
});

test("HTTPHandler.close() counts as sent what was answered, though the answer goes on", async () => {
  const { server, handler, emit, clock } = setting({ ...queue, closeTimeoutMs: 200 });
  server.nextAnswers(new Response(new ReadableStream({ pull: () => new Promise(() => {}) })));
  emit("a");
  const closing = handler.close();
  await clock.advance(200);
  await closing;
  assertEquals([account(handler).sent, clock.pendingTimers], [1, 0]);
});

test("HTTPHandler.close() tries once where the back-off would wait, and no more", async () => {
  const { server, handler, emit, clock } = setting(queue);
  server.usual = 503;
  emit("a");
  await clock.advance();
  await handler.close();
  assertEquals([server.requests.length, account(handler).dropped.closed], [2, 1]);
  assertEquals(clock.pendingTimers, 0);
});

test("HTTPHandler.flush() waits in an outage, and its signal ends that", async () => {
  const { server, handler, emit, clock } = setting(queue);
  server.usual = 503;
  emit("a");
  const controller = new AbortController();
  let flushed = 0;
  void handler.flush().then(() => flushed++);
  void handler.flush({ signal: controller.signal }).then(() => flushed++);
  await clock.advance(5000);
  assertEquals(flushed, 0);
  controller.abort();
  await clock.advance();
  assertEquals(flushed, 1);
  server.usual = 200;
  await clock.advance(10_000);
  assertEquals([flushed, account(handler).sent], [2, 1]);
  await handler.close();
});

test("HTTPHandler keeps to the bounds of its queue", async () => {
  const { server, handler, emit, clock } = setting({ ...queue, maxQueuedRecords: 3 });
  server.usual = 503;
  emit("a");
  await clock.advance();
  emit("b", "c", "d", "e");
  assertEquals([account(handler).queued, handler.stats.dropped.overflow], [3, 2]);
  server.usual = 200;
  await clock.advance(2000);
  assertEquals(server.batches.at(-1), ["c", "d", "e"]);
  await handler.close();
});

test("HTTPHandler flushes when the event loop runs dry, and counts what is left at the end", async () => {
  let hooks: ExitHooks | undefined;
  const exitNotifier = {
    atExit(given: ExitHooks) {
      hooks = given;
      return () => hooks = undefined;
    },
  };
  const { server, handler, emit, clock } = setting({ ...queue, batchMs: 60_000, exitNotifier });
  emit("a");
  await clock.advance();
  assertEquals(server.batches, []);
  await hooks?.beforeExit();
  assertEquals(server.batches, [["a"]]);
  emit("b");
  await clock.advance();
  hooks?.exit(true);
  assertEquals(account(handler).queued, 1, "the process may go on");
  hooks?.exit();
  assertEquals(account(handler).dropped.closed, 1);
  await handler.close();
  assertEquals(hooks, undefined);
});

test("HTTPHandler does nothing before the first record", async () => {
  const boom = () => {
    throw new Error("no timers, no I/O");
  };
  const clock = { now: boom, setTimeout: boom, clearTimeout: boom };
  const handler = new HTTPHandler("h", "/", { clock, fetch: boom, exitNotifier: { atExit: boom } });
  await handler.flush();
  assertEquals(handler.stats.emitted, 0);
});

test("HTTPHandler keeps one record that cannot be encoded from costing another", async () => {
  const { server, handler, emit, faults } = setting({ body: "ndjson" });
  emit("a");
  handler.handle(unencodable());
  emit("b");
  await handler.flush();
  assertEquals(server.batches, [["a", "b"]]);
  assertEquals([account(handler).dropped.error, faults.length], [1, 1]);
  await handler.close();
});

test("HTTPHandler gives its TLS settings to fetch", async () => {
  const client = {};
  const { server, handler, emit } = setting({ secure: true, context: { client } });
  emit("a");
  await handler.flush();
  assert((server.requests[0]?.init as { client?: object }).client === client);
  await handler.close();
});

test("HTTPHandler takes hosts with ports and IPv6 addresses", () => {
  for (const host of ["localhost", "localhost:8080", "127.0.0.1:1", "[::1]", "[::1]:8080"]) {
    for (const url of ["/", "/log", "/a/b?c=d&e=%20", "//x", "/log?"]) {
      assertEquals(new HTTPHandler(host, url).url, url);
    }
  }
});

test("HTTPHandler says what is wrong with an option", () => {
  const make = (host: unknown, url: unknown, options: unknown = {}) => () =>
    new HTTPHandler(host as string, url as string, options as HTTPHandlerOptions);
  const wrong: [() => unknown, string][] = [
    [make("", "/"), "'host' must be a string that is not empty"],
    [make("a b", "/"), "'host' must be a host name or IP address"],
    [make("::1", "/"), "'host' must be"],
    [make("u:p@h", "/"), "'host' must be"],
    [make("h/x", "/"), "'host' must be"],
    [make("h:99999", "/"), "'host' must be"],
    [make("h", ""), "'url' must be a string that is not empty"],
    [make("h", "log"), "'url' must be a path that begins with \"/\""],
    [make("h", "/a b"), "'url' must be"],
    [make("h", "/a\nb"), "'url' must be"],
    [make("h", "/a#b"), "'url' must be"],
    [make("h", "/a/../b"), "'url' must be"],
    [make("h", "/ü"), "'url' must be"],
    [make("h", "http://x/"), "'url' must be"],
    [make("h", "/", { method: "PUT" }), `'method' must be "GET" or "POST"`],
    [make("h", "/", { method: 1 }), "'method' must be"],
    [make("h", "/", { context: {} }), "'context' only makes sense with 'secure'"],
    [make("h", "/", { context: 1, secure: true }), "'context' must be an object"],
    [make("h", "/", { secure: 1 }), "'secure' must be true or false"],
    [make("h", "/", { credentials: ["a"] }), "'credentials' must be a user name and a password"],
    [make("h", "/", { credentials: "geheim" }), "'credentials' must be"],
    [make("h", "/", { body: "xml" }), `'body' must be "form" or "json" or "ndjson"`],
    [make("h", "/", { body: "json", method: "GET" }), "'body' needs the method POST"],
    [make("h", "/", { gzip: true }), "'gzip' needs the method POST"],
    [make("h", "/", { batchRecords: 5 }), "'batchRecords' needs another 'body'"],
    [make("h", "/", { body: "json", batchRecords: 0 }), "'batchRecords' must be an integer >= 1"],
    [make("h", "/", { body: "json", batchBytes: 1e9 }), "'batchBytes' must be an integer from 1"],
    [make("h", "/", { body: "json", batchMs: -1 }), "'batchMs' must be an integer from 0"],
    [make("h", "/", { idempotencyKey: "k" }), "'idempotencyKey' must be true or false"],
    [make("h", "/", { headers: { "idempotency-key": "k" } }), "'headers' must not hold"],
    [make("h", "/", { giveUpAfterMs: -1 }), "'giveUpAfterMs' must be Infinity or an integer >= 0"],
    [make("h", "/", { timeoutMs: 0 }), "'timeoutMs' must be an integer from 1"],
    [make("h", "/", { headers: { "a b": "c" } }), "'headers' must be"],
    [make("h", "/", { headers: 5 }), "'headers' must be"],
    [make("h", "/", { fetch: 5 }), "'fetch' must be a function"],
    [make("h", "/", { exitNotifier: null }), "'exitNotifier' must be a connector"],
    [make("h", "/", { connectTimeoutMs: 5 }), "there is no option 'connectTimeoutMs'"],
    [make("h", "/", { maxQueuedBytes: 0 }), "'maxQueuedBytes' must be"],
    [make("h", "/", null), "'options' must be an object"],
  ];
  for (const [wrongly, message] of wrong) {
    const error = assertThrows(wrongly, Error, message);
    assert(error instanceof TypeError || error instanceof RangeError);
    assert(!error.message.includes("geheim"), "a secret is not shown");
  }
});

test("HTTPHandler tells an outage on stderr once, without its url", async () => {
  const server = new FakeServer();
  const clock = new VirtualClock();
  server.nextAnswers(503, 503);
  const { lines, end } = catchStderr();
  setRaiseExceptions(true);
  try {
    const options = { ...queue, clock, fetch: server.fetch };
    const handler = new HTTPHandler("logs.example", "/secret-token", options);
    handler.handle(record("a"));
    await clock.advance(5000);
    await handler.close();
  } finally {
    end();
  }
  assertEquals(lines.map((line) => line.trim()), [
    "logwire: HTTPHandler logs.example: records are not delivered: the server answered 503",
    "logwire: HTTPHandler logs.example: the outage is over: 0 records lost",
  ]);
});

/** A body of a program: a record a line, behind the number of records. */
const counted: HTTPBody = {
  contentType: "text/plain",
  extraBytes: 3,
  encode: (record, reader) => `${reader.text(record)}\n`,
  compose({ bytes, lengths }) {
    const head = new TextEncoder().encode(`${String(lengths.length).padStart(2, "0")}\n`);
    const content = new Uint8Array(head.length + bytes.length);
    content.set(head);
    content.set(bytes, head.length);
    return content;
  },
};

test("HTTPHandler sends requests as a body of the program makes them", async () => {
  const { server, handler, emit } = setting({ body: counted, batchBytes: 3 + 4 });
  emit("a", "b", "c");
  for (let turn = 0; turn < 3; turn++) await handler.flush();
  const texts = server.requests.map(({ text }) => text);
  assertEquals(texts, ["02\na\nb\n", "01\nc\n"]);
  assertEquals([server.requests[0]?.method, headersOf(server.requests[0])], [
    ...["POST", { "content-type": "text/plain" }],
  ]);
  assertEquals([account(handler).sent, handler.body === counted], [3, true]);
  await handler.close();
});

test("a body of the program judges answers, and their status where it has nothing to say", async () => {
  const seen: unknown[] = [];
  const body: HTTPBody = {
    ...counted,
    judge({ status, headers, content, records, isCompressed }) {
      const text = content && new TextDecoder().decode(content);
      seen.push([status, headers.get("X-A"), text, records, isCompressed]);
      if (text === "bad") return { verdict: "taken", refused: [0, 2, 99], message: "no" };
      if (text === "all bad") return { verdict: "refused" };
      if (text === "wait") return { verdict: "later" };
      return undefined;
    },
  };
  const { server, handler, emit, faults, clock } = setting({ body });
  const headers = { "X-A": "1" };
  server.nextAnswers(
    new Response("bad", { headers }),
    new Response("all bad", { status: 500 }),
    new Response("wait"),
    new Response("other"),
    new Response(null, { status: 503 }),
  );
  for (const messages of [["a", "b", "c"], ["d", "e"], ["f"], ["g"]]) {
    emit(...messages);
    await clock.advance(5000);
  }
  assertEquals(seen, [
    [200, "1", "bad", 3, false],
    [500, null, "all bad", 2, false],
    [200, null, "wait", 1, false],
    [200, null, "other", 1, false],
    [503, null, "", 1, false],
    [204, null, "", 1, false],
  ]);
  const { sent, dropped } = account(handler);
  assertEquals([sent, dropped.refused], [3, 4]);
  assertEquals(faults.map(String), [
    "Error: the server answered 200: no",
    "Error: the server answered 500: all bad",
  ]);
  await handler.close();
});

test("a body of the program that fails loses the records that it fails for, and no others", async () => {
  const isBad = (text: string) => text.includes("bad");
  const body: HTTPBody = {
    ...counted,
    encode(record, reader) {
      const text = reader.text(record);
      if (text === "bad record") throw new Error("encode");
      return text;
    },
    compose({ bytes }) {
      if (isBad(new TextDecoder().decode(bytes))) throw new Error("compose");
      return bytes;
    },
    judge() {
      throw new Error("judge");
    },
  };
  const { server, handler, emit, faults } = setting({ body });
  for (const message of ["bad record", "bad batch", "good"]) {
    emit(message);
    await handler.flush();
  }
  assertEquals(server.requests.map(({ text }) => text), ["good"]);
  assertEquals([account(handler).sent, handler.stats.dropped.error], [1, 2]);
  assertEquals(faults.map(String), [
    "Error: encode",
    "Error: compose",
    "Error: the server answered 204: judge() failed: Error: judge",
  ]);
  await handler.close();
});

test("a body of the program must give bytes or text", async () => {
  for (const wrong of [{ encode: () => 7 }, { compose: () => "text" }]) {
    const body = { ...counted, ...wrong } as unknown as HTTPBody;
    const { server, handler, emit, faults } = setting({ body });
    emit("a");
    await handler.flush();
    assertEquals([server.requests.length, account(handler).dropped.error], [0, 1]);
    assert(/must (be|give) a Uint8Array/.test(String(faults[0])), String(faults[0]));
    await handler.close();
  }
});

test("a body of the program that takes one record a request has one", async () => {
  const { server, handler, emit } = setting({ body: { ...counted, maxRecords: 1 } });
  emit("a", "b");
  await handler.flush();
  assertEquals(server.requests.map(({ text }) => text), ["01\na\n", "01\nb\n"]);
  await handler.close();
});

test("HTTPHandler refuses a body that is none", () => {
  const wrong: [body: unknown, text: string][] = [
    [{}, "'body' must be an object with encode()"],
    [function otlp() {}, "must be the body that a function returns, as otlp({ … }) does"],
    [null, "'body' must be"],
    [{ ...counted, contentType: "" }, "'body.contentType' must be a string that is not empty"],
    [{ ...counted, maxRecords: 0 }, "'body.maxRecords' must be an integer >= 1"],
    [{ ...counted, extraBytes: -1 }, "'body.extraBytes' must be an integer >= 0"],
    [{ ...counted, judge: "x" }, "'body.judge' must be a function"],
    [{ ...counted, compose: {} }, "'body.compose' must be a function"],
  ];
  for (const [body, text] of wrong) {
    const error = assertThrows(() => new HTTPHandler("h", "/", { body: body as HTTPBody }), Error);
    assert(error.message.includes(text), error.message);
  }
  const get = { body: counted, method: "GET" };
  assertThrows(() => new HTTPHandler("h", "/", get), TypeError, "'body' needs the method POST");
});
