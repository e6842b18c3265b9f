import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { repeat } from "@std/bytes";
import { MemoryNetwork } from "../../src/testing/memory.ts";
import { frame, FrameError } from "../../src/wire/length_prefix_framing.ts";
import { json, jsonLines } from "../../src/wire/json.ts";
import { UnpicklingError } from "../../src/wire/pickle/errors.ts";
import { dumps } from "../../src/wire/pickle/pickle.ts";
import { SignatureError, signed } from "../../src/wire/signed.ts";
import { SocketHandler } from "../../src/handlers/socket_handler.ts";
import { getLogger, manager } from "../../src/logging/get_logger.ts";
import { Handler } from "../../src/logging/handler.ts";
import { ERROR, INFO } from "../../src/logging/level.ts";
import { Logger } from "../../src/logging/logger.ts";
import type { LogRecord } from "../../src/logging/log_record.ts";
import { ConnectionError } from "../../src/net/connection_error.ts";
import type { Acceptor, StreamConnection } from "../../src/net/connector.ts";
import {
  LogRecordDatagramReceiver,
  LogRecordSocketReceiver,
  type LogRecordSocketReceiverOptions,
  type ReceiverFault,
  SyslogReceiver,
} from "../../src/receivers/socket_receiver.ts";
import { test } from "../test.ts";
import { at, Collector, fields, reasons, record, setting, spam } from "./setting.ts";
import { advanceUntil } from "../until.ts";

test("LogRecordSocketReceiver handles the records of every connection as they arrive", async () => {
  const { connect, receiver, records, stop, faults } = await setting();
  const [a, b] = [await connect(), await connect()];
  await a.write(spam);
  await b.write(record({ msg: "%s eggs", args: ["two"] }));
  await records(2);
  await a.write(record({ msg: "ham" }).subarray(0, 9));
  await a.write(record({ msg: "ham" }).subarray(9));
  await records(3);
  assertEquals(receiver.messages, ["spam", "two eggs", "ham"]);
  assertEquals(receiver.records[0]!.name, "app");
  assertEquals(receiver.stats, {
    received: 3,
    failed: 0,
    toNearest: 0,
    rejected: 0,
    receivedBytes: receiver.stats.receivedBytes,
    connections: 2,
    open: 2,
    refused: 0,
  });
  await stop(a, b);
  assertEquals(faults, []);
});

test("LogRecordSocketReceiver takes what SocketHandler sends, in any serializer", async () => {
  for (const serializer of [undefined, json, jsonLines, signed(json, "key")]) {
    const options = serializer === undefined ? {} : { serializer };
    const { network, receiver, stop, faults } = await setting(options);
    const { clock } = network;
    const handler = new SocketHandler("localhost", 9020, { connector: network, clock, ...options });
    const logger = new Logger("app.sender", INFO);
    logger.addHandler(handler);
    logger.info("%d sp\u00e4m", 5, { extra: { user: "anna" } });
    await Promise.all([handler.close(), stop()]);
    assertEquals([receiver.messages, receiver.records[0]?.user], [["5 späm"], "anna"]);
    assertEquals(faults, []);
  }
});

const bad: [string, Uint8Array, string, new (...args: never[]) => Error][] = [
  ["a frame that is too large", new Uint8Array([0xff, 0, 0, 0]), "frame", FrameError],
  ["an empty payload", frame(new Uint8Array(0)), "payload", UnpicklingError],
  ["a pickle that is cut off", frame(dumps(fields).subarray(0, 20)), "payload", UnpicklingError],
  ["a value that is no dict", frame(dumps([1, 2])), "payload", UnpicklingError],
  ["None", frame(dumps(null)), "payload", UnpicklingError],
  ["HTTP", new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n"), "frame", FrameError],
];
for (const [what, bytes, reason, type] of bad) {
  test(`LogRecordSocketReceiver closes only the connection that sends ${what}`, async () => {
    const { connect, receiver, records, faulted, faults, stop } = await setting();
    const [good, evil] = [await connect(), await connect()];
    await good.write(spam.subarray(0, 30));
    // The record before the fault is handled; the one after it is not read.
    await evil.write(spam);
    await evil.write(bytes);
    await evil.write(spam).catch(() => {});
    await faulted(1);
    await evil.closed;
    await good.write(spam.subarray(30));
    await records(2);
    assertEquals(receiver.messages, ["spam", "spam"]);
    assertEquals(reasons(faults), [reason]);
    assertInstanceOf(faults[0]!.error, type);
    assertEquals(faults[0]!.connection, 2);
    assertEquals([receiver.stats.rejected, receiver.stats.open], [1, 1]);
    await stop(good, evil);
  });
}

test("LogRecordSocketReceiver reports a frame that is cut off by the sender's end", async () => {
  for (const cut of [2, 30]) {
    const { connect, faulted, faults, stop } = await setting();
    const connection = await connect();
    await connection.write(spam.subarray(0, cut));
    await connection.close();
    await faulted(1);
    assertEquals(reasons(faults), ["frame"]);
    assertEquals((faults[0]!.error as FrameError).code, "cut-off");
    await stop();
  }
});

test("LogRecordSocketReceiver reports a connection that is reset, and serves the others", async () => {
  let resetting: (error: ConnectionError) => void = () => {};
  const broken: StreamConnection = {
    async *[Symbol.asyncIterator]() {
      yield spam;
      throw await new Promise<ConnectionError>((resolve) => resetting = resolve);
    },
    write: () => Promise.resolve(),
    closed: new Promise(() => {}),
    close: () => Promise.reject(new Error("an adapter that breaks its contract")),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const { network, receiver, records, faulted, faults, stop } = await setting({
    acceptor: withFirst(broken),
  });
  await records(1);
  resetting(new ConnectionError("reset", "Lost it"));
  await faulted(1);
  assertEquals(reasons(faults), ["connection"]);
  assertEquals((faults[0]!.error as ConnectionError).code, "reset");
  await advanceUntil(network.clock, () => receiver.stats.open === 0);
  assertEquals(receiver.stats.rejected, 0);
  await stop();
});

/** An acceptor that accepts one connection. */
function withFirst(connection: StreamConnection): Acceptor {
  let close = () => {};
  const closed = new Promise<void>((resolve) => close = resolve);
  return {
    listen: (address) =>
      Promise.resolve({
        address,
        close: () => Promise.resolve(close()),
        async *[Symbol.asyncIterator]() {
          yield connection;
          await closed;
        },
        [Symbol.asyncDispose]: () => Promise.resolve(close()),
      }),
  };
}

test("a handleLogRecord() that throws or rejects loses that record alone", async () => {
  const problem = new Error("cannot");
  class Failing extends Collector {
    override handleLogRecord(record: LogRecord): void {
      const message = record.getMessage();
      if (message === "throw") throw problem;
      if (message === "reject") return Promise.reject(problem) as unknown as undefined;
      super.handleLogRecord(record);
    }
  }
  const { connect, receiver, records, faulted, faults, stop } = await setting({}, Failing);
  const connection = await connect();
  for (const msg of ["one", "throw", "two", "reject", "three"]) {
    await connection.write(record({ msg }));
  }
  await records(3);
  await faulted(2);
  assertEquals(receiver.messages, ["one", "two", "three"]);
  assertEquals(reasons(faults), ["record", "record"]);
  assertEquals(faults.map(({ error }) => error), [problem, problem]);
  assertEquals(faults.map(({ record }) => record?.msg), ["throw", "reject"]);
  assertEquals([receiver.stats.received, receiver.stats.failed], [5, 2]);
  assertEquals(receiver.stats.open, 1);
  await stop(connection);
});

/** A receiver whose records are handled when a test says so. */
class Slow extends Collector {
  readonly waiting: ((error?: Error) => void)[] = [];

  override async handleLogRecord(record: LogRecord): Promise<void> {
    await new Promise<void>((resolve, reject) =>
      this.waiting.push((error) => error === undefined ? resolve() : reject(error))
    );
    super.handleLogRecord(record);
  }
}

test("an async handleLogRecord() is awaited, so that its sender is held back", async () => {
  const { network, connect, receiver, records, faulted, faults, stop } = await setting({}, Slow);
  const { waiting } = receiver as Slow;
  const connection = await connect();
  const many = repeat(spam, 20_000);
  const writing = connection.write(many).catch(() => {});
  await advanceUntil(network.clock, () => waiting.length === 1);
  await network.clock.advance(10_000);
  assertEquals([waiting.length, receiver.stats.received], [1, 1], "one record at a time");
  assert(receiver.stats.receivedBytes <= 64 * 1024, `${receiver.stats.receivedBytes} were read`);
  waiting[0]!();
  await records(1);
  await advanceUntil(network.clock, () => waiting.length === 2);
  waiting[1]!(new Error("cannot"));
  await faulted(1);
  await advanceUntil(network.clock, () => waiting.length === 3);
  assertEquals([reasons(faults), receiver.stats.failed], [["record"], 1]);
  const other = await connect();
  await other.write(spam);
  await advanceUntil(network.clock, () => waiting.length === 4);
  waiting[3]!();
  await records(2);
  await stop(connection, other);
  await writing;
});

test("stop() ends after stopTimeoutMs although a handler never does, and reports it", async () => {
  const { network, connect, receiver, faults } = await setting({ stopTimeoutMs: 1000 }, Slow);
  const { waiting } = receiver as Slow;
  const connection = await connect();
  await connection.write(repeat(spam, 3));
  await advanceUntil(network.clock, () => waiting.length === 1);
  let stopped = false;
  const stopping = receiver.stop().then(() => stopped = true);
  await network.clock.advance(999);
  assert(!stopped);
  await network.clock.advance(1);
  await stopping;
  assertEquals([reasons(faults), receiver.stats.open], [["connection"], 0]);
  waiting[0]!();
  await network.clock.advance(10_000);
  assertEquals([receiver.messages, receiver.stats.received], [["spam"], 1], "none after stop()");
  assertEquals(network.clock.pendingTimers, 0);
  await connection.close();
});

test("an override of unPickle() that throws or returns no fields closes the connection", async () => {
  for (const wrong of [null, undefined, 5, [], "text", new Error("thrown")]) {
    class Own extends Collector {
      override unPickle(payload: Uint8Array): Record<string, unknown> {
        if (payload.length === 1) return { ...fields, msg: "own" };
        if (wrong instanceof Error) throw wrong;
        return wrong as unknown as Record<string, unknown>;
      }
    }
    const { connect, receiver, faulted, faults, stop } = await setting({}, Own);
    const connection = await connect();
    await connection.write(frame(new Uint8Array(1)));
    await connection.write(frame(new Uint8Array(2)));
    await faulted(1);
    assertEquals([receiver.messages, reasons(faults)], [["own"], ["payload"]]);
    await connection.closed;
    await stop(connection);
  }
});

test("a wrong signature closes the connection", async () => {
  const { connect, faulted, faults, stop } = await setting({ serializer: signed(json, "key") });
  const connection = await connect();
  await connection.write(frame(signed(json, "another").dumps(fields)));
  await faulted(1);
  assertEquals(reasons(faults), ["payload"]);
  assertInstanceOf(faults[0]!.error, SignatureError);
  await stop(connection);
});

test("LogRecordSocketReceiver closes a connection over maxConnections if none is idle", async () => {
  const handled: (() => void)[] = [];
  class Busy extends Collector {
    override async handleLogRecord(record: LogRecord): Promise<void> {
      await new Promise<void>((resolve) => handled.push(resolve));
      super.handleLogRecord(record);
    }
  }
  const { network, connect, receiver, records, faulted, faults, stop } = await setting({
    maxConnections: 2,
  }, Busy);
  const [a, b] = [await connect(), await connect()];
  await a.write(spam);
  await b.write(spam);
  await advanceUntil(network.clock, () => handled.length === 2);
  const over = await connect();
  await over.closed;
  await faulted(1);
  assertEquals(reasons(faults), ["refused"]);
  assertEquals((faults[0]!.error as Error).message, "There are 2 connections already");
  assertEquals([receiver.stats.connections, receiver.stats.refused], [2, 1]);
  const closing = a.close();
  handled[0]!();
  await closing;
  await advanceUntil(network.clock, () => receiver.stats.open === 1);
  const next = await connect();
  await next.write(spam);
  await advanceUntil(network.clock, () => handled.length === 3);
  for (const end of handled) end();
  await records(3);
  assertEquals(receiver.stats.connections, 3);
  await stop(b, next, over);
});

test("LogRecordSocketReceiver closes a connection that is silent for idleTimeoutMs", async () => {
  const { network, connect, receiver, records, faults, stop } = await setting({
    idleTimeoutMs: 1000,
  });
  const connection = await connect();
  for (let i = 1; i <= 3; i++) {
    await network.clock.advance(999);
    await connection.write(spam);
    await records(i);
  }
  // Inside a frame the same time applies.
  await connection.write(spam.subarray(0, 9));
  await network.clock.advance(999);
  assertEquals(faults, []);
  await network.clock.advance(1);
  await connection.closed;
  await advanceUntil(network.clock, () => receiver.stats.open === 0);
  assertEquals(reasons(faults), ["idle"]);
  assertEquals((faults[0]!.error as ConnectionError).code, "timeout");
  await stop(connection);
});

test("LogRecordSocketReceiver holds a fast sender back, and handles the others' records in turn", async () => {
  const order: string[] = [];
  class Noting extends Collector {
    override handleLogRecord(record: LogRecord): void {
      order.push(record.name);
    }
  }
  const { network, connect, receiver, stop } = await setting({}, Noting);
  const [fast, slow] = [await connect(), await connect()];
  const many = repeat(record({ name: "fast" }), 15_000);
  const writing = fast.write(many);
  await slow.write(record({ name: "slow" }));
  await advanceUntil(network.clock, () => order.includes("slow"));
  assert(order.indexOf("slow") < 5_000, `slow came as number ${order.indexOf("slow")}`);
  assert(receiver.stats.receivedBytes < many.length, "the rest waits at the sender");
  await writing;
  await advanceUntil(network.clock, () => order.length === 15_001);
  await stop(fast, slow);
});

test("stop() handles what has arrived, asks senders to end, and sets no timer for those that do", async () => {
  const { network, connect, receiver, stop, faults } = await setting();
  const connection = await connect();
  await connection.write(repeat(spam, 1000));
  const stopping = receiver.stop();
  assertEquals(await connection.closed, undefined, "the sender sees the FIN");
  const closing = connection.close();
  await advanceUntil(network.clock, () => receiver.stats.open === 0);
  await stopping;
  await closing;
  assertEquals(network.clock.now(), 0);
  assertEquals(receiver.stats.received, 1000);
  assertEquals(faults, []);
  network.whenNobodyListens = "refused";
  await assertRejects(() => connect(), ConnectionError, "refused");
  await stop();
});

test("stop() waits for 200 ms of silence from a sender that does not read", async () => {
  const { network, connect, receiver } = await setting();
  const connection = await connect();
  await connection.write(spam);
  let stopped = false;
  const stopping = receiver.stop().then(() => stopped = true);
  await network.clock.advance(199);
  assert(!stopped);
  await network.clock.advance(1);
  await stopping;
  assertEquals(receiver.messages, ["spam"]);
  assertEquals(receiver.stats.open, 0);
  await connection.close();
});

test("stop() ends after stopTimeoutMs although a sender never falls silent", async () => {
  let ended = false;
  let release = () => {};
  const network = new MemoryNetwork();
  const { clock } = network;
  const endless: StreamConnection = {
    async *[Symbol.asyncIterator]() {
      while (!ended) {
        await new Promise<void>((resolve) => {
          release = resolve;
          clock.setTimeout(resolve, 50);
        });
        if (!ended) yield spam;
      }
    },
    write: () => Promise.resolve(),
    closed: new Promise(() => {}),
    close: ({ signal } = {}) =>
      new Promise((resolve) => {
        const end = () => {
          ended = true;
          release();
          resolve();
        };
        if (signal?.aborted) end();
        else signal?.addEventListener("abort", end);
      }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const receiver = new Collector("localhost", 9020, {
    acceptor: withFirst(endless),
    clock,
    stopTimeoutMs: 1000,
  });
  await receiver.start();
  await clock.advance(100);
  let stopped = false;
  const stopping = receiver.stop().then(() => stopped = true);
  for (let i = 0; i < 19; i++) await clock.advance(50);
  assert(!stopped);
  await clock.advance(50);
  await stopping;
  assert(receiver.records.length >= 20, String(receiver.records.length));
  await clock.advance(1000);
  assertEquals(clock.pendingTimers, 0);
});

test("serveUntilStopped() serves until its signal is aborted", async () => {
  const network = new MemoryNetwork();
  const { clock } = network;
  const receiver = new Collector("localhost", 9020, { acceptor: network, clock });
  const controller = new AbortController();
  const serving = receiver.serveUntilStopped({ signal: controller.signal });
  const connection = await (await clock.advance(), network.connect(at));
  await connection.write(spam);
  await advanceUntil(clock, () => receiver.records.length === 1);
  controller.abort();
  await connection.close();
  await serving;
  assertEquals(receiver.messages, ["spam"]);
  assertEquals(network.holding, 0);
});

test("serveUntilStopped() resolves at once if it is stopped before, or while it starts", async () => {
  const network = new MemoryNetwork();
  const before = new Collector("localhost", 9020, { acceptor: network });
  await before.serveUntilStopped({ signal: AbortSignal.abort() });
  await before.serveUntilStopped();
  const during = new Collector("localhost", 9020, {
    acceptor: {
      listen: (_, { signal } = {}) =>
        new Promise((_, reject) => {
          signal!.addEventListener("abort", () => reject(new ConnectionError("closed", "abort")));
        }),
    },
  });
  const serving = during.serveUntilStopped();
  await during.stop();
  await serving;
  assertEquals(network.holding, 0);
});

test("start() rejects if it cannot listen, and after stop()", async () => {
  const { network, receiver, stop } = await setting();
  const second = new Collector("localhost", 9020, { acceptor: network });
  assertInstanceOf(await assertRejects(() => second.start()), ConnectionError);
  assertInstanceOf(await assertRejects(() => second.serveUntilStopped()), ConnectionError);
  await second.stop();
  await stop();
  await assertRejects(() => receiver.start(), TypeError, "stopped");
});

test("a listening socket that fails stops the receiver, and serveUntilStopped() rejects with its error", async () => {
  for (const error of [new ConnectionError("other", "too many files"), undefined]) {
    const faults: ReceiverFault[] = [];
    const receiver = new Collector("localhost", 9020, {
      acceptor: {
        listen: (address) =>
          Promise.resolve({
            address,
            close: () => Promise.resolve(),
            [Symbol.asyncIterator]: () => ({
              next: () =>
                error ? Promise.reject(error) : Promise.resolve({ done: true, value: undefined }),
            }),
            [Symbol.asyncDispose]: () => Promise.resolve(),
          }),
      },
      onError: (fault) => faults.push(fault),
    });
    const thrown = await assertRejects(() => receiver.serveUntilStopped());
    assertInstanceOf(thrown, ConnectionError);
    assertEquals(thrown.code, error?.code ?? "closed");
    assertEquals(reasons(faults), ["listener"]);
  }
});

test("address is the address that it listens at, with the port that the system chose", async () => {
  const network = new MemoryNetwork();
  const receiver = new Collector("localhost", 0, { acceptor: network });
  assertEquals(receiver.address, { transport: "tcp", hostname: "localhost", port: 0 });
  {
    await using _disposed = receiver;
    await Promise.all([receiver.start(), receiver.start()]);
    assert("port" in receiver.address && receiver.address.port > 0);
  }
  assertEquals(network.holding, 0);
  const secure = new Collector("localhost", 9020, {
    acceptor: network,
    tls: { cert: "a certificate", key: "a secret" },
  });
  await secure.start();
  assertEquals(secure.address, { transport: "tcp", hostname: "localhost", port: 9020 });
  await secure.stop();
  const unix = new Collector("/tmp/socket", null, { acceptor: network });
  assertEquals(unix.address, { transport: "unix", path: "/tmp/socket" });
});

class List extends Handler {
  readonly records: LogRecord[] = [];
  override emit(record: LogRecord): void {
    this.records.push(record);
  }
}

test("handleLogRecord() gives a record to the logger of its name, or of logname, whatever the level", async () => {
  const named = getLogger("receiver_test.named");
  const fixed = getLogger("receiver_test.fixed");
  const [atNamed, atFixed] = [new List(), new List()];
  atFixed.setLevel(ERROR);
  named.addHandler(atNamed);
  fixed.addHandler(atFixed);
  for (const logger of [named, fixed]) {
    logger.propagate = false;
    logger.setLevel(ERROR);
  }
  const network = new MemoryNetwork();
  for (const logname of [null, "receiver_test.fixed"]) {
    const receiver = new LogRecordSocketReceiver("localhost", 9020, { acceptor: network, logname });
    await receiver.start();
    const connection = await network.connect(at);
    await connection.write(record({ name: "receiver_test.named" }));
    await connection.write(record({ name: "receiver_test.named", msg: "eggs", levelno: ERROR }));
    await advanceUntil(network.clock, () => receiver.stats.received === 2);
    await connection.close();
    await receiver.stop();
  }
  assertEquals(atNamed.records.map(({ msg }) => msg), ["spam", "eggs"]);
  assertEquals(atFixed.records.map(({ msg }) => msg), ["eggs"], "the handler's level is checked");
  for (const logger of [named, fixed]) {
    for (const h of [...logger.handlers]) logger.removeHandler(h);
  }
});

test("received names make no loggers, and their records go to the nearest logger above", async () => {
  const { network, connect, receiver, faults, stop } = await setting({}, Named);
  const shop = getLogger("received_shop");
  const list = new List();
  shop.addHandler(list);
  shop.propagate = false;
  const handled = async (name: string) => {
    const { received } = receiver.stats;
    await connection.write(record({ name }));
    await advanceUntil(network.clock, () => receiver.stats.received > received);
  };
  const connection = await connect();
  const before = manager.loggerDict.size;
  await handled("received_shop.cart.item");
  assertEquals([list.records.length, receiver.stats.toNearest], [1, 1]);
  assertEquals(list.records[0]!.name, "received_shop.cart.item", "the record keeps its name");
  for (let i = 0; i < 50; i++) await handled("received_shop." + "i.a".repeat(300) + i);
  assertEquals([list.records.length, receiver.stats.toNearest], [51, 51]);
  assertEquals(manager.loggerDict.size, before, "no logger was made");
  // As in CPython: filters and `disabled` of a logger do not apply to records from below it.
  shop.addFilter(() => false);
  await handled("received_shop.cart");
  assertEquals(list.records.length, 52);
  await handled("received_shop");
  assertEquals([list.records.length, receiver.stats.toNearest], [52, 52]);
  // A logger that the program makes later handles the records of a name that was received before.
  const cart = getLogger("received_shop.cart");
  cart.addFilter(({ name }) => name !== "received_shop.cart");
  await handled("received_shop.cart");
  assertEquals([list.records.length, receiver.stats.toNearest], [52, 52]);
  await handled("received_shop.cart.item");
  assertEquals([list.records.length, receiver.stats.toNearest], [53, 53]);
  cart.propagate = false;
  await handled("received_shop.cart.item");
  assertEquals(list.records.length, 53);
  await handled("x".repeat(1025));
  assertEquals([reasons(faults), receiver.stats.failed], [["record"], 1], "too long a name");
  await stop(connection);
  shop.removeHandler(list);
});

/** A receiver with the default `handleLogRecord()`. */
class Named extends Collector {
  override handleLogRecord(record: LogRecord): void | Promise<void> {
    return LogRecordSocketReceiver.prototype.handleLogRecord.call(this, record);
  }
}

test("LogRecordSocketReceiver refuses bad options, naming value and range", () => {
  const acceptor = new MemoryNetwork();
  const make = (host: unknown, port: unknown, options: unknown) => () =>
    new LogRecordSocketReceiver(
      host as string,
      port as number,
      options as LogRecordSocketReceiverOptions,
    );
  const bad: [unknown, unknown, unknown, typeof TypeError | typeof RangeError, string][] = [
    ["", 9020, { acceptor }, TypeError, "'host'"],
    [null, 9020, { acceptor }, TypeError, "'host'"],
    ["h", 65536, { acceptor }, RangeError, "from 0 to 65535: current value is 65536"],
    ["h", -1, { acceptor }, RangeError, "'port'"],
    ["h", "9020", { acceptor }, TypeError, "'port'"],
    ["h", 9020, {}, TypeError, "'acceptor'"],
    ["h", 9020, undefined, TypeError, "'options'"],
    ["h", 9020, { acceptor: {} }, TypeError, "listen()"],
    ["h", 9020, { acceptor, maxFrameBytes: 0 }, RangeError, "'maxFrameBytes'"],
    ["h", 9020, { acceptor, idleTimeoutMs: -1 }, RangeError, "'idleTimeoutMs'"],
    ["h", 9020, { acceptor, maxConnections: 0 }, RangeError, "'maxConnections'"],
    ["h", 9020, { acceptor, stopTimeoutMs: Infinity }, RangeError, "'stopTimeoutMs'"],
    ["h", 9020, { acceptor, logname: 5 }, TypeError, "'logname'"],
    ["h", 9020, { acceptor, onError: "log" }, TypeError, "'onError'"],
    ["h", 9020, { acceptor, serializer: {} }, TypeError, "'serializer'"],
    ["h", 9020, { acceptor, clock: {} }, TypeError, "'clock'"],
    ["h", 9020, { acceptor, connector: acceptor }, TypeError, "no option 'connector'"],
    ["h", 9020, { acceptor, tls: true }, TypeError, "'tls'"],
    ["h", 9020, { acceptor, tls: { key: "pem" } }, TypeError, "'tls.cert'"],
    ["h", 9020, { acceptor, tls: { cert: "pem" } }, TypeError, "'tls.key'"],
    ["/path", null, { acceptor, tls: { cert: "pem", key: "pem" } }, TypeError, "'tls'"],
  ];
  for (const [host, port, options, type, text] of bad) {
    assertThrows(make(host, port, options), type, text);
  }
  make("h", 9020, { acceptor, maxConnections: Infinity, tls: { cert: "pem", key: "pem" } })();
});

test("an unknown option of a receiver is refused with a list of all that it has", () => {
  const network = new MemoryNetwork();
  const options = [
    ...["acceptor", "logname", "escapeControlCharacters", "maxFrameBytes", "onError"],
    ...["stopTimeoutMs", "clock"],
  ];
  const stream = ["idleTimeoutMs", "frameTimeoutMs", "maxBufferedBytes", "maxConnections", "tls"];
  const syslog = ["defaultTimeZone", "timeZones", "transport", "delimiter", "framing"];
  const make = { acceptor: network, colour: 1 };
  const lists: [() => unknown, string[]][] = [
    [() => new LogRecordSocketReceiver("h", 1, make), [...options, "serializer", ...stream]],
    [() => new LogRecordDatagramReceiver("h", 1, make), [...options, "serializer"]],
    [() => new SyslogReceiver("h", 1, make), [...options, ...syslog, ...stream]],
  ];
  for (const [construct, known] of lists) {
    const { message } = assertThrows(construct, TypeError);
    assertEquals(message.replace(/.*: the options are /, "").split(", ").sort(), known.sort());
  }
});
