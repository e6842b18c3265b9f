/** `ForwardReceiver` on the in-memory network: every mode, acknowledgements, duplicates, bad input. */
import { Encoder, ExtData } from "@msgpack/msgpack";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { gzipSync } from "node:zlib";
import { ForwardHandler } from "../../src/handlers/forward_handler.ts";
import type { LogRecord } from "../../src/logging/log_record.ts";
import { Logger } from "../../src/logging/logger.ts";
import type { StreamConnection } from "../../src/net/connector.ts";
import {
  ForwardReceiver,
  type ForwardReceiverOptions,
} from "../../src/receivers/forward_receiver.ts";
import type { ReceiverFault } from "../../src/receivers/socket_receiver.ts";
import { MemoryNetwork } from "../../src/testing/memory.ts";
import { decodeValue } from "../../src/wire/forward/_msgpack.ts";
import { ValueScanner } from "../../src/wire/forward/_value_scanner.ts";
import { test } from "../test.ts";
import { until } from "../until.ts";

const at = { transport: "tcp", hostname: "localhost", port: 24224 } as const;

const pack = (value: unknown) => new Encoder().encode(value);
const time = new ExtData(0, Uint8Array.of(0x65, 0x53, 0xf1, 0, 0x07, 0x5b, 0xca, 0));
const entry = (text: string) => [1_700_000_000, { message: text }];

function joined(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** A sender, and the answers that it got. */
class Sender {
  readonly connection: StreamConnection;
  readonly answers: unknown[] = [];
  isEnded = false;

  constructor(connection: StreamConnection) {
    this.connection = connection;
    void this.#read();
  }

  async #read(): Promise<void> {
    const scanner = new ValueScanner({ maxBytes: 10_000, maxValues: 1000 });
    try {
      for await (const chunk of this.connection) {
        for (let start = 0; start < chunk.length;) {
          const end = scanner.scan(chunk, start);
          this.answers.push(decodeValue(chunk.subarray(start, end)));
          start = end;
        }
      }
    } catch {
      // A reset.
    }
    this.isEnded = true;
  }

  send(value: unknown): Promise<void> {
    return this.sendBytes(pack(value));
  }

  sendBytes(bytes: Uint8Array): Promise<void> {
    return this.connection.write(bytes);
  }
}

/** Waits for digests and inflated bytes, which come from other threads, on a clock that stands still. */
function advanceUntil(clock: MemoryNetwork["clock"], condition: () => boolean): Promise<void> {
  return until(async () => {
    await clock.advance();
    return condition();
  }, () => `${condition}`);
}

async function setUp(options: Partial<ForwardReceiverOptions> = {}) {
  const network = new MemoryNetwork();
  const { clock } = network;
  const faults: ReceiverFault[] = [];
  const records: LogRecord[] = [];
  const receiver = new ForwardReceiver("localhost", 24224, {
    acceptor: network,
    clock,
    onError: (fault) => faults.push(fault),
    ...options,
  });
  receiver.handleLogRecord = (record) => void records.push(record);
  await receiver.start();
  /** Between two chunks a receiver has a turn of the real event loop, and so has an inflater. */
  const settled = async () => {
    for (let i = 0; i < 30; i++) await clock.advance();
  };
  const connect = async () => {
    const sender = new Sender(await network.connect(at));
    await settled();
    return sender;
  };
  const stop = async () => {
    const stopping = receiver.stop();
    for (let i = 0; i < 60; i++) await clock.advance(100);
    await stopping;
    assertEquals([clock.pendingTimers, network.holding], [0, 0]);
  };
  const texts = () => records.map((record) => record.getMessage());
  return { network, clock, receiver, faults, records, texts, connect, settled, stop };
}

test("ForwardReceiver takes every mode, and acknowledges the chunks that have an id", async () => {
  const { receiver, faults, texts, connect, settled, stop, clock } = await setUp();
  const sender = await connect();
  const packed = joined(pack(entry("d")), pack(entry("e")));
  const twoMembers = joined(gzipSync(pack(entry("f"))), gzipSync(pack(entry("g"))));
  await sender.send(["app", ...entry("a")]);
  await sender.send(null);
  await sender.send(["app", ...entry("b"), { chunk: "1" }]);
  await sender.send(["app", [entry("c")], { chunk: "2" }]);
  await sender.send(["app", packed, { size: 2, chunk: "3" }]);
  await sender.send(["app", twoMembers, { compressed: "gzip", chunk: "4" }]);
  await sender.send(["app", gzipSync(pack(entry("h"))), { compressed: "gzip" }]);
  await advanceUntil(clock, () => texts().length === 8);
  await settled();
  assertEquals(texts(), ["a", "b", "c", "d", "e", "f", "g", "h"]);
  assertEquals(sender.answers, [{ ack: "1" }, { ack: "2" }, { ack: "3" }, { ack: "4" }]);
  await sender.connection.close();
  await stop();
  assertEquals([faults, receiver.stats.received], [[], 8]);
});

test("an event of another sender becomes a record named by its tag", async () => {
  const { records, connect, settled, stop } = await setUp();
  const sender = await connect();
  const events: [map: Record<string, unknown>, text: string, level: string][] = [
    [{ log: "hi\n", level: "warn", user: "anna", name: "x" }, "hi", "WARNING"],
    [{ msg: "m", severity: "FATAL" }, "m", "CRITICAL"],
    [{ message: "m", level: 30 }, "m", "INFO"],
    [{ a: 1 }, '{"a":1}', "INFO"],
  ];
  for (const [map] of events) await sender.send(["shop.web", time, map]);
  await settled();
  assertEquals(
    records.map((record) => [record.name, record.getMessage(), record.levelname]),
    events.map(([, text, level]) => ["shop.web", text, level]),
  );
  const [first, , third] = records;
  assertEquals([first!.user, first!.name_, first!.level], ["anna", "x", undefined]);
  assertEquals(third!.level, 30);
  assertEquals([first!.created, first!.msecs], [1_700_000_000.123456, 123]);
  // Fluent Bit's metadata, keys that are no strings, and one that is a prototype's.
  const map = "\x83\xa1k\x01\x02\xa1b\xa9__proto__\x81\xa1c\x03";
  const odd = Uint8Array.from(
    `\x92\x92\xce\x65\x53\xf1\x00\x80${map}`,
    (character) => character.charCodeAt(0),
  );
  await sender.send(["t", odd]);
  await settled();
  const { k, created, ...rest } = records[4]!;
  assertEquals([k, created, rest["2"], rest.__proto___], [1, 1_700_000_000, "b", { c: 3 }]);
  await sender.connection.close();
  await stop();
});

test("a chunk is acknowledged when its records have settled and the handlers have flushed", async () => {
  const { receiver, faults, connect, settled, stop } = await setUp();
  const waiting: (() => void)[] = [];
  receiver.handleLogRecord = () => new Promise((resolve) => waiting.push(resolve));
  const sender = await connect();
  await sender.send(["app", [entry("a"), entry("b")], { chunk: "1" }]);
  for (let i = 0; i < 2; i++) {
    await settled();
    assertEquals([waiting.length, sender.answers], [1, []]);
    waiting.shift()!();
  }
  await settled();
  assertEquals(sender.answers, [{ ack: "1" }]);
  receiver.handleLogRecord = () => Promise.reject(new Error("scripted"));
  await sender.send(["app", [entry("c")], { chunk: "2" }]);
  await settled();
  assertEquals([sender.answers.length, faults.map(({ reason }) => reason)], [2, ["record"]]);
  await sender.connection.close();
  await stop();
});

test("stop() acknowledges no chunk before the handlers have flushed", async () => {
  const { receiver, connect, settled, clock } = await setUp();
  let release = () => {};
  receiver.handleLogRecord = (record) =>
    record.getMessage() === "b" ? new Promise((resolve) => release = resolve) : undefined;
  const sender = await connect();
  const chunks = ["a", "b"].map((text) => pack(["app", [entry(text)], { chunk: text }]));
  await sender.sendBytes(joined(...chunks));
  await settled();
  const stopping = receiver.stop();
  await settled();
  assertEquals(sender.answers, []);
  release();
  await settled();
  assertEquals(sender.answers, [{ ack: "a" }, { ack: "b" }]);
  await clock.advance(1000);
  await stopping;
});

test("a chunk that comes again is acknowledged, counted and not handled", async () => {
  const { receiver, texts, connect, settled, stop } = await setUp({ maxChunkIds: 2 });
  const send = async (chunk: string) => {
    const sender = await connect();
    await sender.send(["app", [entry(chunk)], { chunk }]);
    await settled();
    assertEquals(sender.answers, [{ ack: chunk }]);
    await sender.connection.close();
  };
  for (const chunk of ["1", "2", "1", "1", "3", "1", "2"]) await send(chunk);
  // Two ids are kept: those that came last.
  assertEquals([texts(), receiver.stats.duplicates], [["1", "2", "3", "2"], 3]);
  await stop();
});

test("a chunk that another connection is handling is awaited, and goes on where that one ended", async () => {
  const { receiver, faults, connect, settled, clock } = await setUp({ stopTimeoutMs: 100 });
  const handled: string[] = [];
  let release = () => {};
  receiver.handleLogRecord = (record) => {
    handled.push(record.getMessage());
    return record.getMessage() === "b" ? new Promise((resolve) => release = resolve) : undefined;
  };
  const message = ["app", ["a", "b", "c"].map(entry), { chunk: "1" }];
  const first = await connect();
  await first.send(message);
  await settled();
  assertEquals(handled, ["a", "b"]);
  await first.connection.close({ signal: AbortSignal.abort() });
  const second = await connect();
  await second.send(message);
  await settled();
  assertEquals([handled, second.answers], [["a", "b"], []]);
  release();
  await settled();
  assertEquals(handled, ["a", "b", "c"]);
  assertEquals([second.answers, receiver.stats.duplicates], [[{ ack: "1" }], 1]);
  await second.connection.close();
  const stopping = receiver.stop();
  await clock.advance(1000);
  await stopping;
  assertEquals(faults.filter(({ reason }) => reason !== "connection"), []);
});

test("a chunk that ended its connection in the middle is handled from there on", async () => {
  const { texts, faults, connect, settled, stop } = await setUp();
  const send = async (last: unknown) => {
    const sender = await connect();
    await sender.send(["app", [entry("a"), entry("b"), last], { chunk: "1" }]);
    await settled();
    await sender.connection.close();
    return sender.answers;
  };
  assertEquals([await send([1, "no map"]), texts()], [[], ["a", "b"]]);
  assertEquals([await send(entry("c")), texts()], [[{ ack: "1" }], ["a", "b", "c"]]);
  assertEquals(faults.map(({ reason }) => reason), ["payload"]);
  await stop();
});

test("what is no Forward closes its connection alone", async () => {
  const { faults, texts, connect, settled, stop, receiver, clock } = await setUp({
    maxFrameBytes: 5000,
  });
  const good = await connect();
  const raw = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
  const zeros = new Uint8Array(60_000);
  const bad: [bytes: Uint8Array, message: RegExp][] = [
    [raw("\x16\x03\x01"), /looks like TLS/],
    [raw("GET / HTTP/1.1"), /byte 71 begins one/],
    [raw("\x93\xa1t\xc6\xff\xff\xff\xff"), /claims 4294967303 bytes: the most is 5000/],
    [raw("\x93\xa1t\xdd\xff\xff\xff\xff"), /claims 42949\d+ bytes/],
    [raw("\xdf\xff\xff\xff\xff"), /claims 8589\d+ bytes/],
    [raw("\x93\xa1t\xc9\xff\xff\xff\xff\x00"), /claims 42949\d+ bytes/],
    [raw("\x92\xa1t" + "\x91".repeat(200)), /more than 120 deep/],
    [raw("\x92\xa1t\xc1"), /holds the byte c1/],
    [raw("\x91\xa1t"), /array of a tag/],
    [raw("\x92\x01\x90"), /array of a tag/],
    [raw("\x92\xa1t\x01"), /has a time, and no record/],
    [raw("\x92\xa1t\x91\x01"), /an entry is an array/],
    [raw("\x92\xa1t\xc4\x02\x92\x01"), /end within an entry/],
    [raw("\x93\xa1t\x01\xa1x"), /must be a map/],
    [raw("\x93\xa1t\xc0\x80"), /time of an event/],
    // A timestamp of MessagePack that no Date holds.
    [raw("\x93\xa1t\xc7\x0c\xff\0\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff\x80"), /time of an event/],
    [raw("\x94\xa1t\x01\x80\x81\xa5chunk\x01"), /id of a chunk/],
    [pack(["t", new Uint8Array(0), { chunk: "x".repeat(257) }]), /id of a chunk/],
    [pack(["t", new Uint8Array(0), { compressed: "zstd" }]), /not gzip/],
    [pack(["t", new Uint8Array(30), { compressed: "gzip" }]), /are no gzip/],
    [pack(["t", gzipSync(zeros), { compressed: "gzip" }]), /inflate to over 5000 bytes/],
  ];
  for (const [i, [bytes, expected]] of bad.entries()) {
    const sender = await connect();
    await sender.sendBytes(bytes);
    await advanceUntil(clock, () => faults.length > i && sender.isEnded);
    assert(expected.test((faults[i]!.error as Error).message), String(faults[i]!.error));
    await sender.connection.close();
  }
  await good.send(["app", ...entry("a")]);
  await settled();
  const { rejected, open } = receiver.stats;
  assertEquals([texts(), rejected, open], [["a"], bad.length, 1]);
  await good.connection.close();
  await stop();
});

test("senders of compressed entries wait for each other, also behind some that have gone", async () => {
  const { receiver, records, texts, connect, stop, clock } = await setUp();
  const releases: (() => void)[] = [];
  receiver.handleLogRecord = (record) => {
    records.push(record);
    return new Promise((resolve) => releases.push(resolve));
  };
  const message = (text: string) => ["t", gzipSync(pack(entry(text))), { compressed: "gzip" }];
  const senders: Sender[] = [];
  for (let i = 0; i < 6; i++) {
    const sender = await connect();
    await sender.send(message(`${i}`));
    senders.push(sender);
  }
  await advanceUntil(clock, () => releases.length === 4);
  // The records of all six are handled in the end.
  await senders[0]!.connection.close({ signal: AbortSignal.abort() });
  await senders[4]!.connection.close({ signal: AbortSignal.abort() });
  while (texts().length < 6 || releases.length > 0) {
    releases.shift()?.();
    await clock.advance();
  }
  assertEquals(texts().sort(), ["0", "1", "2", "3", "4", "5"]);
  for (const { connection } of senders) await connection.close();
  await stop();
});

test("an event of a million values is refused, and so is a stream that ends within a message", async () => {
  const { faults, connect, settled, stop } = await setUp();
  const bomb = new Uint8Array(2_000_000).fill(0x80);
  const head = [0x92, 0xa1, 0x74, 0x91, 0x92, 0x01, 0x81, 0xa1, 0x61, 0xdd, 0, 0x1e, 0x84, 0x80];
  const sender = await connect();
  sender.sendBytes(joined(Uint8Array.from(head), bomb)).catch(() => {});
  await settled();
  assert(/more than 1000000 values/.test(String(faults[0]?.error)), String(faults[0]?.error));
  await sender.connection.close();
  const other = await connect();
  await other.sendBytes(Uint8Array.of(0x93, 0xa1));
  await other.connection.close();
  await settled();
  assertEquals(faults.map(({ reason }) => reason), ["frame", "frame"]);
  await stop();
});

test("with a shared key a sender without it is refused, and may send little", async () => {
  const { faults, texts, connect, clock, stop } = await setUp({ sharedKey: "secret" });
  const bad: [message: unknown, fault: RegExp][] = [
    [["app", ...entry("a")], /has not shown the shared key/],
    [["PING", "me", "salt", "0".repeat(128), "", ""], /has another shared key/],
    [["app", new Uint8Array(5000)], /the most is 4096/],
  ];
  for (const [i, [message, expected]] of bad.entries()) {
    const sender = await connect();
    const [helo] = sender.answers as [[string, Record<string, unknown>]];
    assertEquals([helo[0], helo[1].auth, helo[1].keepalive], ["HELO", "", true]);
    await sender.send(message);
    await advanceUntil(clock, () => faults.length > i && sender.isEnded);
    assert(expected.test(String(faults[i]!.error)), String(faults[i]!.error));
    const pong = ["PONG", false, "shared key mismatch", "logwire-receiver", ""];
    assertEquals(sender.answers.slice(1), i === 1 ? [pong] : []);
    await sender.connection.close();
  }
  assertEquals(texts(), []);
  await stop();
});

test("a record of ForwardHandler arrives whole, in every way of sending it", async () => {
  const ways = [
    {},
    { gzip: true },
    { sharedKey: "correct horse" },
    { sharedKey: "correct horse", ack: false },
    { ack: false },
    { connection: "per-flush" },
  ] as const;
  for (const way of ways) {
    const { sharedKey } = { sharedKey: undefined, ...way };
    const { network, clock, records, stop, faults } = await setUp(
      sharedKey === undefined ? {} : { sharedKey },
    );
    const handler = new ForwardHandler("localhost", 24224, {
      connector: network,
      clock,
      tag: "shop",
      ...way,
    });
    const log = new Logger("shop.web", 1);
    const sent: LogRecord[] = [];
    log.addFilter((record: LogRecord) => Boolean(sent.push(record)));
    log.addHandler(handler);
    const extra = {
      big: 2n ** 63n,
      count: 2 ** 40,
      half: 0.5,
      bytes: Uint8Array.of(1, 2),
      list: [1, "a", null, { deep: true }],
      lone: "a\ud800",
    };
    log.info("%s of %d", "häm ✓", 3, { extra });
    log.error("no", new TypeError("scripted"));
    for (let i = 0; i < 500; i++) log.debug("#%d", i);
    const flushing = handler.flush();
    await advanceUntil(clock, () => records.length === 502);
    const ending = advanceUntil(clock, () => handler.stats.queued === 0);
    for (let i = 0; i < 30; i++) await clock.advance(50);
    await Promise.all([flushing, ending]);
    assertEquals([records.length, faults], [502, []], JSON.stringify(way));
    const [first, second] = records;
    assertEquals(first!.getMessage(), "häm ✓ of 3");
    const { created, msecs, process, funcName, levelno, relativeCreated } = sent[0]!;
    const fields = { name: "shop.web", levelname: "INFO", created, msecs, process, funcName };
    for (
      const [key, value] of Object.entries({ ...fields, levelno, relativeCreated, ...extra })
    ) {
      assertEquals(first![key], key === "lone" ? "a\ufffd" : value, key);
    }
    assert(/TypeError: scripted/.test(second!.exc_text!));
    assertEquals(records.at(-1)!.getMessage(), "#499");
    const closing = handler.close();
    for (let i = 0; i < 30; i++) await clock.advance(50);
    await closing;
    await stop();
  }
});

test("ForwardHandler sends to ForwardReceiver, which is restarted, and nothing is lost", async () => {
  const network = new MemoryNetwork();
  const { clock } = network;
  const texts: string[] = [];
  const start = async () => {
    const receiver = new ForwardReceiver("localhost", 24224, { acceptor: network, clock });
    receiver.handleLogRecord = (record) => void texts.push(record.getMessage());
    await receiver.start();
    return receiver;
  };
  const pass = async (ms: number) => {
    for (let i = 0; i < ms / 10; i++) await clock.advance(10);
  };
  const handler = new ForwardHandler("localhost", 24224, {
    connector: network,
    clock,
    tag: "shop",
    // Between two receivers the network has a peer that says nothing.
    writeTimeoutMs: 500,
    onEvent: () => {},
  });
  const log = new Logger("shop", 1);
  log.addHandler(handler);
  let receiver = await start();
  let logged = 0;
  for (let round = 0; round < 3; round++) {
    for (let i = 0; i < 100; i++) log.info("#%d", logged++);
    await clock.advance();
    network.nextConnects(...round === 1 ? ["refused"] as const : []);
    const stopping = receiver.stop();
    for (let i = 0; i < 20; i++) {
      for (let j = 0; j < 5; j++) log.info("#%d", logged++);
      await clock.advance();
    }
    await pass(1000);
    await stopping;
    receiver = await start();
    await pass(5000);
  }
  const closing = handler.close();
  await pass(6000);
  await closing;
  const { sent, droppedTotal } = handler.stats;
  assertEquals([sent, droppedTotal], [logged, 0]);
  // A receiver that stops in order acknowledges all that it has handled.
  assertEquals(texts, Array.from({ length: logged }, (_, i) => `#${i}`));
  const stopping = receiver.stop();
  await pass(1000);
  await stopping;
  assertEquals([clock.pendingTimers, network.holding], [0, 0]);
});

test("ForwardReceiver checks its options", () => {
  const acceptor = new MemoryNetwork();
  const make = (options: object) => () => new ForwardReceiver("h", 1, { acceptor, ...options });
  assertThrows(make({ sharedKey: "" }), TypeError, "sharedKey");
  assertThrows(make({ maxChunkIds: 0 }), RangeError, "maxChunkIds");
  assertThrows(make({ serializer: {} }), TypeError, "serializer");
});
