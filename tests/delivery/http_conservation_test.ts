/** Rounds of random faults between an `HTTPHandler` and a web server, a seed a round. */
import { assert, assertEquals } from "@std/assert";
import { VirtualClock } from "../../src/testing/_virtual_clock.ts";
import { loki, otlp } from "../../src/handlers/http_bodies.ts";
import { HTTPHandler, type HTTPHandlerOptions } from "../../src/handlers/http_handler.ts";
import { test } from "../test.ts";
import { type FakeAnswer, FakeServer, networkError } from "../handlers/fake_server.ts";
import { type Connection, Dice, resolved, rounds } from "./scripted_faults.ts";
import { account, record } from "../handlers/wire.ts";

/** Says yes, and then nothing more. */
const stalling = () => new Response(new ReadableStream({ pull: () => new Promise(() => {}) }));

/** Says yes after 300 ms, which may be too late. */
const late = (clock: VirtualClock) => () =>
  new Promise<Response>((resolve) =>
    void clock.setTimeout(() => resolve(new Response("late")), 300)
  );

/** Bodies that judge answers, or group records. */
const judging = () => [
  otlp({ resource: {}, encoding: "json" }),
  loki({ labels: { job: "x" }, metadata: false }),
];

/** What a server may do, and much that it may not. */
function answer(dice: Dice, clock: VirtualClock): FakeAnswer {
  return dice.pick<FakeAnswer>(
    ...[200, 204, 200, 429, 500, 503, 400, 413, 302, 422, 415, 401, 404, 431],
    ...["hang" as const, networkError(), late(clock)],
    () => new Response(null, { status: 503, headers: { "Retry-After": "7" } }),
    stalling,
    () => {
      throw new Error("fetch throws");
    },
    () => undefined as unknown as Response,
  );
}

async function round(seed: number, connection: Connection): Promise<void> {
  const dice = new Dice(seed);
  const clock = new VirtualClock();
  const server = new FakeServer();
  const body = dice.pick<HTTPHandlerOptions["body"]>("form", "json", "ndjson", ...judging());
  const many = body === "form" ? {} : {
    batchRecords: dice.pick(1, 3, 1000),
    batchBytes: dice.pick(1, 2000, 98304),
    batchMs: dice.pick(0, 50, 5000),
  };
  const flushes: Promise<void>[] = [];
  let emitted = 0;
  let depth = 0;
  let broken: unknown;
  const handler = new HTTPHandler("h", "/", {
    method: "POST",
    giveUpAfterMs: dice.pick(0, 1000, 60_000, Infinity),
    ...body !== undefined && { body },
    ...many,
    clock,
    connection,
    fetch: server.fetch,
    whileDisconnected: dice.pick("drop", "queue"),
    maxQueuedBytes: dice.pick(2500, 30_000, Infinity),
    maxQueuedRecords: dice.pick(7, 100, Infinity),
    overflow: dice.pick("drop-oldest", "drop-newest"),
    timeoutMs: dice.pick(1, 500, 2000),
    closeTimeoutMs: dice.pick(0, 500, 5000),
    onEvent() {
      try {
        account(handler);
      } catch (error) {
        broken ??= error;
      }
      if (depth > 0) return;
      depth++;
      if (dice.once(4)) emit();
      if (dice.once(10)) flush();
      if (dice.once(20) && body === "form") handler.method = dice.pick("GET", "POST");
      if (dice.once(200)) void handler.close();
      depth--;
      if (dice.once(10)) throw new Error("the listener fails");
    },
  });
  handler.handleError = () => {
    if (dice.once(2)) throw new Error("handleError fails too");
  };
  const emit = () => {
    const size = dice.pick(0, 10, 300, 3000);
    handler.handle(record(`${emitted++}:${"x".repeat(size)}`));
  };
  const flush = () => {
    const signal = dice.once(3) ? AbortSignal.abort() : undefined;
    flushes.push(handler.flush(signal && { signal }));
  };
  for (let steps = 20 + dice.roll(60); steps > 0; steps--) {
    switch (dice.roll(6)) {
      case 0:
      case 1:
        for (let count = dice.roll(20); count >= 0; count--) emit();
        break;
      case 2:
        await clock.advance(dice.pick(0, 1, 100, 1000, 31_000));
        break;
      case 3:
      case 4:
        server.nextAnswers(...Array.from({ length: 1 + dice.roll(4) }, () => answer(dice, clock)));
        break;
      case 5:
        flush();
        break;
    }
    account(handler);
    if (broken !== undefined) throw broken;
  }
  const closing = handler.close();
  await clock.advance(5000);
  await resolved(closing, "close() outlasts closeTimeoutMs");
  await resolved(Promise.all(flushes), "a flush outlives close()");
  // The answers that come late.
  await clock.advance(10_000);
  const stats = account(handler);
  assertEquals([stats.queued, stats.queuedBytes], [0, 0]);
  assertEquals(clock.pendingTimers, 0, "timers are left");
  checkOrder(server);
  // A body that judges waits for the rest of an answer, and asks again if it is cut off meanwhile.
  const isJudged = typeof body === "object";
  const yes: FakeAnswer[] = isJudged ? [200, 204] : [200, 204, stalling];
  const taken = server.requests.filter((request) => yes.includes(request.answer)).flatMap(
    numbersOf,
  );
  assertEquals(new Set(taken).size, taken.length, "a record was taken twice");
  const maybe = server.requests.filter(({ answer }) =>
    isJudged && answer === stalling || String(answer).includes("late")
  );
  const most = taken.length + maybe.flatMap(numbersOf).length;
  const text = `${stats.sent} were sent, the server took ${taken.length} to ${most}`;
  assert(stats.sent >= taken.length && stats.sent <= most, text);
}

function numbersOf({ url, text }: { url: string; text: string }): number[] {
  return [...`${url}${text}`.matchAll(/(?:msg=|"msg":"|Value":"|",")(\d+)(?:%3A|:)/g)].map((
    [, number],
  ) => Number(number));
}

/** Records are asked for in order; a request that failed may come again, with the same first. */
function checkOrder(server: FakeServer): void {
  let last = -1;
  for (const request of server.requests) {
    const numbers = numbersOf(request);
    assert(numbers.length > 0, "a request without records");
    assert(numbers[0]! >= last, `${numbers[0]} after ${last}`);
    numbers.forEach((number, i) => assert(i === 0 || number > numbers[i - 1]!));
    last = numbers[0]!;
  }
}

test("HTTPHandler loses and reorders nothing uncounted under random faults, and always closes", () =>
  rounds(round, "persistent"));

test("HTTPHandler that sends per flush loses and reorders nothing uncounted either", () =>
  rounds(round, "per-flush"));
