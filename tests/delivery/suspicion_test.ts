import { assert, assertEquals } from "@std/assert";
import { MemoryNetwork, type MemoryPeer } from "../../src/testing/memory.ts";
import type { DeliveryEvent } from "../../src/delivery/delivery_event.ts";
import { SocketHandler, type SocketHandlerOptions } from "../../src/handlers/socket_handler.ts";
import type { Clock, StreamConnection } from "../../src/net/connector.ts";
import { test } from "../test.ts";
import { account, messages, record } from "../handlers/wire.ts";

/** A handler on a network of its own, with the events that it told. */
function setUp(options: Partial<SocketHandlerOptions> = {}) {
  const network = new MemoryNetwork();
  const events: DeliveryEvent[] = [];
  const handler = new SocketHandler("h", 9020, {
    connector: network,
    clock: network.clock,
    whileDisconnected: "queue",
    onEvent: (event) => events.push(event),
    ...options,
  });
  return { network, clock: network.clock, handler, events };
}

/** Closes a handler whose clock the test moves. */
async function close({ clock, handler }: ReturnType<typeof setUp>): Promise<void> {
  const closed = handler.close();
  await clock.advance(5000);
  await closed;
}

/** All messages that arrived, without those that came a second time. */
function distinct(network: MemoryNetwork): string[] {
  return [...new Set(network.peers.flatMap((peer) => messages(peer.received)))];
}

/** Moves time in small steps, and has a server do something in each with the latest connection. */
async function play(
  { network, clock }: ReturnType<typeof setUp>,
  seconds: number,
  server: (peer: MemoryPeer) => void,
): Promise<void> {
  for (let step = 0; step < seconds * 50; step++) {
    await clock.advance(20);
    const peer = network.peers.at(-1);
    if (peer !== undefined && !peer.halfClosed) server(peer);
  }
}

test("a record counts as sent when its connection is a second old, and flush() does not wait", async () => {
  const { network, clock, handler } = setUp();
  handler.emit(record("a"));
  await handler.flush();
  assertEquals(messages(network.peer.received), ["a"]);
  assertEquals([account(handler).sent, account(handler).queued], [0, 1]);
  await clock.advance(999);
  assertEquals(account(handler).sent, 0);
  await clock.advance(1);
  assertEquals([account(handler).sent, account(handler).queued], [1, 0]);
  handler.emit(record("b"));
  await handler.flush();
  assertEquals(account(handler).sent, 2);
  await handler.close();
});

test("a record counts as sent when the server ends a young connection in order behind close()", async () => {
  const { handler } = setUp();
  handler.emit(record("a"));
  await handler.close();
  assertEquals([account(handler).sent, account(handler).dropped.closed], [1, 0]);
});

test("a record counts as dropped when the server resets a young connection behind close()", async () => {
  const { network, clock, handler } = setUp();
  network.nextConnects({ peer: { keepsOpen: true } });
  handler.emit(record("a"));
  const closed = handler.close();
  await clock.advance();
  network.peer.reset();
  await closed;
  assertEquals([account(handler).sent, account(handler).dropped.closed], [0, 1]);
});

test("a server that hangs up on one record gets all others, and the record is reported", async () => {
  const run = setUp();
  const { network, handler, events } = run;
  const isPoison = (text: string) => text.startsWith("poison");
  const texts = Array.from({ length: 401 }, (_, i) => i === 200 ? "poison" : `m${i}`);
  for (const text of texts) handler.emit(record(text));
  const poison = handler.makePickle(record("poison")).length;
  await play(run, 120, (peer) => {
    if (messages(peer.received).some(isPoison)) peer.reset();
  });
  assertEquals(distinct(network).filter((text) => !isPoison(text)), texts.toSpliced(200, 1));
  const { sent, dropped, queued } = account(handler);
  assertEquals([sent, dropped.refused, queued], [400, 1, 0]);
  assertEquals(events.filter(({ type }) => type === "refused"), [
    { type: "refused", bytes: poison },
  ]);
  await close(run);
});

test("a record that a server cuts off each time does not stop those behind it", async () => {
  const run = setUp();
  const { network, handler } = run;
  network.whenNobodyListens = { peer: { stalled: true } };
  handler.emit(record("first"));
  await play(run, 5, (peer) => peer.read(10_000));
  handler.emit(record("x".repeat(500_000)));
  for (let i = 0; i < 10; i++) handler.emit(record(`m${i}`));
  let seen = 0;
  await play(run, 60, (peer) => {
    peer.read(10_000);
    // The first bytes of a frame say how long it is.
    const view = new DataView(peer.received.buffer, peer.received.byteOffset);
    for (let at = 0; at + 4 < peer.received.length; at += 4 + view.getUint32(at)) {
      if (view.getUint32(at) > 100_000) {
        seen++;
        return peer.reset();
      }
    }
  });
  assert(seen >= 3, `${seen} times`);
  assertEquals(account(handler).dropped.refused, 1);
  assertEquals(account(handler).sent, 11);
  const last = messages(network.peer.received);
  assertEquals(last.slice(-10), Array.from({ length: 10 }, (_, i) => `m${i}`));
  await close(run);
});

test("a proxy that accepts and ends connections at once loses no record, and none is blamed", async () => {
  const run = setUp();
  const { network, handler } = run;
  const texts = Array.from({ length: 2000 }, (_, i) => `m${i}`);
  for (const text of texts) handler.emit(record(text));
  let sent = 0;
  await play(run, 20, (peer) => {
    assert(account(handler).sent >= sent, "'sent' never decreases");
    sent = account(handler).sent;
    peer.end();
  });
  assertEquals([account(handler).sent, account(handler).queued], [0, 2000]);
  assert(network.dialTimes.length < 8, `${network.dialTimes.length} dials within 20 s`);
  const carried = network.peers.slice(1).flatMap((peer) => messages(peer.received));
  assertEquals(carried, [], "only the first connection was written to at once");
  await play(run, 60, () => {});
  assertEquals([account(handler).sent, account(handler).droppedTotal], [2000, 0]);
  assertEquals(distinct(network), texts);
  await close(run);
});

test("in drop mode a record of a young connection goes again once, and is counted when it is lost", async () => {
  const run = setUp({ whileDisconnected: "drop" });
  const { network, clock, handler, events } = run;
  handler.emit(record("a"));
  await clock.advance();
  network.peer.end();
  await clock.advance();
  assertEquals(events.at(-1), { type: "disconnected", error: undefined, unconfirmed: 1 });
  assertEquals([account(handler).queued, account(handler).droppedTotal], [1, 0]);
  handler.emit(record("b"));
  await clock.advance(100);
  assertEquals(messages(network.peer.received), ["a"], "the head alone");
  network.peer.end();
  await clock.advance(100);
  assertEquals(account(handler).dropped.disconnected, 1);
  assertEquals([account(handler).queued, network.peers.length], [1, 2]);
  await close(run);
});

test("records of a young connection are not dropped for room, nor are new ones for them", async () => {
  const { network, clock, handler } = setUp({ maxQueuedRecords: 5 });
  for (let i = 0; i < 20; i++) {
    handler.emit(record(`m${i}`));
    await clock.advance(1);
  }
  assertEquals(account(handler).droppedTotal, 0);
  assertEquals(messages(network.peer.received).length, 20);
  await handler.close();
  assertEquals(account(handler).sent, 20);
});

test("a write that makes no progress for writeTimeoutMs counts as a lost connection", async () => {
  const run = setUp({ writeTimeoutMs: 30_000 });
  const { network, clock, handler, events } = run;
  network.nextConnects({ peer: { stalled: true, bufferBytes: 100 } });
  handler.emit(record("a"));
  await clock.advance(29_999);
  assertEquals(network.peers.length, 1);
  await clock.advance(1);
  const lost = events.find(({ type }) => type === "disconnected") as { error: Error };
  assertEquals(lost.error.message, "a write made no progress for 30000 ms");
  await clock.advance(5000);
  assertEquals(messages(network.peer.received), ["a"], "it goes again, whole");
  await close(run);
});

test("a record is not blamed for a server that reads nothing, however often its write times out", async () => {
  const run = setUp({ writeTimeoutMs: 1000 });
  const { network, handler, clock } = run;
  network.whenNobodyListens = { peer: { stalled: true } };
  handler.emit(record("x".repeat(200_000)));
  await clock.advance(60_000);
  assert(network.peers.length > 5, `${network.peers.length} connections`);
  assertEquals([account(handler).queued, account(handler).droppedTotal], [1, 0]);
  network.whenNobodyListens = "ok";
  await clock.advance(60_000);
  assertEquals([account(handler).sent, account(handler).droppedTotal], [1, 0]);
  await close(run);
});

test("a young connection whose end was seen during a write does not grow old", async () => {
  const run = setUp();
  const { network, clock, handler } = run;
  network.nextConnects({ peer: { stalled: true } });
  handler.emit(record("a"));
  await handler.flush();
  handler.emit(record("x".repeat(200_000)));
  await clock.advance(500);
  network.peer.end();
  await clock.advance(600);
  assertEquals([account(handler).sent, account(handler).queued], [0, 2]);
  await play(run, 20, () => {});
  assertEquals(account(handler).sent, 2);
  assertEquals(messages(network.peer.received).length, 2);
  await close(run);
});

test("an error that may end the process pours no backlog into a server that ended a connection at once", async () => {
  const run = setUp();
  const { network, clock, handler } = run;
  for (let i = 0; i < 100; i++) handler.emit(record(`m${i}`));
  await clock.advance();
  network.peer.end();
  await clock.advance(1100);
  assertEquals(network.peers.length, 2);
  network.exit(true);
  assertEquals([account(handler).sent, account(handler).queued], [0, 100]);
  assertEquals(network.peer.received.length, 0);
  await play(run, 10, () => {});
  assertEquals(account(handler).sent, 100);
  await close(run);
});

test("a slow server is not taken for a lost one while each piece of 64 KiB makes progress", async () => {
  const sizes: number[] = [];
  const run = setUp({
    writeTimeoutMs: 1000,
    connector: {
      async connect(to, options) {
        const stream = await run.network.connect(to, options);
        const write = stream.write.bind(stream);
        stream.write = (bytes) => {
          sizes.push(bytes.length);
          return write(bytes);
        };
        return stream as StreamConnection;
      },
    },
  });
  const { network, clock, handler } = run;
  network.nextConnects({ peer: { stalled: true, bufferBytes: 65_536 } });
  handler.emit(record("x".repeat(1_000_000)));
  await clock.advance();
  for (let piece = 0; piece < 20; piece++) {
    network.peer.read(65_536);
    await clock.advance(900);
  }
  network.peer.resume();
  assertEquals(network.peers.length, 1);
  assertEquals(account(handler).sent, 1);
  assert(Math.max(...sizes) <= 65_536, `${Math.max(...sizes)} bytes in one write`);
  await handler.close();
});

test("bytes from a log server are reported once", async () => {
  const { network, clock, handler, events } = setUp();
  handler.emit(record("a"));
  await clock.advance();
  const bytes = new TextEncoder().encode("HTTP/1.1 400 Bad Request");
  void network.peer.write(bytes);
  await clock.advance(2000);
  void network.peer.write(bytes);
  await clock.advance();
  network.peer.end();
  await clock.advance();
  handler.emit(record("b"));
  await clock.advance();
  void network.peer.write(bytes);
  await clock.advance();
  assertEquals(events.filter(({ type }) => type === "answered"), [{ type: "answered", bytes }]);
  await handler.close();
});

test("a clock that is set back or forward delays a dial by one period at most", async () => {
  for (const whileDisconnected of ["drop", "queue"] as const) {
    for (const step of [-86_400, 86_400]) {
      const network = new MemoryNetwork();
      let offset = 0;
      const clock: Clock = {
        now: () => 1_000_000 + network.clock.now() + offset,
        setTimeout: (callback, ms) => network.clock.setTimeout(callback, ms),
        clearTimeout: (id) => network.clock.clearTimeout(id),
      };
      const options = { connector: network, clock, whileDisconnected, onEvent: () => {} };
      const handler = new SocketHandler("h", 9020, options);
      network.nextConnects("refused", "refused");
      handler.emit(record("a"));
      await network.clock.advance(1500);
      handler.emit(record("b"));
      await network.clock.advance();
      assertEquals(network.dialTimes.length, 2);
      offset = step;
      for (let i = 0; i < 25; i++) {
        handler.emit(record("c"));
        await network.clock.advance(100);
      }
      assertEquals(network.dialTimes.length, 3, `${whileDisconnected}, by ${step} s`);
      await handler.close();
    }
  }
});

test("a young connection proves itself by more than the kernels of both ends can hold", async () => {
  const { clock, handler } = setUp();
  const text = "x".repeat(1024 * 1024);
  handler.emit(record("a"));
  await clock.advance();
  for (let i = 0; i < 11; i++) handler.emit(record(text));
  await clock.advance();
  assertEquals([account(handler).sent, account(handler).queued], [0, 12]);
  handler.emit(record(text));
  await clock.advance();
  assertEquals([account(handler).sent, account(handler).queued], [13, 0]);
  await handler.close();
});
