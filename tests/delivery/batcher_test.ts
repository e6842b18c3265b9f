/** Every network handler gathers records for `batchMs`, and writes at once where nothing is gained. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  DatagramHandler,
  type DeliveryOptions,
  type ExitHooks,
  getHandlerByName,
  HTTPHandler,
  type HTTPHandlerOptions,
  type NetworkHandler,
  SocketHandler,
  SysLogHandler,
} from "../../mod.ts";
import { dictConfig } from "../../src/config/dict_config.ts";
import { handlerClasses } from "../../src/config/handler_classes.ts";
import { Batcher } from "../../src/delivery/batcher.ts";
import { SMTPHandler } from "../../src/mail/smtp_handler.ts";
import { MemoryNetwork } from "../../src/testing/memory.ts";
import { VirtualClock } from "../../src/testing/_virtual_clock.ts";
import { FakeServer } from "../handlers/fake_server.ts";
import { account, record } from "../handlers/wire.ts";
import { test } from "../test.ts";

/** How each handler is made; all of them write to the same network. */
const makers: Record<
  string,
  (network: MemoryNetwork, options: DeliveryOptions) => NetworkHandler
> = {
  SocketHandler: (connector, options) => new SocketHandler("h", 1, { connector, ...options }),
  DatagramHandler: (connector, options) => new DatagramHandler("h", 1, { connector, ...options }),
  "SysLogHandler over UDP": (connector, options) =>
    new SysLogHandler(["h", 1], { connector, ...options }),
  "SysLogHandler over TCP": (connector, options) =>
    new SysLogHandler(["h", 1], { connector, socktype: "stream", ...options }),
  "SysLogHandler with octet counting": (connector, options) =>
    new SysLogHandler(["h", 1], {
      connector,
      socktype: "stream",
      framing: "octet-counting",
      ...options,
    }),
};

function setUp(name: string, options: DeliveryOptions = {}) {
  const network = new MemoryNetwork();
  const { clock } = network;
  const hooks: ExitHooks[] = [];
  network.atExit = (given) => {
    hooks.push(given);
    return () => {};
  };
  const handler = makers[name]!(network, { clock, batchMs: 50, onEvent: () => {}, ...options });
  const received = (): number => {
    const bytes = name.includes("SocketHandler") || /TCP|octet/.test(name)
      ? [network.peer.received]
      : network.datagrams;
    return bytes.reduce((sum, { length }) => sum + length, 0);
  };
  return { network, clock, handler, hooks, received };
}

for (const name of Object.keys(makers)) {
  test(`${name} gathers records for batchMs, and no longer`, async () => {
    const { clock, handler, received } = setUp(name);
    handler.emit(record("the first dials"));
    await handler.flush();
    const before = received();
    assert(before > 0, "a flush does not wait");
    handler.emit(record("a"));
    await clock.advance(49);
    handler.emit(record("b"));
    await clock.advance(0);
    assertEquals(received(), before);
    await clock.advance(1);
    const first = received();
    assert(first > before);
    handler.emit(record("c"));
    await clock.advance(49);
    assertEquals(received(), first, "the wait begins anew behind a write");
    await handler.close();
    assert(received() > first, "close() does not wait");
    const { sent, emitted } = account(handler);
    assertEquals([sent, emitted], [4, 4]);
  });

  test(`${name} writes records that batchMs holds when the event loop is empty and at exit`, async () => {
    const { handler, hooks, received, clock } = setUp(name);
    handler.emit(record("the first dials"));
    await handler.flush();
    let before = received();
    handler.emit(record("a"));
    await clock.advance(0);
    assertEquals(received(), before);
    await hooks[0]!.beforeExit();
    assert(received() > before, "beforeExit does not wait");
    before = received();
    handler.emit(record("b"));
    await clock.advance(0);
    assertEquals(received(), before);
    hooks[0]!.exit();
    assert(received() > before, "exit does not wait");
    assertEquals(account(handler).sent, 3);
    await handler.close();
  });

  test(`${name} without batchMs writes at the end of the turn`, async () => {
    const { clock, handler, received } = setUp(name, { batchMs: 0 });
    handler.emit(record("the first dials"));
    await handler.flush();
    const before = received();
    handler.emit(record("a"));
    await clock.advance(0);
    assert(received() > before);
    await handler.close();
  });

  test(`${name} refuses a batchMs that is no time`, () => {
    for (const batchMs of [-1, 0.5, NaN, "2" as unknown as number]) {
      assertThrows(() => setUp(name, { batchMs }), Error, "'batchMs' must be an integer from 0");
    }
  });
}

test("a full batch does not wait for batchMs, and what is behind it does", async () => {
  const { network, clock, handler } = setUp("SocketHandler");
  handler.emit(record("the first dials"));
  await handler.flush();
  const before = network.peer.received.length;
  const text = "x".repeat(10_000);
  for (let i = 0; i < 6; i++) handler.emit(record(text));
  await clock.advance(0);
  assertEquals(network.peer.received.length, before);
  handler.emit(record(text));
  await clock.advance(0);
  assert(network.peer.received.length - before > 60_000);
  const written = network.peer.received.length;
  await clock.advance(49);
  assertEquals(network.peer.received.length, written);
  await clock.advance(1);
  assert(network.peer.received.length - written > 10_000);
  await handler.close();
});

test("records that a young connection may carry again do not fill a batch", async () => {
  const { network, clock, handler } = setUp("SocketHandler");
  for (let i = 0; i < 10; i++) handler.emit(record("x".repeat(10_000)));
  await handler.flush();
  assert(handler.stats.queuedBytes > 65_536, "they are on probation");
  const before = network.peer.received.length;
  handler.emit(record("a"));
  await clock.advance(49);
  assertEquals(network.peer.received.length, before);
  await clock.advance(1);
  assert(network.peer.received.length > before);
  await handler.close();
});

test("a handler that connects for each flush writes at once, whatever batchMs is", async () => {
  const { network, clock, handler } = setUp("SocketHandler", { connection: "per-flush" });
  handler.emit(record("a"));
  await clock.advance(60);
  assertEquals(network.log, []);
  const flushed = handler.flush();
  await clock.advance(0);
  assert(network.peer.received.length > 0);
  await clock.advance(5000);
  await flushed;
  await handler.close();
});

test("a handler that sends one record at a time refuses batchMs", () => {
  const exitNotifier = {};
  const unknown = { batchMs: 2, exitNotifier };
  assertThrows(
    () => new HTTPHandler("h", "/", unknown),
    TypeError,
    "'batchMs' needs another 'body'",
  );
  const mail = { fromaddr: "a@example.com", toaddrs: "b@example.com", subject: "Log", ...unknown };
  assertThrows(() => new SMTPHandler("h", mail), TypeError, "batchMs");
});

test("dictConfig() gives batchMs to the handlers that gather, from an entry or for all", async () => {
  const network = new MemoryNetwork();
  const { clock } = network;
  const entry = (name: string, more: object) => ({ class: `logging.handlers.${name}`, ...more });
  dictConfig({
    version: 1,
    handlers: {
      socket: entry("SocketHandler", { host: "h", port: 1 }),
      datagram: entry("DatagramHandler", { host: "h", port: 1, batchMs: 20 }),
      syslog: entry("SysLogHandler", { address: ["h", 1] }),
      http: entry("HTTPHandler", { host: "h", url: "/" }),
      ndjson: entry("HTTPHandler", { host: "h", url: "/", body: "ndjson", batchMs: 7 }),
    },
  }, { classes: handlerClasses({ connector: network, clock, batchMs: 10 }) });
  const names = ["socket", "datagram", "syslog"];
  const handlers = names.map((name) => getHandlerByName(name) as NetworkHandler);
  for (const handler of handlers) handler.emit(record("the first dials"));
  await Promise.all(handlers.map((handler) => handler.flush()));
  // A stream younger than a second keeps its records.
  await clock.advance(1000);
  for (const handler of handlers) handler.emit(record("a"));
  const waiting = async (ms: number) => {
    await clock.advance(ms);
    return handlers.map(({ stats }) => stats.queued);
  };
  assertEquals(await waiting(9), [1, 1, 1]);
  assertEquals(await waiting(1), [0, 1, 0]);
  assertEquals(await waiting(10), [0, 0, 0]);
  for (const handler of handlers) await handler.close();
});

test("Batcher.waits() sets one timer, and none once hurry() was called", async () => {
  const clock = new VirtualClock();
  let due = 0;
  const batcher = new Batcher(30, false, clock, () => due++);
  const waits = () => batcher.waits(false);
  assertEquals([batcher.waits(true), clock.pendingTimers], [false, 0]);
  assertEquals([waits(), waits(), clock.pendingTimers], [true, true, 1]);
  await clock.advance(30);
  assertEquals([due, waits(), clock.pendingTimers], [1, false, 0]);
  batcher.restart(false);
  assertEquals([waits(), clock.pendingTimers], [true, 1]);
  batcher.stop();
  batcher.stop();
  assertEquals(clock.pendingTimers, 0);
  batcher.hurry();
  assertEquals(waits(), false);
});

test("Batcher.waits() without batchMs only for requests, and only behind one that records came during", async () => {
  const clock = new VirtualClock();
  let due = 0;
  const requests = new Batcher(0, true, clock, () => due++);
  assertEquals([requests.waits(false), clock.pendingTimers], [false, 0]);
  requests.restart(true);
  assertEquals([requests.waits(true), requests.waits(false)], [false, true]);
  await clock.advance(14);
  assertEquals(due, 0);
  await clock.advance(1);
  assertEquals([due, requests.waits(false), clock.pendingTimers], [
    1,
    false,
    0,
  ]);
  requests.restart(false);
  assertEquals(requests.waits(false), false);
  const stream = new Batcher(0, false, clock, () => due++);
  stream.restart(true);
  assertEquals([stream.waits(false), clock.pendingTimers], [false, 0]);
});

function setUpRequests(options: HTTPHandlerOptions = {}) {
  const clock = new VirtualClock();
  const server = new FakeServer();
  let answer = (_response: Response) => {};
  const slowly = () => new Promise<Response>((resolve) => answer = resolve);
  const handler = new HTTPHandler("h", "/", {
    ...{
      body: "ndjson",
      clock,
      fetch: server.fetch,
      exitNotifier: {},
      onEvent: () => {},
    },
    ...options,
  });
  const emit = (...messages: string[]) => {
    for (const message of messages) handler.emit(record(message));
  };
  const answered = () => {
    answer(new Response(null, { status: 204 }));
    return clock.advance(0);
  };
  return { clock, server, slowly, handler, emit, answered };
}

test("a request waits 15 ms to be filled if records came while the last one was under way", async () => {
  const { clock, server, slowly, handler, emit, answered } = setUpRequests();
  server.nextAnswers(slowly);
  emit("a", "b");
  await clock.advance(0);
  assertEquals(
    server.batches,
    [["a", "b"]],
    "the first records leave at the end of their turn",
  );
  emit("c");
  await answered();
  assertEquals(server.requests.length, 1);
  await clock.advance(14);
  emit("d");
  await clock.advance(1);
  assertEquals(server.batches.slice(1), [["c", "d"]]);
  emit("e");
  await clock.advance(0);
  assertEquals(server.batches.slice(2), [["e"]], "no record came meanwhile");
  await handler.close();
});

test("a request that is full, a flush and close() do not wait for a fuller one", async () => {
  const { clock, server, slowly, handler, emit, answered } = setUpRequests({
    batchRecords: 3,
  });
  const begin = async (...messages: string[]) => {
    server.nextAnswers(slowly);
    emit("-");
    await clock.advance(0);
    emit(...messages);
    await answered();
    await clock.advance(0);
  };
  await begin("a", "b", "c", "d");
  assertEquals(
    server.batches.slice(1),
    [["a", "b", "c"]],
    "a full one goes at once",
  );
  await clock.advance(15);
  assertEquals(server.batches.slice(2), [["d"]]);
  await begin("e");
  assertEquals(server.requests.length, 4);
  await handler.flush();
  assertEquals(server.batches.slice(4), [["e"]]);
  await clock.advance(0);
  await begin("f");
  emit("g");
  await handler.close();
  assertEquals(server.batches.slice(6), [["f", "g"]]);
  assertEquals([account(handler).sent, clock.pendingTimers], [10, 0]);
});

test("a burst is written by few of its calls, unless the queue is too small to hold it", async () => {
  for (const [maxQueuedRecords, writes] of [[Infinity, 2], [50, 0]] as const) {
    const { network, clock, handler } = setUp("SocketHandler", { batchMs: 0, maxQueuedRecords });
    handler.emit(record("the first dials"));
    await handler.flush();
    await clock.advance(1000);
    let before = network.peer.received.length;
    let writing = 0;
    const text = "x".repeat(10_000);
    for (let i = 0; i < 250; i++) {
      handler.emit(record(text));
      if (network.peer.received.length > before) writing++;
      before = network.peer.received.length;
    }
    if (writes > 0) assertEquals(writing, writes);
    await handler.flush();
    const { sent, droppedTotal } = account(handler);
    assertEquals([sent, droppedTotal], [251, 0]);
    await handler.close();
  }
});
