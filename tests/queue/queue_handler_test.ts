import { assert, assertEquals, assertThrows } from "@std/assert";
import { VirtualClock } from "../../src/testing/_virtual_clock.ts";
import {
  type HandlerQueue,
  QueueFullError,
  QueueHandler,
  type QueueHandlerOptions,
} from "../../src/queue/queue_handler.ts";
import { PortQueue } from "../../src/queue/port_queue.ts";
import { PortReceiver } from "../../src/queue/port_receiver.ts";
import { QueueListener } from "../../src/queue/queue_listener.ts";
import { RecordQueue } from "../../src/queue/record_queue.ts";
import { MemoryHandler } from "../../src/handlers/memory_handler.ts";
import { Formatter } from "../../src/logging/formatter.ts";
import { Logger } from "../../src/logging/logger.ts";
import { LogRecord } from "../../src/logging/log_record.ts";
import { makeLogRecord } from "../../src/logging/make_log_record.ts";
import { StreamHandler } from "../../src/logging/stream_handler.ts";
import { ListHandler, receivedRecord, recordOf } from "../logging/helpers.ts";
import { unencodable } from "../handlers/wire.ts";
import { test } from "../test.ts";

class Telling extends QueueHandler {
  readonly errors: unknown[] = [];

  override handleError(_record: LogRecord, error: unknown): void {
    this.errors.push(error);
  }
}

function failing(): LogRecord {
  const error = Object.assign(new Error("boom"), { stack: "Error: boom\n    at x" });
  return new LogRecord("test", 40, "/dir/file.ts", 7, "no %s", ["ink"], error, "f", "Stack:\n  f");
}

test("QueueHandler queues a copy with the merged text; the record keeps its arguments", () => {
  const queue = new RecordQueue();
  const handler = new QueueHandler(queue);
  const record = Object.assign(recordOf("%d left", 3), { user: "anna" });
  handler.emit(record);
  const put = queue.get_nowait()!;
  assert(put instanceof LogRecord && put !== record);
  assertEquals([put.msg, put.message, put.args, put.user], ["3 left", "3 left", null, "anna"]);
  assertEquals([record.msg, record.args], ["%d left", [3]]);
  for (const field of ["name", "levelno", "pathname", "lineno", "created", "relativeCreated"]) {
    assertEquals(put[field], record[field], field);
  }
});

test("QueueHandler.prepare() puts error and stack into the text, and nowhere else", () => {
  const handler = new QueueHandler(new RecordQueue());
  handler.setFormatter(new Formatter("[%(levelname)s] %(message)s"));
  const { msg, message, args, exc_info, exc_text, stack_info } = handler.prepare(failing());
  assertEquals(msg, "[ERROR] no ink\nError: boom\n    at x\nStack:\n  f");
  assertEquals([message, args, exc_info, exc_text, stack_info], [msg, null, null, null, null]);
});

test("a formatter of QueueHandler makes the text in the queue, and not that of other handlers", async () => {
  const queue = new RecordQueue();
  const formatter = new Formatter("%(name)s -> %(levelname)s: %(message)s");
  const handler = new QueueHandler(queue);
  const direct = new ListHandler();
  const listed = new ListHandler();
  const logger = new Logger("que", 1);
  for (const each of [handler, direct]) {
    each.setFormatter(formatter);
    logger.addHandler(each);
  }
  const listener = new QueueListener(queue, listed);
  listener.start();
  logger.error("error");
  await listener.stop();
  assertEquals([direct.lines, listed.lines], [["que -> ERROR: error"], ["que -> ERROR: error"]]);
});

test("QueueHandler.prepare() keeps error and stack apart for a queue that keepsErrors", () => {
  class OwnFormatter extends Formatter {
    override formatException(): string {
      return "in own words";
    }
  }
  const handler = new QueueHandler(Object.assign(new RecordQueue(), { keepsErrors: true }));
  for (
    const [formatter, text, traceback] of [
      [null, "no ink", "Error: boom\n    at x"],
      [new OwnFormatter("[%(levelname)s] %(message)s"), "[ERROR] no ink", "in own words"],
    ] as const
  ) {
    handler.setFormatter(formatter);
    const { msg, args, exc_info, exc_text, stack_info } = handler.prepare(failing());
    assertEquals([msg, args, exc_info], [text, null, null]);
    assertEquals([exc_text, stack_info], [traceback, "Stack:\n  f"]);
  }
});

test("QueueHandler.prepare() copies a field named __proto__ as a field", () => {
  const record = recordOf("x");
  Object.defineProperty(record, "__proto__", { value: { spam: 1 }, enumerable: true });
  const copy = new QueueHandler(new RecordQueue()).prepare(record);
  assert(copy instanceof LogRecord);
  assertEquals(Object.getOwnPropertyDescriptor(copy, "__proto__")?.value, { spam: 1 });
});

test("QueueHandler reports the first record that finds the queue full, and counts all of them", () => {
  const queue = new RecordQueue({ maxRecords: 1 });
  const handler = new Telling(queue);
  for (let i = 0; i < 4; i++) handler.emit(recordOf("x"));
  assertEquals(handler.errors.map((error) => error instanceof QueueFullError), [true]);
  assertEquals(handler.stats, {
    emitted: 4,
    enqueued: 1,
    dropped: { overflow: 3, error: 0, closed: 0 },
    droppedTotal: 3,
  });
  queue.get_nowait();
  for (let i = 0; i < 3; i++) handler.emit(recordOf("x"));
  assertEquals([handler.errors.length, handler.stats.enqueued], [2, 2]);
});

test("QueueHandler reports that the oldest record was dropped", () => {
  const queue = new RecordQueue({ maxRecords: 1, overflow: "drop-oldest" });
  const handler = new Telling(queue);
  for (const msg of ["a", "b", "c"]) handler.emit(recordOf(msg));
  assertEquals(handler.errors.map(String), [
    "QueueFullError: the queue is full: the oldest record was dropped",
  ]);
  assertEquals([handler.stats.enqueued, queue.stats.dropped], [3, 2]);
  assertEquals(queue.get_nowait()?.msg, "c");
});

test("QueueHandler reports a record that fails to handleError(), and counts it", () => {
  const queue: HandlerQueue = {
    put_nowait: () => {
      throw new Error("no queue");
    },
  };
  const handler = new Telling(queue);
  handler.emit(recordOf("x"));
  handler.emit(unencodable());
  assertEquals(handler.errors.length, 2);
  assertEquals(handler.stats.dropped, { overflow: 0, error: 2, closed: 0 });
});

test("QueueHandler calls overrides of prepare() and enqueue()", () => {
  const seen: unknown[] = [];
  class Own extends QueueHandler {
    override prepare(record: LogRecord): LogRecord {
      return recordOf(`<${record.msg}>`);
    }

    override enqueue(record: LogRecord): void {
      seen.push(record.msg);
    }
  }
  new Own(new RecordQueue()).emit(recordOf("x"));
  assertEquals(seen, ["<x>"]);
});

test("QueueHandler.flush() waits for its listener, and without one returns at once", async () => {
  const queue = new RecordQueue();
  const handler = new QueueHandler(queue);
  handler.emit(recordOf("a"));
  await handler.flush();
  const list = new ListHandler();
  handler.listener = new QueueListener(queue, list);
  handler.listener.start();
  handler.emit(recordOf("b"));
  await handler.flush();
  assertEquals(list.lines, ["a", "b"]);
  await handler.close();
  handler.emit(recordOf("late"));
  assertEquals(handler.stats.dropped.closed, 1);
  await handler.listener.stop();
});

test("QueueHandler.close() ends after closeTimeoutMs, and so does every flush()", async () => {
  const clock = new VirtualClock();
  let asked = 0;
  const queue: HandlerQueue = {
    put_nowait: () => {},
    flush: (options) => {
      asked++;
      return new Promise((resolve) => options?.signal?.addEventListener("abort", () => resolve()));
    },
  };
  const handler = new QueueHandler(queue, { closeTimeoutMs: 100, clock });
  const flushed = handler.flush();
  const abort = new AbortController();
  const aborted = handler.flush({ signal: abort.signal });
  abort.abort();
  await aborted;
  const closed = handler.close();
  assertEquals(asked, 3);
  await clock.advance(100);
  await Promise.all([flushed, closed]);
  await handler.flush();
  assertEquals(asked, 3);
});

test("QueueHandler.close() ends after closeTimeoutMs though the queue's flush() ignores its signal", async () => {
  const clock = new VirtualClock();
  const queue: HandlerQueue = { put_nowait: () => {}, flush: () => new Promise(() => {}) };
  const handler = new QueueHandler(queue, { closeTimeoutMs: 100, clock });
  const closed = handler.close();
  await clock.advance(100);
  await closed;
  assertEquals(clock.pendingTimers, 0);
});

test("QueueHandler refuses bad options", () => {
  const queue = new RecordQueue();
  const bad: [unknown, object, string][] = [
    [{}, {}, "'queue' must be an object with put_nowait()"],
    [queue, { closeTimeoutMs: -1 }, "'closeTimeoutMs' must be an integer from 0"],
    [queue, { clock: {} }, "'clock' must be"],
    [queue, { maxsize: 1 }, "there is no option 'maxsize'"],
  ];
  for (const [queue, options, message] of bad) {
    assertThrows(
      () => new QueueHandler(queue as HandlerQueue, options as QueueHandlerOptions),
      Error,
      message,
    );
  }
});

test("an unknown option of a queue, a handler or a listener is refused with a list of all that it has", () => {
  const { port1, port2 } = new MessageChannel();
  const queue = new RecordQueue();
  const colour = { colour: 1 } as object;
  const lists: [() => unknown, string][] = [
    [() => new QueueHandler(queue, colour), "closeTimeoutMs, clock"],
    [() => new QueueListener(queue, colour), "respect_handler_level"],
    [() => new RecordQueue(colour), "maxRecords, overflow"],
    [() => new PortQueue(port1, colour), "maxRecords, maxBytes, overflow"],
    [() => new PortReceiver(port2, colour), "clock"],
  ];
  for (const [construct, known] of lists) {
    const { message } = assertThrows(construct, TypeError);
    assertEquals(
      message.replace(/.* as /, ""),
      `there is no option 'colour': the options are ${known}`,
    );
  }
  port1.close();
  port2.close();
});

test("a received record is escaped behind a queue too, and its traceback keeps its lines", async () => {
  const lines: string[] = [];
  const stream = new StreamHandler({ write: (text) => lines.push(text) });
  stream.setFormatter(new Formatter("<%(message)s>"));
  const memory = new MemoryHandler(1, { target: stream });
  const queue = new RecordQueue();
  const handler = new QueueHandler(queue);
  const own = new class extends QueueHandler {
    override prepare(record: LogRecord): LogRecord {
      return makeLogRecord({ ...record });
    }
  }(queue);
  const listener = new QueueListener(queue, memory);
  listener.prepare = (record) => makeLogRecord({ ...record });
  listener.start();
  const record = receivedRecord({ exc_text: "Traceback:\nforged", stack_info: "Stack:\nforged" });
  const forged = "\n  Traceback:\n  forged\n  Stack:\n  forged\n";
  handler.handle(record);
  own.handle(record);
  handler.setFormatter(new Formatter("%(name)s %(message)s"));
  handler.handle(record);
  handler.handle(recordOf("own\nline"));
  await listener.stop();
  assertEquals(lines, [
    `<spam\\nINFO:root:forged>${forged}`,
    `<spam\\nINFO:root:forged>${forged}`,
    `<app spam\\nINFO:root:forged>${forged}`,
    "<test own\nline>\n",
  ]);
  for (const each of [handler, own, memory]) await each.close();
});

test("QueueHandler keeps the record of a call with a mistake, also if prepare() is overridden", () => {
  class Own extends QueueHandler {
    override prepare(record: LogRecord): LogRecord {
      return makeLogRecord({ ...record, msg: record.getMessage(), args: null });
    }
  }
  const queue = new RecordQueue();
  const handler = new Own(queue);
  const errors: unknown[] = [];
  handler.handleError = (_record, error) => void errors.push(error);
  handler.handle(recordOf("%d", "x"));
  assertEquals(errors.length, 1);
  assertEquals([handler.stats.enqueued, handler.stats.droppedTotal], [1, 0]);
  assertEquals(queue.get_nowait()?.getMessage(), "%d (arguments: 'x')");
});
