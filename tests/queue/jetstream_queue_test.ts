/** The sending half of JetStreamQueue, and its options; tests/queue/jetstream_listener_test.ts has the other. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { metrics } from "../../src/delivery/metrics.ts";
import { fileSpool } from "../../src/files/spool/file_spool.ts";
import { Logger } from "../../src/logging/logger.ts";
import { JetStreamQueue, type JetStreamQueueOptions } from "../../src/queue/jetstream_queue.ts";
import { QueueHandler } from "../../src/queue/queue_handler.ts";
import { QueueFullError } from "../../src/queue/record_queue.ts";
import { VirtualClock } from "../../src/testing/_virtual_clock.ts";
import { framesIn, messages as textsIn, record } from "../handlers/wire.ts";
import { test } from "../test.ts";
import { advanceUntil } from "../until.ts";
import { failure, FakeJetStream } from "./fake_jetstream.ts";

/** The queues of the test that runs. */
const made: { queue: JetStreamQueue; clock: VirtualClock }[] = [];

/** A test that leaves no queue behind. */
function scenario(name: string, fn: () => void | Promise<void>): void {
  test(name, async () => {
    try {
      await fn();
    } finally {
      for (const { queue, clock } of made.splice(0)) {
        const closed = queue[Symbol.asyncDispose]();
        await clock.advance(10_000);
        await closed;
      }
    }
  });
}

function setUp(options: Partial<JetStreamQueueOptions> = {}, js = new FakeJetStream()) {
  const clock = new VirtualClock();
  const events: string[] = [];
  const queue = new JetStreamQueue(js, {
    stream: "LOGS",
    subject: "logs.shop",
    clock,
    onEvent: (event) =>
      events.push("error" in event ? `${event.type}: ${event.error}` : event.type),
    ...options,
  });
  made.push({ queue, clock });
  const texts = () => js.published.flatMap(({ payload }) => textsIn(payload));
  return { js, clock, events, queue, texts };
}

/** The account of the queue, which adds up. */
function account(queue: JetStreamQueue): number[] {
  const { emitted, recovered, sent, queued, droppedTotal } = queue.stats;
  assertEquals(emitted + recovered, sent + queued + droppedTotal);
  return [emitted, sent, queued, droppedTotal];
}

scenario("JetStreamQueue publishes the records of a turn as one message of frames", async () => {
  const { js, queue } = setUp();
  queue.put_nowait(record("a"));
  queue.put_nowait(record("b %d", 2));
  await queue.flush();
  const [{ subject, id, payload }] = js.published as [(typeof js.published)[0]];
  assertEquals([js.published.length, subject], [1, "logs.shop"]);
  assertEquals(framesIn(payload).map(({ name, msg, args }) => [name, msg, args]), [
    ["myapp", "a", null],
    ["myapp", "b 2", null],
  ]);
  assert(/^.{8,}-0-2$/.test(id), id);
  queue.name = "fleet";
  assert(metrics(queue).includes('logwire_records_sent_total{handler="fleet"} 2\n'));
  assertEquals(account(queue), [2, 2, 0, 0]);
});

scenario(
  "JetStreamQueue publishes a window of messages, and one before the first acknowledgement",
  async () => {
    const { js, clock, queue } = setUp({ window: 3 });
    js.acknowledges = false;
    const put = async (text: string) => {
      queue.put_nowait(record(text));
      await clock.advance();
    };
    await put("0");
    await put("1");
    assertEquals(js.published.length, 1);
    js.published[0]!.ack();
    // Records that came meanwhile are gathered for a moment.
    await clock.advance(20);
    assertEquals(js.published.length, 2);
    for (const text of ["2", "3", "4"]) await put(text);
    assertEquals(js.published.length, 4, "three wait for an acknowledgement");
    assertEquals(queue.stats.unacknowledged, 3);
    js.published[2]!.ack();
    await clock.advance(20);
    assertEquals(js.published.length, 5);
    assertEquals(account(queue), [5, 2, 3, 0]);
  },
);

scenario(
  "JetStreamQueue publishes again, in order and with the same ids, what was not acknowledged",
  async () => {
    const { js, clock, events, queue, texts } = setUp();
    queue.put_nowait(record("0"));
    await advanceUntil(clock, () => queue.stats.sent === 1);
    js.acknowledges = false;
    for (const text of ["1", "2", "3"]) {
      queue.put_nowait(record(text));
      await clock.advance();
    }
    const ids = () => js.published.map(({ id }) => id);
    const [, ...first] = ids();
    js.published[2]!.ack();
    await advanceUntil(clock, () => queue.stats.sent === 2);
    js.acknowledges = true;
    js.published[3]!.fail(failure("timeout", { name: "TimeoutError" }));
    await advanceUntil(clock, () => queue.stats.sent === 4);
    assertEquals(texts(), ["0", "1", "2", "3", "1", "3"]);
    assertEquals(ids().slice(4), [first[0], first[2]]);
    // The first publication of it may be stored after all, which is no second acknowledgement.
    js.published[1]!.ack();
    await clock.advance();
    assertEquals(account(queue), [4, 4, 0, 0]);
    assert(events.some((event) => /disconnected: .*subject 'logs.shop': timeout/.test(event)));
  },
);

scenario("a payload stays as it is when the queue goes on, as a client may hold it", async () => {
  const { js, clock, queue } = setUp();
  queue.put_nowait(record("first"));
  await advanceUntil(clock, () => queue.stats.sent === 1);
  const { payload } = js.published[0]!;
  const copy = payload.slice();
  for (let i = 0; i < 3; i++) {
    queue.put_nowait(record("later"));
    await clock.advance();
  }
  assertEquals(payload, copy);
});

scenario(
  "records wait while there is no stream, and the back-off says when it is asked for",
  async () => {
    const { js, clock, events, queue } = setUp();
    js.infoError = failure("stream not found", { name: "StreamNotFoundError", code: 10059 });
    queue.put_nowait(record("a"));
    await advanceUntil(clock, () => events.length > 0);
    assertEquals(
      events[0],
      "outage: ConnectionError: stream 'LOGS', subject 'logs.shop': stream not found",
    );
    await clock.advance(10_000);
    assertEquals([js.infos, js.published.length], [4, 0], "at 0, 1, 3 and 7 seconds");
    js.infoError = undefined;
    await clock.advance(10_000);
    assertEquals(account(queue), [1, 1, 0, 0]);
    assert(events.includes("outage-over"));
  },
);

scenario(
  "a stream that refuses every message has one published at a time, after each wait",
  async () => {
    const { js, clock, queue } = setUp({ batchBytes: 1 });
    js.acknowledges = false;
    for (let i = 0; i < 10; i++) queue.put_nowait(record("#%d", i));
    await advanceUntil(clock, () => js.published.length === 1);
    for (let count = 1; count < 12; count++) {
      js.published.at(-1)!.fail(failure("maximum bytes exceeded", { code: 10077 }));
      await clock.advance(40_000);
      assertEquals(js.published.length, count + 1);
    }
    assertEquals(new Set(js.published.map(({ id }) => id)).size, 1);
    assertEquals(account(queue), [10, 0, 10, 0], "no record is to blame");
    js.acknowledges = true;
    js.published.at(-1)!.ack();
    await clock.advance(1000);
    assertEquals(account(queue), [10, 10, 0, 0]);
  },
);

scenario("an account that may only publish does without a look at the stream", async () => {
  const { js, clock, queue } = setUp();
  js.infoError = Object.assign(failure("request failed"), {
    cause: failure("permissions violation", { name: "PermissionViolationError" }),
  });
  queue.put_nowait(record("a"));
  await advanceUntil(clock, () => queue.stats.sent === 1);
});

scenario(
  "a message that is too large goes as two, and a record that is too large is dropped",
  async () => {
    const { js, clock, queue } = setUp();
    js.acknowledges = false;
    queue.put_nowait(record("x".repeat(5000)));
    for (let i = 0; i < 7; i++) queue.put_nowait(record("#%d", i));
    await clock.advance();
    for (let at = 0; at < js.published.length; at++) {
      const { payload, ack, fail } = js.published[at]!;
      if (payload.length <= 2000) ack();
      else fail(failure("payload max_payload size exceeded", { name: "InvalidArgumentError" }));
      await clock.advance(2000);
    }
    const { sent, dropped, droppedTotal } = queue.stats;
    assertEquals([sent, dropped.tooLarge, droppedTotal], [7, 1, 1]);
    const taken = js.published.filter(({ payload }) => payload.length <= 2000);
    assertEquals(taken.flatMap(({ payload }) => textsIn(payload)), [
      ...["#0", "#1", "#2", "#3", "#4", "#5", "#6"],
    ]);
  },
);

scenario(
  "JetStreamQueue throws QueueFullError for a record without room, which QueueHandler counts",
  () => {
    const { js, queue } = setUp({ maxQueuedRecords: 2, overflow: "drop-newest" });
    js.acknowledges = false;
    const handler = new QueueHandler(queue);
    const errors: unknown[] = [];
    handler.handleError = (_record, error) => void errors.push(error);
    for (let i = 0; i < 4; i++) handler.emit(record("#%d", i));
    assertEquals(errors.length, 1);
    assert(errors[0] instanceof QueueFullError);
    assertEquals(handler.stats.dropped, { overflow: 2, error: 0, closed: 0 });
    assertEquals(account(queue), [4, 0, 2, 2]);
  },
);

scenario("JetStreamQueue drops the oldest records by default, and counts them", async () => {
  const { js, clock, queue, texts } = setUp({ maxQueuedRecords: 2 });
  const handler = new QueueHandler(queue);
  for (let i = 0; i < 4; i++) handler.emit(record("#%d", i));
  assertEquals(handler.stats.enqueued, 4);
  assertEquals(queue.stats.dropped.overflow, 2);
  await advanceUntil(clock, () => queue.stats.sent === 2);
  assertEquals(texts(), ["#2", "#3"]);
  assertEquals(js.published.length, 1);
});

scenario("the error of a record that cannot be encoded is thrown, and the account has it", () => {
  const { queue } = setUp();
  const bad = Object.defineProperty(record("bad"), "getMessage", {
    value: () => {
      throw new TypeError("no message");
    },
  });
  assertThrows(() => queue.put_nowait(bad), TypeError, "no message");
  assertEquals(queue.stats.dropped.error, 1);
  assertEquals(account(queue), [1, 0, 0, 1]);
});

scenario("a record for JetStreamQueue keeps its traceback apart from its text", async () => {
  const { js, clock, queue } = setUp();
  const log = new Logger("shop", 1);
  log.addHandler(new QueueHandler(queue));
  log.error("no luck with %s", "ink", new Error("dry"));
  await advanceUntil(clock, () => queue.stats.sent === 1);
  const [{ msg, exc_text, exc_info }] = framesIn(js.published[0]!.payload) as [
    Record<string, unknown>,
  ];
  assertEquals([msg, exc_info], ["no luck with ink", null]);
  assert(String(exc_text).startsWith("Error: dry\n"), String(exc_text));
});

scenario("with a spool another process publishes what is left, with the same ids", async () => {
  const folder = mkdtempSync(join(tmpdir(), "logwire-jetstream-"));
  try {
    const spool = () => fileSpool(join(folder, "spool"));
    const first = setUp({ spool: spool(), closeTimeoutMs: 0 });
    first.js.acknowledges = false;
    for (let i = 0; i < 3; i++) first.queue.put_nowait(record("#%d", i));
    await advanceUntil(first.clock, () => first.js.published.length === 1);
    const closed = first.queue[Symbol.asyncDispose]();
    await first.clock.advance(10_000);
    await closed;

    const second = setUp({ spool: spool() });
    second.queue.put_nowait(record("#3"));
    await advanceUntil(second.clock, () => second.queue.stats.sent === 4);
    assertEquals(second.js.published[0]!.id, first.js.published[0]!.id);
    assertEquals(second.texts(), ["#0", "#1", "#2", "#3"]);
    const { emitted, recovered, sent } = second.queue.stats;
    assertEquals([emitted, recovered, sent], [1, 3, 4]);
    await second.queue[Symbol.asyncDispose]();
    assert(existsSync(folder));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

scenario("records that are put in after the end are dropped, and counted", async () => {
  const { queue } = setUp();
  await queue[Symbol.asyncDispose]();
  assertThrows(() => queue.put_nowait(record("late")), Error, "the queue is closed");
  assertEquals(queue.stats.dropped.closed, 1);
});

scenario("a subject with wildcards is for listeners alone", () => {
  for (const subject of ["logs.>", "logs.*.web", ">", "*"]) {
    const { queue } = setUp({ subject });
    assertThrows(() => queue.put_nowait(record("a")), TypeError, "wildcards");
  }
  const { queue } = setUp({ subject: "logs.a>b" });
  queue.put_nowait(record("a"));
});

scenario(
  "new JetStreamQueue() refuses bad values and unknown options, and asks the server nothing",
  () => {
    const js = new FakeJetStream();
    const base = { stream: "LOGS", subject: "logs.shop" };
    const make = (options: object, client: unknown = js) => () =>
      new JetStreamQueue(client as FakeJetStream, { ...base, ...options });
    for (
      const [options, type, text] of [
        [{ stream: "" }, TypeError, "'stream'"],
        [{ subject: 5 }, TypeError, "'subject'"],
        [{ durable: "" }, TypeError, "'durable'"],
        [{ window: 0 }, RangeError, "'window'"],
        [{ batchBytes: 2 ** 24 + 1 }, RangeError, "'batchBytes'"],
        [{ ackTimeoutMs: 0 }, RangeError, "'ackTimeoutMs'"],
        [{ maxMessages: 0 }, RangeError, "'maxMessages'"],
        [{ escapeControlCharacters: 1 }, TypeError, "'escapeControlCharacters'"],
        [{ onError: 1 }, TypeError, "'onError'"],
        [{ overflow: "block" }, TypeError, "'overflow'"],
        [{ maxQueuedBytes: 0 }, RangeError, "'maxQueuedBytes'"],
        [{ widow: 1 }, TypeError, "no option 'widow'"],
      ] as const
    ) assertThrows(make(options), type, text);
    assertThrows(make({}, {}), TypeError, "'js'");
    make({})();
    assertEquals([js.infos, js.published.length], [0, 0]);
  },
);
