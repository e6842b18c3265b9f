import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { MemoryNetwork } from "../../src/testing/memory.ts";
import { FrameError } from "../../src/wire/length_prefix_framing.ts";
import { octetCounting } from "../../src/wire/syslog/syslog_framing.ts";
import { getLogger } from "../../src/logging/get_logger.ts";
import { Handler } from "../../src/logging/handler.ts";
import type { LogRecord } from "../../src/logging/log_record.ts";
import type { DatagramAddress, StreamAddress } from "../../src/net/connector.ts";
import {
  type ReceiverFault,
  SyslogReceiver,
  type SyslogReceiverOptions,
  type SyslogStreamReceiverOptions,
} from "../../src/receivers/socket_receiver.ts";
import { test } from "../test.ts";
import { reasons } from "./setting.ts";
import { advanceUntil } from "../until.ts";

const encoder = new TextEncoder();

class Collector extends SyslogReceiver {
  readonly records: LogRecord[] = [];

  override handleLogRecord(record: LogRecord): void {
    if (record.msg === "throw") throw new Error("cannot");
    this.records.push(record);
  }
}

type Transport = "udp" | "tcp" | "unixgram" | "unix";
type More = Partial<Omit<SyslogStreamReceiverOptions, "transport" | "acceptor">>;

const addresses = {
  udp: { transport: "udp", hostname: "localhost", port: 5140 },
  unixgram: { transport: "unixgram", path: "/run/log" },
  tcp: { transport: "tcp", hostname: "localhost", port: 5140 },
  unix: { transport: "unix", path: "/run/log" },
} as const;

/** Starts a receiver on a new network, and connects a sender. */
async function setting(transport: Transport, more: More = {}) {
  const network = new MemoryNetwork();
  const { clock } = network;
  const faults: ReceiverFault[] = [];
  const onError = (fault: ReceiverFault) => void faults.push(fault);
  const at: StreamAddress | DatagramAddress = addresses[transport];
  const receiver = new Collector(
    "path" in at ? at.path : at.hostname,
    "path" in at ? null : at.port,
    { acceptor: network, clock, onError, transport, ...more } as SyslogReceiverOptions,
  );
  await receiver.start();
  const connect = async () => {
    if (at.transport === "udp" || at.transport === "unixgram") {
      const socket = await network.openDatagram(at);
      return { send: (bytes: Uint8Array) => socket.send(bytes), close: () => socket.close() };
    }
    const stream = await network.connect(at);
    return { send: (bytes: Uint8Array) => stream.write(bytes), close: () => stream.close() };
  };
  return {
    network,
    receiver,
    faults,
    connect,
    messages: () => receiver.records.map((record) => record.getMessage()),
    records: (count: number) => advanceUntil(clock, () => receiver.records.length >= count),
    faulted: (count: number) => advanceUntil(clock, () => faults.length >= count),
    async stop() {
      const stopping = receiver.stop();
      await clock.advance(10_000);
      await stopping;
      assertEquals(clock.pendingTimers, 0, "no timer is left");
      assertEquals(network.holding, 0, "nothing is left open");
    },
  };
}

const modern = "<165>1 2026-02-03T04:05:06.789Z host1 myapp 42 ID47 " +
  '[app@32473 user="anna"] \ufeffsp\u00e4m 100% %s';

for (const transport of ["udp", "unixgram", "tcp", "unix"] as const) {
  test(`SyslogReceiver makes a message over ${transport} a record`, async () => {
    const { connect, receiver, records, stop, faults } = await setting(transport);
    const sender = await connect();
    const isStream = transport === "tcp" || transport === "unix";
    const payload = encoder.encode(modern);
    const bytes = isStream ? octetCounting.frame(payload) : payload;
    await sender.send(bytes);
    await records(1);
    const [record] = receiver.records;
    assertEquals(
      [record!.name, record!.levelname, record!.levelno, record!.getMessage()],
      ["myapp", "INFO", 20, "späm 100% %s"],
    );
    assertEquals(record!.created, Date.UTC(2026, 1, 3, 4, 5, 6, 789) / 1000);
    assertEquals(record!.args, null);
    assertEquals(
      [record!.facility, record!.severity, record!.hostname, record!.app_name, record!.procid],
      [20, 5, "host1", "myapp", "42"],
    );
    assertEquals(
      [record!.msgid, record!.structured_data],
      ["ID47", { "app@32473": { user: "anna" } }],
    );
    const isIp = transport === "tcp" || transport === "udp";
    assertEquals(record!.sender_address, isIp ? "127.0.0.1" : null);
    assertEquals(receiver.stats, {
      ...{ received: 1, failed: 0, toNearest: 0, rejected: 0, receivedBytes: bytes.length },
      ...{ connections: isStream ? 1 : 0, open: isStream ? 1 : 0, refused: 0, dropped: 0 },
    });
    assertEquals(receiver.address, addresses[transport]);
    await sender.close();
    await stop();
    assertEquals(faults, []);
  });
}

test("a message without a time gets its arrival, and a time without a year the latest year", async () => {
  const { network, connect, receiver, records, stop } = await setting("udp");
  const year2026 = Date.UTC(2026, 0, 1) / 1000;
  await network.clock.advance(year2026 * 1000 + 1500);
  const sender = await connect();
  await sender.send(encoder.encode("<11>spam"));
  await sender.send(encoder.encode("<11>Dec 31 12:00:00 host app: spam"));
  await records(2);
  const [bare, dated] = receiver.records;
  assertEquals([bare!.created, bare!.msecs], [year2026 + 1.5, 500]);
  assertEquals([bare!.name, bare!.hostname, bare!.structured_data], ["syslog", null, null]);
  assertEquals(new Date(dated!.created * 1000).getFullYear(), 2025);
  assertEquals(dated!.name, "app");
  await sender.close();
  await stop();
});

test("a stream may hold messages in every framing, and its end ends the last message", async () => {
  const { connect, messages, records, stop, faults } = await setting("tcp");
  const sender = await connect();
  const stream = "11 <13>a\nb\0c d<13>lf\n<13>crlf\r\n<13>nul\0\n9 <13>spam\nno PRI\n<13>las";
  for (const byte of encoder.encode(stream)) await sender.send(new Uint8Array([byte]));
  await sender.send(encoder.encode("t"));
  await records(6);
  assertEquals(messages().length, 6);
  await sender.close();
  await records(7);
  assertEquals(messages(), ["a\nb\0c d", "lf", "crlf", "nul", "spam", "no PRI", "last"]);
  await stop();
  assertEquals(faults, []);
});

test("delimiter nul keeps CPython's messages with line feeds whole", async () => {
  const { connect, messages, records, stop } = await setting("tcp", { delimiter: "nul" });
  const sender = await connect();
  await sender.send(encoder.encode("<11>caught\nTraceback:\n  …\0<11>spam\0"));
  await records(2);
  assertEquals(messages(), ["caught\nTraceback:\n  …", "spam"]);
  await sender.close();
  await stop();
});

test("a bad frame closes its connection alone, and the messages before it are kept", async () => {
  const bad: [string, FrameError["code"]][] = [
    ["GET".repeat(100), "too-large"],
    ["101 <13>", "too-large"],
  ];
  for (const [bytes, code] of bad) {
    const { connect, receiver, messages, records, faulted, faults, stop } = await setting("tcp", {
      maxFrameBytes: 100,
    });
    const [good, evil] = [await connect(), await connect()];
    await good.send(encoder.encode("<13>eg"));
    await evil.send(encoder.encode(`<13>spam\n${bytes}`));
    await evil.send(encoder.encode("\n<13>never\n")).catch(() => {});
    await faulted(1);
    await good.send(encoder.encode("gs\n"));
    await records(2);
    assertEquals(messages(), ["spam", "eggs"]);
    assertEquals(reasons(faults), ["frame"]);
    assertInstanceOf(faults[0]!.error, FrameError);
    assertEquals([faults[0]!.error.code, faults[0]!.connection], [code, 2]);
    assertEquals([receiver.stats.rejected, receiver.stats.open], [1, 1]);
    await Promise.all([good.close(), evil.close()]);
    await stop();
  }
});

test("with octet counting alone a message without a count closes its connection", async () => {
  for (const bytes of ["007 <13>bond", "12345678901 ", "<13>spam\n", "404 "]) {
    const { connect, messages, records, faulted, faults, stop } = await setting("tcp", {
      framing: "counted",
      maxFrameBytes: 100,
    });
    const sender = await connect();
    await sender.send(encoder.encode(`6 no PRI4 spam${bytes}`));
    await records(2);
    await faulted(1);
    assertEquals(messages(), ["no PRI", "spam"]);
    const code = bytes === "404 " ? "too-large" : "malformed";
    assertEquals((faults[0]!.error as FrameError).code, code, bytes);
    await sender.close();
    await stop();
  }
});

test("with lines alone, or the delimiter LF, a number begins a line", async () => {
  for (const more of [{ framing: "lines" }, { delimiter: "lf" }] as const) {
    const { connect, messages, records, stop, faults } = await setting("tcp", more);
    const sender = await connect();
    await sender.send(encoder.encode("<13>app\n5 <13>\n404 <b>Not found</b>\n9 <13>spam\n"));
    await records(4);
    const lines = ["app", "5 <13>", "404 <b>Not found</b>", "9 <13>spam"];
    assertEquals(messages(), lines);
    await sender.close();
    await stop();
    assertEquals(faults, []);
  }
});

test("times are read by the zones of the options", async () => {
  const { network, connect, receiver, records, stop } = await setting("udp", {
    defaultTimeZone: "America/New_York",
    timeZones: { MEZ: "Europe/Berlin", Here: "+05:30" },
  });
  await network.clock.advance(Date.UTC(2026, 7, 1));
  const sender = await connect();
  const cases: [string, string][] = [
    ["Jul  1 12:00:00 host app: x", "2026-07-01T16:00:00.000Z"],
    ["Jan  1 12:00:00 host app: x", "2026-01-01T17:00:00.000Z"],
    ["29: Jul  1 12:00:00 mez: %SYS-5-A: x", "2026-07-01T10:00:00.000Z"],
    ["29: Jul  1 12:00:00 Here: %SYS-5-A: x", "2026-07-01T06:30:00.000Z"],
    ["29: Jul  1 12:00:00 Mars: %SYS-5-A: x", "2026-07-01T16:00:00.000Z"],
    ["Jul  1 12:00:00 UTC: %SYS-5-A: x", "2026-07-01T12:00:00.000Z"],
    ["2026-07-01T12:00:00 host app: x", "2026-07-01T16:00:00.000Z"],
    ["1 2026-07-01T12:00:00 host app 1 - - x", "2026-07-01T16:00:00.000Z"],
    ["1 2026-07-01T12:00:00+02:00 host app 1 - - x", "2026-07-01T10:00:00.000Z"],
  ];
  for (const [text] of cases) await sender.send(encoder.encode(`<13>${text}`));
  await records(cases.length);
  for (const [i, [text, expected]] of cases.entries()) {
    const { created, msg } = receiver.records[i]!;
    assertEquals([new Date(created * 1000).toISOString(), msg], [expected, "x"], text);
  }
  await sender.close();
  await stop();
});

test("an octet-counted message that the sender's end cuts off is a fault", async () => {
  const { connect, receiver, faulted, faults, stop } = await setting("tcp");
  const sender = await connect();
  await sender.send(encoder.encode("20 <13>spam"));
  await sender.close();
  await faulted(1);
  assertEquals((faults[0]!.error as FrameError).code, "cut-off");
  assertEquals(receiver.stats.received, 0);
  await stop();
});

test("a datagram that is empty or too large, or a record that cannot be handled, is lost alone", async () => {
  const { connect, receiver, messages, records, faulted, faults, stop } = await setting("udp", {
    maxFrameBytes: 100,
  });
  const sender = await connect();
  await sender.send(new Uint8Array(0));
  await sender.send(new Uint8Array(101).fill(60));
  await sender.send(encoder.encode("<13>throw"));
  // A datagram has no framing.
  await sender.send(encoder.encode("8 <13>a\nb"));
  await records(1);
  await faulted(3);
  assertEquals(messages(), ["8 <13>a\nb"]);
  assertEquals(reasons(faults), ["frame", "frame", "record"]);
  const { received, failed, rejected } = receiver.stats;
  assertEquals([received, failed, rejected], [2, 1, 2]);
  await sender.close();
  await stop();
});

test("any bytes in a datagram are a message", async () => {
  const { connect, receiver, records, stop, faults } = await setting("udp");
  const sender = await connect();
  const datagrams = [
    new Uint8Array(1),
    new Uint8Array([10, 10]),
    Uint8Array.from({ length: 256 }, (_, i) => i),
    encoder.encode("<999>spam"),
    encoder.encode('<13>1 - - - - - [__proto__ __proto__="x"] __proto__'),
  ];
  for (const datagram of datagrams) await sender.send(datagram);
  await records(datagrams.length);
  assertEquals(receiver.records.slice(0, 2).map((record) => record.msg), ["", ""]);
  assertEquals(receiver.records[3]!.msg, "<999>spam");
  assertEquals(({} as { x?: unknown }).x, undefined);
  assertEquals(faults, []);
  await sender.close();
  await stop();
});

test("without an override the logger of the application's name handles a record", async () => {
  const network = new MemoryNetwork();
  const { clock } = network;
  const got: [string, string][] = [];
  const keeping = new class extends Handler {
    override emit(record: LogRecord): void {
      got.push([record.name, record.getMessage()]);
    }
  }();
  getLogger("syslogtest").addHandler(keeping);
  try {
    for (const logname of [null, "syslogtest.all"]) {
      const options = { acceptor: network, clock, transport: "udp", logname } as const;
      const receiver = new SyslogReceiver("localhost", 5140, options);
      await receiver.start();
      const sender = await network.openDatagram(addresses.udp);
      await sender.send(encoder.encode("<13>1 - - syslogtest.area1 - - - spam"));
      await advanceUntil(clock, () => receiver.stats.received === 1);
      await sender.close();
      await Promise.all([receiver.stop(), clock.advance(10_000)]);
    }
  } finally {
    getLogger("syslogtest").removeHandler(keeping);
    await keeping.close();
  }
  assertEquals(got, [["syslogtest.area1", "spam"], ["syslogtest.area1", "spam"]]);
});

test("an override of unPickle() reads messages in another way", async () => {
  const network = new MemoryNetwork();
  const { clock } = network;
  class Own extends Collector {
    override unPickle(payload: Uint8Array): Record<string, unknown> {
      return { ...super.unPickle(payload), name: "own" };
    }
  }
  const receiver = new Own("localhost", 5140, { acceptor: network, clock });
  await receiver.start();
  const sender = await network.openDatagram(addresses.udp);
  await sender.send(encoder.encode("<13>spam"));
  await advanceUntil(clock, () => receiver.records.length === 1);
  assertEquals([receiver.records[0]!.name, receiver.records[0]!.msg], ["own", "spam"]);
  await sender.close();
  await Promise.all([receiver.stop(), clock.advance(10_000)]);
});

test("an IPv4 sender's address stays IPv4 on an IPv6 socket", () => {
  const receiver = new Collector("::", 514, { acceptor: new MemoryNetwork() });
  const addressOf = (sender?: string) =>
    receiver.unPickle(encoder.encode("<13>spam"), sender).sender_address;
  assertEquals(addressOf("::ffff:192.0.2.1"), "192.0.2.1");
  assertEquals(addressOf("2001:db8::1"), "2001:db8::1");
  assertEquals(addressOf(), null);
});

test("SyslogReceiver closes an idle connection for another one, and after idleTimeoutMs", async () => {
  const { network, connect, receiver, faulted, faults, stop } = await setting("tcp", {
    idleTimeoutMs: 1000,
    maxConnections: 1,
  });
  const first = await connect();
  await advanceUntil(network.clock, () => receiver.stats.open === 1);
  const second = await connect();
  await faulted(1);
  await network.clock.advance(1000);
  await faulted(2);
  assertEquals(reasons(faults), ["idle", "idle"]);
  assertEquals(faults.map(({ connection }) => connection), [1, 2]);
  assertEquals(receiver.stats.refused, 0);
  await Promise.all([first.close(), second.close()]);
  await stop();
});

test("SyslogReceiver refuses bad options and names them", () => {
  const acceptor = new MemoryNetwork();
  const make = (host: string, port: number | null, options: Record<string, unknown>) =>
    new SyslogReceiver(
      host,
      port,
      { acceptor, ...options } as unknown as SyslogReceiverOptions,
    );
  const types: [string, number | null, Record<string, unknown>, string][] = [
    ["localhost", 514, { transport: "tls" }, `'transport' must be "udp" or "tcp"`],
    ["localhost", 514, { transport: "unix" }, `'transport'`],
    ["/dev/log", null, { transport: "udp" }, `'transport' must be "unixgram" or "unix"`],
    ["localhost", 514, { acceptor: {} }, `'acceptor' must be an object with bindDatagram()`],
    ["localhost", 514, { acceptor: {}, transport: "tcp" }, `'acceptor'`],
    ["", 514, {}, `'host'`],
    ["localhost", 514, { serializer: {} }, `'serializer'`],
    ["localhost", 514, { tls: {} }, `'tls' must be absent with transport "udp"`],
    ["localhost", 514, { idleTimeoutMs: 1 }, `'idleTimeoutMs' must be absent`],
    ["localhost", 514, { delimiter: "lf" }, `'delimiter' must be absent`],
    ["localhost", 514, { transport: "tcp", delimiter: "crlf" }, `'delimiter' must be "lf" or`],
    ["localhost", 514, { framing: "lines" }, `'framing' must be absent with transport "udp"`],
    ["localhost", 514, { transport: "tcp", framing: "lf" }, `'framing' must be "counted" or`],
    ["localhost", 514, { defaultTimeZone: "Mars/Base" }, `'defaultTimeZone' must be an offset`],
    ["localhost", 514, { defaultTimeZone: 60 }, `'defaultTimeZone'`],
    ["localhost", 514, { defaultTimeZone: "+25:00" }, `'defaultTimeZone'`],
    ["localhost", 514, { timeZones: "UTC" }, `'timeZones' must be an object`],
    ["localhost", 514, { timeZones: { EST: -5 } }, `'timeZones.EST' must be an offset`],
    ["localhost", 514, { transport: "tcp", tls: {} }, `'tls.cert'`],
    ["localhost", 514, { transport: "tcp", tls: { cert: "a" } }, `'tls.key'`],
    ["localhost", 514, { logname: 5 }, `'logname'`],
  ];
  for (const [host, port, options, text] of types) {
    const error = assertThrows(() => make(host, port, options), TypeError, text);
    assert(error.message.startsWith("Cannot create SyslogReceiver as "));
  }
  for (const port of [-1, 65_536, 1.5, NaN]) {
    assertThrows(() => make("localhost", port, {}), RangeError, "'port'");
    assertThrows(() => make("localhost", port, { transport: "tcp" }), RangeError, "'port'");
  }
  assertThrows(() => make("localhost", 514, { maxFrameBytes: 0 }), RangeError, "'maxFrameBytes'");
});
