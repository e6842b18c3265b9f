import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { failover } from "../../src/delivery/failover.ts";
import {
  DatagramHandler,
  type DatagramHandlerOptions,
} from "../../src/handlers/datagram_handler.ts";
import { SocketHandler } from "../../src/handlers/socket_handler.ts";
import { SysLogHandler } from "../../src/handlers/sys_log_handler.ts";
import { ConnectionError } from "../../src/net/connection_error.ts";
import type { Connector, StreamAddress, StreamConnection } from "../../src/net/connector.ts";
import { MemoryNetwork } from "../../src/testing/memory.ts";
import { account, record } from "../handlers/wire.ts";
import { test } from "../test.ts";
import { close, server, Servers, setUp, shown } from "./failover_servers.ts";
import { RelpPeer } from "./relp_peer.ts";

test("a failed dial is followed by the next address at once, without an outage", async () => {
  for (const whileDisconnected of ["queue", "drop"] as const) {
    const run = setUp([2, 3], { whileDisconnected });
    const { servers, clock, handler, events } = run;
    servers.steps.set(1, "refused").set(2, "not-found");
    handler.emit(record("a"));
    await clock.advance();
    assertEquals(servers.log, ["1@0", "2@0", "3@0"]);
    assertEquals(events.map(shown), [
      "failed 0 Cannot connect to logs-1.example:1: refused",
      "failed 0 Cannot connect to logs-2.example:2: not-found",
      "connected logs-3.example:3",
    ]);
    assertEquals([account(handler).connectFailures, account(handler).connects], [2, 1]);
    await close(run);
    assertEquals([account(handler).sent, servers.received.join()], [1, "3 a"]);
    assertEquals([clock.pendingTimers, run.network.holding, run.network.exitHooks], [0, 0, 0]);
  }
});

test("a whole round that failed backs off as one dial does, and its error names each address", async () => {
  const run = setUp([2]);
  const { servers, clock, handler, events } = run;
  servers.steps.set(1, "refused").set(2, "unreachable");
  handler.emit(record("a"));
  await clock.advance(9000);
  const rounds = servers.log.map((dial) => dial.replace(/\..*/, ""));
  assertEquals(rounds, ["1@0", "2@0", "1@1", "2@1", "1@3", "2@3", "1@7", "2@7"]);
  assertEquals(handler.retryPeriod, 8);
  const both = "Cannot connect to logs-1.example:1: refused; " +
    "Cannot connect to logs-2.example:2: unreachable";
  assertEquals(events.slice(0, 3).map(shown), [
    "failed 0 Cannot connect to logs-1.example:1: refused",
    `outage ${both}`,
    `failed 1 ${both}`,
  ]);
  servers.steps.clear();
  await clock.advance(9000);
  assertEquals(servers.received, ["1 a"]);
  await close(run);
});

test("in drop mode records wait for the whole round, and then until the back-off they are dropped", async () => {
  const { servers, clock, handler } = setUp([2], { whileDisconnected: "drop" });
  servers.steps.set(1, { outcome: "refused", delayMs: 100 });
  servers.steps.set(2, { outcome: "refused", delayMs: 100 });
  handler.emit(record("a"));
  await clock.advance(150);
  handler.emit(record("b"));
  assertEquals([account(handler).queued, servers.log.join()], [2, "1@0,2@0.1"]);
  await clock.advance(50);
  assertEquals([account(handler).dropped.disconnected, account(handler).queued], [2, 0]);
  await clock.advance(60_000);
  assertEquals(servers.log.length, 2, "no timer dials");
  servers.steps.clear();
  handler.emit(record("c"));
  await clock.advance(2000);
  assertEquals(servers.received, ["1 c"]);
  await handler.close();
});

test("each dial has the whole connectTimeoutMs, with a connector that ignores its signal too", async () => {
  for (const heeds of [true, false]) {
    const run = setUp([2], { connectTimeoutMs: 500 });
    const { servers, clock, handler, events } = run;
    servers.steps.set(1, "hang");
    if (!heeds) {
      const connect = servers.connect.bind(servers);
      servers.connect = (to) => connect(to);
    }
    handler.emit(record("a"));
    await clock.advance(499);
    assertEquals(servers.log, ["1@0"]);
    await clock.advance(1);
    assertEquals(servers.log, ["1@0", "2@0.5"]);
    const late = heeds
      ? "Cannot connect to logs-1.example:1: no answer in time"
      : "no connection within 500 ms";
    assertEquals(shown(events[0]!), `failed 0 ${late}`);
    await close(run);
    assertEquals(account(handler).sent, 1);
  }
});

test("the error of a round names each address, also those that did not answer in time", async () => {
  const run = setUp([2], { connectTimeoutMs: 500 });
  const { servers, clock, handler, events } = run;
  servers.steps.set(1, "hang").set(2, "hang");
  handler.emit(record("a"));
  await clock.advance(1000);
  const outage = events.find(({ type }) => type === "outage");
  assertEquals(
    outage && shown(outage),
    "outage Cannot connect to logs-1.example:1: no answer in time; " +
      "Cannot connect to logs-2.example:2: no answer in time",
  );
  servers.steps.clear();
  await close(run);
});

test("a dial that the caller gives up does not move on", async () => {
  const servers = new Servers();
  const connector = failover(servers, [server(2)], { clock: servers.network.clock });
  servers.steps.set(1, "hang");
  const abort = new AbortController();
  const dialling = connector.connect(server(1), { signal: abort.signal });
  abort.abort();
  await assertRejects(() => dialling, ConnectionError, "given up");
  servers.steps.clear();
  await connector.connect(server(1));
  assertEquals(servers.log, ["1@0", "1@0"]);
});

test("a connection that ends within its first second moves on at once, an older one does not", async () => {
  const run = setUp([2]);
  const { servers, network, clock, handler, events } = run;
  handler.emit(record("a"));
  await clock.advance(900);
  network.peer.end();
  await clock.advance(50);
  assertEquals(servers.log, ["1@0", "2@0.9"]);
  await clock.advance(1500);
  assertEquals(servers.received, ["1 a", "2 a"]);
  assertEquals([account(handler).sent, account(handler).queued], [1, 0]);
  for (const end of ["end", "reset"] as const) {
    network.peer[end]();
    handler.emit(record(end));
    await clock.advance(1500);
  }
  assertEquals(servers.received.slice(2), ["2 end", "2 reset"]);
  assertEquals(servers.log.slice(2), ["2@2.45", "2@3.95"], "an old one may have been restarted");
  assertEquals(events.some(({ type }) => type === "outage"), false);
  await close(run);
});

test("a connection that ends young before a record came is followed by the next address too", async () => {
  const run = setUp([2]);
  const { servers, network, clock, handler } = run;
  handler.createSocket();
  await clock.advance(10);
  network.peer.end();
  await clock.advance(5000);
  assertEquals(servers.log, ["1@0", "2@0.01"]);
  handler.emit(record("a"));
  await clock.advance(2000);
  assertEquals(servers.received, ["1", "2 a"]);
  await close(run);
});

test("the first address is dialled again behind returnAfterMs, at the next dial", async () => {
  for (const returnAfterMs of [undefined, 500, 0, Infinity]) {
    const run = setUp([2, 3], {}, returnAfterMs === undefined ? {} : { returnAfterMs });
    const { servers, network, clock, handler } = run;
    const ports = () => servers.log.map((dial) => Number(dial.split("@")[0]));
    servers.steps.set(1, "refused");
    handler.emit(record("a"));
    await clock.advance(2000);
    assertEquals(ports(), [1, 2]);
    servers.steps.clear();
    const wait = returnAfterMs ?? 60_000;
    if (wait > 2000) {
      network.peer.reset();
      handler.emit(record("b"));
      await clock.advance(2000);
      assertEquals(ports(), [1, 2, 2], "too soon");
      // 60 s after the first dial.
      await clock.advance(56_000);
      assertEquals(servers.dials.length, 3, "a connection that works is kept");
    }
    network.peer.reset();
    handler.emit(record("c"));
    await clock.advance(2000);
    assertEquals(ports().at(-1), wait === Infinity ? 2 : 1);
    await close(run);
    assertEquals(account(handler).sent, account(handler).emitted);
  }
});

test("a return that fails goes on to the next address at once, and the time begins anew", async () => {
  const run = setUp([2, 3]);
  const { servers, network, clock, handler } = run;
  servers.steps.set(1, "refused");
  handler.emit(record("a"));
  await clock.advance(60_000);
  network.peer.reset();
  handler.emit(record("b"));
  await clock.advance(2000);
  network.peer.reset();
  handler.emit(record("c"));
  await clock.advance(2000);
  assertEquals(servers.log, ["1@0", "2@0", "1@60", "2@60", "2@62"]);
  await close(run);
});

test("servers that all end connections at once back off after each round, and lose no record", async () => {
  const run = setUp([2, 3]);
  const { servers, network, clock, handler, events } = run;
  for (let i = 0; i < 5; i++) handler.emit(record(`${i}`));
  await servers.play(6, (peer) => peer.end());
  // Not one of them stands for 100 ms: 1 s behind the first round, then 2, then 4.
  assertEquals(servers.dials.length, 9, servers.log.join(" "));
  assert(events.some(({ type }) => type === "outage"));
  await clock.advance(10_000);
  assertEquals(network.peer.halfClosed, false);
  assertEquals([account(handler).sent, account(handler).droppedTotal], [5, 0]);
  await close(run);
});

test("servers that stand for a while and end then are no reason to dial on without a wait", async () => {
  const run = setUp([2]);
  const { servers, clock, handler } = run;
  handler.emit(record("a"));
  const since = new Map<object, number>();
  await servers.play(20, (peer) => {
    if (!since.has(peer)) since.set(peer, clock.now());
    if (clock.now() - since.get(peer)! >= 0.3) peer.end();
  });
  // A round takes twice 0.3 s and at least a second of waiting.
  assert(servers.dials.length <= 2 * Math.ceil(20 / 1.6), servers.log.join(" "));
  assertEquals(account(handler).droppedTotal, 0, "no record is blamed");
  await close(run);
});

test("a record upon which three connections ended is poison, whichever servers ended them", async () => {
  const run = setUp([2]);
  const { servers, clock, handler, events } = run;
  const texts = ["a", "poison", "b"];
  for (const text of texts) handler.emit(record(text));
  await servers.play(20, (peer) => {
    if (new TextDecoder().decode(peer.received).includes("poison")) peer.reset();
  });
  assertEquals(account(handler).dropped.refused, 1);
  assertEquals([account(handler).sent, account(handler).queued], [2, 0]);
  assert(events.some(({ type }) => type === "refused"));
  const ports = new Set(
    servers.received.filter((text) => text.includes("poison")).map((text) => text[0]),
  );
  assertEquals([...ports].sort(), ["1", "2"]);
  await clock.advance();
  await close(run);
});

test("a server that stops reading is given up for the next one, at any age", async () => {
  const run = setUp([2], { writeTimeoutMs: 3000 });
  const { servers, network, clock, handler } = run;
  handler.emit(record("a"));
  await clock.advance(2000);
  network.peer.stall();
  const long = "x".repeat(200_000);
  handler.emit(record(long));
  await clock.advance(6000);
  assertEquals(servers.log, ["1@0", "2@5"]);
  assertEquals(servers.received[1], `2 ${long}`);
  await close(run);
});

test("over RELP what one server has not acknowledged goes to the next one, in order", async () => {
  const servers = new Servers();
  const { network } = servers;
  const { clock } = network;
  const handler = new SysLogHandler(["logs-1.example", 1], {
    connector: failover(servers, [server(2)], { clock }),
    clock,
    socktype: "stream",
    framing: "relp",
    onEvent: () => {},
  });
  for (let i = 0; i < 4; i++) handler.emit(record(`#${i}`));
  await clock.advance();
  const first = new RelpPeer(network.peer).take().open();
  await clock.advance();
  assertEquals(first.texts, ["#0", "#1", "#2", "#3"]);
  first.answer([2, 4]);
  await clock.advance(500);
  network.peer.reset();
  await clock.advance();
  assertEquals(servers.log, ["1@0", "2@0.5"]);
  const second = new RelpPeer(network.peer).take().open();
  await clock.advance();
  assertEquals(second.texts, ["#1", "#3"], "not those that were acknowledged");
  second.answer([2, 3]);
  await clock.advance();
  assertEquals([account(handler).sent, account(handler).unacknowledged], [4, 0]);
  const closed = handler.close();
  await clock.advance();
  second.leave();
  await clock.advance(2000);
  await closed;
});

test("a server that opens no RELP session is followed by the next address, and is named", async () => {
  const servers = new Servers();
  const { network } = servers;
  const { clock } = network;
  const events: string[] = [];
  const handler = new SysLogHandler(["logs-1.example", 1], {
    connector: failover(servers, [server(2)], { clock }),
    clock,
    socktype: "stream",
    framing: "relp",
    onEvent: (event) => events.push(shown(event)),
  });
  handler.emit(record("a"));
  await clock.advance(1000);
  assertEquals(servers.log, ["1@0", "2@1"]);
  const advice = "does it speak RELP at this port?";
  assertEquals(events, [
    `failed 0 logs-1.example:1 has not opened a RELP session: ${advice}`,
  ]);
  network.peer.end();
  await clock.advance();
  assertEquals(events.at(-1), `failed 1 logs-2.example:2 has not opened a RELP session: ${advice}`);
  const closed = handler.close();
  await clock.advance(5000);
  await closed;
});

test("per flush each flush goes through a round, and returns to the first address in time", async () => {
  const run = setUp([2], { connection: "per-flush" });
  const { servers, clock, handler, events } = run;
  servers.steps.set(1, "refused");
  handler.emit(record("a"));
  await handler.flush();
  handler.emit(record("b"));
  await handler.flush();
  assertEquals([servers.log.join(), servers.received.join()], ["1@0,2@0,2@0", "2 a,2 b"]);
  servers.steps.set(2, "refused");
  handler.emit(record("c"));
  await handler.flush();
  assertEquals(account(handler).queued, 1);
  assertEquals(servers.log.slice(3), ["2@0", "1@0"]);
  assertEquals(events.filter(({ type }) => type === "outage").length, 1);
  await handler.flush();
  assertEquals(servers.dials.length, 5, "within the back-off");
  servers.steps.clear();
  await clock.advance(60_000);
  await handler.flush();
  assertEquals(servers.received.at(-1), "1 c");
  await close(run);
  assertEquals([account(handler).sent, clock.pendingTimers], [3, 0]);
});

test("per flush a connection that breaks is followed by one to the next address", async () => {
  for (const whileDisconnected of ["queue", "drop"] as const) {
    const run = setUp([2], { connection: "per-flush", whileDisconnected });
    const { servers, network, clock, handler } = run;
    servers.steps.set(1, { peer: { stalled: true, bufferBytes: 100 } });
    handler.emit(record("a"));
    const flushing = handler.flush();
    await clock.advance(10);
    network.peer.reset();
    await clock.advance(300);
    await flushing;
    assertEquals(servers.log.map((dial) => dial[0]), ["1", "2"]);
    assertEquals([account(handler).sent, servers.received[1]], [1, "2 a"]);
    await close(run);
  }
});

test("close() tries every address once, whatever the back-off", async () => {
  const run = setUp([2, 3]);
  const { servers, clock, handler } = run;
  for (const port of [1, 2, 3]) servers.steps.set(port, "refused");
  handler.emit(record("a"));
  await clock.advance(100);
  servers.steps.delete(3);
  const closed = handler.close();
  await clock.advance(2000);
  await closed;
  assertEquals(servers.log.slice(3), ["1@0.1", "2@0.1", "3@0.1"]);
  assertEquals([account(handler).sent, account(handler).droppedTotal], [1, 0]);
});

test("an address without 'tls' has that of the handler, and a Unix socket has none", async () => {
  const tls = { serverName: "logs.example" };
  const own = { serverName: "logs-3.example" };
  const servers = new Servers();
  servers.network.whenNobodyListens = "refused";
  const connector = failover(servers, [
    server(2),
    { ...server(3), tls: own } as StreamAddress,
    { transport: "unix", path: "/run/logs" },
  ]);
  for (const port of [1, 2, 3]) servers.steps.set(port, "refused");
  const first = { ...server(1), tls } as StreamAddress;
  for (let i = 0; i < 4; i++) await connector.connect(first).catch(() => {});
  assertEquals(servers.dials.map(({ to }) => to), [
    first,
    { ...server(2), tls } as StreamAddress,
    { ...server(3), tls: own } as StreamAddress,
    { transport: "unix", path: "/run/logs" },
  ]);
});

test("the host name is handed over at each dial, and no address is remembered", async () => {
  const run = setUp([]);
  const { servers, network, clock, handler } = run;
  for (let i = 0; i < 3; i++) {
    handler.emit(record(`${i}`));
    await clock.advance(2000);
    network.peer.reset();
  }
  const hostname = "logs-1.example";
  assertEquals(servers.dials.map(({ to }) => "hostname" in to && to.hostname), [
    hostname,
    hostname,
    hostname,
  ]);
  await close(run);
});

test("handlers that share a connector move together, and those of other addresses apart", async () => {
  const servers = new Servers();
  const { clock } = servers.network;
  const connector = failover(servers, [server(2)], { clock });
  const handlers = [1, 1, 7].map((port) =>
    new SocketHandler(`logs-${port}.example`, port, { connector, clock, onEvent: () => {} })
  );
  servers.steps.set(1, { outcome: "refused", delayMs: 10 });
  for (const handler of handlers) handler.emit(record("a"));
  await clock.advance(20);
  assertEquals(servers.log, ["1@0", "1@0", "7@0", "2@0.01", "2@0.01"]);
  await clock.advance(1000);
  const closed = Promise.all(handlers.map((handler) => handler.close()));
  await clock.advance(5000);
  await closed;
  assertEquals(handlers.map((handler) => account(handler).sent), [1, 1, 1]);
});

test("failover() passes on all that the connector and its connections can do", async () => {
  const network = new MemoryNetwork();
  const connection: Connector["connection"] = "per-flush";
  const wrapped: Connector = Object.assign(network, { connection });
  const connector = failover(wrapped, [server(2), server(3)]);
  assertEquals([connector.connection, connector.addresses], ["per-flush", 3]);
  assertEquals(connector.hostName?.(), "memory");
  const forget = connector.atExit!({ beforeExit: () => Promise.resolve(), exit: () => {} });
  assertEquals(network.exitHooks, 1);
  forget();
  assertEquals(network.exitHooks, 0);
  const plain: Connector = { connect: (...args) => network.connect(...args) };
  assertEquals(Object.keys(failover(plain, [])).sort(), ["addresses", "connect"]);

  const stream = await connector.connect(server(1));
  assertEquals(stream.peerAddress, "127.0.0.1");
  assertEquals(stream.dialled, { address: "logs-1.example:1" });
  await stream.write(new Uint8Array([1]));
  assertEquals(stream.writeSync?.(new Uint8Array([2, 3])), 2);
  assertEquals([stream.bytesWritten, stream.retryWrite], [3, undefined]);
  stream.unref?.();
  assertEquals(network.holding, 0);
  await network.peer.write(new Uint8Array([4]));
  network.peer.end();
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  assertEquals(chunks, [new Uint8Array([4])]);
  assertEquals(await stream.closed, undefined);
  await stream[Symbol.asyncDispose]();
  assertEquals([...network.peer.received], [1, 2, 3]);

  const bare = { write: () => Promise.resolve() } as unknown as StreamConnection;
  const odd = failover({ connect: () => Promise.resolve(bare) }, []);
  assertEquals(await odd.connect(server(1)), bare);
});

test("a connector that throws what is no ConnectionError moves on too, and the handler reports it", async () => {
  const run = setUp([2]);
  const { servers, clock, handler } = run;
  const faults: unknown[] = [];
  handler.handleError = (_, error) => void faults.push(error);
  servers.steps.set(1, { throws: new TypeError("a mistake") });
  handler.emit(record("a"));
  await clock.advance(2000);
  assertEquals([servers.received.join(), String(faults)], ["2 a", "TypeError: a mistake"]);
  await close(run);
});

test("failover() opens no datagrams", () => {
  const connector = failover(new MemoryNetwork(), []);
  const options = { connector } as unknown as DatagramHandlerOptions;
  assertThrows(() => new DatagramHandler("h", 1, options), TypeError, "openDatagram()");
});

test("failover() refuses what no dial could use", () => {
  const network = new MemoryNetwork();
  const refused: [string, typeof TypeError | typeof RangeError, unknown[]][] = [
    ["'connector' must be an object with connect()", TypeError, [{}, []]],
    ["'others' must be an array of addresses", TypeError, [network, server(2)]],
    ["'others[0]' must be an address", TypeError, [network, ["logs-2:514"]]],
    ["'others[1]' as 'hostname' must be a host name", TypeError, [network, [
      server(1),
      { transport: "tcp", hostname: "tcp://logs-2", port: 514 },
    ]]],
    ["'port' must be an integer from 1 to 65535", RangeError, [network, [
      { transport: "tcp", hostname: "logs-2", port: 65536 },
    ]]],
    ["'port' must be an integer from 1 to 65535", TypeError, [network, [
      { transport: "tcp", hostname: "logs-2", port: "514" },
    ]]],
    ['\'transport\' must be "tcp" or "unix"', TypeError, [network, [
      { transport: "udp", hostname: "logs-2", port: 514 },
    ]]],
    ["there is no option 'host'", TypeError, [network, [{ transport: "tcp", host: "a" }]]],
    ["'path' must be a string", TypeError, [network, [{ transport: "unix" }]]],
    ["'tls' must be an object", TypeError, [network, [{ ...server(2), tls: true }]]],
    ["there is no option 'after'", TypeError, [network, [], { after: 1 }]],
    ["'returnAfterMs' must be a number >= 0", RangeError, [network, [], { returnAfterMs: -1 }]],
    ["'returnAfterMs' must be a number >= 0", RangeError, [network, [], { returnAfterMs: NaN }]],
    ["'clock' must be an object with now()", TypeError, [network, [], { clock: {} }]],
  ];
  for (const [message, type, args] of refused) {
    assertThrows(() => failover(...args as Parameters<typeof failover>), type, message);
  }
});
