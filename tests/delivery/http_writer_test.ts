/** Answers of a web server that are about some of the records, or about the destination. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { VirtualClock } from "../../src/testing/_virtual_clock.ts";
import type { DeliveryEvent } from "../../src/delivery/delivery_event.ts";
import { HTTPHandler, type HTTPHandlerOptions } from "../../src/handlers/http_handler.ts";
import { ConnectionError } from "../../src/net/connection_error.ts";
import { test } from "../test.ts";
import { type FakeAnswer, FakeServer, networkError } from "../handlers/fake_server.ts";
import { Dice } from "./scripted_faults.ts";
import { account, record } from "../handlers/wire.ts";

/** Judges a request by its records, of which it has a list, and by its size. */
type Judge = (records: string[], bytes: number) => FakeAnswer;

/** The messages of a body that is JSON, an object a line, or of a form. */
function messagesOf(text: string): string[] {
  if (!text.startsWith("{")) return [text];
  return text.split("\n").filter(Boolean).map((line) => JSON.parse(line).msg);
}

/** A handler and a server that judges; records that it took are in `taken`. */
function setUp(options: HTTPHandlerOptions = {}) {
  const server = new FakeServer();
  const clock = new VirtualClock(1_000_000);
  const events: DeliveryEvent[] = [];
  const taken: string[] = [];
  const handler = new HTTPHandler("logs.example", "/log", {
    body: "ndjson",
    clock,
    onEvent: (event) => events.push(event),
    fetch(url, init) {
      const response = server.fetch(url, init);
      const { answer, text } = server.requests.at(-1)!;
      if (answer === 204) taken.push(...messagesOf(text));
      return response;
    },
    ...options,
  });
  handler.mapLogRecord = ({ msg }) => ({ msg });
  const faults: unknown[] = [];
  handler.handleError = (_record, error) => void faults.push(error);
  const emit = (...messages: string[]) => messages.forEach((text) => handler.handle(record(text)));
  const judge = (by: Judge) => {
    server.judge = ({ text, body }) => by(messagesOf(text), body.length);
  };
  const keys = () => server.requests.map(({ headers }) => headers["idempotency-key"]);
  return { server, clock, events, handler, faults, emit, taken, judge, keys };
}

const numbers = (count: number) => Array.from({ length: count }, (_, i) => `#${i}`);

for (const connection of ["persistent", "per-flush"] as const) {
  for (const status of [400, 422]) {
    test(`HTTPHandler (${connection}) finds the one record that is answered with ${status}`, async () => {
      const { server, handler, emit, faults, taken, judge, keys, events } = setUp({ connection });
      judge((records) => records.includes("#417") ? status : 204);
      emit(...numbers(1000));
      await handler.flush();
      assertEquals(taken, numbers(1000).filter((text) => text !== "#417"));
      assertEquals([account(handler).sent, handler.stats.dropped.refused], [999, 1]);
      assert(server.requests.length <= 1 + 2 * 10, `${server.requests.length} requests`);
      assertEquals(new Set(keys()).size, server.requests.length, "each is another request");
      assertEquals(faults.map(String), [`Error: the server answered ${status}`]);
      assertEquals(events.map(({ type }) => type).includes("outage"), false);
      await handler.close();
    });
  }

  test(`HTTPHandler (${connection}) needs log2 n refusals for each bad record, and 2 n requests at most`, async () => {
    for (const bad of [5, 64, 1000]) {
      const { server, handler, emit, taken, judge, faults } = setUp({ connection });
      const isBad = (text: string) => Number(text.slice(1)) % Math.ceil(1000 / bad) === 0;
      judge((records) => records.some(isBad) ? 400 : 204);
      emit(...numbers(1000));
      await handler.flush();
      assertEquals(taken, numbers(1000).filter((text) => !isBad(text)));
      const dropped = 1000 - taken.length;
      assertEquals(account(handler).dropped.refused, dropped);
      const refusals = server.requests.filter(({ answer }) => answer === 400).length;
      assert(refusals <= 1 + dropped * 11, `${refusals} refusals of ${dropped} bad records`);
      assert(server.requests.length < 2000, `${server.requests.length} requests`);
      assert(faults.length <= 10, `${faults.length} reports`);
      await handler.close();
    }
  });

  test(`HTTPHandler (${connection}) splits a batch that is too large, down to the record that is`, async () => {
    const { handler, emit, taken, judge, faults } = setUp({ connection, batchBytes: 1 << 20 });
    judge((_records, bytes) => bytes > 5000 ? 413 : 204);
    const large = "x".repeat(6000);
    emit(...numbers(500), large, ...numbers(500));
    await handler.flush();
    assertEquals(taken, [...numbers(500), ...numbers(500)]);
    const { sent, dropped } = account(handler);
    assertEquals([sent, dropped.tooLarge, dropped.refused], [1000, 1, 0]);
    const size = JSON.stringify({ msg: large }).length + 1;
    assertEquals(faults.map(String), [
      `Error: the server answered 413: a record of ${size} bytes is dropped`,
    ]);
    await handler.close();
  });

  test(`HTTPHandler (${connection}) makes smaller requests after a 413`, async () => {
    const { server, handler, emit, taken, judge } = setUp({ connection });
    judge((_records, bytes) => bytes > 102_400 ? 413 : 204);
    const texts = numbers(1000).map((text) => text.padEnd(500));
    emit(...texts);
    await handler.flush();
    assert(server.requests.some(({ answer }) => answer === 413));
    const before = server.requests.length;
    emit(...texts);
    await handler.flush();
    const later = server.requests.slice(before);
    assert(later.every(({ answer }) => answer === 204), "none is refused");
    assert(later.length <= 10, `${later.length} requests`);
    assertEquals(taken, [...texts, ...texts]);
    assertEquals(account(handler).sent, 2000);
    await handler.close();
  });

  test(`HTTPHandler (${connection}) stays without compression after a 415`, async () => {
    const { server, handler, emit, faults, taken, keys } = setUp({ connection, gzip: true });
    server.judge = ({ headers }) => headers["content-encoding"] === undefined ? 204 : 415;
    emit("a", "b");
    await handler.flush();
    emit("c");
    await handler.flush();
    assertEquals(server.requests.map(({ answer }) => answer), [415, 204, 204]);
    assertEquals([taken, account(handler).sent, faults], [["a", "b", "c"], 3, []]);
    assertEquals(new Set(keys()).size, 3, "another body is another request");
    await handler.close();
  });
}

test("HTTPHandler sends a batch again with the same records and the same key", async () => {
  const failures: FakeAnswer[] = [503, 429, networkError(), "hang", 401, 302];
  const { server, handler, emit, clock, taken, keys } = setUp({ timeoutMs: 100 });
  server.nextAnswers(...failures);
  emit("a", "b");
  await clock.advance();
  for (let i = 0; i < 30; i++) {
    emit(`${i}`);
    await clock.advance(10_000);
  }
  const [first] = keys();
  assertEquals(server.batches.slice(0, 7), Array(7).fill(["a", "b"]));
  assertEquals(keys().slice(0, 7), Array(7).fill(first));
  assertEquals(new Set(keys()).size, server.requests.length - failures.length);
  assertEquals(taken, ["a", "b", ...Array.from({ length: 30 }, (_, i) => `${i}`)]);
  await handler.close();
});

test("HTTPHandler sends a large batch that lasts too long again in halves", async () => {
  const { server, handler, emit, clock } = setUp({ timeoutMs: 10_000 });
  server.nextAnswers("hang", "hang");
  const texts = ["a", "b", "c", "d"].map((letter) => letter.repeat(60_000));
  emit(...texts);
  await clock.advance(9999);
  assertEquals(server.requests.length, 1);
  await clock.advance(1 + 11_000 + 10_000);
  const letters = () => server.batches.map((batch) => batch.map((text) => text[0]).join(""));
  assertEquals(letters().slice(0, 2), ["abcd", "ab"]);
  await clock.advance(60_000);
  assertEquals(letters().slice(2), ["a", "b", "c", "d"]);
  const { sent, queued } = account(handler);
  assertEquals([sent, queued], [4, 0]);
  await handler.close();
});

test("HTTPHandler repeats the halves of a batch, too, with their keys", async () => {
  const { server, handler, emit, clock, taken, keys } = setUp();
  server.nextAnswers(413, 503, networkError(), 204, 503);
  emit("a", "b", "c", "d");
  await clock.advance();
  emit("e");
  await clock.advance(10_000);
  assertEquals(server.batches, [
    ["a", "b", "c", "d"],
    ...[["a", "b"], ["a", "b"], ["a", "b"]],
    ...[["c", "d"], ["c", "d"]],
    ["e"],
  ]);
  const [, ab, ab2, ab3, cd, cd2, e] = keys();
  assertEquals([ab2, ab3, cd2], [ab, ab, cd]);
  assertEquals(new Set([ab, cd, e]).size, 3);
  assertEquals(taken, ["a", "b", "c", "d", "e"]);
  await handler.close();
});

test("HTTPHandler gives a batch that lost records to a full queue another key", async () => {
  const { server, handler, emit, clock, keys } = setUp({ maxQueuedRecords: 3 });
  server.nextAnswers(503);
  emit("a", "b", "c");
  await clock.advance();
  emit("d");
  await clock.advance(2000);
  assertEquals(server.batches, [["a", "b", "c"], ["b", "c"], ["d"]]);
  assertEquals(new Set(keys()).size, 3);
  await handler.close();
});

test("HTTPHandler sends no key where `idempotencyKey` is false, or the caller's", async () => {
  for (const headers of [{}, { "Idempotency-Key": "mine" }]) {
    const { handler, emit, keys } = setUp({ idempotencyKey: false, headers });
    emit("a");
    await handler.flush();
    assertEquals(keys(), [(headers as Record<string, string>)["Idempotency-Key"]]);
    await handler.close();
  }
});

for (const status of [301, 302, 307, 308, 401, 403, 404, 405, 410]) {
  test(`HTTPHandler takes ${status} for an outage that ends`, async () => {
    const { server, handler, emit, clock, events, faults, taken } = setUp();
    server.nextAnswers(status, status, status);
    emit("a", "b");
    await clock.advance();
    assertEquals(events.map(({ type }) => type), ["outage", "connect-failed"]);
    const [outage] = events;
    assert(outage?.type === "outage" && outage.error instanceof ConnectionError);
    assertEquals(outage.error.message, `the server answered ${status}`);
    assertEquals(outage.error.code, status === 401 || status === 403 ? "denied" : "other");
    await clock.advance(20_000);
    assertEquals([server.requests.length, taken, faults], [4, ["a", "b"], []]);
    assertEquals(events.at(-1), { type: "outage-over", lost: 0 });
    await handler.close();
  });
}

test("HTTPHandler drops the queue when the server has refused everything for `giveUpAfterMs`", async () => {
  const { server, handler, emit, clock, events, faults, taken } = setUp({ giveUpAfterMs: 60_000 });
  server.usual = 401;
  emit("a", "b");
  await clock.advance();
  emit("c");
  await clock.advance(55_000);
  assertEquals(account(handler).queued, 3);
  await clock.advance(35_000);
  assertEquals([account(handler).queued, handler.stats.dropped.refused], [0, 3]);
  assertEquals(faults.map(String), [
    "Error: the server answered 401: it has done so for 60000 ms, so what is queued is dropped",
  ]);
  assertEquals(events.filter(({ type }) => type === "outage").length, 1);
  assertEquals(handler.stats.connects, 0);
  // From now on each answer drops what is queued, at the pace of the back-off.
  const before = server.requests.length;
  for (let i = 0; i < 100; i++) {
    emit("lost");
    await clock.advance(1000);
  }
  assert(server.requests.length - before <= 5, "no more requests than the back-off allows");
  server.usual = 204;
  await clock.advance(40_000);
  emit("back");
  await handler.flush();
  assertEquals(taken.at(-1), "back");
  assertEquals(events.at(-1)?.type, "outage-over");
  account(handler);
  await handler.close();
  assertEquals(clock.pendingTimers, 0);
});

test("HTTPHandler that connects per flush gives up a server that refuses everything, too", async () => {
  const { server, handler, emit, clock, faults } = setUp({ connection: "per-flush" });
  server.usual = 404;
  emit("a", "b");
  await handler.flush();
  assertEquals(account(handler).queued, 2);
  await clock.advance(600_000);
  await handler.flush();
  assertEquals([account(handler).queued, handler.stats.dropped.refused], [0, 2]);
  assertEquals(faults.length, 1);
  await handler.close();
});

test("HTTPHandler shows an answer's text on one line, without control characters", async () => {
  const { server, handler, emit, faults } = setUp();
  server.nextAnswers(new Response("no\n\x1b[2J\x9b1m\u2028!", { status: 400 }));
  emit("a");
  await handler.flush();
  assertEquals(String(faults[0]), "Error: the server answered 400: no\\n\\x1b[2J\\x9b1m\\u2028!");
  await handler.close();
});

test("HTTPHandler.method can be set, in any case, and holds for records that are queued", async () => {
  const { server, handler, emit } = setUp({ body: "form" });
  assertEquals(handler.method, "GET");
  emit("a");
  handler.method = "post";
  assertEquals(handler.method, "POST");
  await handler.flush();
  handler.method = "GET";
  emit("b");
  await handler.flush();
  assertEquals(server.requests.map(({ method, text }) => [method, text]), [
    ["POST", "msg=a"],
    ["GET", ""],
  ]);
  assertEquals(
    server.requests.map(({ headers }) => headers["content-type"]),
    ["application/x-www-form-urlencoded", undefined],
  );
  await handler.close();
});

test("HTTPHandler.method refuses a method that cannot carry the records", () => {
  const { handler } = setUp();
  for (const method of ["GET", "PUT", 5]) {
    let refused = false;
    try {
      handler.method = method as string;
    } catch (error) {
      refused = error instanceof TypeError;
    }
    assert(refused, `${method}`);
  }
  assertEquals(handler.method, "POST");
});

test("HTTPHandler delivers each good record once whatever the server refuses, in order", async () => {
  const property = fc.asyncProperty(
    fc.integer({ min: 1, max: 1e9 }),
    fc.constantFrom<"persistent" | "per-flush">("persistent", "per-flush"),
    async (seed, connection) => {
      const dice = new Dice(seed);
      const { handler, emit, taken, judge, clock } = setUp({
        connection,
        batchRecords: dice.pick(1, 7, 1000),
        giveUpAfterMs: Infinity,
      });
      const share = dice.pick(1, 2, 10, 100);
      const texts = numbers(dice.roll(200)).map((text) => dice.once(share) ? `bad${text}` : text);
      const most = dice.pick(40, 500, 5000);
      judge((records, bytes) => {
        if (dice.once(6)) return dice.pick<FakeAnswer>(503, networkError(), 401, 302);
        if (bytes > most) return 413;
        return records.some((text) => text.startsWith("bad")) ? dice.pick(400, 422) : 204;
      });
      emit(...texts);
      for (let tries = 0; account(handler).queued > 0; tries++) {
        assert(tries < 1000, "there is no end");
        void handler.flush();
        await clock.advance(31_000);
      }
      const good = texts.filter((text) => !text.startsWith("bad"));
      assertEquals(taken, good);
      assertEquals(account(handler).sent, good.length);
      assertEquals(handler.stats.dropped.refused, texts.length - good.length);
      await handler.close();
    },
  );
  await fc.assert(property, { numRuns: 60, seed: 11 });
});
