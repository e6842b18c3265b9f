/** JetStreamQueue with a real nats-server between senders and listeners. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileSpool } from "../../src/files/spool/file_spool.ts";
import { Logger } from "../../src/logging/logger.ts";
import type { ConnectionError } from "../../src/net/connection_error.ts";
import { JetStreamQueue, type JetStreamQueueOptions } from "../../src/queue/jetstream_queue.ts";
import type { JetStreamLike } from "../../src/queue/jetstream_client.ts";
import { QueueHandler } from "../../src/queue/queue_handler.ts";
import { QueueListener } from "../../src/queue/queue_listener.ts";
import { ListHandler } from "../logging/helpers.ts";
import { test } from "../test.ts";
import { turns } from "../turns.ts";
import { until } from "../until.ts";
import { runProgram } from "./programs.ts";
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

test("stop() ends right behind start(), and after a time without messages", async () => {
  await using server = await NatsServer.start();
  const { listener: there, queue } = listener(await server.client());
  await there.stop();
  for (let i = 0; i < 5; i++) {
    there.start();
    await turns(i * i);
    await there.stop();
  }
  assertEquals(queue.stats.listener.delivered, 0);
}, { skip });

test(
  "a server that is killed and started again has everything, in the order of the sender",
  async () => {
    await using server = await NatsServer.start();
    const { queue, handler, log } = sender(await server.client());
    const there = listener(await server.client());
    let logged = 0;
    const logUntil = async (condition: () => boolean) => {
      await until(async () => {
        for (let i = 0; queue.stats.queued < 1000 && i < 100; i++) log.info("#%d", logged++);
        await turns(1);
        return condition();
      }, () => JSON.stringify(queue.stats));
    };
    await logUntil(() => queue.stats.sent > 1000);
    await server.kill();
    await logUntil(() => queue.stats.queued >= 1000);
    await server.launch();
    const { sent } = queue.stats;
    await logUntil(() => queue.stats.sent > sent + 2000);
    await handler.flush();
    await until(
      () => new Set(there.texts()).size === logged,
      () => JSON.stringify(there.queue.stats),
    );
    await there.listener.stop();
    const { emitted, sent: all, queued, droppedTotal } = queue.stats;
    assertEquals([emitted, all, queued, droppedTotal], [logged, logged, 0, 0]);
    // Records that were published again may come behind later ones, and may be delivered again.
    const first = [...new Set(there.texts())];
    assertEquals(first.sort(), numbers(logged).sort());
  },
  { skip },
);

test("a handler that flushes for longer than ack_wait keeps its messages", async () => {
  await using server = await NatsServer.start();
  const manager = await jetstreamManager(await server.connect());
  await manager.consumers.add(STREAM, {
    durable_name: "files",
    ack_policy: "explicit",
    ack_wait: 300_000_000,
  });
  const slow = listener(await server.client());
  const { handler, log } = sender(await server.client());
  slow.handler.flush = () => turns(1000);
  for (let i = 0; i < 10; i++) log.info("#%d", i);
  await handler.flush();
  await until(() => slow.queue.stats.listener.acknowledged > 0, () => "an acknowledgement");
  slow.handler.flush = () => Promise.resolve();
  await slow.listener.stop();
  const { delivered, duplicates } = slow.queue.stats.listener;
  assertEquals([delivered, duplicates, slow.texts()], [1, 0, numbers(10)]);
}, { skip });

test(
  "two listeners share the work, and what one has not acknowledged goes to the other",
  async () => {
    await using server = await NatsServer.start();
    const manager = await jetstreamManager(await server.connect());
    await manager.consumers.add(STREAM, {
      durable_name: "files",
      ack_policy: "explicit",
      ack_wait: 300_000_000,
    });
    const connection = await server.connect();
    const lost = listener(jetstream(connection), { maxMessages: 4, onError: () => {} });
    let release = () => {};
    lost.handler.flush = () => new Promise((resolve) => release = resolve);
    const { handler, log } = sender(await server.client());
    for (let i = 0; i < 500; i++) {
      log.info("#%d", i);
      await turns(i % 50 === 0 ? 1 : 0);
    }
    await handler.flush();
    await until(() => lost.texts().length > 0, () => "its share");
    const other = listener(await server.client());
    // As if its process were killed: it acknowledges nothing, and does not say that it is at work.
    await connection.close();
    await until(() => new Set(other.texts()).size === 500, () => JSON.stringify(other.queue.stats));
    await other.listener.stop();
    assertEquals([...other.texts()].sort(), numbers(500).sort());
    lost.handler.flush = () => Promise.resolve();
    release();
    await lost.listener.stop();
    const { num_ack_pending, num_pending } = await manager.consumers.info(STREAM, "files");
    assertEquals([num_ack_pending, num_pending], [0, 0]);
  },
  { skip },
);

test(
  "a message of another program that holds no records is terminated, and holds up nothing",
  async () => {
    await using server = await NatsServer.start("", { retention: "workqueue" });
    const js = await server.client();
    await js.publish("logs.shop", "no records");
    const { handler, log } = sender(js);
    log.info("#0");
    await handler.flush();
    const errors: string[] = [];
    const there = listener(await server.client(), {
      onError: ({ message }) => void errors.push(message),
    });
    await until(() => there.queue.stats.listener.acknowledged === 1, () => errors.join());
    await there.listener.stop();
    assertEquals([there.texts(), there.queue.stats.listener.rejected], [["#0"], 1]);
    assert(/no log records in message 1/.test(errors.join()), errors.join());
    const manager = await jetstreamManager(await server.connect());
    const left = async () => (await manager.streams.info(STREAM)).state.messages;
    await until(async () => await left() === 0, () => "a stream without messages");
  },
  { skip },
);

test(
  "records beyond max_payload are dropped, and smaller ones go in messages that it allows",
  async () => {
    await using server = await NatsServer.start("max_payload: 8192");
    const { queue, handler, log } = sender(await server.client());
    for (let i = 0; i < 200; i++) log.info("#%d", i);
    log.info("x".repeat(10_000));
    await handler.flush();
    const { sent, dropped } = queue.stats;
    assertEquals([sent, dropped.tooLarge], [200, 1]);
    const there = listener(await server.client());
    await until(() => there.texts().length === 200, () => JSON.stringify(there.queue.stats));
    await there.listener.stop();
    assertEquals(there.texts(), numbers(200));
  },
  { skip },
);

test("a record beyond the stream's max_msg_size is dropped", async () => {
  await using server = await NatsServer.start("", { max_msg_size: 2000 });
  const { queue, handler, log } = sender(await server.client());
  log.info("#0");
  log.info("x".repeat(5000));
  log.info("#1");
  await handler.flush();
  const { sent, dropped } = queue.stats;
  assertEquals([sent, dropped.tooLarge], [2, 1]);
}, { skip });

test("a sender needs no more than the right to publish to the subject", async () => {
  await using server = await NatsServer.start(`
    accounts {
      $SYS { users: [] }
      APP {
        jetstream: enabled
        users: [
          { user: all, password: all }
          { user: shop, password: shop, permissions: {
            publish: "logs.shop", subscribe: "_INBOX.>"
          } }
        ]
      }
    }
    no_auth_user: all
  `);
  const connection = await server.connect({ user: "shop", pass: "shop" });
  const { queue, handler, log } = sender(jetstream(connection));
  log.info("#0");
  await handler.flush();
  assertEquals(queue.stats.sent, 1);
}, { skip });

test(
  "a stream that does not exist is an outage that says so, and ends when it is made",
  async () => {
    await using server = await NatsServer.start();
    const errors: string[] = [];
    const { queue, handler, log } = sender(await server.client(), {
      stream: "OTHER",
      subject: "other.shop",
      onEvent: (event) => "error" in event && errors.push(String(event.error)),
    });
    log.info("#0");
    await until(() => errors.length > 0, () => "an outage");
    assert(/stream 'OTHER', subject 'other.shop': stream not found/.test(errors[0]!), errors[0]);
    const manager = await jetstreamManager(await server.connect());
    await manager.streams.add({ name: "OTHER", subjects: ["other.>"] });
    await handler.flush();
    assertEquals(queue.stats.sent, 1);
  },
  { skip },
);

test("a subject that the stream does not take is an outage that says so", async () => {
  await using server = await NatsServer.start();
  const errors: unknown[] = [];
  const { queue, handler, log } = sender(await server.client(), {
    subject: "other.shop",
    onEvent: (event) => "error" in event && errors.push(event.error),
  });
  log.info("#0");
  await until(() => errors.length > 0, () => "an outage");
  assertMatch(String(errors[0]), /subject 'other.shop': no stream takes this subject/);
  assertEquals((errors[0] as ConnectionError).code, "not-found");
  const manager = await jetstreamManager(await server.connect());
  await manager.streams.update(STREAM, { subjects: ["logs.>", "other.>"] });
  await handler.flush();
  assertEquals(queue.stats.sent, 1);
}, { skip });

test(
  "what a program leaves in the queue is reported once, or is published by the next one",
  async () => {
    await using server = await NatsServer.start();
    const folder = mkdtempSync(join(tmpdir(), "logwire-jetstream-"));
    const spool = join(folder, "spool");
    const run = async (...args: string[]) => {
      const options = { denoFlags: ["--allow-read", "--allow-write", "--allow-sys"] };
      const [scenario = "", ...rest] = args;
      return (await runProgram(
        "jetstream_ending_program.ts",
        [scenario, server.port, ...rest],
        0,
        options,
      )).stderr;
    };
    try {
      for (const scenario of ["exits", "returns"]) {
        const lines = (await run(scenario)).trimEnd().split("\n");
        const last = lines.at(-1)!;
        assert(/^logwire: JetStreamQueue logs\.ending: .*: 100 records lost/.test(last), last);
        assertEquals(lines.filter((line) => line.includes("lost")).length, 1, lines.join("\n"));
        const stderr = await run(scenario, spool);
        assert(!stderr.includes("lost"), stderr);
      }
      const { queue, handler, log } = sender(await server.client(), { spool: fileSpool(spool) });
      log.info("#100");
      await handler.flush();
      const { recovered, sent } = queue.stats;
      assertEquals([recovered, sent], [200, 201]);
      await queue[Symbol.asyncDispose]();
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
  { skip },
);
