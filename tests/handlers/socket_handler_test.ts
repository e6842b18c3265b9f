import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { MemoryNetwork } from "../../src/testing/memory.ts";
import { SocketHandler, type SocketHandlerOptions } from "../../src/handlers/socket_handler.ts";
import type { DeliveryEvent } from "../../src/delivery/delivery_event.ts";
import { setRaiseExceptions } from "../../src/logging/raise_exceptions.ts";
import { Formatter } from "../../src/logging/formatter.ts";
import type { LogRecord } from "../../src/logging/log_record.ts";
import { shutdown } from "../../src/logging/shutdown.ts";
import { exceptionText } from "../../src/text/exception_text.ts";
import { ConnectionError } from "../../src/net/connection_error.ts";
import { catchStderr } from "../stderr.ts";
import { test } from "../test.ts";
import { account, framesIn, messages, record, unencodable } from "./wire.ts";

/** So long a connection is young. */
const YOUNG_MS = 1000;

/** A handler on a network of its own, with the events that it told. */
function setUp(options: Partial<SocketHandlerOptions> = {}) {
  const network = new MemoryNetwork();
  const events: DeliveryEvent[] = [];
  const handler = new SocketHandler("h", 9020, {
    connector: network,
    clock: network.clock,
    onEvent: (event) => events.push(event),
    ...options,
  });
  return { network, clock: network.clock, handler, events };
}

test("SocketHandler opens nothing until the first record, then sends frames in order", async () => {
  const { network, clock, handler } = setUp();
  await clock.advance();
  assertEquals(network.log, []);
  handler.emit(record("spam"));
  handler.emit(record("%d eggs", 2));
  assertEquals(account(handler).queued, 2, "held while the dial is under way");
  await clock.advance();
  assertEquals(messages(network.peer.received), ["spam", "2 eggs"]);
  await clock.advance(YOUNG_MS);
  const { sent, queued, connects, sentBytes } = account(handler);
  assertEquals([sent, queued, connects, sentBytes], [2, 0, 1, network.peer.received.length]);
  await handler.close();
});

test("SocketHandler makes the text of an error, and merges the message once", async () => {
  const { network, clock, handler } = setUp();
  const failed = record("%s failed", "backup");
  failed.exc_info = new Error("disk full");
  let merges = 0;
  const getMessage = () => {
    merges++;
    return "backup failed";
  };
  Object.defineProperty(failed, "getMessage", { value: getMessage });
  handler.emit(failed);
  await clock.advance();
  assertEquals(merges, 1);
  assertEquals(failed.exc_text, exceptionText(failed.exc_info));
  const [fields] = framesIn(network.peer.received);
  assertEquals([fields!.msg, fields!.exc_info], ["backup failed", null]);
  assertEquals(fields!.exc_text, failed.exc_text);
  await handler.close();
});

test("SocketHandler has its formatter, or an override of format(), make the text of an error", async () => {
  const { network, clock, handler } = setUp();
  const formatter = new Formatter();
  formatter.formatException = () => "by the formatter";
  const withError = () => Object.assign(record("spam"), { exc_info: new Error("disk full") });
  handler.setFormatter(formatter);
  handler.emit(withError());
  handler.setFormatter(null);
  handler.format = (record) => record.exc_text = "by the handler";
  handler.emit(withError());
  await clock.advance();
  assertEquals(
    framesIn(network.peer.received).map(({ exc_text }) => exc_text),
    ["by the formatter", "by the handler"],
  );
  await handler.close();
});

test("SocketHandler has CPython's fields and defaults", () => {
  const { handler, network } = setUp();
  const { host, port, address, closeOnError, retryTime, retryStart, retryMax, retryFactor } =
    handler;
  assertEquals({ host, port, closeOnError, retryTime, retryStart, retryMax, retryFactor }, {
    host: "h",
    port: 9020,
    closeOnError: false,
    retryTime: null,
    retryStart: 1,
    retryMax: 30,
    retryFactor: 2,
  });
  assertEquals(address, { transport: "tcp", hostname: "h", port: 9020 });
  const unix = new SocketHandler("/run/log", null, { connector: network });
  assertEquals(unix.address, { transport: "unix", path: "/run/log" });
  const tls = new SocketHandler("h", 1, { connector: network, tls: true });
  assertEquals(tls.address, { transport: "tcp", hostname: "h", port: 1, tls: {} });
});

test("SocketHandler in drop mode dials only from emit() and drops inside the window", async () => {
  const { network, clock, handler, events } = setUp();
  network.whenNobodyListens = "refused";
  handler.emit(record("a"));
  await clock.advance();
  assertEquals(handler.retryTime, 1);
  handler.emit(record("b"));
  await clock.advance(999);
  assertEquals(network.dialTimes, [0], "no timer dials");
  assertEquals(account(handler).dropped.disconnected, 2);
  network.whenNobodyListens = "ok";
  await clock.advance(1);
  handler.emit(record("c"));
  await clock.advance();
  assertEquals(network.dialTimes, [0, 1], "at exactly retryTime");
  assertEquals(messages(network.peer.received), ["c"]);
  await clock.advance(YOUNG_MS);
  assertEquals(handler.retryTime, null);
  assertEquals(handler.retryPeriod, 1, "the period outlives a success");
  assertEquals(events.map(({ type }) => type), [
    "outage",
    "connect-failed",
    "dropped",
    "dropped",
    "connected",
    "outage-over",
  ]);
  assertEquals(events.at(-1), { type: "outage-over", lost: 2 });
  await handler.close();
});

test("SocketHandler in queue mode keeps records, dials from a timer and drains in order", async () => {
  const { network, clock, handler } = setUp({ whileDisconnected: "queue" });
  network.whenNobodyListens = "refused";
  for (let i = 0; i < 5; i++) handler.emit(record("m%d", i));
  await clock.advance(1200);
  handler.emit(record("m5"));
  await clock.advance(8000);
  // Each wait is the period and up to a tenth of it more.
  assertEquals(network.dialTimes.map((at) => Math.floor(at)), [0, 1, 3, 7]);
  assertEquals(account(handler).queued, 6);
  network.whenNobodyListens = "ok";
  await clock.advance(9000);
  assertEquals(messages(network.peer.received), ["m0", "m1", "m2", "m3", "m4", "m5"]);
  const { sent, queued, droppedTotal, connects, connectFailures } = account(handler);
  assertEquals([sent, queued, droppedTotal, connects, connectFailures], [6, 0, 0, 1, 4]);
  await handler.close();
  assertEquals(clock.pendingTimers, 0);
});

test("SocketHandler gives up a dial after connectTimeoutMs and drops the held records", async () => {
  const { network, clock, handler, events } = setUp({ connectTimeoutMs: 250 });
  network.nextConnects("hang");
  handler.emit(record("a"));
  await clock.advance(249);
  assertEquals(account(handler).queued, 1);
  await clock.advance(1);
  assertEquals(account(handler).dropped.disconnected, 1);
  const failed = events.find(({ type }) => type === "connect-failed");
  assert(failed?.type === "connect-failed" && failed.error instanceof ConnectionError);
  assertEquals(failed.error.code, "timeout");
  await handler.close();
});

test("SocketHandler reports of a dial that is late the connector's own error, if there is one", async () => {
  const own = new ConnectionError("timeout", "no TLS there");
  const rejections: [rejected: (signal: AbortSignal) => unknown, message: string][] = [
    [() => own, "no TLS there"],
    [(signal) => signal.reason, "no connection within 250 ms"],
  ];
  for (const [rejected, message] of rejections) {
    const { clock } = new MemoryNetwork();
    const errors: unknown[] = [];
    const handler = new SocketHandler("h", 9020, {
      connector: {
        connect: (_to, { signal } = {}) =>
          new Promise((_, reject) =>
            signal?.addEventListener("abort", () => reject(rejected(signal)))
          ),
      },
      clock,
      connectTimeoutMs: 250,
      onEvent: (event) => void (event.type === "outage" && errors.push(event.error)),
    });
    handler.handleError = (_record, error) => void errors.push(error);
    handler.emit(record("a"));
    await clock.advance(250);
    assertEquals(
      errors.map((error) => error instanceof ConnectionError && [error.code, error.message]),
      [["timeout", message]],
    );
    assertEquals(account(handler).dropped.disconnected, 1);
    await handler.close();
    assertEquals(clock.pendingTimers, 0);
  }
});

test("SocketHandler gives a dial its time again when the program has blocked the event loop", async () => {
  const { clock } = new MemoryNetwork();
  let late = 0;
  const signals: AbortSignal[] = [];
  const handler = new SocketHandler("h", 9020, {
    connector: {
      connect: (_to, { signal } = {}) => {
        signals.push(signal!);
        return new Promise(() => {});
      },
    },
    clock: {
      now: () => clock.now() + late,
      setTimeout: (call, ms) => clock.setTimeout(call, ms),
      clearTimeout: (id) => clock.clearTimeout(id),
    },
    connectTimeoutMs: 250,
    onEvent: () => {},
  });
  handler.emit(record("a"));
  late = 3; // seconds for which no timer could fire
  await clock.advance(250);
  assertEquals([account(handler).queued, signals[0]?.aborted], [1, false]);
  await clock.advance(249);
  assertEquals(signals[0]?.aborted, false);
  await clock.advance(1);
  assertEquals([account(handler).dropped.disconnected, signals[0]?.aborted], [1, true]);
  await handler.close();
  assertEquals(clock.pendingTimers, 0);
});

test("SocketHandler closes a connection that opens after its dial was given up", async () => {
  const network = new MemoryNetwork();
  const { clock } = network;
  // A connector that ignores the signal, as a careless one may.
  let release = () => {};
  const gate = new Promise<void>((resolve) => release = resolve);
  const handler = new SocketHandler("h", 9020, {
    connector: { connect: async (to) => (await gate, await network.connect(to)) },
    clock,
    connectTimeoutMs: 250,
    onEvent: () => {},
  });
  handler.emit(record("a"));
  await clock.advance(250);
  assertEquals(account(handler).dropped.disconnected, 1);
  release();
  await clock.advance();
  await network.peer.ended;
  assertEquals(account(handler).connects, 0);
  await handler.close();
});

test("SocketHandler sees FIN and RST before the next record and loses nothing to them", async () => {
  for (const fault of ["end", "reset"] as const) {
    const { network, clock, handler, events } = setUp();
    handler.emit(record("a"));
    await clock.advance(YOUNG_MS);
    const first = network.peer;
    first[fault]();
    await clock.advance();
    assertEquals(events.at(-1)?.type, "disconnected");
    handler.emit(record("b"));
    await clock.advance();
    assertEquals(network.dialTimes.length, 2, "no delay before the first dial after a loss");
    assertEquals(messages(network.peer.received), ["b"]);
    await clock.advance(YOUNG_MS);
    assertEquals(account(handler).sent, 2);
    await handler.close();
  }
});

test("SocketHandler sends a frame that a failure cut again, whole, and no frame twice", async () => {
  const { network, clock, handler } = setUp({ whileDisconnected: "queue" });
  const size = handler.makePickle(record("m0")).length;
  network.nextConnects({ peer: { bufferBytes: size + 10, stalled: true } });
  for (let i = 0; i < 4; i++) handler.emit(record("m%d", i));
  await clock.advance(YOUNG_MS);
  network.peers[0]?.read(size * 2);
  await clock.advance();
  network.peers[0]?.reset();
  await clock.advance();
  const all = network.peers.map((peer) => {
    const whole = peer.received.length - peer.received.length % size;
    return messages(peer.received.subarray(0, whole));
  });
  assertEquals(all[0], ["m0", "m1"]);
  // The kernel of the dead connection had taken m2 and ten bytes of m3.
  assertEquals(all[1], ["m3"]);
  await clock.advance(YOUNG_MS);
  assertEquals(account(handler).sent, 4);
  await handler.close();
});

test("SocketHandler in drop mode holds the cut frame for the dial of the next record", async () => {
  const { network, clock, handler } = setUp();
  network.nextConnects({ peer: { bufferBytes: 10, stalled: true } });
  handler.emit(record("a"));
  await clock.advance(YOUNG_MS);
  network.peer.reset();
  await clock.advance(60_000);
  assertEquals(network.dialTimes.length, 1);
  assertEquals(account(handler).queued, 1);
  handler.emit(record("b"));
  await clock.advance();
  assertEquals(messages(network.peer.received), ["a", "b"]);
  await handler.close();
});

test("SocketHandler bounds its queue by records and bytes, oldest or newest first", async () => {
  for (
    const [overflow, kept] of [["drop-oldest", ["m2", "m3", "m4"]], ["drop-newest", [
      "m0",
      "m1",
      "m2",
    ]]] as const
  ) {
    const { network, clock, handler, events } = setUp({
      whileDisconnected: "queue",
      maxQueuedRecords: 3,
      overflow,
    });
    network.nextConnects("refused");
    for (let i = 0; i < 5; i++) handler.emit(record("m%d", i));
    await clock.advance();
    assertEquals(account(handler).dropped.overflow, 2);
    await clock.advance(1100);
    assertEquals(messages(network.peer.received), [...kept]);
    await clock.advance(YOUNG_MS);
    assertEquals(events.find(({ type }) => type === "dropped"), {
      type: "dropped",
      reason: "overflow",
      records: 2,
    });
    assertEquals(events.at(-1), { type: "outage-over", lost: 2 });
    await handler.close();
  }
  const { handler } = setUp({ maxQueuedBytes: 100 });
  handler.emit(record("x".repeat(200)));
  assertEquals(account(handler).dropped.tooLarge, 1);
  await handler.close();
});

test("SocketHandler with a receiver that never reads keeps its memory bounded and drops", async () => {
  const { network, clock, handler } = setUp({
    whileDisconnected: "queue",
    maxQueuedBytes: 200_000,
  });
  network.nextConnects({ peer: { stalled: true } });
  for (let round = 0; round < 20; round++) {
    for (let i = 0; i < 100; i++) handler.emit(record("m%d", i));
    await clock.advance();
    assert(account(handler).queuedBytes <= 200_000);
  }
  assert(account(handler).dropped.overflow > 0);
  network.peer.resume();
  await handler.flush();
  await clock.advance(YOUNG_MS);
  assertEquals(account(handler).queued, 0);
  await handler.close();
});

test("SocketHandler.flush() resolves when the records before it are sent or dropped", async () => {
  const { network, clock, handler } = setUp();
  await handler.flush();
  assertEquals(network.log, [], "nothing to flush dials nothing");
  handler.emit(record("a"));
  await handler.flush();
  await clock.advance(YOUNG_MS);
  assertEquals(account(handler).sent, 1);
  network.peer.end();
  await clock.advance();
  network.nextConnects("refused");
  handler.emit(record("b"));
  await handler.flush();
  assertEquals(account(handler).dropped.disconnected, 1);
  await handler.close();
});

test("SocketHandler.flush() ends early when its signal is aborted", async () => {
  const { network, handler } = setUp({ whileDisconnected: "queue" });
  network.whenNobodyListens = "refused";
  handler.emit(record("a"));
  const abort = new AbortController();
  const flushed = handler.flush({ signal: abort.signal });
  abort.abort();
  await flushed;
  assertEquals(account(handler).queued, 1);
  await handler.flush({ signal: AbortSignal.abort() });
  await handler.close();
});

test("SocketHandler.flush() ends where close() drops the records that it waits for", async () => {
  const { network, clock, handler } = setUp({ whileDisconnected: "queue", closeTimeoutMs: 500 });
  network.whenNobodyListens = "refused";
  handler.emit(record("a"));
  await clock.advance();
  let flushed = false;
  void handler.flush().then(() => flushed = true);
  network.whenNobodyListens = "hang";
  const closed = handler.close();
  await clock.advance(500);
  assert(flushed);
  await closed;
  assertEquals(account(handler).dropped.closed, 1);
});

test("SocketHandler.close() sends the queued records, half-closes, and is final", async () => {
  const { network, clock, handler } = setUp();
  handler.emit(record("a"));
  const closed = handler.close();
  handler.emit(record("too late"));
  await closed;
  assertEquals(messages(network.peer.received), ["a"]);
  assert(network.peer.halfClosed);
  handler.emit(record("later still"));
  assertEquals(account(handler).dropped.closed, 2);
  await handler.close();
  assertEquals([network.exitHooks, clock.pendingTimers, network.dialTimes.length], [0, 0, 1]);
});

test("SocketHandler.close() takes no longer than closeTimeoutMs", async () => {
  const { network, clock, handler } = setUp({ closeTimeoutMs: 300 });
  network.nextConnects({ peer: { bufferBytes: 10, stalled: true } });
  handler.emit(record("a"));
  await clock.advance();
  let done = false;
  const closed = handler.close().then(() => done = true);
  await clock.advance(299);
  assert(!done);
  await clock.advance(1);
  await closed;
  assertEquals(account(handler).dropped.closed, 1);
});

test("SocketHandler.close() without a connection dials once more, whatever the back-off", async () => {
  for (const server of ["ok", "refused"] as const) {
    const { network, clock, handler } = setUp({ whileDisconnected: "queue" });
    network.whenNobodyListens = "refused";
    handler.emit(record("a"));
    await clock.advance();
    network.whenNobodyListens = server;
    await handler.close();
    const { sent, dropped, connectFailures } = account(handler);
    assertEquals([sent, dropped.closed], server === "ok" ? [1, 0] : [0, 1]);
    assertEquals(network.dialTimes, [0, 0]);
    assertEquals(connectFailures, server === "ok" ? 1 : 2);
    assertEquals(clock.pendingTimers, 0);
  }
});

test("SocketHandler.close() has a dial of its own, also where a listener of the last one closes", async () => {
  for (const type of ["outage", "connect-failed"] as const) {
    for (const server of ["ok", "refused"] as const) {
      let closing: Promise<void> | undefined;
      const { network, clock, handler } = setUp({
        whileDisconnected: "queue",
        onEvent: (event) => {
          if (event.type !== type) return;
          network.whenNobodyListens = server;
          closing ??= handler.close();
        },
      });
      network.whenNobodyListens = "refused";
      handler.emit(record("a"));
      await clock.advance();
      await closing;
      const { sent, dropped } = account(handler);
      assertEquals([sent, dropped.closed], server === "ok" ? [1, 0] : [0, 1], type);
      assertEquals([network.dialTimes, clock.pendingTimers], [[0, 0], 0]);
    }
  }
});

test("shutdown() ends although a server is away that a handler queues for", async () => {
  const { network, clock, handler } = setUp({ whileDisconnected: "queue" });
  network.whenNobodyListens = "refused";
  handler.emit(record("a"));
  await clock.advance();
  await shutdown();
  assertEquals(account(handler).dropped.closed, 1);
});

test("SocketHandler may be disposed of by await using", async () => {
  const { network } = setUp();
  {
    await using handler = new SocketHandler("h", 9020, { connector: network });
    handler.emit(record("a"));
  }
  assertEquals(messages(network.peer.received), ["a"]);
  assert(network.peer.halfClosed);
});

test("SocketHandler does not hold the process open once it is connected", async () => {
  const { network, clock, handler } = setUp();
  handler.emit(record("a"));
  await clock.advance();
  assertEquals(network.holding, 0);
  await handler.close();
});

test("SocketHandler writes the records that are left at exit", async () => {
  const { network, clock, handler } = setUp();
  handler.emit(record("a"));
  await network.beforeExit();
  assertEquals(messages(network.peer.received), ["a"]);
  handler.emit(record("b"));
  handler.emit(record("c"));
  network.exit();
  assertEquals(account(handler).sent, 3);
  await clock.advance();
  assertEquals(messages(network.peer.received), ["a", "b", "c"]);
  await handler.close();
});

test("SocketHandler gives nothing up at an error that may end the process and does not", async () => {
  const { network, clock, handler } = setUp({ whileDisconnected: "queue" });
  network.nextConnects("refused");
  handler.emit(record("a"));
  await clock.advance();
  network.exit(true);
  assertEquals(account(handler).queued, 1);
  await clock.advance(1100);
  handler.emit(record("b"));
  network.exit(true);
  assertEquals(messages(network.peer.received), ["a", "b"], "at once, on the open connection");
  network.peer.stall();
  for (let i = 0; i < 10; i++) handler.emit(record("x".repeat(70_000)));
  await clock.advance();
  const { queued } = account(handler);
  network.exit(true);
  assertEquals(account(handler).queued, queued, "not behind a write that waits");
  network.peer.resume();
  const flushed = handler.flush();
  await clock.advance();
  await flushed;
  assertEquals(messages(network.peer.received).length, 12);
  await handler.close();
});

test("SocketHandler at exit dials an absent server once and counts what it leaves, with no end of the outage", async () => {
  const { network, clock, handler, events } = setUp({ whileDisconnected: "queue" });
  network.whenNobodyListens = "refused";
  handler.emit(record("a"));
  await clock.advance();
  await network.beforeExit();
  await network.beforeExit();
  assertEquals(network.dialTimes.length, 2);
  network.exit();
  assertEquals(account(handler).dropped.closed, 1);
  assertEquals(events.at(-1), { type: "exit", lost: 1 });
  await handler.close();
  assertEquals(events.filter(({ type }) => type === "outage-over"), []);
});

test("SocketHandler.emit() drops a record that cannot be encoded, and reports it", async () => {
  const faults: unknown[] = [];
  class Reporting extends SocketHandler {
    override handleError(_record: LogRecord, error: unknown): void {
      faults.push(error);
    }
  }
  const network = new MemoryNetwork();
  const handler = new Reporting("h", 9020, { connector: network, clock: network.clock });
  handler.emit(unencodable());
  assertEquals(network.log, [], "a record that cannot be encoded dials nothing");
  handler.emit(record("good"));
  handler.emit(record(undefined, 1));
  await handler.flush();
  // The last one is a mistake in a call, which is reported and sent.
  assertEquals(messages(network.peer.received), ["good", "None (arguments: 1)"]);
  assertEquals(account(handler).dropped.error, 1);
  assertEquals(faults.length, 2);
  assertInstanceOf(faults[0], TypeError);
  await handler.close();
});

test("SocketHandler reports a dial that throws another error than ConnectionError, and backs off", async () => {
  const faults: [unknown, unknown][] = [];
  class Reporting extends SocketHandler {
    override handleError(record: LogRecord, error: unknown): void {
      faults.push([record.msg, error]);
    }
  }
  const network = new MemoryNetwork();
  const bug = new TypeError("bug");
  network.nextConnects({ throws: bug });
  const handler = new Reporting("h", 9020, {
    connector: network,
    clock: network.clock,
    onEvent: () => {},
  });
  handler.emit(record("a"));
  await network.clock.advance();
  assertEquals(faults, [["a", bug]]);
  assertEquals(handler.retryTime, 1);
  await handler.close();
});

test("SocketHandler with closeOnError closes the connection instead of reporting", async () => {
  const { network, clock, handler } = setUp();
  handler.closeOnError = true;
  handler.emit(record("a"));
  await clock.advance();
  handler.emit(unencodable());
  await clock.advance();
  assert(network.peer.halfClosed);
  handler.emit(record("b"));
  await clock.advance();
  assertEquals(network.dialTimes.length, 2);
  await handler.close();
});

test("SocketHandler with closeOnError reports a mistake in a call, and keeps the connection", async () => {
  const { network, clock, handler } = setUp();
  handler.closeOnError = true;
  handler.emit(record("a"));
  await clock.advance();
  const { lines, end } = catchStderr();
  try {
    handler.emit(record("%d", "not a number"));
  } finally {
    end();
  }
  await clock.advance();
  assertEquals(messages(network.peer.received), ["a", "%d (arguments: 'not a number')"]);
  assertEquals([lines.length, network.dialTimes.length], [1, 1]);
  await handler.close();
});

test("SocketHandler with closeOnError cuts the write under way, and sends its frames once", async () => {
  const { network, clock, handler } = setUp();
  handler.closeOnError = true;
  network.nextConnects({ peer: { bufferBytes: 100, stalled: true } });
  handler.emit(record("a"));
  handler.emit(record("b"));
  await clock.advance();
  handler.emit(unencodable());
  const [cut] = network.peers;
  cut?.resume();
  // Another chunk's worth, so that the buffer which the cut write read from is used again.
  const rest = Array.from({ length: 300 }, (_, i) => `${i} ${"x".repeat(400)}`);
  for (const text of rest) handler.emit(record(text));
  await clock.advance();
  assertEquals(cut?.received.length, 100, "what the kernel had taken, and nothing after it");
  assertEquals(messages(network.peer.received), ["a", "b", ...rest]);
  await handler.close();
});

test("SocketHandler sends on over the new connection where a listener had the old one closed", async () => {
  const { network, clock, handler } = setUp({
    maxQueuedRecords: 2,
    onEvent: (event) => {
      if (event.type === "outage-over") throw new Error("closes it, by closeOnError");
    },
  });
  handler.closeOnError = true;
  // Each a chunk of its own.
  const texts = ["a", "b", "c", "d"].map((letter) => letter.repeat(40_000));
  for (const text of texts.slice(0, 3)) handler.emit(record(text));
  await clock.advance();
  handler.emit(record(texts[3]));
  await clock.advance();
  assertEquals(network.peers.flatMap((peer) => messages(peer.received)), texts.slice(1));
  await handler.close();
  assertEquals(account(handler).sent, 3);
});

test("SocketHandler survives a throwing onEvent, makeSocket and handleError, and a makePickle of no bytes", async () => {
  const faults: string[] = [];
  class Faulty extends SocketHandler {
    override makeSocket(): never {
      throw new Error("makeSocket");
    }
    override makePickle(record: LogRecord): Uint8Array {
      if (record.msg === "bad frame") return "text" as unknown as Uint8Array;
      return super.makePickle(record);
    }
    override handleError(_record: LogRecord, error: unknown): void {
      faults.push((error as Error).message);
      throw new Error("handleError");
    }
  }
  const network = new MemoryNetwork();
  const handler = new Faulty("h", 9020, {
    connector: network,
    clock: network.clock,
    onEvent: (event) => {
      throw new Error(event.type);
    },
  });
  handler.emit(record("bad frame"));
  handler.emit(record("a"));
  await network.clock.advance();
  assertEquals(
    [...new Set(faults)].sort(),
    ["a frame must be a Uint8Array", "connect-failed", "dropped", "makeSocket", "outage"],
  );
  assertEquals(account(handler).dropped, {
    disconnected: 1,
    overflow: 0,
    tooLarge: 0,
    refused: 0,
    damaged: 0,
    closed: 0,
    error: 1,
  });
  await handler.close();
});

test("SocketHandler's account adds up within every listener", async () => {
  const network = new MemoryNetwork();
  let heard = 0;
  const sums: number[] = [];
  const handler: SocketHandler = new SocketHandler("h", 9020, {
    connector: network,
    clock: network.clock,
    whileDisconnected: "queue",
    maxQueuedRecords: 4,
    onEvent: (event) => {
      // Compared below: what a listener throws only reaches handleError().
      const { emitted, sent, queued, droppedTotal } = handler.stats;
      sums.push(emitted - sent - queued - droppedTotal);
      heard++;
      // A listener that logs to the very handler must not end in an endless round.
      if (event.type === "dropped" && heard < 1000) handler.emit(record("dropped"));
    },
  });
  network.nextConnects("refused", { peer: { bufferBytes: 700, stalled: true } });
  for (let i = 0; i < 6; i++) handler.emit(record("the outage begins with a full queue"));
  for (let i = 0; i < 50; i++) {
    handler.emit(record("m%d", i));
    account(handler);
    await network.clock.advance(100);
    if (i === 30) network.peer.reset();
  }
  assert(heard > 5 && heard < 1000);
  await handler.close();
  account(handler);
  assertEquals(sums.filter((sum) => sum !== 0), []);
});

test("SocketHandler does not dial a server in a tight round that accepts and resets", async () => {
  const { network, clock, handler } = setUp({ whileDisconnected: "queue" });
  network.nextConnects(...Array(20).fill({ peer: { bufferBytes: 5, stalled: true } }));
  handler.emit(record("a"));
  for (let i = 0; i < 20; i++) {
    await clock.advance();
    network.peer.reset();
  }
  await clock.advance();
  assertEquals(network.dialTimes, [0], "the redial waits, as the connection was young");
  await clock.advance(1100);
  assertEquals(network.dialTimes.length, 2);
  const closed = handler.close();
  await clock.advance(5000);
  await closed;
});

test("SocketHandler in queue mode does not dial a server in a tight round that reads and hangs up", async () => {
  const { network, clock, handler } = setUp({ whileDisconnected: "queue" });
  for (let i = 0; i < 100; i++) {
    handler.emit(record("m%d", i));
    await clock.advance(10);
    if (!network.peer.halfClosed) network.peer.end();
    await clock.advance();
  }
  assert(network.dialTimes.length <= 4, `${network.dialTimes.length} dials within a second`);
  const closed = handler.close();
  await clock.advance(5000);
  await closed;
  assertEquals(account(handler).sent, 100);
});

test("SocketHandler survives a makeSocket() of its own whose connection keeps no contract", async () => {
  const bug = new Error("bug");
  const throwing = () => {
    throw bug;
  };
  const never = () => new Promise<void>(() => {});
  const connections: ({ close?: unknown; write?: unknown; unref?: unknown } | undefined)[] = [
    undefined,
    {},
    { close: never, write: throwing },
    { close: throwing, write: () => undefined },
    { close: () => Promise.reject(bug), write: () => Promise.reject(bug) },
    { close: never, write: () => Promise.resolve(), unref: throwing },
    { close: never, write: never },
  ];
  for (const connection of connections) {
    const { clock, handler } = setUp({ whileDisconnected: "queue", closeTimeoutMs: 500 });
    const faults: unknown[] = [];
    handler.handleError = (_record, error) => faults.push(error);
    handler.makeSocket = () => Promise.resolve(connection) as never;
    handler.emit(record("a"));
    await clock.advance();
    handler.emit(record("b"));
    await clock.advance(2000);
    let closed = false;
    void handler.close().then(() => closed = true);
    await clock.advance(500);
    assert(closed);
    assertEquals(clock.pendingTimers, 0);
    assertEquals(account(handler).dropped.closed, 2);
    assertEquals(faults.length > 0, connection?.write !== never);
  }
});

test("SocketHandler does not report without end to listeners that log to each other's handlers", async () => {
  const network = new MemoryNetwork({ whenNobodyListens: "refused" });
  let heard = 0;
  const onEvent = ({ type }: DeliveryEvent) => {
    if (type === "dropped" && heard++ < 1000) logToAll("dropped");
  };
  const options = { connector: network, clock: network.clock, onEvent };
  const handlers = [1, 2].map((port) => new SocketHandler("h", port, options));
  const logToAll = (msg: string) => handlers.forEach((handler) => handler.emit(record(msg)));
  logToAll("a");
  await network.clock.advance();
  logToAll("b");
  await network.clock.advance();
  assert(heard > 1 && heard < 10, `${heard} events`);
  for (const handler of handlers) await handler.close();
});

test("SocketHandler refuses a back-off that would never end or never pause, naming value and range", async () => {
  const { network, clock, handler } = setUp({ whileDisconnected: "queue" });
  for (const name of ["retryStart", "retryFactor", "retryMax", "retryPeriod"] as const) {
    for (const value of [NaN, -1]) {
      const message = `'${name}' must be a number >= 0: current value is ${value}`;
      assertThrows(() => handler[name] = value, RangeError, message);
    }
    assertThrows(() => handler[name] = "1" as unknown as number, TypeError, name);
  }
  assertThrows(() => handler.retryTime = NaN, RangeError, "'retryTime' must be a number");
  handler.retryStart = 0;
  network.whenNobodyListens = "refused";
  handler.emit(record("a"));
  await clock.advance(1000);
  assertEquals(network.dialTimes.length, 11);
  await handler.close();
});

test("SocketHandler keeps a write that the peer's FIN overtook from being sent twice", async () => {
  const { network, clock, handler } = setUp({ whileDisconnected: "queue" });
  network.nextConnects({ peer: { bufferBytes: 10, stalled: true } });
  handler.emit(record("a"));
  await clock.advance(YOUNG_MS);
  network.peer.end();
  await clock.advance();
  network.peer.resume();
  await clock.advance();
  assertEquals(messages(network.peer.received), ["a"]);
  assertEquals([network.dialTimes.length, account(handler).sent], [1, 1]);
  await handler.close();
});

test("SocketHandler reports an outage on stderr, by a line at its start and at its end", async () => {
  const { lines, end } = catchStderr();
  try {
    const network = new MemoryNetwork();
    const { clock } = network;
    const handler = new SocketHandler("h", 9020, { connector: network, clock });
    network.nextConnects("refused", "refused");
    for (let i = 0; i < 5; i++) {
      handler.emit(record("m%d", i));
      await clock.advance(1000);
    }
    assertEquals(lines.length, 2);
    assert(lines[0]?.startsWith("logwire: SocketHandler h:9020: records are not delivered: "));
    assertEquals(lines[1], "logwire: SocketHandler h:9020: the outage is over: 3 records lost");
    setRaiseExceptions(false);
    network.peer.end();
    network.whenNobodyListens = "refused";
    await clock.advance();
    handler.emit(record("silent"));
    await handler.close();
    assertEquals(lines.length, 2);
  } finally {
    end();
    setRaiseExceptions(true);
  }
});

test("SocketHandler refuses bad values, naming each and its range", () => {
  const connector = new MemoryNetwork();
  const bad: [unknown, unknown, unknown, string][] = [
    ["", 9020, { connector }, "'host' must be a string that is not empty"],
    [7, 9020, { connector }, "'host' must be a string"],
    ["h", 0, { connector }, "'port' must be an integer from 1 to 65535: current value is 0"],
    ["h", 70000, { connector }, "current value is 70000"],
    ["h", "9020", { connector }, "'port' must be an integer"],
    ["h", 9020, undefined, "'connector' must be an object with connect()"],
    ["h", 9020, "queue", "'options' must be an object"],
    ["h", 9020, {}, `such as that of "@logwire/logging/auto"`],
    ["h", 9020, {}, "'connector' must be an object with connect()"],
    ["h", 9020, { connector, retries: 3 }, "there is no option 'retries'"],
    ["h", 9020, { connector, connectTimeoutMs: 0 }, "'connectTimeoutMs'"],
    ["h", 9020, { connector, maxQueuedBytes: -1 }, "'maxQueuedBytes' must be"],
    ["h", 9020, { connector, maxQueuedRecords: 1.5 }, "'maxQueuedRecords' must be"],
    ["h", 9020, { connector, overflow: "block" }, '"drop-oldest" or "drop-newest"'],
    ["h", 9020, { connector, whileDisconnected: "wait" }, '"drop" or "queue"'],
    ["h", 9020, { connector, closeTimeoutMs: -1 }, "'closeTimeoutMs'"],
    ["h", 9020, { connector, clock: {} }, "'clock' must be"],
    ["h", 9020, { connector, serializer: 1 }, "'serializer' must be"],
    ["h", 9020, { connector, onEvent: 1 }, "'onEvent' must be a function"],
    ["h", 9020, { connector, tls: { ca: "pem" } }, "'tls.ca' must be"],
    ["/run/log", null, { connector, tls: true }, "'tls' needs a port"],
  ];
  for (const [host, port, options, message] of bad) {
    const make = () =>
      new SocketHandler(host as string, port as number, options as SocketHandlerOptions);
    assertThrows(make, Error, message);
  }
});
