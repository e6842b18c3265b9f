/** Records handled in a real worker thread, of the web on Deno and Bun, of Node on Node. */
import { assert, assertEquals } from "@std/assert";
import { PortQueue, type PortQueueOptions } from "../../src/queue/port_queue.ts";
import { PortReceiver } from "../../src/queue/port_receiver.ts";
import { QueueFullError, QueueHandler } from "../../src/queue/queue_handler.ts";
import { QueueListener } from "../../src/queue/queue_listener.ts";
import type { LogRecord } from "../../src/logging/log_record.ts";
import { Logger } from "../../src/logging/logger.ts";
import { ListHandler } from "../logging/helpers.ts";
import { test } from "../test.ts";
import { startThread, type Thread } from "./thread.ts";

interface Message {
  line?: string;
  waits?: boolean;
}

class Telling extends QueueHandler {
  readonly errors: unknown[] = [];

  override handleError(_record: LogRecord, error: unknown): void {
    this.errors.push(error);
  }
}

async function withThread(
  options: PortQueueOptions,
  work: (setting: {
    logger: Logger;
    handler: Telling;
    queue: PortQueue;
    lines: string[];
    thread: Thread;
    waits: Promise<void>;
  }) => Promise<void>,
): Promise<void> {
  const lines: string[] = [];
  let wait = () => {};
  const waits = new Promise<void>((resolve) => wait = resolve);
  const thread = await startThread("queue_worker.ts", ({ line, waits }: Message) => {
    if (line !== undefined) lines.push(line);
    if (waits) wait();
  });
  const queue = new PortQueue(thread, options);
  const handler = new Telling(queue, { closeTimeoutMs: 50 });
  const logger = new Logger("thread", 1);
  logger.addHandler(handler);
  try {
    await work({ logger, handler, queue, lines, thread, waits });
  } finally {
    await thread.terminate();
    await handler.close();
  }
}

test("a worker thread handles records, and flush() waits for it", async () => {
  await withThread({}, async ({ logger, handler, queue, lines }) => {
    const expected: string[] = [];
    for (let i = 0; i < 2000; i++) {
      logger.info("%d of %s", i, "ink", { extra: { socket: () => {}, i } });
      expected.push(`${i} of ink`);
    }
    await handler.flush();
    assertEquals(lines, expected);
    assertEquals(queue.stats, { emitted: 2000, sent: 2000, queued: 0, dropped: 0 });
    assertEquals(handler.errors, []);
  });
});

test("a worker thread that stalls loses the records beyond maxRecords and blocks no call", async () => {
  const options = { maxRecords: 100 };
  await withThread(options, async ({ logger, handler, queue, lines, thread, waits }) => {
    const gate = new Int32Array(new SharedArrayBuffer(4));
    thread.postMessage({ gate }, []);
    await waits;
    for (let i = 0; i < 1000; i++) {
      logger.info("#%d", i);
      if (i % 10 === 0) await Promise.resolve();
    }
    assertEquals(queue.stats, { emitted: 1000, sent: 0, queued: 100, dropped: 900 });
    assertEquals(handler.stats.dropped.overflow, 900);
    assertEquals(handler.errors.map((error) => error instanceof QueueFullError), [true]);
    Atomics.store(gate, 0, 1);
    Atomics.notify(gate, 0);
    await handler.flush();
    assertEquals(lines, Array.from({ length: 100 }, (_, i) => `#${i}`));
    assertEquals(queue.stats, { emitted: 1000, sent: 100, queued: 0, dropped: 900 });
  });
});

test("a worker thread that has ended causes no error, and close() ends", async () => {
  await withThread({ maxRecords: 10 }, async ({ logger, handler, queue, thread }) => {
    logger.info("first");
    await handler.flush();
    await thread.terminate();
    for (let i = 0; i < 20; i++) logger.info("#%d", i);
    await handler.close();
    const { emitted, sent, queued, dropped } = queue.stats;
    assertEquals([emitted, sent, queued, dropped], [21, 1, 10, 10]);
    assert(handler.errors.every((error) => error instanceof QueueFullError));
  });
});

test("QueueListener.stop() handles the records that another thread has put into its port before", async () => {
  for (const count of [1, 5, 2000]) {
    for (let round = 0; round < 3; round++) {
      const thread = await startThread("queue_sending_worker.ts");
      const list = new ListHandler();
      const listener = new QueueListener(new PortReceiver(thread), list);
      listener.start();
      const flag = new Int32Array(new SharedArrayBuffer(4));
      thread.postMessage({ flag, count }, []);
      // This thread takes no message meanwhile: all of them are on their way.
      assert(Atomics.wait(flag, 0, 0, 20_000) !== "timed-out");
      await listener.stop();
      assertEquals([list.lines.length, list.lines.at(-1)], [count, `#${count - 1}`]);
      await thread.terminate();
    }
  }
});
