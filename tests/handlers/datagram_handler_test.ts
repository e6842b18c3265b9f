import { assert, assertEquals, assertThrows } from "@std/assert";
import { MemoryNetwork } from "../../src/testing/memory.ts";
import {
  DatagramHandler,
  type DatagramHandlerOptions,
} from "../../src/handlers/datagram_handler.ts";
import type { DeliveryEvent } from "../../src/delivery/delivery_event.ts";
import { test } from "../test.ts";
import { account, messages, record } from "./wire.ts";

function setUp(options: Partial<DatagramHandlerOptions> = {}) {
  const network = new MemoryNetwork();
  const events: DeliveryEvent[] = [];
  const handler = new DatagramHandler("h", 9021, {
    connector: network,
    clock: network.clock,
    onEvent: (event) => events.push(event),
    ...options,
  });
  return { network, clock: network.clock, handler, events };
}

test("DatagramHandler sends one frame a datagram, its length included", async () => {
  const { network, handler } = setUp();
  assertEquals(network.log, [], "opens nothing before the first record");
  handler.emit(record("spam"));
  handler.emit(record("%s", "eggs"));
  await handler.flush();
  assertEquals(network.datagrams.map(messages), [["spam"], ["eggs"]]);
  const { sent, sentBytes } = account(handler);
  assertEquals([sent, sentBytes], [2, network.datagrams.reduce((n, { length }) => n + length, 0)]);
  await handler.close();
});

test("DatagramHandler drops a record too large for a datagram, and that one alone", async () => {
  const { network, handler, events } = setUp();
  handler.emit(record("a"));
  handler.emit(record("x".repeat(70_000)));
  handler.emit(record("b"));
  await handler.flush();
  assertEquals(network.datagrams.map(messages).flat(), ["a", "b"]);
  const { sent, sentBytes, dropped, connects } = account(handler);
  assertEquals([sent, dropped.tooLarge, connects], [2, 1, 1]);
  assert(sentBytes < 70_000);
  assertEquals(events.at(-1), { type: "dropped", reason: "tooLarge", records: 1 });
  await handler.close();
});

test("DatagramHandler opens a new socket after a failed send, and sends that record alone again", async () => {
  const { network, handler } = setUp({ whileDisconnected: "queue" });
  network.nextSends("ok", "refused");
  for (const msg of ["a", "b", "c"]) handler.emit(record(msg));
  await handler.flush();
  assertEquals(network.datagrams.map(messages).flat(), ["a", "c", "b"]);
  assertEquals([account(handler).sent, account(handler).connects], [3, 2]);
  await handler.close();
});

test("DatagramHandler reports an outage where a socket opens and cannot send", async () => {
  const network = new MemoryNetwork();
  const events: string[] = [];
  const handler = new DatagramHandler("h", 9021, {
    connector: network,
    clock: network.clock,
    onEvent: ({ type }) => events.push(type),
  });
  network.nextSends("denied", "denied", "denied");
  for (const text of ["a", "b", "c"]) {
    handler.emit(record(text));
    await network.clock.advance(10);
  }
  assertEquals(events.filter((type) => type === "outage").length, 1);
  handler.emit(record("d"));
  await network.clock.advance();
  assertEquals(events.at(-1), "outage-over");
  assertEquals(account(handler).sent, 4);
  await handler.close();
});

test("DatagramHandler backs off when the name cannot be resolved", async () => {
  const { network, clock, handler } = setUp();
  network.nextConnects("not-found");
  handler.emit(record("a"));
  await clock.advance();
  handler.emit(record("b"));
  assertEquals(account(handler).dropped.disconnected, 2);
  assertEquals([network.dialTimes, handler.retryTime], [[0], 1]);
  await handler.close();
});

test("DatagramHandler.close() sends the queued records and is final", async () => {
  const { network, clock, handler } = setUp();
  handler.emit(record("a"));
  await handler.close();
  handler.emit(record("late"));
  assertEquals(network.datagrams.map(messages).flat(), ["a"]);
  assertEquals(account(handler).dropped.closed, 1);
  assertEquals([network.holding, network.exitHooks, clock.pendingTimers], [0, 0, 0]);
});

test("DatagramHandler sends the records that are left at exit", async () => {
  const { network, clock, handler } = setUp();
  handler.emit(record("a"));
  await clock.advance();
  handler.emit(record("b"));
  network.exit();
  await clock.advance();
  assertEquals(network.datagrams.map(messages).flat(), ["a", "b"]);
  assertEquals(account(handler).sent, 2);
  await handler.close();
});

test("DatagramHandler counts a send that is under way at exit as sent, since it was begun", async () => {
  const { network, clock, handler } = setUp();
  network.nextSends("hang");
  handler.emit(record("a"));
  await clock.advance();
  assertEquals(account(handler).queued, 1);
  network.exit();
  assertEquals([account(handler).sent, account(handler).droppedTotal], [1, 0]);
  await handler.close();
});

test("DatagramHandler refuses bad values and takes a path with port null", () => {
  const connector = new MemoryNetwork();
  assertEquals(new DatagramHandler("/run/log", null, { connector }).address, {
    transport: "unixgram",
    path: "/run/log",
  });
  const bad = (port: unknown, options: unknown) => () =>
    new DatagramHandler("h", port as number, options as DatagramHandlerOptions);
  assertThrows(bad(65536, { connector }), RangeError, "current value is 65536");
  assertThrows(bad(9021, { connector, tls: true }), TypeError, "there is no option 'tls'");
  assertThrows(bad(9021, {}), TypeError, "'connector' must be an object with openDatagram()");
});
