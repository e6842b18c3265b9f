import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { MemoryNetwork } from "../../src/testing/memory.ts";
import { frame, FrameError } from "../../src/wire/length_prefix_framing.ts";
import { json, jsonLines } from "../../src/wire/json.ts";
import { dumps } from "../../src/wire/pickle/pickle.ts";
import { signed } from "../../src/wire/signed.ts";
import { DatagramHandler } from "../../src/handlers/datagram_handler.ts";
import { INFO } from "../../src/logging/level.ts";
import { Logger } from "../../src/logging/logger.ts";
import type { LogRecord } from "../../src/logging/log_record.ts";
import { ConnectionError } from "../../src/net/connection_error.ts";
import {
  LogRecordDatagramReceiver,
  type LogRecordDatagramReceiverOptions,
} from "../../src/receivers/datagram_receiver.ts";
import type { ReceiverFault } from "../../src/receivers/socket_receiver.ts";
import { test } from "../test.ts";
import { reasons, record, spam } from "./setting.ts";
import { advanceUntil } from "../until.ts";

const at = { transport: "udp", hostname: "localhost", port: 9021 } as const;

class Collector extends LogRecordDatagramReceiver {
  readonly messages: string[] = [];

  override handleLogRecord(record: LogRecord): void {
    if (record.msg === "throw") throw new Error("cannot");
    this.messages.push(record.getMessage());
  }
}

async function setting(options: Partial<LogRecordDatagramReceiverOptions> = {}) {
  const network = new MemoryNetwork();
  const faults: ReceiverFault[] = [];
  const receiver = new Collector("localhost", 9021, {
    acceptor: network,
    clock: network.clock,
    onError: (fault) => faults.push(fault),
    ...options,
  });
  await receiver.start();
  const socket = await network.openDatagram(at);
  return {
    network,
    receiver,
    faults,
    send: (bytes: Uint8Array) => socket.send(bytes),
    async stop() {
      const stopping = receiver.stop();
      await network.clock.advance(200);
      await stopping;
      await socket.close();
      assertEquals(network.clock.pendingTimers, 0, "no timer is left");
      assertEquals(network.holding, 0, "nothing is left open");
    },
  };
}

test("LogRecordDatagramReceiver takes what DatagramHandler sends, in any serializer", async () => {
  for (const serializer of [undefined, json, jsonLines, signed(json, "key")]) {
    const options = serializer === undefined ? {} : { serializer };
    const { network, receiver, stop, faults } = await setting(options);
    const { clock } = network;
    const handler = new DatagramHandler("localhost", 9021, {
      connector: network,
      clock,
      ...options,
    });
    const logger = new Logger("app.sender", INFO);
    logger.addHandler(handler);
    logger.info("%d späm", 5);
    logger.info("eggs");
    await advanceUntil(clock, () => receiver.stats.received === 2);
    await handler.close();
    await stop();
    assertEquals([receiver.messages, faults], [["5 späm", "eggs"], []]);
  }
});

test("a bad datagram, or a record that cannot be handled, is lost alone", async () => {
  const { network, receiver, send, stop, faults } = await setting({ maxFrameBytes: 1000 });
  const bad = [
    new Uint8Array(0),
    new Uint8Array(3),
    spam.subarray(0, spam.length - 1),
    frame(new Uint8Array(0)),
    frame(dumps([])).subarray(0, 5),
    frame(dumps("text")),
    frame(new Uint8Array(1001)),
    new TextEncoder().encode("<13>a syslog message"),
  ];
  for (const datagram of bad) {
    await send(datagram);
    await send(spam);
  }
  await send(record({ msg: "throw" }));
  await send(spam);
  await advanceUntil(network.clock, () => receiver.stats.received === bad.length + 2);
  assertEquals(receiver.messages, Array(bad.length + 1).fill("spam"));
  assertEquals(
    reasons(faults),
    ["frame", "frame", "frame", "payload", "frame", "payload", "frame", "frame", "record"],
  );
  assertInstanceOf(faults[0]!.error, FrameError);
  const bytes = bad.reduce((sum, { length }) => sum + length, 0) +
    (bad.length + 1) * spam.length + record({ msg: "throw" }).length;
  assertEquals(receiver.stats, {
    received: bad.length + 2,
    failed: 1,
    toNearest: 0,
    rejected: bad.length,
    receivedBytes: bytes,
    dropped: 0,
  });
  await stop();
});

test("stop() handles the datagrams that have arrived, until 200 ms of silence", async () => {
  const { network, receiver, send } = await setting();
  for (let i = 0; i < 500; i++) await send(spam);
  let stopped = false;
  const stopping = receiver.stop().then(() => stopped = true);
  await advanceUntil(network.clock, () => receiver.messages.length === 500);
  await network.clock.advance(199);
  await send(spam);
  await network.clock.advance(199);
  assert(!stopped);
  assertEquals(receiver.messages.length, 501);
  await network.clock.advance(1);
  await stopping;
  assertEquals(network.clock.pendingTimers, 0);
});

test("stop() ends after stopTimeoutMs while datagrams keep arriving", async () => {
  const { network, receiver, send } = await setting({ stopTimeoutMs: 1000 });
  let stopped = false;
  const stopping = receiver.stop().then(() => stopped = true);
  for (let ms = 0; ms < 1000; ms += 100) {
    assert(!stopped);
    await send(spam);
    await network.clock.advance(100);
  }
  await stopping;
  assertEquals(receiver.messages.length, 10);
  assertEquals(network.clock.pendingTimers, 0);
});

test("start() rejects if it cannot bind; serveUntilStopped() serves until it is stopped", async () => {
  const { network, receiver, send, stop } = await setting();
  const second = new Collector("localhost", 9021, { acceptor: network });
  assertInstanceOf(await assertRejects(() => second.start()), ConnectionError);
  await second.stop();
  const controller = new AbortController();
  const serving = receiver.serveUntilStopped({ signal: controller.signal });
  await send(spam);
  await advanceUntil(network.clock, () => receiver.stats.received === 1);
  controller.abort();
  await stop();
  await serving;
});

test("a bound socket that fails stops the receiver, and serveUntilStopped() rejects with its error", async () => {
  const error = new ConnectionError("other", "gone");
  const faults: ReceiverFault[] = [];
  const receiver = new Collector("localhost", 9021, {
    acceptor: {
      bindDatagram: (address) =>
        Promise.resolve({
          address,
          close: () => Promise.reject(error),
          [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(error) }),
          [Symbol.asyncDispose]: () => Promise.resolve(),
        }),
    },
    onError: (fault) => faults.push(fault),
  });
  assertEquals(await assertRejects(() => receiver.serveUntilStopped()), error);
  assertEquals(reasons(faults), ["listener"]);
});

test("address has the port that the system chose", async () => {
  const network = new MemoryNetwork();
  const { clock } = network;
  const receiver = new Collector("localhost", 0, { acceptor: network, clock });
  await receiver.start();
  assert("port" in receiver.address && receiver.address.port > 0);
  const stopping = receiver.stop();
  await clock.advance(200);
  await stopping;
  assertEquals(
    new Collector("/tmp/socket", null, { acceptor: network }).address,
    { transport: "unixgram", path: "/tmp/socket" },
  );
});

test("LogRecordDatagramReceiver refuses bad options, naming value and range", () => {
  const acceptor = new MemoryNetwork();
  const make = (host: unknown, port: unknown, options: unknown) => () =>
    new LogRecordDatagramReceiver(
      host as string,
      port as number,
      options as LogRecordDatagramReceiverOptions,
    );
  assertThrows(make("", 9021, { acceptor }), TypeError, "'host'");
  assertThrows(make("h", 70000, { acceptor }), RangeError, "from 0 to 65535");
  assertThrows(make("h", 9021, { acceptor: {} }), TypeError, "bindDatagram()");
  assertThrows(make("h", 9021, null), TypeError, "'options'");
  assertThrows(make("h", 9021, { acceptor, idleTimeoutMs: 5 }), TypeError, "'idleTimeoutMs'");
  assertThrows(make("h", 9021, { acceptor, maxFrameBytes: -1 }), RangeError, "'maxFrameBytes'");
});

test("an async handleLogRecord() is awaited, and datagrams beyond 4 MiB are dropped and counted", async () => {
  const { network, receiver, send, stop } = await setting();
  const waiting: (() => void)[] = [];
  let begun = 0;
  receiver.handleLogRecord = () => {
    begun++;
    return new Promise<void>((resolve) => waiting.push(resolve));
  };
  const large = record({ msg: "x".repeat(60_000) });
  for (let i = 0; i < 100; i++) await send(large);
  await advanceUntil(network.clock, () => begun === 1);
  await network.clock.advance(10_000);
  assertEquals([begun, receiver.stats.received], [1, 1], "one at a time");
  const { dropped } = receiver.stats;
  assert(dropped >= 28 && dropped <= 32, `${dropped} were dropped`);
  while (begun < 100 - dropped) {
    waiting.shift()!();
    const before = begun;
    await advanceUntil(network.clock, () => begun === before + 1);
  }
  waiting.shift()!();
  await stop();
  assertEquals(receiver.stats.received + receiver.stats.dropped, 100);
});

test("empty datagrams that are not read take no memory", async () => {
  const { network, receiver, send, stop } = await setting();
  let end = () => {};
  receiver.handleLogRecord = () => new Promise<void>((resolve) => end = resolve);
  await send(spam);
  await advanceUntil(network.clock, () => receiver.stats.received === 1);
  for (let i = 0; i < 20_000; i++) await send(new Uint8Array(0));
  assert(receiver.stats.dropped > 3_000, `${receiver.stats.dropped} were dropped`);
  end();
  await advanceUntil(
    network.clock,
    () => receiver.stats.rejected + receiver.stats.dropped === 20_000,
  );
  await stop();
});

test("stop() ends although a handler never does, and counts the datagrams that it drops", async () => {
  const { network, receiver, send, faults } = await setting({ stopTimeoutMs: 1000 });
  let end = () => {};
  receiver.handleLogRecord = () => new Promise<void>((resolve) => end = resolve);
  for (let i = 0; i < 3; i++) await send(spam);
  await advanceUntil(network.clock, () => receiver.stats.received === 1);
  let stopped = false;
  const stopping = receiver.stop().then(() => stopped = true);
  await network.clock.advance(999);
  assert(!stopped);
  await network.clock.advance(1);
  await stopping;
  end();
  await advanceUntil(network.clock, () => receiver.stats.dropped === 2);
  assertEquals([receiver.stats.received, faults], [1, []]);
});
