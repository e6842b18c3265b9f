import process from "node:process";
import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { QueueListener } from "../../src/queue/queue_listener.ts";
import { type QueueItem, RecordQueue } from "../../src/queue/record_queue.ts";
import { QueueHandler } from "../../src/queue/queue_handler.ts";
import type { FlushOptions } from "../../src/logging/handler.ts";
import { Logger } from "../../src/logging/logger.ts";
import { LogRecord } from "../../src/logging/log_record.ts";
import { setRaiseExceptions } from "../../src/logging/raise_exceptions.ts";
import { StreamHandler } from "../../src/logging/stream_handler.ts";
import { ListHandler, recordOf } from "../logging/helpers.ts";
import { catchStderr } from "../stderr.ts";
import { test } from "../test.ts";
import { turns } from "../turns.ts";

class Flushed extends ListHandler {
  flushes = 0;

  override flush(_options?: FlushOptions): Promise<void> {
    this.flushes++;
    return Promise.resolve();
  }
}

function put(queue: RecordQueue, ...messages: string[]): void {
  for (const msg of messages) queue.put_nowait(recordOf(msg));
}

test("QueueListener gives records to its handlers in order, in a later turn", async () => {
  const queue = new RecordQueue();
  const lists = [new Flushed(), new Flushed()] as const;
  const listener = new QueueListener(queue, ...lists);
  listener.start();
  put(queue, "a", "b");
  await Promise.resolve();
  assertEquals(lists[0].lines, []);
  await listener.stop();
  for (const { lines, flushes } of lists) assertEquals([lines, flushes], [["a", "b"], 1]);
});

test("QueueListener.start() returns the listener, which await using stops", async () => {
  const queue = new RecordQueue();
  const list = new ListHandler();
  const listener = new QueueListener(queue, list);
  {
    await using started = listener.start();
    assertStrictEquals(started, listener);
    put(queue, "a");
  }
  assertEquals(list.lines, ["a"]);
  await Promise.all([listener.stop(), listener[Symbol.asyncDispose]()]);
  await listener.start().stop();
});

test("QueueListener checks a handler's level only with respect_handler_level", async () => {
  const list = new ListHandler();
  list.setLevel("ERROR");
  for (const respect_handler_level of [false, true]) {
    const queue = new RecordQueue();
    await using listener = new QueueListener(queue, list, { respect_handler_level });
    listener.start();
    for (const level of [30, 40, 50]) {
      queue.put_nowait(
        new LogRecord("q", level, "q.ts", 1, `${level} ${respect_handler_level}`, [], null),
      );
    }
    // The end of the block stops the listener.
  }
  assertEquals(list.lines, ["30 false", "40 false", "50 false", "40 true", "50 true"]);
});

test("QueueListener.stop() handles all records queued before it, and start() continues", async () => {
  const queue = new RecordQueue({ maxRecords: 5000 });
  const list = new ListHandler();
  const listener = new QueueListener(queue, list);
  await listener.stop();
  listener.start();
  for (let i = 0; i < 5000; i++) put(queue, `#${i}`);
  const stopped = Promise.all([listener.stop(), listener.stop()]);
  await stopped;
  assertEquals([list.lines.length, list.lines.at(-1)], [5000, "#4999"]);
  assertEquals(queue.stats, { emitted: 5000, sent: 5000, queued: 0, dropped: 0 });
  put(queue, "later");
  assertEquals(queue.qsize(), 1);
  listener.start();
  assertThrows(() => listener.start(), Error, "it is started already");
  await listener.stop();
  assertEquals(list.lines.at(-1), "later");
});

test("QueueListener calls task_done() for every item, the sentinel included", async () => {
  const done: string[] = [];
  class Told extends RecordQueue {
    override task_done(): void {
      done.push(`after ${list.lines.length}`);
      super.task_done();
    }
  }
  const queue = new Told();
  const list = new ListHandler();
  const listener = new QueueListener(queue, list);
  listener.start();
  put(queue, "a", "b");
  await listener.stop();
  assertEquals(done, ["after 1", "after 2", "after 2"]);
});

test("a handler of QueueListener writes the error and the stack of a record once", async () => {
  const queue = new RecordQueue();
  const logger = new Logger("que", 1);
  logger.addHandler(new QueueHandler(queue));
  let written = "";
  const stream = { write: (text: string) => written += text };
  const listener = new QueueListener(queue, new StreamHandler(stream));
  listener.start();
  logger.exception("failed", new RangeError("boom"));
  logger.error("here", { stack_info: true });
  await listener.stop();
  const count = (text: string) => written.split(text).length - 1;
  assertEquals([count("RangeError: boom"), count("Stack (most recent call last):")], [1, 1]);
});

test("QueueListener leaves turns of the event loop to others while handlers are slow", async () => {
  const queue = new RecordQueue();
  let isOver = false;
  class Slow extends ListHandler {
    override emit(record: LogRecord): void {
      super.emit(record);
      for (const end = performance.now() + 1; performance.now() < end;);
    }
  }
  const list = new Slow();
  const listener = new QueueListener(queue, list);
  listener.start();
  for (let i = 0; i < 200; i++) put(queue, "x");
  let seen = 0;
  const timer = turns(1).then(() => {
    seen = list.lines.length;
    assert(!isOver);
  });
  const stopped = listener.stop().then(() => isOver = true);
  await Promise.all([timer, stopped]);
  assert(seen < 200);
  assertEquals(list.lines.length, 200);
});

test("QueueListener.flush() waits for what is queued, then for the handlers", async () => {
  const queue = new RecordQueue();
  const list = new Flushed();
  const listener = new QueueListener(queue, list);
  put(queue, "a");
  await listener.flush();
  assertEquals([list.lines.length, list.flushes], [0, 1]);
  listener.start();
  await listener.flush();
  assertEquals([list.lines, list.flushes], [["a"], 2]);
  await listener.stop();
});

test("QueueListener.stop() ends its wait when the signal is aborted", async () => {
  class Stuck extends ListHandler {
    override flush(options?: FlushOptions): Promise<void> {
      return new Promise((resolve) => options?.signal?.addEventListener("abort", () => resolve()));
    }
  }
  const listener = new QueueListener(new RecordQueue(), new Stuck());
  listener.start();
  const abort = new AbortController();
  const stopped = listener.stop({ signal: abort.signal });
  abort.abort();
  await stopped;
  await listener.stop();
});

test("QueueListener survives handlers that throw and flushes that reject", async () => {
  class Broken extends ListHandler {
    override handle(_record: LogRecord): boolean {
      throw new Error("handle");
    }

    override flush(): Promise<void> {
      throw new Error("flush");
    }
  }
  const queue = new RecordQueue();
  const [broken, list] = [new Broken(), new ListHandler()];
  const listener = new QueueListener(queue, broken, list);
  listener.start();
  put(queue, "a", "b");
  setRaiseExceptions(false);
  try {
    await listener.stop();
  } finally {
    setRaiseExceptions(true);
  }
  assertEquals([list.lines, broken.errors.length], [["a", "b"], 2]);
});

test("QueueListener calls overrides of dequeue(), prepare() and enqueue_sentinel()", async () => {
  const queue = new RecordQueue();
  class Own extends QueueListener {
    override async dequeue(): Promise<QueueItem> {
      const item = await queue.get();
      return item?.msg === "end" ? null : item;
    }

    override prepare(record: LogRecord): LogRecord {
      return recordOf(`<${record.msg}>`);
    }

    override enqueue_sentinel(): void {
      put(queue, "end");
    }
  }
  const list = new ListHandler();
  const listener = new Own(queue, list);
  listener.start();
  put(queue, "a", "b", "c");
  await listener.stop();
  assertEquals(list.lines, ["<a>", "<b>", "<c>"]);
});

test("QueueListener ends when the queue itself fails, and reports it", async () => {
  class Failing extends QueueListener {
    override dequeue(): Promise<QueueItem> {
      return Promise.reject(new Error("no queue"));
    }
  }
  const listener = new Failing(new RecordQueue());
  setRaiseExceptions(false);
  try {
    listener.start();
    await listener.stop();
  } finally {
    setRaiseExceptions(true);
  }
  await assertRejects(async () => await listener.dequeue(), Error, "no queue");
});

test("QueueListener refuses bad queues, handlers and options", () => {
  const queue = new RecordQueue();
  const make = QueueListener as unknown as new (...args: unknown[]) => QueueListener;
  const bad: [unknown[], string][] = [
    [[{}], "'queue' must be an object with get() and put_nowait()"],
    [[queue, { level: 1 }], "there is no option 'level'"],
    [[queue, {}, new ListHandler()], "'handler' must be"],
    [[queue, { respect_handler_level: 1 }], "'respect_handler_level' must be true or false"],
    [[queue, null], "'options' must be an object"],
  ];
  for (const [args, message] of bad) assertThrows(() => new make(...args), Error, message);
});

test("QueueListener.stop() leaves no item that task_done() could be called for", async () => {
  const queue = new RecordQueue();
  const listener = new QueueListener(queue);
  listener.start();
  put(queue, "a");
  await listener.stop();
  assertThrows(() => queue.task_done(), RangeError, "task_done() called too many times");
});

test("QueueListener continues when the program calls task_done() too", async () => {
  const queue = new RecordQueue();
  class Eager extends ListHandler {
    override emit(record: LogRecord): void {
      super.emit(record);
      queue.task_done();
    }
  }
  const list = new Eager();
  const listener = new QueueListener(queue, list);
  listener.start();
  setRaiseExceptions(false);
  try {
    for (const text of ["a", "b"]) {
      put(queue, text);
      await listener.flush();
    }
    await listener.stop();
  } finally {
    setRaiseExceptions(true);
  }
  assertEquals(list.lines, ["a", "b"]);
});

test("QueueListener listens to a queue that has only put_nowait() and get()", async () => {
  const items = new RecordQueue();
  const queue = {
    put_nowait: (item: QueueItem) => items.put_nowait(item),
    get: () => items.get(),
  };
  const list = new ListHandler();
  const listener = new QueueListener(queue, list);
  for (let round = 0; round < 2; round++) {
    listener.start();
    for (let i = 0; i < 100; i++) queue.put_nowait(recordOf("x"));
    await listener.stop();
    assertEquals([list.lines.length, items.empty()], [100 * (round + 1), true]);
  }
});

test("QueueListener outlives overrides and handlers that reject", async () => {
  const later = (): Promise<never> => Promise.reject(new Error("later"));
  const unhandled: unknown[] = [];
  const hear = (error: unknown) => void unhandled.push(error);
  process.on("unhandledRejection", hear);
  const stderr = catchStderr();
  try {
    for (const broken of ["handle", "prepare", "task_done", "open", "close"]) {
      const queue = new RecordQueue();
      const handler = Object.assign(new ListHandler(), { handle: later });
      const listener = new QueueListener(queue, handler);
      Object.assign(broken in listener ? listener : queue, { [broken]: later });
      listener.start();
      queue.put_nowait(recordOf("a"));
      if (broken !== "task_done") await listener.stop();
    }
    await turns(5);
  } finally {
    stderr.end();
    process.off("unhandledRejection", hear);
  }
  assertEquals(unhandled, []);
});
