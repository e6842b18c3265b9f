import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { repeat } from "@std/bytes";
import { MemoryNetwork } from "../../src/testing/memory.ts";
import { frame } from "../../src/wire/length_prefix_framing.ts";
import { json, jsonLines } from "../../src/wire/json.ts";
import { dumps } from "../../src/wire/pickle/pickle.ts";
import type { LogRecord } from "../../src/logging/log_record.ts";
import type { StreamConnection } from "../../src/net/connector.ts";
import { LogRecordSocketReceiver, SyslogReceiver } from "../../src/receivers/socket_receiver.ts";
import { test } from "../test.ts";
import { at, Collector, fields, reasons, record, setting, spam } from "./setting.ts";
import { advanceUntil } from "../until.ts";

const MIB = 1024 * 1024;

/** The beginning of a frame that claims `length` bytes. */
function half(length: number, sent: number): Uint8Array {
  const bytes = new Uint8Array(4 + sent);
  new DataView(bytes.buffer).setUint32(0, length);
  return bytes;
}

/** Writes all bytes, while the receiver reads. */
async function write(network: MemoryNetwork, to: StreamConnection, bytes: Uint8Array) {
  let isDone = false;
  const writing = to.write(bytes).catch(() => {}).then(() => isDone = true);
  await advanceUntil(network.clock, () => isDone);
  await writing;
}

test("a connection that holds half a frame is closed after a minute by default", async () => {
  const { network, connect, faults, stop } = await setting();
  const connection = await connect();
  await connection.write(spam.subarray(0, 9));
  await network.clock.advance(59_999);
  assertEquals(faults, []);
  await network.clock.advance(1);
  await connection.closed;
  assertEquals([reasons(faults), faults[0]!.connection], [["idle"], 1]);
  assertEquals((faults[0]!.error as Error).message, "No frame was completed for 60000 ms");
  await stop(connection);
});

test("a connection that never sends anything is closed after a minute by default", async () => {
  const { network, connect, faults, stop } = await setting();
  const connection = await connect();
  await network.clock.advance(60_000);
  await connection.closed;
  assertEquals(reasons(faults), ["idle"]);
  await stop(connection);
});

test("a connection that is silent between two frames stays open, and loses no record", async () => {
  const { network, connect, receiver, records, faults, stop } = await setting();
  const connection = await connect();
  await connection.write(spam);
  await records(1);
  await network.clock.advance(30 * 24 * 3600 * 1000);
  await connection.write(spam);
  await records(2);
  assertEquals([receiver.stats.open, faults], [1, []]);
  await stop(connection);
});

test("a byte now and then keeps no half frame open, and a slow frame that grows may end", async () => {
  const { network, connect, receiver, records, faults, stop } = await setting({
    frameTimeoutMs: 1000,
  });
  const [trickle, slow] = [await connect(), await connect()];
  const large = record({ msg: "x".repeat(300_000) });
  for (let i = 0; i < 4; i++) {
    if (i < 2) await trickle.write(spam.subarray(i, i + 1));
    await write(network, slow, large.subarray(i * 70_000, (i + 1) * 70_000));
    await network.clock.advance(500);
  }
  await trickle.closed;
  assertEquals([reasons(faults), faults[0]!.connection], [["idle"], 1]);
  await write(network, slow, large.subarray(280_000));
  await records(1);
  assertEquals(receiver.stats.open, 1);
  await stop(trickle, slow);
});

test("frameTimeoutMs does not run while a record is being handled", async () => {
  const handled: (() => void)[] = [];
  class Slow extends Collector {
    override async handleLogRecord(record: LogRecord): Promise<void> {
      await new Promise<void>((resolve) => handled.push(resolve));
      super.handleLogRecord(record);
    }
  }
  const { network, connect, records, faults, stop } = await setting({ frameTimeoutMs: 1000 }, Slow);
  const connection = await connect();
  const two = repeat(spam, 2);
  await connection.write(two.subarray(0, spam.length + 9));
  await advanceUntil(network.clock, () => handled.length === 1);
  await network.clock.advance(10_000);
  handled[0]!();
  await connection.write(two.subarray(spam.length + 9));
  await advanceUntil(network.clock, () => handled.length === 2);
  handled[1]!();
  await records(2);
  assertEquals(faults, []);
  await stop(connection);
});

test("frameTimeoutMs 0 lets half a frame stay", async () => {
  const { network, connect, faults, stop } = await setting({ frameTimeoutMs: 0 });
  const connection = await connect();
  await connection.write(spam.subarray(0, 9));
  await network.clock.advance(30 * 24 * 3600 * 1000);
  assertEquals(faults, []);
  await connection.write(spam.subarray(9));
  await stop(connection);
});

test("half frames over maxBufferedBytes close the connection that holds the most", async () => {
  for (const serializer of [undefined, json, jsonLines]) {
    const { network, connect, receiver, records, faulted, faults, stop } = await setting({
      ...(serializer && { serializer }),
      maxBufferedBytes: 3.25 * MIB,
    });
    const honest = await connect();
    const whole = serializer?.framing?.frame(serializer.dumps(fields)) ??
      frame((serializer?.dumps ?? dumps)(fields));
    await honest.write(whole.subarray(0, 30));
    const hostile: StreamConnection[] = [];
    const claim = (sent: number) =>
      serializer === jsonLines ? new Uint8Array(sent) : half(16 * MIB, sent);
    for (const sent of [MIB / 2, MIB, MIB / 4, MIB / 4]) {
      const connection = await connect();
      hostile.push(connection);
      await write(network, connection, claim(sent));
    }
    await faulted(1);
    assertEquals([reasons(faults), faults[0]!.connection], [["buffer"], 3]);
    const { message } = faults[0]!.error as Error;
    assertMatch(message, /^Its frame takes \d+ bytes, the most .* they may take 3407872$/);
    await honest.write(whole.subarray(30));
    await records(1);
    assertEquals(receiver.stats.open, 4);
    await stop(honest, ...hostile);
  }
});

test("1,024 half frames hold no more than the default budget, and an honest sender is served", async () => {
  const { network, connect, records, faults, stop } = await setting();
  const hostile: StreamConnection[] = [];
  for (let i = 0; i < 1024; i++) {
    const connection = await connect();
    hostile.push(connection);
    await connection.write(half(16 * MIB, 60_000));
  }
  await advanceUntil(network.clock, () => faults.length > 0);
  const honest = await connect();
  await honest.write(spam);
  await records(1);
  assert(reasons(faults).every((reason) => reason === "buffer"));
  await stop(honest, ...hostile);
});

test("1,024 silent connections do not keep an honest sender out", async () => {
  const { connect, records, faults, stop } = await setting();
  const silent: StreamConnection[] = [];
  for (let i = 0; i < 1024; i++) silent.push(await connect());
  const honest = await connect();
  await honest.write(spam);
  await records(1);
  assertEquals([reasons(faults), faults[0]!.connection], [["idle"], 1]);
  await stop(honest, ...silent);
});

test("only the default budget is raised to maxFrameBytes", async () => {
  const acceptor = new MemoryNetwork();
  const { connect, network, faults, stop } = await setting({ maxFrameBytes: 100 * MIB });
  const connection = await connect();
  await write(network, connection, half(100 * MIB, 70 * MIB));
  assertEquals(faults, []);
  for (
    const [bad, text] of [
      [{ maxBufferedBytes: 0 }, "'maxBufferedBytes'"],
      [{ frameTimeoutMs: -1 }, "'frameTimeoutMs'"],
      [{ escapeControlCharacters: 1 }, "'escapeControlCharacters'"],
    ] as const
  ) {
    const options = { acceptor, ...bad } as { acceptor: MemoryNetwork };
    assertThrows(() => new LogRecordSocketReceiver("h", 1, options), Error, text);
    assertThrows(
      () => new SyslogReceiver("h", 1, { ...options, transport: "tcp" }),
      Error,
      text,
    );
  }
  await stop(connection);
});

test("idle connections are closed for new ones, the longest idle first", async () => {
  const { network, connect, receiver, records, faulted, faults, stop } = await setting({
    maxConnections: 4,
  });
  const [settled, silent, inFrame, recent] = [
    await connect(),
    await connect(),
    await connect(),
    await connect(),
  ];
  await settled.write(spam);
  await records(1);
  await inFrame.write(spam);
  await inFrame.write(spam.subarray(0, 9));
  await records(2);
  await recent.write(spam);
  await advanceUntil(network.clock, () => receiver.stats.receivedBytes === 3 * spam.length + 9);
  const closed: StreamConnection[] = [];
  const others: StreamConnection[] = [];
  for (const one of [silent, inFrame, settled, recent]) {
    const next = await connect();
    others.push(next);
    await next.write(spam);
    await faulted(closed.length + 1);
    await one.closed;
    closed.push(one);
    await records(3 + closed.length);
  }
  assertEquals(reasons(faults), ["idle", "idle", "idle", "idle"]);
  assertEquals(faults.map(({ connection }) => connection), [2, 3, 1, 4]);
  assertEquals(
    (faults[0]!.error as Error).message,
    "It was idle for the longest of 4 connections as another came",
  );
  assertEquals([receiver.stats.open, receiver.stats.refused], [4, 0]);
  await stop(...closed, ...others);
  assert(network.holding === 0);
});

test("SyslogReceiver bounds unfinished messages as LogRecordSocketReceiver bounds frames", async () => {
  const network = new MemoryNetwork();
  const { clock } = network;
  for (const framing of ["999999 ", "<13>"]) {
    const faults: string[] = [];
    const texts: unknown[] = [];
    const receiver = new SyslogReceiver("localhost", 9020, {
      acceptor: network,
      transport: "tcp",
      clock,
      maxConnections: 2,
      maxBufferedBytes: 100_000,
      onError: ({ reason, connection }) => faults.push(`${reason} ${connection}`),
    });
    receiver.handleLogRecord = (record) => void texts.push(record.msg);
    await receiver.start();
    const encoder = new TextEncoder();
    const [one, two] = [await network.connect(at), await network.connect(at)];
    await write(network, one, encoder.encode(framing + "x".repeat(60_000)));
    await write(network, two, encoder.encode(framing + "y".repeat(40_000)));
    await advanceUntil(clock, () => faults.length === 1);
    assertEquals(faults, ["buffer 1"]);
    const three = await network.connect(at);
    await three.write(encoder.encode("<13>spam\n"));
    await advanceUntil(clock, () => texts.includes("spam"));
    const four = await network.connect(at);
    await advanceUntil(clock, () => faults.length === 2);
    assertEquals(faults[1], "idle 2");
    await clock.advance(60_000);
    assertEquals(faults[2], "idle 4", "it has sent nothing");
    const stopping = [one, two, three, four].map((connection) => connection.close());
    await Promise.all([...stopping, receiver.stop(), clock.advance(10_000)]);
    assertEquals(clock.pendingTimers, 0);
  }
});
