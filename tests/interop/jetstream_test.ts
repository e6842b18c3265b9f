/** JetStreamQueue with a real nats-server between senders and listeners. */
import { assert, assertEquals } from "@std/assert";
import { jetstreamManager } from "@nats-io/jetstream";
import { Logger } from "../../src/logging/logger.ts";
import { JetStreamQueue, type JetStreamQueueOptions } from "../../src/queue/jetstream_queue.ts";
import type { JetStreamLike } from "../../src/queue/jetstream_client.ts";
import { QueueHandler } from "../../src/queue/queue_handler.ts";
import { QueueListener } from "../../src/queue/queue_listener.ts";
import { ListHandler } from "../logging/helpers.ts";
import { test } from "../test.ts";
import { until } from "../until.ts";
import { NatsServer, STREAM, withoutNats } from "./nats_server.ts";

const skip = withoutNats;

const numbers = (count: number) => Array.from({ length: count }, (_, i) => `#${i}`);

function sender(js: JetStreamLike, options: Partial<JetStreamQueueOptions> = {}) {
  const queue = new JetStreamQueue(js, {
    stream: STREAM,
    subject: "logs.shop",
    ackTimeoutMs: 500,
    connectTimeoutMs: 500,
    onEvent: () => {},
    ...options,
  });
  queue.retryStart = 0.1;
  queue.retryMax = 0.3;
  const handler = new QueueHandler(queue);
  const log = new Logger("shop.web", 1);
  log.addHandler(handler);
  return { queue, handler, log };
}

function listener(js: JetStreamLike, options: Partial<JetStreamQueueOptions> = {}) {
  const queue = new JetStreamQueue(js, {
    stream: STREAM,
    subject: "logs.>",
    durable: "files",
    ...options,
  });
  const handler = new ListHandler();
  const listener = new QueueListener(queue, handler);
  listener.start();
  return { queue, handler, listener, texts: () => handler.lines };
}

test(
  "a listener handles what a sender publishes, once, in order, and acknowledges it",
  async () => {
    await using server = await NatsServer.start();
    const { queue, handler, log } = sender(await server.client());
    const there = listener(await server.client());
    for (let i = 0; i < 3000;) {
      for (let turn = 0; turn < 100; turn++) log.info("#%d", i++);
      await Promise.resolve();
    }
    await handler.flush();
    await until(() => there.texts().length === 3000, () => JSON.stringify(there.queue.stats));
    await there.listener.stop();
    assertEquals(there.texts(), numbers(3000));
    const { sent, emitted, queued, droppedTotal } = queue.stats;
    assertEquals([sent, emitted, queued, droppedTotal], [3000, 3000, 0, 0]);
    await handler.close();
  },
  { skip },
);
