import { assert, assertEquals, assertThrows } from "@std/assert";
import { VirtualClock } from "../../src/testing/_virtual_clock.ts";
import type { MessagePortLike } from "../../src/queue/message_port.ts";
import { PortQueue, type PortQueueOptions } from "../../src/queue/port_queue.ts";
import { PortReceiver, type PortReceiverOptions } from "../../src/queue/port_receiver.ts";
import { QueueHandler } from "../../src/queue/queue_handler.ts";
import { QueueListener } from "../../src/queue/queue_listener.ts";
import { QueueFullError } from "../../src/queue/record_queue.ts";
import type { FlushOptions } from "../../src/logging/handler.ts";
import { LogRecord } from "../../src/logging/log_record.ts";
import { setRaiseExceptions } from "../../src/logging/raise_exceptions.ts";
import { ListHandler, receivedRecord, recordOf } from "../logging/helpers.ts";
import { advanceUntil } from "../until.ts";
import { isReceived } from "../../src/logging/received_mark.ts";
import { test } from "../test.ts";
import { turns } from "../turns.ts";

/** One end of a channel whose messages the test delivers. */
class FakePort implements MessagePortLike {
  readonly posted: Record<string, unknown>[] = [];
  readonly refs: string[] = [];
  /** Absent on a port like a `Worker` of `node:worker_threads`, which has only `on()`. */
  declare addEventListener?: (
    type: "message",
    listener: (event: { data: unknown }) => void,
  ) => void;
  listener: (message: unknown) => void = () => {};
  isBroken = false;

  constructor(isEventTarget = true) {
    if (!isEventTarget) return;
    this.addEventListener = (_type, listener) => this.listener = (data) => listener({ data });
  }

  on(_type: "message", listener: (message: unknown) => void): void {
    this.listener = listener;
  }

  postMessage(message: unknown, transfer: ArrayBuffer[]): void {
    if (this.isBroken) throw new Error("the port is closed");
    this.posted.push(structuredClone(message, { transfer }) as Record<string, unknown>);
  }

  ref(): void {
    this.refs.push("ref");
  }

  unref(): void {
    this.refs.push("unref");
  }

  /** The kinds of the messages posted since the last call. */
  kinds(): unknown[] {
    return this.posted.splice(0).map(({ logwire }) => logwire);
  }
}

function sender(options: PortQueueOptions = {}, isEventTarget = true) {
  const port = new FakePort(isEventTarget);
  const queue = new PortQueue(port, options);
  return { port, queue };
}

/** The number of the queue that last posted. */
function idOf(port: FakePort): unknown {
  return port.posted.at(-1)?.queue;
}

async function withChannel(
  work: (handler: QueueHandler, list: ListHandler, queue: PortQueue) => Promise<void>,
): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  const queue = new PortQueue(port1);
  const handler = new QueueHandler(queue);
  const list = new ListHandler();
  const listener = new QueueListener(new PortReceiver(port2), list);
  listener.start();
  try {
    await work(handler, list, queue);
  } finally {
    await handler.close();
    await listener.stop();
    port1.close();
    port2.close();
  }
}

test("PortQueue sends every attribute of a record through a port", async () => {
  await withChannel(async (handler, list, queue) => {
    const record = Object.assign(recordOf("%d left", 3), { user: "anna", tags: ["a", null] });
    handler.emit(record);
    await handler.flush();
    const [got] = list.records;
    assert(got instanceof LogRecord);
    assertEquals({ ...got }, {
      ...record,
      msg: "3 left",
      args: null,
      message: "3 left",
    });
    assertEquals(queue.stats, { emitted: 1, sent: 1, queued: 0, dropped: 0 });
  });
});

test("PortQueue sends a value that cannot be cloned as text, and loses no record for it", async () => {
  await withChannel(async (handler, list) => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const boom = () => {
      throw new Error("boom");
    };
    const extra = {
      fn: boom,
      symbol: Symbol("s"),
      bad: { toJSON: boom },
      proxy,
      good: 1,
    };
    handler.emit(Object.assign(recordOf("a"), extra));
    handler.emit(recordOf("b"));
    await handler.flush();
    assertEquals(list.lines, ["a", "b"]);
    const { fn, symbol, bad, proxy: shown, good } = list.records[0]!;
    assertEquals([typeof fn, symbol, good], ["string", "Symbol(s)", 1]);
    assertEquals([bad, shown], ["an object", "a value that cannot be shown"]);
  });
});

test("PortQueue sends a value as it was when it was emitted", async () => {
  await withChannel(async (handler, list) => {
    const tags = ["a"];
    handler.emit(Object.assign(recordOf("x"), { tags }));
    tags.push("b");
    await handler.flush();
    assertEquals(list.records[0]?.tags, ["a"]);
  });
});

test("PortQueue keeps the order of many records, small and large, plain and not", async () => {
  await withChannel(async (handler, list, queue) => {
    const texts: string[] = [];
    for (let i = 0; i < 3000; i++) {
      const text = `#${i} ${"é".repeat(i % 500 === 0 ? 100_000 : i % 50)}`;
      texts.push(text);
      handler.emit(i % 3 === 0 ? Object.assign(recordOf(text), { i: [i] }) : recordOf(text));
      if (i % 700 === 0) await Promise.resolve();
    }
    await handler.flush();
    assertEquals(list.lines, texts);
    assertEquals(queue.stats, { emitted: 3000, sent: 3000, queued: 0, dropped: 0 });
  });
});

test("PortQueue sends when the other end is ready, and then one message at a time", async () => {
  for (const isEventTarget of [true, false]) {
    const { port, queue } = sender({}, isEventTarget);
    queue.put_nowait(recordOf("a"));
    await Promise.resolve();
    const id = idOf(port);
    assertEquals(port.kinds(), ["hello"]);
    port.listener({ logwire: "ready" });
    assertEquals(port.kinds(), ["records"]);
    for (let i = 0; i < 1000; i++) queue.put_nowait(recordOf("b"));
    await Promise.resolve();
    for (const other of ["done", null, { logwire: "done", queue: -1 }, { logwire: 1 }]) {
      port.listener(other);
    }
    assertEquals([port.kinds(), queue.qsize()], [[], 1001]);
    port.listener({ logwire: "done", queue: id });
    const [{ frames } = { frames: undefined }] = port.posted;
    assert((frames as Uint8Array).length <= 98304);
    for (let i = 0; i < 20; i++) port.listener({ logwire: "done", queue: id });
    assertEquals(queue.stats, { emitted: 1001, sent: 1001, queued: 0, dropped: 0 });
  }
});

test("PortQueue is bounded when the other thread stalls, and drops the newest", async () => {
  const { port, queue } = sender({ maxRecords: 3 });
  port.listener({ logwire: "ready" });
  for (const msg of ["a", "b", "c"]) queue.put_nowait(recordOf(msg));
  port.listener({ logwire: "ready" });
  await Promise.resolve();
  assertThrows(() => queue.put_nowait(recordOf("d")), QueueFullError, "the other thread is behind");
  assertEquals(queue.stats, { emitted: 4, sent: 0, queued: 3, dropped: 1 });
});

test("PortQueue with drop-oldest drops the oldest records that are not under way", async () => {
  const { port, queue } = sender({ maxRecords: 3, overflow: "drop-oldest" });
  queue.put_nowait(recordOf("a"));
  const id = idOf(port);
  port.listener({ logwire: "ready" });
  const put = ["b", "c", "d", "e"].map((msg) => queue.put_nowait(recordOf(msg)));
  assertEquals(put, [true, true, false, false]);
  assertEquals(queue.stats, { emitted: 5, sent: 0, queued: 3, dropped: 2 });
  let flushed = false;
  const flushing = queue.flush().then(() => flushed = true);
  port.listener({ logwire: "done", queue: id });
  await Promise.resolve();
  assert(!flushed);
  port.listener({ logwire: "done", queue: id });
  await Promise.resolve();
  await Promise.resolve();
  const asked = port.posted.find(({ logwire }) => logwire === "flush");
  port.listener({ logwire: "flushed", queue: id, id: asked?.id });
  await flushing;
  assertEquals(queue.stats, { emitted: 5, sent: 3, queued: 0, dropped: 2 });
});

test("PortQueue refuses a record that is larger than the whole queue", () => {
  const { queue } = sender({ maxBytes: 1000, overflow: "drop-oldest" });
  queue.put_nowait(recordOf("a"));
  const large = recordOf("x".repeat(2000));
  assertThrows(() => queue.put_nowait(large), QueueFullError, "larger than the whole queue");
  assertEquals(queue.stats, { emitted: 2, sent: 0, queued: 1, dropped: 1 });
});

test("PortQueue keeps records that a closed port refuses, and flush() ends with its signal", async () => {
  const { port, queue } = sender();
  await queue.flush();
  port.isBroken = true;
  setRaiseExceptions(false);
  try {
    queue.put_nowait(recordOf("a"));
    port.listener({ logwire: "ready" });
    const abort = new AbortController();
    const flushed = queue.flush({ signal: abort.signal });
    abort.abort();
    await flushed;
    await queue.flush({ signal: abort.signal });
  } finally {
    setRaiseExceptions(true);
  }
  assertEquals(queue.stats, { emitted: 1, sent: 0, queued: 1, dropped: 0 });
  port.isBroken = false;
  queue.put_nowait(recordOf("b"));
  await Promise.resolve();
  assertEquals(port.kinds(), ["records"]);
});

test("PortQueue.flush() flushes the handlers at the other end", async () => {
  let flushes = 0;
  class Flushed extends ListHandler {
    override flush(_options?: FlushOptions): Promise<void> {
      flushes++;
      return Promise.resolve();
    }
  }
  const { port1, port2 } = new MessageChannel();
  const handler = new QueueHandler(new PortQueue(port1));
  const listener = new QueueListener(new PortReceiver(port2), new Flushed());
  handler.emit(recordOf("before anybody listens"));
  listener.start();
  await handler.flush();
  assertEquals(flushes, 1);
  await listener.stop();
  await handler.close();
  port1.close();
  port2.close();
});

test("PortReceiver answers each sender when that sender's records are handled", async () => {
  const port = new FakePort();
  const queue = new PortReceiver(port);
  queue.open(() => Promise.resolve());
  port.listener({ logwire: "hello", queue: 1 });
  assertEquals(port.kinds(), ["ready", "ready"]);
  const source = sender();
  source.queue.put_nowait(recordOf("a"));
  source.queue.put_nowait(recordOf("b"));
  source.port.listener({ logwire: "ready" });
  const { frames } = source.port.posted.at(-1)!;
  port.listener({ logwire: "records", queue: 1, frames });
  port.listener({ logwire: "records", queue: 2, frames });
  port.listener({ logwire: "records", queue: 3, frames: new Uint8Array(0) });
  for (let i = 0; i < 3; i++) {
    assert(queue.get_nowait() instanceof LogRecord);
    queue.task_done();
  }
  assertEquals(port.posted.splice(0), [{ logwire: "done", queue: 1 }]);
  queue.get_nowait();
  queue.task_done();
  assertEquals(port.kinds(), ["done", "done"]);
  port.listener({ logwire: "flush", queue: 1, id: 7 });
  await turns(1);
  assertEquals(port.posted.splice(0), [{ logwire: "flushed", queue: 1, id: 7 }]);
});

test("PortReceiver survives frames without records, and a closed port", () => {
  const port = new FakePort();
  const queue = new PortReceiver(port);
  queue.open(() => Promise.resolve());
  setRaiseExceptions(false);
  try {
    for (const frames of [new Uint8Array([0, 0, 0, 9, 1]), new Uint8Array(2), "no bytes", null]) {
      port.listener({ logwire: "records", queue: 1, frames });
    }
    assertEquals(port.kinds(), ["ready", "done", "done", "done", "done"]);
    port.isBroken = true;
    port.listener({ logwire: "hello", queue: 1 });
  } finally {
    setRaiseExceptions(true);
  }
  assert(queue.empty());
});

test("PortReceiver keeps records that arrive while its listener is stopped", async () => {
  const source = sender();
  source.queue.put_nowait(recordOf("a"));
  source.port.listener({ logwire: "ready" });
  const { frames } = source.port.posted.at(-1)!;
  const port = new FakePort();
  const list = new ListHandler();
  const listener = new QueueListener(new PortReceiver(port), list);
  listener.start();
  await listener.stop();
  port.listener({ logwire: "records", queue: 1, frames });
  assertEquals([list.lines, port.kinds()], [[], ["ready"]]);
  listener.start();
  const stopped = listener.stop();
  port.listener({ logwire: "drained", queue: 1, id: port.posted.at(-1)?.id });
  await stopped;
  assertEquals([list.lines, port.kinds()], [["a"], ["drain", "done"]]);
  assertEquals(port.refs, ["unref", "ref", "unref"]);
});

test("PortQueue and PortReceiver refuse other objects than ports, and bad options", () => {
  for (const port of [null, {}, { postMessage() {} }]) {
    assertThrows(() => new PortQueue(port as MessagePortLike), TypeError, "'port' must be");
    assertThrows(() => new PortReceiver(port as MessagePortLike), TypeError, "'port' must be");
  }
  const bad: [object, string][] = [
    [{ maxRecords: 0 }, "'maxRecords'"],
    [{ maxBytes: 0 }, "'maxBytes'"],
    [{ overflow: "block" }, "'overflow'"],
    [{ maxsize: 1 }, "there is no option 'maxsize'"],
  ];
  for (const [options, message] of bad) {
    assertThrows(() => new PortQueue(new FakePort(), options as PortQueueOptions), Error, message);
  }
});

test("QueueListener.stop() handles records that are on their way through a port", async () => {
  for (const count of [5, 3000]) {
    for (let round = 0; round < 10; round++) {
      const { port1, port2 } = new MessageChannel();
      const queue = new PortQueue(port1);
      const handler = new QueueHandler(queue);
      const list = new ListHandler();
      const listener = new QueueListener(new PortReceiver(port2), list);
      listener.start();
      for (let i = 0; i < count; i++) handler.emit(recordOf(`#${i}`));
      await listener.stop();
      assertEquals([list.lines.length, list.lines.at(-1)], [count, `#${count - 1}`]);
      assertEquals(queue.stats, { emitted: count, sent: count, queued: 0, dropped: 0 });
      // A record after stop() waits for the next listener.
      handler.emit(recordOf("later"));
      listener.start();
      await listener.stop();
      assertEquals(list.lines.at(-1), "later");
      port1.close();
      port2.close();
    }
  }
});

test("QueueListener.stop() waits for every sender of its port, and for no other", async () => {
  const { port1, port2 } = new MessageChannel();
  const list = new ListHandler();
  const listener = new QueueListener(new PortReceiver(port2), list);
  listener.start();
  await listener.stop();
  listener.start();
  const handlers = [1, 2, 3].map(() => new QueueHandler(new PortQueue(port1)));
  for (const handler of handlers) handler.emit(recordOf("x"));
  await listener.stop();
  assertEquals(list.lines, ["x", "x", "x"]);
  port1.close();
  port2.close();
});

test("PortQueue answers a drain when the records before it are handled, not those behind it", async () => {
  const { port, queue } = sender();
  queue.put_nowait(recordOf("a"));
  const id = idOf(port);
  port.listener({ logwire: "ready" });
  assertEquals(port.kinds(), ["hello", "records"]);
  queue.put_nowait(recordOf("b"));
  port.listener({ logwire: "drain", id: 7 });
  queue.put_nowait(recordOf("c"));
  port.listener({ logwire: "done", queue: id });
  assertEquals(port.kinds(), ["records"]);
  port.listener({ logwire: "done", queue: id });
  assertEquals(port.posted, [{ logwire: "drained", queue: id, id: 7 }]);
  port.kinds();
  port.listener({ logwire: "drain", id: 8 });
  assertEquals(port.posted, [{ logwire: "drained", queue: id, id: 8 }]);
  await Promise.resolve();
});

test("QueueListener.stop() does not wait for a sender that is silent, nor past its signal", async () => {
  const clock = new VirtualClock();
  const port = new FakePort();
  const listener = new QueueListener(new PortReceiver(port, { clock }), new ListHandler());
  listener.start();
  port.listener({ logwire: "hello", queue: 1 });
  let isStopped = false;
  const stopped = listener.stop().then(() => isStopped = true);
  await advanceUntil(clock, () => clock.pendingTimers === 1);
  await clock.advance(999);
  assert(!isStopped);
  await clock.advance(1);
  await stopped;
  listener.start();
  const abort = new AbortController();
  const aborted = listener.stop({ signal: abort.signal });
  await advanceUntil(clock, () => clock.pendingTimers === 1);
  abort.abort();
  await aborted;
  await advanceUntil(clock, () => clock.pendingTimers === 0);
  assertThrows(
    () => new PortReceiver(port, { colour: 1 } as PortReceiverOptions),
    TypeError,
    "there is no option 'colour'",
  );
});

test("the mark of a received record goes through a port, and no field of it changes", async () => {
  await withChannel(async (handler, list, queue) => {
    const plain = receivedRecord({ user: "anna" });
    const special = receivedRecord({ deep: { list: [1n, new Map([[1, null]])] } });
    for (const record of [plain, special, recordOf("own")]) handler.emit(record);
    // Two records that go into the queue without a handler, one of them marked.
    queue.put_nowait(receivedRecord({ exc_text: "Traceback:\nforged" }));
    queue.put_nowait(recordOf("own"));
    await handler.flush();
    assertEquals(list.records.map(isReceived), [true, true, false, true, false]);
    const { message: _, ...sent } = { ...plain, args: null };
    const { message, ...got } = { ...list.records[0]! };
    assertEquals([got, message], [sent, "spam\nINFO:root:forged"]);
    assertEquals(list.records[3]!.exc_text, "Traceback:\nforged");
  });
});

test("PortQueue sends … for fields beyond the room of one record, and encodes few of these", async () => {
  const distinct = (i: number) => String.fromCharCode(0x4e00 + i).repeat(1 << 19);
  const fields = Object.fromEntries(
    Array.from({ length: 40 }, (_, i) => [`text${i}`, distinct(i)]),
  );
  let looks = 0;
  const bad = {
    get field() {
      looks++;
      throw new Error("not to be read");
    },
  };
  const others = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`bad${i}`, bad]));
  await withChannel(async (handler, list, queue) => {
    queue.put_nowait(Object.assign(recordOf("texts"), fields));
    queue.put_nowait(Object.assign(recordOf("bad"), { first: 1 }, others, { last: 1 }));
    queue.put_nowait(recordOf("behind"));
    await handler.flush();
    const [texts, trimmed] = list.records;
    assertEquals(list.records.map(({ msg }) => msg), ["texts", "bad", "behind"]);
    assertEquals([texts!.text0 === distinct(0), texts!.text39], [true, "…"]);
    assertEquals([trimmed!.first, trimmed!.bad0, trimmed!.bad999], [1, "an object", "…"]);
    assert(looks < 20);
  });
});
