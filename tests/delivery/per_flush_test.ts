import { assertEquals, assertThrows } from "@std/assert";
import { MemoryNetwork } from "../../src/testing/memory.ts";
import { VirtualClock } from "../../src/testing/_virtual_clock.ts";
import { DatagramHandler } from "../../src/handlers/datagram_handler.ts";
import type { DeliveryEvent } from "../../src/delivery/delivery_event.ts";
import { HTTPHandler } from "../../src/handlers/http_handler.ts";
import { SocketHandler, type SocketHandlerOptions } from "../../src/handlers/socket_handler.ts";
import type { Clock, Connector } from "../../src/net/connector.ts";
import { test } from "../test.ts";
import { account, messages, record } from "../handlers/wire.ts";

/** A handler that connects per flush, on a network of its own, with the events that it told. */
function setUp(options: Partial<SocketHandlerOptions> = {}) {
  const network = new MemoryNetwork();
  const events: DeliveryEvent[] = [];
  const handler = new SocketHandler("h", 9020, {
    connector: network,
    connection: "per-flush",
    whileDisconnected: "queue",
    clock: network.clock,
    onEvent: (event) => events.push(event),
    ...options,
  });
  return { network, clock: network.clock, handler, events };
}

/** What has arrived so far, connection by connection. */
function received(network: MemoryNetwork): string[][] {
  return network.peers.map((peer) => messages(peer.received));
}

test("emit() only queues; flush() dials, writes, half-closes and awaits the peer's end", async () => {
  const { network, clock, handler, events } = setUp();
  network.nextConnects({ peer: { keepsOpen: true } });
  handler.emit(record("a"));
  handler.emit(record("b"));
  await clock.advance(60_000);
  assertEquals([network.log, clock.pendingTimers], [[], 0], "no dial, no timer");
  let isFlushed = false;
  const flushing = handler.flush().then(() => isFlushed = true);
  await clock.advance();
  await network.peer.ended;
  assertEquals(received(network), [["a", "b"]]);
  assertEquals([account(handler).queued, account(handler).sent, isFlushed], [2, 0, false]);
  network.peer.end();
  await clock.advance();
  await flushing;
  const { sent, queued, queuedBytes, sentBytes, connects } = account(handler);
  assertEquals([sent, queued, queuedBytes, connects], [2, 0, 0, 1]);
  assertEquals(sentBytes, network.peer.received.length);
  assertEquals(events.map(({ type }) => type), ["connected", "disconnected"]);
  assertEquals([clock.pendingTimers, network.holding], [0, 0]);
  await handler.flush();
  assertEquals(network.dialTimes.length, 1, "with nothing queued nothing is dialled");
  await handler.close();
});

test("a listener that flushes when an outage ends has a connection of its own", async () => {
  const run: ReturnType<typeof setUp> = setUp({
    onEvent: (event) => {
      if (event.type !== "outage-over") return;
      run.handler.emit(record("b"));
      flushed = run.handler.flush();
    },
  });
  const { network, clock, handler } = run;
  let flushed: Promise<void> | undefined;
  network.nextConnects("refused");
  handler.emit(record("a"));
  await handler.flush();
  await clock.advance(1000);
  await handler.flush();
  await clock.advance(10);
  await flushed;
  assertEquals(received(network), [["a"], ["b"]]);
  assertEquals([account(handler).sent, clock.pendingTimers], [2, 0]);
  await handler.close();
});

test("overlapping flushes have one connection at a time, and send everything once, in order", async () => {
  const { network, clock, handler } = setUp();
  network.nextConnects({ delayMs: 100 }, { delayMs: 100 });
  handler.emit(record("a1"));
  const first = handler.flush();
  await clock.advance(50);
  handler.emit(record("b1"));
  const second = handler.flush();
  await clock.advance(50);
  // Both were queued when the first connection opened.
  await first;
  handler.emit(record("a2"));
  const third = handler.flush();
  const fourth = handler.flush();
  await clock.advance(1000);
  await Promise.all([second, third, fourth]);
  assertEquals(received(network), [["a1", "b1"], ["a2"]]);
  assertEquals(account(handler).sent, 3);
  assertEquals(clock.pendingTimers, 0);
  await handler.close();
});

test("records emitted while a peer's end is awaited go on a connection of their own", async () => {
  const { network, clock, handler } = setUp();
  network.nextConnects({ peer: { keepsOpen: true } });
  handler.emit(record("a"));
  const first = handler.flush();
  await clock.advance();
  handler.emit(record("b"));
  const second = handler.flush();
  await clock.advance(1000);
  assertEquals(received(network), [["a"]]);
  network.peer.end();
  await clock.advance(200);
  await Promise.all([first, second]);
  assertEquals(received(network), [["a"], ["b"]]);
  await handler.close();
});

test("a flush within the back-off leaves records queued, and the first one after it dials", async () => {
  const { network, clock, handler, events } = setUp();
  network.whenNobodyListens = "refused";
  handler.emit(record("a"));
  const both = [handler.flush(), handler.flush()];
  await clock.advance(5);
  await Promise.all(both);
  await handler.flush();
  assertEquals([account(handler).queued, network.dialTimes], [1, [0]]);
  await clock.advance(60_000);
  assertEquals(network.dialTimes, [0], "no timer dials");
  await handler.flush();
  assertEquals(handler.retryPeriod, 2);
  network.whenNobodyListens = "ok";
  await clock.advance(1999);
  handler.emit(record("b"));
  await handler.flush();
  assertEquals(account(handler).queued, 2);
  await clock.advance(1);
  await handler.flush();
  assertEquals(received(network), [["a", "b"]]);
  assertEquals(handler.retryTime, null);
  assertEquals(events.at(-2), { type: "outage-over", lost: 0 });
  await handler.close();
});

test("in drop mode a failed dial drops the queued records, and so does a flush within the back-off", async () => {
  const { network, clock, handler } = setUp({ whileDisconnected: "drop" });
  network.nextConnects("refused");
  handler.emit(record("a"));
  await handler.flush();
  assertEquals(account(handler).dropped.disconnected, 1);
  handler.emit(record("b"));
  assertEquals(account(handler).queued, 1, "emit() only queues");
  await handler.flush();
  assertEquals(account(handler).dropped.disconnected, 2);
  await clock.advance(1000);
  handler.emit(record("c"));
  await handler.flush();
  assertEquals(received(network), [["c"]]);
  await handler.close();
});

test("the records of a connection that broke before the peer's end are sent again, once", async () => {
  const { network, clock, handler } = setUp();
  network.whenNobodyListens = { peer: { keepsOpen: true } };
  handler.emit(record("a"));
  const flushing = handler.flush();
  await clock.advance();
  network.peer.reset();
  await clock.advance();
  assertEquals(received(network), [["a"], ["a"]]);
  assertEquals(account(handler).queued, 1);
  // A server that always ends like this must not get the same records for ever.
  network.peer.reset();
  await clock.advance();
  await flushing;
  const { sent, queued } = account(handler);
  assertEquals([network.peers.length, sent, queued, handler.retryTime], [2, 1, 0, null]);
  await handler.close();
});

test("a peer that ends before it was asked to gets the records again", async () => {
  const { network, clock, handler } = setUp();
  network.nextConnects({ peer: { stalled: true, bufferBytes: 100, keepsOpen: true } });
  handler.emit(record("a"));
  const flushing = handler.flush();
  await clock.advance();
  network.peer.end();
  network.peer.resume();
  await clock.advance();
  await flushing;
  assertEquals(received(network), [["a"], ["a"]]);
  assertEquals(account(handler).sent, 1);
  await handler.close();
});

test("a peer that takes nothing, twice, is a failure that backs off", async () => {
  const { network, clock, handler, events } = setUp();
  network.whenNobodyListens = { peer: { stalled: true, bufferBytes: 100 } };
  handler.emit(record("a"));
  const flushing = handler.flush();
  await clock.advance(10_000);
  await flushing;
  assertEquals([network.peers.length, account(handler).queued], [2, 1]);
  assertEquals(handler.retryTime, 11);
  assertEquals(events.filter(({ type }) => type === "outage").length, 1);
  network.whenNobodyListens = "ok";
  await clock.advance(1000);
  await handler.flush();
  assertEquals(account(handler).sent, 1);
  await handler.close();
});

test("a peer that keeps its end open holds a flush for closeTimeoutMs, and nothing is sent twice", async () => {
  const { network, clock, handler } = setUp({ closeTimeoutMs: 700 });
  network.nextConnects({ peer: { keepsOpen: true } });
  handler.emit(record("a"));
  const flushing = handler.flush();
  await clock.advance(699);
  assertEquals(account(handler).queued, 1);
  await clock.advance(1);
  await flushing;
  assertEquals([account(handler).sent, network.peers.length], [1, 1]);
  await handler.close();
});

/** A clock of a request that may die: from then on its timers do not run, as on workerd. */
function mortal(clock: Clock): Clock & { die(): void; revive(): void } {
  let isDead = false;
  const missed: (() => void)[] = [];
  return {
    now: () => clock.now(),
    setTimeout: (callback, ms) =>
      clock.setTimeout(() => isDead ? missed.push(callback) : callback(), ms),
    clearTimeout: (id) => clock.clearTimeout(id),
    die: () => void (isDead = true),
    revive() {
      isDead = false;
      for (const callback of missed.splice(0)) callback();
    },
  };
}

test("a later flush takes over the records of a flush whose request was cancelled", async () => {
  const network = new MemoryNetwork();
  const clock = mortal(network.clock);
  const { handler } = setUp({ connector: network, clock });
  network.nextConnects({ peer: { keepsOpen: true } });
  handler.emit(record("a"));
  const cancelled = handler.flush();
  await network.clock.advance();
  clock.die();
  handler.emit(record("b"));
  // Until 5 s for the peer's end and 5 s of grace are over it may still be alive.
  await network.clock.advance(10_000);
  assertEquals([account(handler).queued, network.peers.length], [2, 1]);
  await network.clock.advance(1);
  await handler.flush();
  assertEquals(received(network), [["a"], ["a", "b"]]);
  assertEquals(account(handler).sent, 2);
  // Should it come back to life, it changes nothing.
  clock.revive();
  network.peers[0]?.end();
  await network.clock.advance();
  await cancelled;
  assertEquals([account(handler).sent, account(handler).queued], [2, 0]);
  await handler.close();
});

test("a dial that dies with its request holds nothing up for longer than its time and the grace", async () => {
  const network = new MemoryNetwork();
  const clock = mortal(network.clock);
  const { handler } = setUp({ connector: network, clock });
  network.nextConnects("hang");
  handler.emit(record("a"));
  const cancelled = handler.flush();
  clock.die();
  await network.clock.advance(6001);
  await handler.flush();
  assertEquals(received(network), [["a"]]);
  clock.revive();
  await network.clock.advance();
  await cancelled;
  assertEquals(account(handler).connectFailures, 0);
  await handler.close();
});

test("flush() ends with its signal: unwritten records stay queued, and written ones count as sent", async () => {
  const { network, clock, handler } = setUp();
  network.nextConnects("hang", { peer: { stalled: true, bufferBytes: 1000 } });
  for (const name of ["a", "b", "c"]) handler.emit(record(name));
  const dialling = new AbortController();
  const first = handler.flush({ signal: dialling.signal });
  await clock.advance(10);
  dialling.abort();
  await first;
  assertEquals([account(handler).queued, handler.retryTime], [3, null], "no failure");
  const writing = new AbortController();
  const second = handler.flush({ signal: writing.signal });
  await clock.advance(10);
  writing.abort();
  await second;
  const { sent, queued } = account(handler);
  assertEquals(sent + queued, 3);
  network.peer.resume();
  await clock.advance();
  assertEquals(received(network), [["a", "b"]]);
  assertEquals(sent, 2, "as the kernel had taken two whole");
  await handler.flush({ signal: AbortSignal.abort() });
  await handler.flush();
  assertEquals(account(handler).sent, 3);
  await handler.close();
});

test("close() flushes whatever the back-off says, and records after it are dropped", async () => {
  const { network, handler } = setUp();
  network.nextConnects("refused");
  handler.emit(record("a"));
  await handler.flush();
  await handler.close();
  handler.emit(record("b"));
  await handler.flush();
  assertEquals(received(network), [["a"]]);
  const { sent, dropped } = account(handler);
  assertEquals([sent, dropped.closed], [1, 1]);
});

test("a record after close() asks for nothing at the end of the program", async () => {
  const { network, handler } = setUp();
  await handler.close();
  handler.emit(record("a"));
  assertEquals([account(handler).dropped.closed, network.exitHooks], [1, 0]);
});

test("close() within closeTimeoutMs settles the flight of another flush", async () => {
  const { network, clock, handler } = setUp({ closeTimeoutMs: 100, connectTimeoutMs: 5000 });
  network.nextConnects("hang");
  handler.emit(record("a"));
  const flushing = handler.flush();
  const closing = handler.close();
  await clock.advance(100);
  await closing;
  assertEquals(account(handler).dropped.closed, 1);
  await clock.advance(5000);
  await flushing;
  assertEquals([account(handler).queued, clock.pendingTimers, network.exitHooks], [0, 0, 0]);
});

test("records that were never flushed are, when the program ends by itself", async () => {
  const { network, handler } = setUp();
  handler.emit(record("a"));
  await network.beforeExit();
  assertEquals(received(network), [["a"]]);
  handler.emit(record("b"));
  network.exit();
  assertEquals(account(handler).dropped.closed, 1);
  await handler.close();
});

test("a queue that overflows while records are in flight drops none of these", async () => {
  const { network, clock, handler } = setUp({ maxQueuedRecords: 3 });
  network.nextConnects({ peer: { keepsOpen: true } });
  handler.emit(record("a"));
  handler.emit(record("b"));
  const flushing = handler.flush();
  await clock.advance();
  for (const name of ["c", "d", "e"]) handler.emit(record(name));
  assertEquals(account(handler).dropped.overflow, 2);
  network.peer.end();
  await clock.advance();
  await flushing;
  await handler.flush();
  assertEquals(received(network), [["a", "b"], ["e"]]);
  assertEquals(account(handler).sent, 3);
  await handler.close();
});

test("more than one chunk goes in one connection, and is confirmed as one", async () => {
  const { network, clock, handler } = setUp();
  const names = Array.from({ length: 9 }, (_, i) => `${i} ${"x".repeat(30_000)}`);
  for (const name of names) handler.emit(record(name));
  network.nextConnects({ peer: { keepsOpen: true } });
  const flushing = handler.flush();
  await clock.advance();
  assertEquals([account(handler).queued, account(handler).sent], [9, 0]);
  network.peer.reset();
  await clock.advance();
  await flushing;
  assertEquals(received(network), [names, names]);
  assertEquals(account(handler).sent, 9);
  await handler.close();
});

test("DatagramHandler may open a socket per flush too", async () => {
  const network = new MemoryNetwork();
  const handler = new DatagramHandler("h", 9021, {
    connector: network,
    connection: "per-flush",
    clock: network.clock,
  });
  network.nextSends("other");
  handler.emit(record("a"));
  handler.emit(record("b"));
  await handler.flush();
  assertEquals(network.datagrams.flatMap(messages).sort(), ["a", "b"]);
  assertEquals([account(handler).sent, account(handler).connects, network.holding], [2, 2, 0]);
  await handler.close();
});

test("HTTPHandler may send per flush too, and is put off by the server across flushes", async () => {
  const clock = new VirtualClock();
  const answers = [[429, { "Retry-After": "7" }], [204, {}], [204, {}]] as const;
  const bodies: string[] = [];
  const handler = new HTTPHandler("h", "/log", {
    body: "ndjson",
    batchRecords: 2,
    connection: "per-flush",
    whileDisconnected: "queue",
    clock,
    onEvent: () => {},
    fetch: async (_url, { body }) => {
      const [status, headers] = answers[bodies.length] ?? [204, {}];
      bodies.push(await new Response(body ?? null).text());
      return new Response(null, { status, headers });
    },
  });
  for (const name of ["a", "b", "c"]) handler.emit(record(name));
  await clock.advance(60_000);
  assertEquals(bodies.length, 0, "no timer sends");
  await handler.flush();
  await handler.flush();
  assertEquals([bodies.length, account(handler).queued, account(handler).connectFailures], [
    1,
    3,
    1,
  ]);
  await clock.advance(7000);
  await handler.flush();
  const sent = bodies.slice(1).map((body) =>
    body.trim().split("\n").map((line) => JSON.parse(line).msg)
  );
  assertEquals(sent, [["a", "b"], ["c"]]);
  const { sent: count, connects, queued } = account(handler);
  assertEquals([count, connects, queued, handler.retryTime], [3, 1, 0, null]);
  assertEquals(clock.pendingTimers, 0);
  await handler.close();
});

test("a handler connects per flush where its connector says so, unless an option says otherwise", async () => {
  for (const [options, dials] of [[{}, 0], [{ connection: "persistent" }, 1]] as const) {
    const network = new MemoryNetwork();
    const connector: Connector = {
      connection: "per-flush",
      connect: (to, options) => network.connect(to, options),
    };
    const handler = new SocketHandler("h", 9020, { connector, clock: network.clock, ...options });
    handler.emit(record("a"));
    await network.clock.advance();
    assertEquals(network.dialTimes.length, dials);
    const closing = handler.close();
    await network.clock.advance();
    await closing;
  }
});

test("connection is checked", () => {
  assertThrows(
    () => setUp({ connection: "per flush" as "per-flush" }),
    TypeError,
    `'connection' must be "persistent" or "per-flush": current value is "per flush"`,
  );
});

test("a record that a server cuts off each time is dropped, and those behind it are sent", async () => {
  const { network, clock, handler, events } = setUp();
  network.whenNobodyListens = { peer: { bufferBytes: 2000, stalled: true } };
  const poison = record("x".repeat(100_000));
  handler.emit(poison);
  for (let i = 0; i < 10; i++) handler.emit(record(`m${i}`));
  for (let second = 0; second < 60; second++) {
    const flushed = handler.flush();
    for (let turn = 0; turn < 5; turn++) {
      await clock.advance(100);
      const peer = network.peers.at(-1);
      if (peer === undefined) continue;
      peer.read(1000);
      // The first bytes of a frame say how long it is.
      const size = new DataView(peer.received.buffer, peer.received.byteOffset).getUint32(0);
      if (size > 50_000) peer.reset();
      else peer.resume();
    }
    await clock.advance(10_000);
    await flushed;
  }
  const { sent, dropped, queued } = account(handler);
  assertEquals([sent, dropped.refused, queued], [10, 1, 0]);
  assertEquals(events.filter(({ type }) => type === "refused"), [
    { type: "refused", bytes: handler.makePickle(poison).length },
  ]);
  await handler.close();
});
