import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { gzipSync } from "node:zlib";
import { getLogger } from "../../src/logging/get_logger.ts";
import { Handler } from "../../src/logging/handler.ts";
import { HTTPHandler } from "../../src/handlers/http_handler.ts";
import { otlp } from "../../src/handlers/otlp_body.ts";
import type { HTTPBody } from "../../src/delivery/http_body.ts";
import type { LogRecord } from "../../src/logging/log_record.ts";
import { makeLogRecord } from "../../src/logging/make_log_record.ts";
import type { ReceiverFault } from "../../src/receivers/receiver_fault.ts";
import { HTTPReceiver, type HTTPReceiverOptions } from "../../src/receivers/http_receiver.ts";
import { test } from "../test.ts";
import { turns } from "../turns.ts";

class Collector extends HTTPReceiver {
  readonly records: LogRecord[] = [];
  readonly senders: (string | undefined)[] = [];

  override handleLogRecord(record: LogRecord, sender?: string): void {
    this.records.push(record);
    this.senders.push(sender);
  }
}

function collector(options: HTTPReceiverOptions = {}) {
  const faults: ReceiverFault[] = [];
  const receiver = new Collector({ onError: (fault) => faults.push(fault), ...options });
  const post = (type: string, body: BodyInit, headers: Record<string, string> = {}) =>
    receiver.fetch(
      new Request("http://localhost/log", {
        method: "POST",
        headers: { "content-type": type, ...headers },
        body,
      }),
      "10.0.0.1",
    );
  return { receiver, faults, post };
}

const line = (fields: Record<string, unknown>) => JSON.stringify(fields) + "\n";

for (
  const [name, body] of Object.entries<"form" | "json" | "ndjson" | HTTPBody>({
    form: "form",
    json: "json",
    ndjson: "ndjson",
    otlp: otlp({ resource: {}, encoding: "json" }),
  })
) {
  test(`HTTPReceiver takes what HTTPHandler sends as ${name}`, async () => {
    const { receiver, faults } = collector();
    const fetch = (url: string | URL | Request, init?: RequestInit) =>
      receiver.fetch(new Request(url, init));
    const handler = new HTTPHandler("localhost", "/log", {
      body,
      method: "POST",
      fetch: fetch as typeof globalThis.fetch,
      exitNotifier: {},
    });
    const error = new TypeError("no luck");
    const logged = makeLogRecord({
      ...{ name: "shop.cart", msg: "%d of %s", args: [3, "ink"], levelno: 40, levelname: "ERROR" },
      ...{ user: "anna", created: 1_700_000_000.25, lineno: 7, pathname: "/a.js", exc_info: error },
    });
    handler.handle(logged);
    await handler.close();
    assertEquals(faults, []);
    assertEquals(handler.stats.sent, 1);
    const [record] = receiver.records;
    assertEquals(record!.getMessage(), "3 of ink");
    assertEquals(record!.name, "shop.cart");
    assertEquals([record!.levelno, record!.levelname, record!.user], [40, "ERROR", "anna"]);
    assertEquals([record!.created, record!.lineno, record!.pathname], [
      ...[1_700_000_000.25, 7, "/a.js"],
    ]);
    assert(String(record!.exc_text).includes("no luck"), String(record!.exc_text));
  });
}

test("HTTPReceiver reads lines of other loggers, and reports the sender's address", async () => {
  const { receiver, post } = collector();
  const time = "2023-11-14T22:13:20.5Z";
  const body = line({ time, level: "warn", logger: "a", message: "50% off", left: 3 }) + "\n" +
    line({ level: "info", msg: "next" });
  assertEquals((await post("application/x-ndjson; charset=utf-8", body)).status, 204);
  const [first, second] = receiver.records;
  assertEquals([first!.getMessage(), first!.levelno, first!.name, first!.left], [
    ...["50% off", 30, "a", 3],
  ]);
  assertEquals(first!.created, 1_700_000_000.5);
  assertEquals([second!.getMessage(), second!.name], ["next", "root"]);
  assertEquals(receiver.senders, ["10.0.0.1", "10.0.0.1"]);
  assertEquals(receiver.stats.receivedBytes, body.length);
});

test("HTTPReceiver takes a record of CPython by GET", async () => {
  const { receiver } = collector();
  const query = "name=app&msg=%25s+of+%25d&args=%28%27ink%27%2C+3%29&levelname=INFO&levelno=20" +
    "&exc_info=None&exc_text=None&lineno=5&created=1700000000.0&user=None";
  const { status } = await receiver.fetch(new Request(`http://localhost/log?${query}`));
  assertEquals(status, 204);
  const [record] = receiver.records;
  assertEquals([record!.getMessage(), record!.lineno, record!.exc_info], ["ink of 3", 5, null]);
  assertEquals(record!.user, "None");
});

test("HTTPReceiver answers requests that it cannot take, and handles no part of them", async () => {
  const { receiver, faults, post } = collector({ maxFrameBytes: 1000 });
  const ndjson = "application/x-ndjson";
  assertEquals((await post(ndjson, line({ message: "a" }) + "{")).status, 400);
  assertEquals((await post("application/json", "[1]")).status, 400);
  assertEquals((await post("application/json", '{"resourceLogs":5}')).status, 400);
  assertEquals((await post(ndjson, new Uint8Array([0xff]))).status, 400);
  assertEquals((await post("application/x-www-form-urlencoded", "a=b")).status, 400);
  assertEquals((await post("text/html", "<b>")).status, 415);
  assertEquals((await post(ndjson, "x", { "content-encoding": "br" })).status, 415);
  assertEquals((await post(ndjson, "x", { "content-encoding": "gzip" })).status, 400);
  assertEquals((await post(ndjson, "x".repeat(1001))).status, 413);
  const bomb = gzipSync(new Uint8Array(1_000_000));
  assertEquals((await post(ndjson, bomb, { "content-encoding": "gzip" })).status, 413);
  const put = await receiver.fetch(new Request("http://localhost/", { method: "DELETE" }));
  assertEquals([put.status, put.headers.get("allow")], [405, "GET, POST"]);
  assertEquals(receiver.stats.received, 0);
  assertEquals([receiver.stats.rejected, faults.length], [11, 11]);
});

test("HTTPReceiver takes compressed content", async () => {
  const { receiver, post } = collector();
  const body = gzipSync(line({ message: "small" }));
  const answer = await post("application/x-ndjson", body, { "content-encoding": "gzip" });
  assertEquals([answer.status, receiver.records[0]?.getMessage()], [204, "small"]);
});

test("HTTPReceiver with a token refuses a request without it", async () => {
  const { receiver, faults, post } = collector({ token: "geheim" });
  const status = async (authorization?: string) =>
    (await post("application/json", "[]", authorization ? { authorization } : {})).status;
  assertEquals(await status(), 401);
  assertEquals(await status("Bearer wrong"), 401);
  assertEquals(await status("Bearer geheim"), 204);
  assertEquals(await status(`Basic ${btoa("python:geheim")}`), 204);
  assertEquals(await status("Basic %"), 401);
  assertEquals([faults.length, receiver.stats.rejected], [0, 0]);
});

test("HTTPReceiver takes the token of an address only with tokenInQuery, and not as a field", async () => {
  const url = "http://logs.example/log?access_token=geheim&name=a&msg=b&levelno=20&args=None";
  for (const tokenInQuery of [false, true]) {
    const { receiver } = collector({ token: "geheim", tokenInQuery });
    const get = async (url: string) => (await receiver.fetch(new Request(url))).status;
    assertEquals(await get(url), tokenInQuery ? 204 : 401);
    assertEquals(await get(url.replace("geheim", "wrong")), 401);
    assertEquals(await get(url.replace("access_token", "token")), 401);
    assertEquals(receiver.records.map(({ access_token }) => access_token), [
      ...tokenInQuery ? [undefined] : [],
    ]);
  }
});

test("HTTPReceiver handles a request once that is sent again with its key", async () => {
  const { receiver, post } = collector();
  const send = () => post("application/json", '{"message":"once"}', { "idempotency-key": "k1" });
  const answers = await Promise.all([send(), send()]);
  answers.push(await send());
  assertEquals(answers.map(({ status }) => status), [204, 204, 204]);
  assertEquals(receiver.records.length, 1);
  const bad = () => post("application/json", "{", { "idempotency-key": "k2" });
  assertEquals([(await bad()).status, (await bad()).status], [400, 400]);
});

test("HTTPReceiver takes a request that is sent again after an attempt that was cut off", async () => {
  const { receiver } = collector();
  let cutOff = () => {};
  const unfinished = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('{"message":'));
      cutOff = () => controller.error(new Error("cut off"));
    },
  });
  const headers = { "content-type": "application/json", "idempotency-key": "k1" };
  const send = (body: BodyInit) => {
    const init: RequestInit & { duplex: "half" } = {
      method: "POST",
      headers,
      body,
      duplex: "half",
    };
    return receiver.fetch(new Request("http://localhost/", init));
  };
  const first = send(unfinished);
  await turns(3);
  assertEquals((await send('{"message":"again"}')).status, 204);
  cutOff();
  assertEquals((await first).status, 400);
  assertEquals((await send('{"message":"again"}')).status, 204);
  assertEquals(receiver.records.map((record) => record.getMessage()), ["again"]);
});

test("HTTPReceiver refuses content that would become far larger in memory", async () => {
  const { receiver, post } = collector();
  const many = (text: string, count: number, between: string) =>
    Array(count).fill(text).join(between);
  const resource = Array.from({ length: 2000 }, (_, i) => `{"key":"k${i}"}`).join(",");
  const records = `"scopeLogs":[{"logRecords":[${many("{}", 2000, ",")}]}]`;
  const contents = [
    ["application/json", `[${many("{}", 262_145, ",")}]`, 413],
    ["application/x-ndjson", many("{}", 262_145, "\n"), 413],
    [
      "application/json",
      `{"resourceLogs":[{"resource":{"attributes":[${resource}]},${records}}]}`,
      400,
    ],
    ["application/x-www-form-urlencoded", `msg=a&levelno=20&${many("a=b", 10_000, "&")}`, 400],
  ] as const;
  for (const [type, body, status] of contents) {
    assertEquals((await post(type, body)).status, status);
  }
  assertEquals(receiver.records.length, 0);
});

test("HTTPReceiver loses only the record that cannot be handled", async () => {
  const { receiver, faults, post } = collector();
  receiver.handleLogRecord = (record) => {
    if (record.getMessage() === "bad") throw new Error("no");
    receiver.records.push(record);
  };
  const body = '[{"message":"a"},{"message":"bad"},{"message":"b"}]';
  assertEquals((await post("application/json", body)).status, 204);
  assertEquals(receiver.records.map((record) => record.getMessage()), ["a", "b"]);
  assertEquals(faults.map(({ reason }) => reason), ["record"]);
});

test("HTTPReceiver gives records to loggers, and answers when their handlers have flushed, but a form at once", async () => {
  const receiver = new HTTPReceiver({ logname: "http_receiver_test" });
  const logger = getLogger("http_receiver_test");
  const steps: string[] = [];
  logger.propagate = false;
  class Steps extends Handler {
    override emit(record: LogRecord): void {
      steps.push(record.getMessage());
    }

    override flush(): Promise<void> {
      steps.push("flushed");
      return Promise.resolve();
    }
  }
  logger.addHandler(new Steps());
  const init = { method: "POST", headers: { "content-type": "application/json" } };
  await receiver.fetch(new Request("http://localhost/", { ...init, body: '{"message":"a"}' }));
  steps.push("answered");
  assertEquals(steps, ["a", "flushed", "answered"]);
  // CPython's HTTPHandler blocks its program meanwhile, however long a flush lasts.
  const body = new URLSearchParams({ name: "app", msg: "b", levelno: "30", levelname: "WARNING" });
  const form = { method: "POST", body };
  await receiver.fetch(new Request("http://localhost/", form));
  assertEquals(steps.slice(3), ["b"]);
  logger.removeHandler(logger.handlers[0]!);
});

test("stop() waits for the requests that are being handled, and refuses later ones", async () => {
  const { receiver, post } = collector();
  let handle = () => {};
  receiver.handleLogRecord = () => new Promise<void>((resolve) => handle = resolve);
  const answer = post("application/json", '{"message":"slow"}');
  await turns(3);
  const stopped = receiver.stop();
  await turns(1);
  assertEquals((await post("application/json", "[]")).status, 503);
  handle();
  await stopped;
  assertEquals((await answer).status, 204);
});

test("HTTPReceiver answers any content with 204, 200 or 400, and handles records of any fields", async () => {
  const { receiver, post } = collector();
  const names = [
    "msg",
    "levelno",
    "level",
    "time",
    "name",
    "args",
    "error",
    "exc_info",
    "__proto__",
  ];
  const value = fc.jsonValue({ maxDepth: 3 });
  const object = fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.string()), value);
  const records = fc.record({ logRecords: fc.oneof(fc.array(object), value) });
  const otlpRequest = fc.record({
    resourceLogs: fc.oneof(
      fc.array(fc.record({ resource: value, scopeLogs: fc.array(records) })),
      value,
    ),
  });
  const form = fc.array(fc.tuple(fc.constantFrom(...names), fc.string()), { minLength: 1 })
    .map((pairs) => new URLSearchParams([["msg", "a"], ["levelno", "20"], ...pairs]).toString());
  const json = fc.oneof(value, object, fc.array(object), otlpRequest).map((one) =>
    JSON.stringify(one)
  );
  const content = fc.oneof(
    fc.tuple(fc.constant("application/json"), fc.oneof(json, fc.string())),
    fc.tuple(fc.constant("application/x-ndjson"), fc.array(json).map((lines) => lines.join("\n"))),
    fc.tuple(fc.constant("application/x-www-form-urlencoded"), fc.oneof(form, fc.string())),
  );
  await fc.assert(
    fc.asyncProperty(content, async ([type, body]) => {
      const { status } = await post(type, body);
      assert([200, 204, 400].includes(status), `${status}`);
    }),
    { seed: 20261129, numRuns: 150 },
  );
  assert(receiver.records.length > 50, `${receiver.records.length}`);
});
