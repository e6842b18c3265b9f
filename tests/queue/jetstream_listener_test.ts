/** The listening half of JetStreamQueue, behind a QueueListener. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { Handler } from "../../src/logging/handler.ts";
import type { LogRecord } from "../../src/logging/log_record.ts";
import { setLogRecordFactory } from "../../src/logging/log_record_factory.ts";
import { LogRecord as PlainRecord } from "../../src/logging/log_record.ts";
import { isReceived } from "../../src/logging/received_mark.ts";
import { JetStreamQueue, type JetStreamQueueOptions } from "../../src/queue/jetstream_queue.ts";
import { QueueListener } from "../../src/queue/queue_listener.ts";
import { VirtualClock } from "../../src/testing/_virtual_clock.ts";
import { frame } from "../../src/wire/length_prefix.ts";
import { dumps } from "../../src/wire/pickle/pickle.ts";
import { concat } from "@std/bytes";
import { catchStderr } from "../stderr.ts";
import { test } from "../test.ts";
import { turns } from "../turns.ts";
import { until } from "../until.ts";
import { failure, FakeJetStream } from "./fake_jetstream.ts";

const frameOf = (fields: object) => frame(dumps(fields));
const textOf = (msg: string) => frameOf({ name: "shop", levelno: 20, levelname: "INFO", msg });
const message = (...texts: string[]) => concat(texts.map(textOf));

/** Keeps texts; its flush waits for the test if that says so. */
class FlushedList extends Handler {
  readonly records: LogRecord[] = [];
  readonly texts: string[] = [];
  flushes = 0;
  waits = false;
  release: () => void = () => {};

  emit(record: LogRecord): void {
    this.records.push(record);
    this.texts.push(record.getMessage());
  }

  override async flush(): Promise<void> {
    if (this.waits) await new Promise<void>((resolve) => this.release = resolve);
    this.flushes++;
  }
}

function setUp(options: Partial<JetStreamQueueOptions> = {}, js = new FakeJetStream()) {
  const clock = new VirtualClock();
  const errors: string[] = [];
  const queue = new JetStreamQueue(js, {
    stream: "LOGS",
    subject: "logs.>",
    durable: "files",
    clock,
    onError: ({ message }) => void errors.push(message),
    ...options,
  });
  const handler = new FlushedList();
  const listener = new QueueListener(queue, handler);
  return { js, clock, errors, queue, handler, listener };
}

/** The counters, which add up. */
function account({ stats }: JetStreamQueue) {
  const { delivered, acknowledged, duplicates, rejected, pending, ...records } = stats.listener;
  assertEquals(delivered, acknowledged + duplicates + rejected + pending);
  assertEquals(records.received, records.handled + records.queued);
  return { delivered, acknowledged, duplicates, rejected, pending };
}

async function opened(options: Partial<JetStreamQueueOptions> = {}, js = new FakeJetStream()) {
  const run = setUp(options, js);
  run.listener.start();
  await until(() => js.messages !== undefined, () => "a request");
  return run;
}

test("a message is acknowledged when its records are handled and the handlers have flushed", async () => {
  const { js, handler, listener, queue } = await opened();
  handler.waits = true;
  js.deliver(1, message("a", "b"));
  await until(() => handler.texts.length === 2, () => "the records");
  await turns(3);
  assertEquals([js.answers, account(queue).pending], [[], 1]);
  handler.release();
  await until(() => js.answers.length > 0, () => "an acknowledgement");
  assertEquals(js.answers, ["ack 1"]);
  assertEquals(account(queue), {
    ...{ delivered: 1, acknowledged: 1, duplicates: 0, rejected: 0, pending: 0 },
  });
  handler.waits = false;
  await listener.stop();
});

test("one flush is enough for all messages that are handled before it", async () => {
  const { js, handler, listener } = await opened();
  handler.waits = true;
  js.deliver(1, message("a"));
  await until(() => handler.texts.length === 1, () => "the first record");
  for (let seq = 2; seq <= 6; seq++) js.deliver(seq, message("b"));
  await until(() => handler.texts.length === 6, () => "the records");
  handler.waits = false;
  handler.release();
  await until(() => js.answers.length === 6, () => "the acknowledgements");
  assert(handler.flushes <= 3, `${handler.flushes} flushes`);
  await listener.stop();
});

test("a message that comes again is acknowledged, and not handled", async () => {
  const { js, handler, listener, queue } = await opened();
  handler.waits = true;
  js.deliver(1, message("a"));
  await until(() => handler.texts.length === 1, () => "the record");
  // The server has not waited; and a sender has published again what the stream has.
  js.deliver(1, message("a"));
  js.deliver(2, message("a"), "id-1");
  await until(() => account(queue).duplicates === 2, () => "the duplicates");
  assertEquals(js.answers, []);
  handler.waits = false;
  handler.release();
  await until(() => js.answers.length === 3, () => "the acknowledgements");
  assertEquals(js.answers, ["ack 1", "ack 1", "ack 2"]);
  js.deliver(1, message("a"));
  await until(() => js.answers.length === 4, () => "one more");
  assertEquals(handler.texts, ["a"]);
  assertEquals(account(queue).duplicates, 3);
  await listener.stop();
});

test("messages without an id are told apart by their place in the stream", async () => {
  const { js, handler, listener } = await opened();
  js.deliver(1, message("a"), "");
  js.deliver(2, message("b"), "");
  js.deliver(1, message("a"), "");
  // An id that would fill the memory is none.
  js.deliver(3, message("c"), "x".repeat(1000));
  js.deliver(4, message("d"), "x".repeat(1000));
  await until(() => js.answers.length === 5, () => "the acknowledgements");
  assertEquals(handler.texts, ["a", "b", "c", "d"]);
  await listener.stop();
});

test("a message that holds no records is reported and never comes again, and loses nothing else", async () => {
  const { js, handler, listener, queue, errors } = await opened();
  const bytes = (text: string) => new TextEncoder().encode(text);
  const poison = [
    bytes("GET / HTTP/1.1\r\n\r\n"),
    new Uint8Array(0),
    frame(bytes("no pickle")),
    frameOf({ name: "shop", msg: "no level", levelno: "high" }),
    textOf("cut").subarray(0, 20),
    // os.system("true") as Python would run it.
    frame(bytes("cos\nsystem\n(S'true'\ntR.")),
  ];
  js.deliver(1, message("before"));
  poison.forEach((data, at) => js.deliver(2 + at, data));
  js.deliver(8, concat([textOf("good"), frame(bytes("bad")), textOf("good too")]));
  js.deliver(9, message("behind"));
  await until(() => js.answers.length === 9, () => "the answers");
  assertEquals(js.answers, [
    ...["ack 1", "term 2", "term 3", "term 4", "term 5", "term 6", "term 7", "term 8", "ack 9"],
  ]);
  assertEquals(handler.texts, ["before", "good", "good too", "behind"]);
  assertEquals(errors.length, 7);
  assert(/^stream 'LOGS' has no log records in message 2: /.test(errors[0]!), errors[0]);
  const { acknowledged, rejected } = account(queue);
  assertEquals([acknowledged, rejected], [2, 7]);
  await listener.stop();
});

test("faults are printed on one line every ten seconds, without control characters", async () => {
  const js = new FakeJetStream();
  const { lines, end } = catchStderr();
  try {
    const clock = new VirtualClock();
    const options = { stream: "LOGS", subject: "logs.>", durable: "files", clock };
    const queue = new JetStreamQueue(js, options);
    const listener = new QueueListener(queue, new FlushedList());
    listener.start();
    await until(() => js.messages !== undefined, () => "a request");
    const poison = (seq: number) => js.deliver(seq, frame(new TextEncoder().encode("\x1b[2J")));
    poison(1);
    poison(2);
    await until(() => js.answers.length === 2, () => "the answers");
    await clock.advance(11_000);
    poison(3);
    await until(() => js.answers.includes("term 3"), () => "the last answer");
    await listener.stop();
  } finally {
    end();
  }
  assertEquals(lines.length, 2, lines.join(""));
  assert(
    lines[0]!.startsWith("logwire: JetStreamQueue logs.>: stream 'LOGS' has no log records in"),
  );
  assert(!lines.join("").includes("\x1b"));
  assert(/ \(and 1 more before\)\n?$/.test(lines[1]!), lines[1]);
});

test("the server is told three times within its time that messages are being handled", async () => {
  const js = new FakeJetStream();
  js.config.ack_wait = 3e9;
  const { clock, handler, listener } = await opened({}, js);
  handler.waits = true;
  js.deliver(1, message("a"));
  await until(() => handler.texts.length === 1, () => "the record");
  await clock.advance(3000);
  assertEquals(js.answers, ["working 1", "working 1", "working 1"]);
  handler.waits = false;
  handler.release();
  await until(() => js.answers.includes("ack 1"), () => "the acknowledgement");
  js.answers.length = 0;
  await clock.advance(3000);
  assertEquals(js.answers, []);
  await listener.stop();

  listener.start();
  js.messages = undefined;
  await until(() => js.messages !== undefined, () => "a request of the next start");
  handler.waits = true;
  js.deliver(2, message("b"));
  await until(() => handler.texts.length === 2, () => "the record");
  await clock.advance(3000);
  assertEquals(js.answers, ["working 2", "working 2", "working 2"]);
  handler.waits = false;
  handler.release();
  await listener.stop();
  await clock.advance(3000);
  assertEquals(js.answers.length, 4);
});

test("a listener asks for no more messages than it may have, and again when half are done with", async () => {
  const { js, handler, listener } = await opened({ maxMessages: 4 });
  assertEquals(js.requests, [4]);
  handler.waits = true;
  for (let seq = 1; seq <= 4; seq++) js.deliver(seq, message("a"));
  js.messages!.end();
  await until(() => handler.texts.length === 4, () => "the records");
  await turns(3);
  assertEquals(js.requests, [4]);
  handler.waits = false;
  handler.release();
  await until(() => js.requests.length === 2, () => "a request");
  assertEquals(js.requests, [4, js.requests[1]!]);
  assert(js.requests[1]! >= 2);
  await listener.stop();
});

test("stop() handles and acknowledges what was delivered, and start() goes on", async () => {
  const { js, handler, listener, queue } = await opened();
  for (let seq = 1; seq <= 3; seq++) js.deliver(seq, message("a", "b"));
  await listener.stop();
  assertEquals(handler.texts.length, 6);
  assertEquals(js.answers, ["ack 1", "ack 2", "ack 3"]);
  js.messages = undefined;
  listener.start();
  await until(() => js.messages !== undefined, () => "a request");
  js.deliver(3, message("a", "b"));
  js.deliver(4, message("c"));
  await until(() => js.answers.length === 5, () => "the acknowledgements");
  assertEquals(handler.texts.slice(6), ["c"]);
  await listener.stop();
  assertEquals(account(queue).pending, 0);
});

test("stop() ends a request that is just being made", async () => {
  const js = new FakeJetStream();
  let open = () => {};
  js.gate = new Promise((resolve) => open = resolve);
  const { listener } = setUp({}, js);
  listener.start();
  await until(() => js.requests.length === 1, () => "a request");
  const stopped = listener.stop();
  await turns(3);
  open();
  await stopped;
  assertEquals(js.requests.length, 1);
});

test("stop() does not wait for ever for a handler that does not flush, and acknowledges nothing then", async () => {
  const { js, clock, handler, listener, queue, errors } = await opened({ closeTimeoutMs: 100 });
  handler.waits = true;
  js.deliver(1, message("a"));
  await until(() => handler.texts.length === 1, () => "the record");
  const stopped = listener.stop({ signal: AbortSignal.abort() });
  await turns(3);
  await clock.advance(1000);
  await stopped;
  await until(() => errors.length === 1, () => "a report");
  assertEquals([js.answers, account(queue).pending], [[], 1]);
  assert(/may not have the last acknowledgements: no answer within 100 ms/.test(errors[0]!));
});

test("a consumer that does not exist is made, and one that cannot be read is tried again", async () => {
  const js = new FakeJetStream();
  js.consumerError = failure("consumer not found", { code: 10014 });
  const { listener } = await opened({}, js);
  assertEquals(js.added, [
    { durable_name: "files", ack_policy: "explicit", filter_subject: "logs.>" },
  ]);
  js.consumerError = failure("stream not found", { code: 10059 });
  js.messages!.end(failure("consumer deleted"));
  await listener.stop();

  const other = new FakeJetStream();
  other.consumerError = failure("stream not found", { code: 10059 });
  const run = setUp({}, other);
  run.listener.start();
  await until(() => run.errors.length === 1, () => "a report");
  assertEquals(run.errors, ["stream 'LOGS' cannot be listened to: stream not found"]);
  assertEquals(other.added, []);
  other.consumerError = undefined;
  await run.clock.advance(1000);
  await until(() => other.messages !== undefined, () => "a request");
  other.deliver(1, message("a"));
  await until(() => other.answers.length === 1, () => "the acknowledgement");
  await run.listener.stop();
});

test("a consumer that acknowledges in another way is reported", async () => {
  const js = new FakeJetStream();
  js.config = { ack_policy: "none" };
  const { errors, listener } = setUp({}, js);
  listener.start();
  await until(() => errors.length === 1, () => "a report");
  assert(/must have the ack_policy "explicit": it is "none"/.test(errors[0]!), errors[0]);
  await listener.stop();
});

test("a handler that throws loses that record alone, and the message is acknowledged", async () => {
  const { js, handler, listener } = await opened();
  handler.emit = (record) => {
    if (record.getMessage() === "bad") throw new TypeError("no luck");
    handler.texts.push(record.getMessage());
  };
  handler.handleError = () => {};
  js.deliver(1, message("a", "bad", "b"));
  await until(() => js.answers.length === 1, () => "the acknowledgement");
  assertEquals([handler.texts, js.answers], [["a", "b"], ["ack 1"]]);
  await listener.stop();
});

test("a listener whose flush() throws or rejects is reported, and its messages are acknowledged", async () => {
  for (const isThrown of [true, false]) {
    const { js, errors, listener } = setUp();
    listener.flush = () => {
      const error = new Error("no disk");
      if (isThrown) throw error;
      return Promise.reject(error);
    };
    listener.start();
    await until(() => js.messages !== undefined, () => "a request");
    js.deliver(1, message("a"));
    await until(() => js.answers.length === 1, () => "the acknowledgement");
    js.deliver(2, message("b"));
    await until(() => js.answers.length === 2, () => "the next one");
    assertEquals(errors[0], "stream 'LOGS' could not flush its handlers: no disk");
    await listener.stop();
  }
});

test("records are marked as received, unless they are not to be escaped", async () => {
  for (const escapeControlCharacters of [true, false]) {
    const { js, handler, listener } = await opened({ escapeControlCharacters });
    js.deliver(1, message("a", "b"));
    await until(() => handler.records.length === 2, () => "the records");
    assertEquals(handler.records.map(isReceived), [
      ...[escapeControlCharacters, escapeControlCharacters],
    ]);
    await listener.stop();
  }
});

test("records are made by the factory of the program", async () => {
  const { js, handler, listener } = await opened();
  class OwnRecord extends PlainRecord {}
  setLogRecordFactory(OwnRecord);
  try {
    js.deliver(1, message("a", "b"));
    await until(() => handler.records.length === 2, () => "the records");
  } finally {
    setLogRecordFactory(PlainRecord);
  }
  assert(handler.records.every((record) => record instanceof OwnRecord));
  await listener.stop();
});

test("a listener without a durable name is an error that says so", () => {
  const queue = new JetStreamQueue(new FakeJetStream(), { stream: "LOGS", subject: "logs.>" });
  const listener = new QueueListener(queue, new FlushedList());
  assertThrows(() => listener.start(), TypeError, "'durable' is not set");
});

test("a second listener of a queue is refused, until the first has stopped", async () => {
  const { js, queue, handler, listener } = await opened();
  const second = new QueueListener(queue, handler);
  assertThrows(() => second.start(), Error, "another listener reads this queue");
  js.deliver(1, message("a"));
  await until(() => handler.texts.length === 1, () => "the record");
  await listener.stop();
  assertEquals(account(queue).acknowledged, 1);
  second.start();
  await second.stop();
});
