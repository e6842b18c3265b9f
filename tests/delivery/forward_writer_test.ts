/** `ForwardHandler` over the in-memory network, with a server that the test speaks for. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { ForwardHandler, type ForwardHandlerOptions } from "../../src/handlers/forward_handler.ts";
import { failover } from "../../src/delivery/failover.ts";
import type { DeliveryEvent } from "../../src/delivery/delivery_event.ts";
import { MemoryNetwork, type MemoryPeer } from "../../src/testing/memory.ts";
import { decodeValue, encodeValue } from "../../src/wire/forward/_msgpack.ts";
import { ValueScanner } from "../../src/wire/forward/_value_scanner.ts";
import { account, record } from "../handlers/wire.ts";
import { test } from "../test.ts";
import { advanceUntil, until } from "../until.ts";

interface Chunk {
  id: string;
  texts: string[];
}

/** The far end of one connection. */
class Server {
  readonly peer: MemoryPeer;
  readonly chunks: Chunk[] = [];
  readonly others: unknown[] = [];
  readonly #scanner = new ValueScanner({ maxBytes: 1e7, maxValues: 1e6 });
  #bytes: number[] = [];
  #taken = 0;

  constructor(peer: MemoryPeer) {
    this.peer = peer;
  }

  /** Takes in what has arrived. */
  take(): this {
    const { received } = this.peer;
    const chunk = received.slice(this.#taken);
    this.#taken = received.length;
    for (let at = 0; at < chunk.length;) {
      const end = this.#scanner.scan(chunk, at);
      this.#bytes.push(...chunk.subarray(at, end < 0 ? chunk.length : end));
      if (end < 0) break;
      const message = decodeValue(Uint8Array.from(this.#bytes.splice(0)));
      const [, entries, option] = message as [string, Uint8Array, { chunk: string; size: number }];
      if (entries instanceof Uint8Array) {
        const texts = textsOf(entries);
        assertEquals(option.size, texts.length);
        this.chunks.push({ id: option.chunk, texts });
      } else this.others.push(message);
      at = end;
    }
    return this;
  }

  get texts(): string[] {
    return this.take().chunks.flatMap(({ texts }) => texts);
  }

  send(value: unknown): void {
    this.sendBytes(encodeValue(value));
  }

  sendBytes(bytes: Uint8Array): void {
    this.peer.write(bytes).catch(() => {});
  }

  ack(...indices: number[]): void {
    for (const index of indices) this.send({ ack: this.take().chunks[index]!.id });
  }
}

function textsOf(entries: Uint8Array): string[] {
  const scanner = new ValueScanner({ maxBytes: Infinity, maxValues: 1e6 });
  const texts: string[] = [];
  for (let at = 0; at < entries.length;) {
    const end = scanner.scan(entries, at);
    const [, map] = decodeValue(entries.subarray(at, end)) as [unknown, { msg: string }];
    texts.push(map.msg);
    at = end;
  }
  return texts;
}

function setUp(options: Partial<ForwardHandlerOptions> = {}) {
  const network = new MemoryNetwork();
  const { clock } = network;
  const events: DeliveryEvent[] = [];
  const handler: ForwardHandler = new ForwardHandler("localhost", 24224, {
    connector: network,
    clock,
    tag: "shop",
    onEvent: (event) => {
      events.push(event);
      account(handler);
    },
    ...options,
  });
  /** Logs each text in a turn of its own. */
  const emit = async (...texts: string[]) => {
    for (const text of texts) {
      handler.handle(record(text));
      await clock.advance();
    }
  };
  let accepted = 0;
  const accept = async () => {
    await advanceUntil(clock, () => network.peers.length > accepted);
    await clock.advance();
    return new Server(network.peers[accepted++]!);
  };
  const errors = () => events.flatMap((event) => "error" in event ? [String(event.error)] : []);
  /** Closes the handler, whose server has acknowledged everything. */
  const finish = async (server: Server) => {
    const closing = handler.close();
    await clock.advance();
    server.peer.end();
    await clock.advance(100);
    await closing;
    assertEquals([clock.pendingTimers, network.holding], [0, 0]);
  };
  return { network, clock, handler, events, emit, accept, errors, finish };
}

test("a batch is a chunk, and is sent when the server has acknowledged it, in any order", async () => {
  const { handler, clock, emit, accept, finish } = setUp();
  handler.handle(record("a"));
  handler.handle(record("b"));
  await clock.advance();
  const server = await accept();
  await emit("c", "d");
  assertEquals(server.take().chunks.map(({ texts }) => texts), [["a", "b"], ["c"], ["d"]]);
  assertEquals(new Set(server.chunks.map(({ id }) => id)).size, 3);
  assertEquals([account(handler).sent, account(handler).unacknowledged], [0, 4]);
  let isFlushed = false;
  const flushing = handler.flush().then(() => isFlushed = true);
  server.ack(2);
  await clock.advance();
  assertEquals([account(handler).sent, isFlushed], [1, false]);
  server.ack(0, 1);
  await clock.advance();
  assertEquals([account(handler).sent, account(handler).unacknowledged], [4, 0]);
  await flushing;
  await finish(server);
});

test("at most 32 chunks wait, and records gather for the next one meanwhile", async () => {
  const { handler, clock, emit, accept, finish } = setUp();
  await emit("0");
  const server = await accept();
  for (let i = 1; i < 40; i++) await emit(String(i));
  assertEquals(server.take().chunks.length, 32);
  server.ack(0);
  await clock.advance();
  await clock.advance();
  assertEquals(server.take().chunks.length, 33);
  server.ack(...Array.from({ length: 32 }, (_, i) => i + 1));
  await clock.advance();
  await clock.advance();
  const { chunks } = server.take();
  assertEquals(chunks.length, 34);
  assertEquals(chunks[33]!.texts.length, 7);
  server.ack(33);
  await clock.advance();
  assertEquals(account(handler).sent, 40);
  await finish(server);
});

test("chunks that were not acknowledged go again, in order, with the same records and ids", async () => {
  const { handler, clock, emit, accept, finish, network } = setUp();
  await emit("a");
  const first = await accept();
  await emit("b", "c", "d");
  first.ack(1);
  await clock.advance();
  first.peer.reset();
  await clock.advance();
  await emit("e");
  const second = await accept();
  const before = first.take().chunks;
  assertEquals(second.take().chunks.slice(0, 3), [before[0], before[2], before[3]]);
  assertEquals(second.texts, ["a", "c", "d", "e"]);
  second.ack(0, 1, 2, 3);
  await clock.advance();
  assertEquals([account(handler).sent, network.peers.length], [5, 2]);
  await finish(second);
});

test("a server that breaks the protocol loses its session, and the chunks go again", async () => {
  const bad: [answer: (server: Server) => void, error: RegExp][] = [
    [
      (server) => server.send({ ack: "never sent" }),
      /"never sent", which was not sent, or was ack/,
    ],
    [(server) => server.send({ ack: "\x1b[2J" }), /"\\x1b\[2J", which was not sent/],
    [(server) => server.ack(0, 0), /was acknowledged before/],
    [(server) => server.send({ nack: 1 }), /without a text under 'ack'/],
    [(server) => server.send({ ack: "x".repeat(5000) }), /claims 500\d bytes: the most is 4096/],
    [(server) => server.send(["PONG", true, "", "", ""]), /says PONG, and was not asked/],
    [(server) => server.send(["HELO", { nonce: "n" }]), /demands a shared key: set 'sharedKey'/],
    [(server) => server.send(["EHLO"]), /neither HELO nor PONG/],
    [(server) => server.sendBytes(new TextEncoder().encode("HTTP/1.1 400")), /byte 72/],
    [(server) => server.sendBytes(Uint8Array.of(0xdf, 255, 255, 255, 255)), /most is 4096/],
    [(server) => server.peer.end(), /ended the session before it acknowledged 1 chunk$/],
  ];
  for (const [answer, expected] of bad) {
    const { handler, clock, emit, accept, errors, finish } = setUp();
    await emit("a");
    const first = await accept();
    answer(first);
    await clock.advance();
    await emit("b");
    await clock.advance(2000);
    assert(errors().some((error) => expected.test(error)), `${expected}: ${errors()}`);
    const second = await accept();
    const isSent = account(handler).sent === 1;
    assertEquals(second.texts, isSent ? ["b"] : ["a", "b"]);
    second.ack(...second.chunks.keys());
    await clock.advance();
    assertEquals(account(handler).sent, 2);
    await finish(second);
  }
});

test("a server that acknowledges nothing for writeTimeoutMs loses its session", async () => {
  const { clock, emit, accept, errors, finish, handler } = setUp({ writeTimeoutMs: 3000 });
  await emit("a");
  const first = await accept();
  await clock.advance(2900);
  await emit("b");
  assertEquals(errors(), []);
  await clock.advance(200);
  assert(/has acknowledged nothing for 3000 ms/.test(errors()[0]!), errors()[0]);
  await clock.advance(2000);
  const second = await accept();
  assertEquals([first.texts, second.texts], [["a", "b"], ["a", "b"]]);
  second.ack(0, 1);
  await clock.advance();
  // An idle session is not given up.
  await clock.advance(60_000);
  assertEquals([account(handler).sent, account(handler).connects], [2, 1]);
  await finish(second);
});

test("per-flush: a flush awaits all acknowledgements, and what has none goes with the next one", async () => {
  const { handler, clock, accept, network } = setUp({ connection: "per-flush" });
  handler.handle(record("a"));
  handler.handle(record("b"));
  await clock.advance();
  assertEquals(network.peers.length, 0);
  let isFlushed = false;
  const flushing = handler.flush().then(() => isFlushed = true);
  const first = await accept();
  first.take();
  first.peer.reset();
  // A server that has taken nothing is as good as away: the flush leaves the records queued.
  await clock.advance(2000);
  await flushing;
  isFlushed = false;
  assertEquals(account(handler).queued, 2);
  const again = handler.flush().then(() => isFlushed = true);
  const second = await accept();
  assertEquals(second.take().chunks, first.chunks);
  await clock.advance(1000);
  assertEquals([isFlushed, second.peer.halfClosed], [false, false]);
  second.ack(0);
  await clock.advance();
  assertEquals([account(handler).sent, second.peer.halfClosed], [2, true]);
  second.peer.end();
  await clock.advance(300);
  await again;
  assertEquals([clock.pendingTimers, network.holding], [0, 0]);
  await handler.close();
});

test("at exit what waits is written with an id of its own, and counts as lost", async () => {
  const { handler, clock, emit, accept, network, events } = setUp();
  await emit("a");
  const server = await accept();
  handler.handle(record("b"));
  network.exit();
  const { sent, dropped, queued } = account(handler);
  assertEquals([sent, dropped.closed, queued], [0, 2, 0]);
  assertEquals(events.at(-1), { type: "exit", lost: 2 });
  await clock.advance();
  assertEquals(server.texts, ["a", "b"]);
  assert(/-last-0$/.test(server.chunks[1]!.id));
  const closing = handler.close();
  await clock.advance(5000);
  await closing;
});

test("without acknowledgements each record is a message of its own", async () => {
  const { handler, clock, emit, accept } = setUp({ ack: false });
  await emit("a", "b");
  const server = await accept();
  assertEquals(server.take().chunks, []);
  assertEquals(
    server.others.map((message) => {
      const [tag, , { msg }] = message as [string, unknown, { msg: string }];
      return [tag, msg];
    }),
    [["shop", "a"], ["shop", "b"]],
  );
  const closing = handler.close();
  await clock.advance();
  server.peer.end();
  await clock.advance(100);
  await closing;
  assertEquals(account(handler).sent, 2);
});

test("a server without a shared key, or that speaks before HELO, is a failed dial", async () => {
  for (
    const [answer, expected] of [
      [undefined, /TimeoutError|timeout|no connection within|has not said HELO/],
      [["PONG", true, "", "", ""], /says PONG before HELO/],
      [{ ack: "1" }, /says ACK before HELO/],
    ] as const
  ) {
    const { handler, clock, emit, accept, errors, network } = setUp({
      sharedKey: "secret",
      closeTimeoutMs: 0,
    });
    await emit("a");
    const server = await accept();
    if (answer !== undefined) server.send(answer);
    await clock.advance(1100);
    assert(expected.test(errors()[0]!), errors()[0]);
    assertEquals([account(handler).queued, account(handler).connectFailures], [1, 1]);
    const closing = handler.close();
    await clock.advance(2000);
    await closing;
    assertEquals([clock.pendingTimers, network.holding], [0, 0]);
  }
});

test("a server that sends this side's own proof back does not have the shared key", async () => {
  const { clock, emit, accept, errors, handler, network } = setUp({
    sharedKey: "secret",
    closeTimeoutMs: 0,
  });
  await emit("a");
  const server = await accept();
  server.send(["HELO", { nonce: "n", auth: "", keepalive: true }]);
  await until(async () => {
    await clock.advance();
    return server.take().others.length > 0;
  }, () => "PING");
  const [, hostname, , digest] = server.others[0] as string[];
  server.send(["PONG", true, "", hostname, digest]);
  await until(async () => {
    await clock.advance();
    return errors().length > 0 || server.take().chunks.length > 0;
  }, () => "the end of the session");
  assertEquals(server.chunks, []);
  assert(/does not have the shared key/.test(errors()[0]!), errors()[0]);
  const closing = handler.close();
  await clock.advance(2000);
  await closing;
  assertEquals([clock.pendingTimers, network.holding], [0, 0]);
});

test("the errors of a session name the server, where the connector has several", async () => {
  const network = new MemoryNetwork();
  const { clock } = network;
  const { handler, errors } = setUp({
    connector: failover(network, [], { clock }),
    clock,
    writeTimeoutMs: 3000,
    closeTimeoutMs: 0,
  });
  handler.handle(record("a"));
  await clock.advance(3000);
  assertEquals(errors(), [
    "ConnectionError: localhost:24224 has acknowledged nothing for 3000 ms",
    "ConnectionError: localhost:24224 has acknowledged nothing for 3000 ms",
  ]);
  const closing = handler.close();
  await clock.advance(2000);
  await closing;
});

test("a connection on which no session opens is closed, whatever its close() does", async () => {
  for (const sharedKey of [undefined, "secret"]) {
    const { handler, clock, emit, errors, network } = setUp({
      ...sharedKey !== undefined && { sharedKey },
      closeTimeoutMs: 0,
    });
    const makeSocket = handler.makeSocket.bind(handler);
    let closes = 0;
    handler.makeSocket = async (options) => {
      const connection = await makeSocket(options);
      const close = async () => {
        closes++;
        await connection.close({ signal: AbortSignal.abort() });
        throw new Error("scripted");
      };
      return { write: () => Promise.resolve(), close } as unknown as typeof connection;
    };
    await emit("a");
    await clock.advance(10);
    assertEquals(closes, 1);
    assert(/asyncIterator|not a function|iterator/i.test(errors()[0]!), errors()[0]);
    const closing = handler.close();
    await clock.advance(2000);
    await closing;
    assertEquals([clock.pendingTimers, network.holding], [0, 0]);
  }
});

test("a record that is too large, or cannot be read, is dropped alone", async () => {
  const { handler, clock, emit, accept, finish } = setUp();
  const faults: string[] = [];
  handler.handleError = (_, error) => void faults.push(String(error));
  await emit("x".repeat(16_000_001));
  const bad = record("bad");
  bad.field = {
    get boom() {
      throw new Error("scripted");
    },
  };
  handler.handle(bad);
  await emit("a");
  const server = await accept();
  assertEquals(server.texts, ["a"]);
  assert(/bytes is not sent: the most is 16000000/.test(faults[0]!), faults[0]);
  assert(/scripted/.test(faults[1]!), faults[1]);
  server.ack(0);
  await clock.advance();
  assertEquals([account(handler).dropped.error, account(handler).sent], [2, 1]);
  await finish(server);
});

test("ForwardHandler checks its options", () => {
  const connector = new MemoryNetwork();
  const make = (options: object) => () =>
    new ForwardHandler("h", 1, { connector, tag: "t", ...options });
  assertThrows(make({ tag: "" }), TypeError, "tag");
  assertThrows(make({ gzip: true, ack: false }), TypeError, "'gzip' needs 'ack'");
  assertThrows(make({ ack: 1 }), TypeError, "ack");
  assertThrows(make({ sharedKey: "" }), TypeError, "sharedKey");
  assertThrows(make({ tags: "t" }), TypeError, "tags");
  assertThrows(make({ connector: {} }), TypeError, "connector");
});
