import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertStrictEquals,
  assertStringIncludes,
} from "@std/assert";
import type { ConfigClasses } from "../../src/config/config_factory.ts";
import { dictConfig, type DictConfigOptions } from "../../src/config/dict_config.ts";
import type { HandlerConfig } from "../../src/config/logging_config.ts";
import { PortQueue } from "../../src/queue/port_queue.ts";
import { PortReceiver } from "../../src/queue/port_receiver.ts";
import {
  type HandlerQueue,
  QueueHandler,
  type QueueHandlerOptions,
} from "../../src/queue/queue_handler.ts";
import { type ListenerQueue, QueueListener } from "../../src/queue/queue_listener.ts";
import { type QueueItem, RecordQueue } from "../../src/queue/record_queue.ts";
import { root } from "../../src/logging/get_logger.ts";
import { getHandlerByName, type Handler } from "../../src/logging/handler.ts";
import { ListHandler, thrownBy, withBareRoot } from "../logging/helpers.ts";
import { test } from "../test.ts";

class CustomQueue extends RecordQueue {}

/** The smallest object that CPython 3.12.8 accepts as a queue. */
class LeastQueue {
  readonly #records = new RecordQueue();
  put_nowait(item: QueueItem): void {
    this.#records.put_nowait(item);
  }
  get(): Promise<QueueItem> {
    return this.#records.get();
  }
}

/** `multiprocessing.SimpleQueue` has no `put_nowait()`. */
class SimpleQueue {
  put(): void {}
  get(): void {}
  empty(): boolean {
    return true;
  }
}

class CustomListener extends QueueListener {}

const listenerMaker =
  ({ respect_handler_level }: Record<string, unknown>) =>
  (queue: ListenerQueue, ...handlers: Handler[]) =>
    new CustomListener(queue, ...handlers.slice(0, -1), {
      respect_handler_level: Boolean(respect_handler_level),
    });

const classes: ConfigClasses = {
  "my.CustomQueue": CustomQueue,
  "my.LeastQueue": LeastQueue,
  "my.queueMaker": () => new LeastQueue(),
  "my.CustomListener": CustomListener,
  "my.listenerMaker": listenerMaker,
};

function configure(entry: HandlerConfig, options: DictConfigOptions = { classes }): QueueHandler {
  dictConfig({
    version: 1,
    handlers: {
      queue: { class: "logging.handlers.QueueHandler", ...entry },
      slow: { "()": ListHandler },
    },
    root: { level: "DEBUG", handlers: ["queue"] },
  }, options);
  return getHandlerByName("queue") as QueueHandler;
}

function refusal(entry: HandlerConfig): string {
  return thrownBy(() => configure(entry)).message;
}

test("dictConfig() takes every queue with every listener that CPython takes", async () => {
  const queues: [unknown, unknown][] = [
    [undefined, RecordQueue],
    [null, RecordQueue],
    ["queue.Queue", RecordQueue],
    ["queue.SimpleQueue", RecordQueue],
    ["multiprocessing.Queue", RecordQueue],
    ["my.queueMaker", LeastQueue],
    ["my.CustomQueue", CustomQueue],
    ["my.LeastQueue", LeastQueue],
    [{ "()": "queue.Queue", maxsize: -1 }, RecordQueue],
    [{ "()": "my.CustomQueue", maxsize: 10 }, CustomQueue],
    [{ "()": CustomQueue, maxRecords: 10 }, CustomQueue],
    [{ "()": () => new LeastQueue(), ".": { name: "q" } }, LeastQueue],
    [new CustomQueue(), CustomQueue],
    [new LeastQueue(), LeastQueue],
  ];
  const listeners: [unknown, unknown][] = [
    [undefined, QueueListener],
    [null, QueueListener],
    ["logging.handlers.QueueListener", QueueListener],
    ["my.CustomListener", CustomListener],
    [CustomListener, CustomListener],
    [{ "()": "my.listenerMaker", arg1: null, respect_handler_level: true }, CustomListener],
  ];
  await withBareRoot(async () => {
    for (const [queue, Queue] of queues) {
      for (const [listener, Listener] of listeners) {
        const given = queue instanceof CustomQueue || queue instanceof LeastQueue;
        const handler = configure({ queue, listener, handlers: ["slow"] });
        assertStrictEquals(handler.queue.constructor, Queue);
        assertStrictEquals(handler.listener!.constructor, Listener);
        assertStrictEquals(handler.listener!.queue, handler.queue as unknown as ListenerQueue);
        if (given) assertStrictEquals(handler.queue, queue as HandlerQueue);
        handler.listener!.start();
        for (const text of ["foo", "bar", "baz"]) root.debug(text);
        await handler.listener!.stop();
        const { lines } = getHandlerByName("slow") as ListHandler;
        assertEquals(lines, ["foo", "bar", "baz"]);
      }
    }
  });
});

test("dictConfig() passes on the size of a queue, and Python's truth of respect_handler_level", async () => {
  await withBareRoot(() => {
    const handler = configure({
      queue: { "()": "my.CustomQueue", maxsize: 3 },
      respect_handler_level: 1,
    });
    assertEquals((handler.queue as RecordQueue).maxRecords, 3);
    assertEquals(handler.listener?.respect_handler_level, true);
    const endless = configure({ queue: { "()": "queue.Queue", maxsize: 0 } });
    assertEquals((endless.queue as RecordQueue).maxRecords, Infinity);
  });
});

test("dictConfig() makes a PortQueue, whose listener is in the other thread", async () => {
  const { port1, port2 } = new MessageChannel();
  try {
    const externals = { worker: port1 };
    const entries: HandlerConfig[] = [
      { queue: new PortQueue(port1) },
      { queue: "ext://queue" },
      { queue: { "()": "logwire.PortQueue", port: "ext://worker", maxRecords: 2 } },
      { queue: { "()": PortQueue, port: port1 } },
    ];
    const list = new ListHandler();
    await using listener = new QueueListener(new PortReceiver(port2), list);
    listener.start();
    await withBareRoot(async () => {
      for (const entry of entries) {
        const queue = new PortQueue(port1);
        const handler = configure(entry, { externals: { ...externals, queue } });
        assertInstanceOf(handler.queue, PortQueue);
        assertEquals(handler.listener, null);
        root.info("through the port");
        await handler.flush();
      }
      assertEquals(list.lines, Array(entries.length).fill("through the port"));
      assertStringIncludes(
        refusal({ queue: new PortQueue(port1), handlers: ["slow"] }),
        "'handlers.queue.queue' must be an object with get() and put_nowait()",
      );
      await getHandlerByName("queue")!.close();
    });
    await listener.stop();
  } finally {
    port1.close();
    port2.close();
  }
});

test("dictConfig() refuses values that are no queue or no listener, and names their path", async () => {
  const cases: [HandlerConfig, string][] = [
    [{ queue: 4 }, "'handlers.queue.queue' must be an object with put_nowait()"],
    [{ queue: Number }, "'handlers.queue.queue' must be an object with put_nowait()"],
    [{ queue: RecordQueue }, "'handlers.queue.queue' must be an object with put_nowait()"],
    [{ queue: {} }, "'handlers.queue.queue' must be an object with put_nowait()"],
    [{ queue: { maxsize: 3 } }, "'handlers.queue.queue' must be an object with put_nowait()"],
    [{ queue: new SimpleQueue() }, "'handlers.queue.queue' must be an object with put_nowait()"],
    [
      { queue: Object.assign(new LeastQueue(), { put_nowait: null }) },
      "'handlers.queue.queue' must be an object with put_nowait()",
    ],
    [{ queue: "" }, "'handlers.queue.queue' must be a function or a name in 'classes'"],
    [{ queue: "foo" }, "'handlers.queue.queue' must be a function or a name in 'classes'"],
    [{ queue: { "()": "foo" } }, "'handlers.queue.queue.()' must be a function or a name"],
    [{ queue: { "()": "queue.Queue", size: 1 } }, "there is no option 'handlers.queue.queue.size'"],
    [{ listener: 4 }, "'handlers.queue.listener' must be a class of listeners"],
    [{ listener: {} }, "'handlers.queue.listener' must be a class of listeners"],
    [{ listener: RecordQueue }, "'handlers.queue.listener' must be derived from QueueListener"],
    [{ listener: "" }, "'handlers.queue.listener' must be a function or a name in 'classes'"],
    [{ listener: "bar" }, "'handlers.queue.listener' must be a function or a name in 'classes'"],
    [{ listener: () => 7 }, "'handlers.queue.listener' must be an object with start()"],
    [{ handlers: ["none"] }, "'handlers.queue.handlers.0' must be the name of one of the handlers"],
  ];
  await withBareRoot(() => {
    for (const [entry, message] of cases) assertStringIncludes(refusal(entry), message);
  });
});

test("dictConfig() gives a class derived from QueueHandler a queue and the other keywords", async () => {
  class Own extends QueueHandler {
    readonly custom: object;
    constructor(queue: HandlerQueue, options: QueueHandlerOptions) {
      super(queue);
      this.custom = options;
    }
  }
  await withBareRoot(() => {
    const handler = configure({ class: Own, foo: "bar" });
    assert(handler instanceof Own);
    assertEquals(handler.custom, { foo: "bar" });
    assertInstanceOf(handler.listener, QueueListener);
  });
});
