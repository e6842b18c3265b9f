// No Loki was available: these tests compare with the documentation of its HTTP API.
import { assert, assertEquals, assertThrows } from "@std/assert";
import { loki } from "../../src/handlers/loki_body.ts";
import type { LogRecord } from "../../src/logging/log_record.ts";
import { makeLogRecord } from "../../src/logging/make_log_record.ts";
import { Formatter } from "../../src/logging/formatter.ts";
import { test } from "../test.ts";
import { bodySetting } from "./body_setting.ts";
import { account } from "./wire.ts";

const labels = { job: "shop", level: (record: LogRecord) => record.levelname };

const at = (ms: number, fields: Record<string, unknown>) =>
  makeLogRecord({ name: "shop", levelname: "INFO", created: ms / 1000, ...fields });

test("loki() pushes streams by their labels, each with its records in order", async () => {
  const { server, handler } = bodySetting(loki({ labels }));
  handler.handle(at(1_764_385_200_001, { msg: "a %s", args: ["ü"] }));
  handler.handle(at(1_764_385_200_002, { msg: "b", levelname: "ERROR", user: { id: 7 } }));
  handler.handle(at(1_764_385_200_003, { msg: "c" }));
  await handler.flush();
  const [request] = server.requests;
  assertEquals([request?.method, request?.headers["content-type"]], ["POST", "application/json"]);
  assertEquals(JSON.parse(request?.text ?? ""), {
    streams: [
      {
        stream: { job: "shop", level: "INFO" },
        values: [
          ["1764385200001000000", "a ü", { logger: "shop" }],
          ["1764385200003000000", "c", { logger: "shop" }],
        ],
      },
      {
        stream: { job: "shop", level: "ERROR" },
        values: [["1764385200002000000", "b", { logger: "shop", user: '{"id":7}' }]],
      },
    ],
  });
  assertEquals(account(handler).sent, 3);
  await handler.close();
});

test("loki() has records of the same time a nanosecond apart", async () => {
  const { server, handler } = bodySetting(loki({ labels, metadata: false }));
  for (const ms of [1, 1, 1, 2, 1]) handler.handle(at(ms, { msg: "same" }));
  await handler.flush();
  const { streams: [{ values }] } = JSON.parse(server.requests[0]?.text ?? "");
  assertEquals(values, [
    ["1000000", "same"],
    ["1000001", "same"],
    ["1000002", "same"],
    ["2000000", "same"],
    ["1000000", "same"],
  ]);
  await handler.close();
});

test("loki() sends the line that the formatter makes, with an error's stack", async () => {
  const { server, handler } = bodySetting(loki({ labels, metadata: false }));
  handler.setFormatter(new Formatter("[%(name)s] %(message)s"));
  handler.handle(at(1, { msg: "x\ny", exc_info: new Error("boom") }));
  await handler.flush();
  const line: string = JSON.parse(server.requests[0]?.text ?? "").streams[0].values[0][1];
  assert(line.startsWith("[shop] x\ny\n") && line.includes("boom"), line);
  await handler.close();
});

test("loki() has the trace and the fields of extra as metadata, under names that Loki takes", async () => {
  const { server, handler } = bodySetting(loki({ labels: { job: "shop" } }));
  handler.handle(at(1, {
    msg: "x",
    trace_id: "5b8efff798038103d269b633813fc60c",
    span_id: "eee19b7ec3c1b174",
    "http.status": 200,
    "1st": true,
    job: "the label wins",
    lone: "\ud800",
  }));
  await handler.flush();
  const [, , metadata] = JSON.parse(server.requests[0]?.text ?? "").streams[0].values[0];
  assertEquals(metadata, {
    http_status: "200",
    _1st: "true",
    lone: "\ufffd",
    level: "INFO",
    logger: "shop",
    trace_id: "5b8efff798038103d269b633813fc60c",
    span_id: "eee19b7ec3c1b174",
  });
  await handler.close();
});

test("loki() sends a batch again with the same records and times", async () => {
  const { server, handler, emit, clock } = bodySetting(loki({ labels }));
  server.nextAnswers(503, 429);
  emit("a", "b");
  for (let turn = 0; turn < 5; turn++) await clock.advance(31_000);
  assertEquals(server.requests.length, 3);
  assertEquals(new Set(server.requests.map(({ text }) => text)).size, 1);
  assertEquals(account(handler).sent, 2);
  await handler.close();
});

test("loki() finds the record that a 400 is about", async () => {
  const { server, handler, emit, faults } = bodySetting(loki({ labels }));
  server.judge = ({ text }) =>
    text.includes("too old") ? new Response("entry too far behind", { status: 400 }) : 204;
  emit("a", "too old", "b");
  await handler.flush();
  assertEquals([account(handler).sent, handler.stats.dropped.refused], [2, 1]);
  assertEquals(faults, ["Error: the server answered 400: entry too far behind"]);
  await handler.close();
});

test("loki() drops the record for which a label throws", async () => {
  const label = (record: LogRecord) => {
    if (record.msg === "bad") throw new Error("boom");
    return "x";
  };
  const { handler, emit, faults } = bodySetting(loki({ labels: { label } }));
  emit("bad", "good");
  await handler.flush();
  assertEquals([account(handler).sent, handler.stats.dropped.error, faults], [
    ...[1, 1, ["Error: boom"]],
  ]);
  await handler.close();
});

test("loki() refuses options that are wrong", () => {
  const wrong: [options: unknown, text: string][] = [
    [{ labels: {} }, "'labels' must be an object with one label at least"],
    [{}, "'labels' must be an object with one label at least"],
    [{ labels: { "a-b": "x" } }, 'letters, digits and underscores: current value is "a-b"'],
    [{ labels: { a: 7 } }, "'labels.a' must be a string or a function"],
    [{ labels, metadata: 1 }, "'metadata' must be true or false"],
    [{ labels, level: 1 }, "no option 'level': the options are labels, metadata"],
  ];
  for (const [options, text] of wrong) {
    assertThrows(() => loki(options as { labels: typeof labels }), TypeError, text);
  }
});
