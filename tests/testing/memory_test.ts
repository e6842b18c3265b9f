import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import {
  ConnectionError,
  type ConnectionErrorCode,
  MemoryNetwork,
  type StreamAddress,
} from "../../src/testing/memory.ts";
import { test } from "../test.ts";

const to: StreamAddress = { transport: "tcp", hostname: "localhost", port: 9020 };

async function codeOf(promise: Promise<unknown>): Promise<ConnectionErrorCode | undefined> {
  try {
    await promise;
  } catch (error) {
    assertInstanceOf(error, ConnectionError);
    return error.code;
  }
  return undefined;
}

const bytes = (...values: number[]) => new Uint8Array(values);

test("MemoryNetwork.connect() follows the script, then answers with a peer", async () => {
  const network = new MemoryNetwork();
  network.nextConnects("refused", { outcome: "tls" }, { throws: new TypeError("a bug") });
  assertEquals(await codeOf(network.connect(to)), "refused");
  assertEquals(await codeOf(network.connect(to)), "tls");
  await assertRejects(() => network.connect(to), TypeError, "a bug");
  const connection = await network.connect(to);
  await connection.write(bytes(1, 2));
  assertEquals(network.peer.received, bytes(1, 2));
  assertEquals(connection.bytesWritten, 2);
  await connection.close();
});

test("MemoryNetwork.connect() is refused while whenNobodyListens says so", async () => {
  const network = new MemoryNetwork({ whenNobodyListens: "refused" });
  assertEquals(await codeOf(network.connect(to)), "refused");
  network.whenNobodyListens = "ok";
  await (await network.connect(to)).close();
});

test("MemoryNetwork.connect() takes the scripted time, and logs when it dialled", async () => {
  const network = new MemoryNetwork();
  network.nextConnects({ delayMs: 400 }, { delayMs: 100, outcome: "unreachable" });
  let open = false;
  const connecting = network.connect(to).then((connection) => {
    open = true;
    return connection;
  });
  await network.clock.advance(399);
  assert(!open);
  await network.clock.advance(1);
  assert(open);
  const failing = codeOf(network.connect(to));
  await network.clock.advance(100);
  assertEquals(await failing, "unreachable");
  assertEquals(network.dialTimes, [0, 0.4]);
  assertEquals(network.log.map(({ at, what, code }) => [at, what, code]), [
    [0, "dial", undefined],
    [0.4, "open", undefined],
    [0.4, "dial", undefined],
    [0.5, "fail", "unreachable"],
  ]);
  await (await connecting).close();
});

test("MemoryNetwork.connect() hangs until its signal is aborted", async () => {
  const network = new MemoryNetwork();
  network.nextConnects("hang", "hang", { delayMs: 1000 });
  for (
    const [reason, code] of [
      [new DOMException("too slow", "TimeoutError"), "timeout"],
      [undefined, "closed"],
      [undefined, "closed"],
    ] as const
  ) {
    const controller = new AbortController();
    const connecting = codeOf(network.connect(to, { signal: controller.signal }));
    await network.clock.advance(500);
    controller.abort(reason);
    assertEquals(await connecting, code);
  }
  assertEquals(network.clock.pendingTimers, 0);
  assertEquals(await codeOf(network.connect(to, { signal: AbortSignal.abort() })), "closed");
  assertEquals(network.holding, 0);
});

test("a stalled MemoryPeer makes write() wait once its buffer is full", async () => {
  const network = new MemoryNetwork();
  network.nextConnects({ peer: { bufferBytes: 4, stalled: true } });
  const connection = await network.connect(to);
  let done = false;
  const writing = connection.write(bytes(1, 2, 3, 4, 5, 6, 7)).then(() => done = true);
  await network.clock.advance();
  assertEquals([done, connection.bytesWritten, network.peer.unread], [false, 4, 4]);
  assertEquals(connection.writeSync?.(bytes(8)), 0);
  network.peer.read(2);
  await network.clock.advance();
  assertEquals([done, connection.bytesWritten], [false, 6]);
  assertEquals(network.peer.received, bytes(1, 2));
  network.peer.resume();
  await writing;
  assertEquals(network.peer.received, bytes(1, 2, 3, 4, 5, 6, 7));
  assertEquals(connection.bytesWritten, 7);
  await connection.close();
});

test("MemoryPeer.reset() fails a write that waits, and closed says so", async () => {
  const network = new MemoryNetwork({ bufferBytes: 3 });
  const connection = await network.connect(to);
  network.peer.stall();
  const writing = codeOf(connection.write(bytes(1, 2, 3, 4)));
  network.peer.reset();
  assertEquals(await writing, "reset");
  assertEquals(connection.bytesWritten, 3);
  assertEquals((await connection.closed)?.code, "reset");
  assertEquals(await codeOf(connection.write(bytes(5))), "reset");
  assertEquals(connection.writeSync?.(bytes(5)), 0);
  assertEquals(network.peer.received, bytes());
  await connection.close();
});

test("MemoryPeer.end() settles closed, and writes are refused from then on", async () => {
  const network = new MemoryNetwork();
  const connection = await network.connect(to);
  network.peer.end();
  assertEquals(await connection.closed, undefined);
  assertEquals(await codeOf(connection.write(bytes(1))), "closed");
  assertEquals(connection.writeSync?.(bytes(1)), 0);
  assertEquals(network.peer.received, bytes());
  await connection.close();
  assertEquals(network.holding, 0);
});

test("writeSync() takes what fits", async () => {
  const network = new MemoryNetwork({ bufferBytes: 3 });
  const connection = await network.connect(to);
  network.peer.stall();
  assertEquals(connection.writeSync?.(bytes(1, 2)), 2);
  assertEquals(connection.writeSync?.(bytes(3, 4)), 1);
  network.peer.resume();
  assertEquals(network.peer.received, bytes(1, 2, 3));
  await connection.close();
});

test("close() half-closes, awaits the peer's end, and is bounded by its signal", async () => {
  const network = new MemoryNetwork();
  network.nextConnects({ peer: { keepsOpen: true } }, { peer: { keepsOpen: true } });
  const patient = await network.connect(to);
  let closed = false;
  const closing = patient.close().then(() => closed = true);
  await network.clock.advance();
  assertEquals([network.peer.halfClosed, closed], [true, false]);
  assertEquals(await codeOf(patient.write(bytes(1))), "closed");
  network.peer.end();
  await closing;

  const bounded = await network.connect(to);
  const controller = new AbortController();
  const giving = bounded.close({ signal: controller.signal });
  await network.clock.advance();
  controller.abort();
  await giving;
  await bounded.close();
  assertEquals(await bounded.closed, undefined);
  assertEquals(network.holding, 0);
});

test("close() with an aborted signal fails a write that waits; what was taken arrives", async () => {
  const network = new MemoryNetwork({ bufferBytes: 2 });
  const connection = await network.connect(to);
  network.peer.stall();
  const writing = codeOf(connection.write(bytes(1, 2, 3)));
  await connection.close({ signal: AbortSignal.abort() });
  assertEquals(await writing, "closed");
  network.peer.resume();
  await network.peer.ended;
  assertEquals(network.peer.received, bytes(1, 2));
});

test("a consumer gets what a peer sends; without one it is discarded", async () => {
  const network = new MemoryNetwork({ bufferBytes: 1024 });
  const unread = await network.connect(to);
  for (let i = 0; i < 1000; i++) await network.peer.write(new Uint8Array(1024));
  await unread.close();

  const read = await network.connect(to);
  const iterator = read[Symbol.asyncIterator]();
  await network.peer.write(bytes(1, 2));
  await network.peer.write(bytes(3));
  network.peer.end();
  assertEquals((await iterator.next()).value, bytes(1, 2));
  assertEquals((await iterator.next()).value, bytes(3));
  assertEquals((await iterator.next()).done, true);
  await read.close();
});

test("a connection with a slow consumer holds the peer back", async () => {
  const network = new MemoryNetwork({ bufferBytes: 1024 });
  const connection = await network.connect(to);
  const iterator = connection[Symbol.asyncIterator]();
  let written = 0;
  const sending = (async () => {
    for (let i = 0; i < 1000; i++) {
      await network.peer.write(new Uint8Array(1024));
      written += 1024;
    }
    network.peer.end();
  })();
  await network.clock.advance();
  assert(written < 300_000, `held ${written} bytes`);
  let got = 0;
  for (;;) {
    const { done, value } = await iterator.next();
    if (done) break;
    got += value.length;
  }
  assertEquals(got, 1_024_000);
  await sending;
  await connection.close();
});

test("MemoryNetwork.listen() yields connections, and after close() connects are refused", async () => {
  const network = new MemoryNetwork({ whenNobodyListens: "refused" });
  const listener = await network.listen({ transport: "tcp", hostname: "::", port: 0 });
  assert(listener.address.transport === "tcp" && listener.address.port > 0);
  const client = await network.connect(listener.address);
  const accepted = (await listener[Symbol.asyncIterator]().next()).value;
  await client.write(bytes(1));
  const iterator = accepted[Symbol.asyncIterator]();
  assertEquals((await iterator.next()).value, bytes(1));
  const closing = client.close();
  assertEquals((await iterator.next()).done, true);
  await accepted.close();
  await closing;

  const waiting = await network.connect(listener.address);
  await listener.close();
  assertEquals(await waiting.closed, undefined);
  await waiting.close();
  assertEquals(await codeOf(network.connect(listener.address)), "refused");
  assertEquals(network.holding, 0);
});

test("MemoryNetwork.listen() refuses an address in use", async () => {
  const network = new MemoryNetwork();
  await using listener = await network.listen({ transport: "unix", path: "/run/log" });
  assertEquals(await codeOf(network.listen(listener.address)), "other");
});

test("datagrams reach the socket that is bound, are recorded, and fail as scripted", async () => {
  const network = new MemoryNetwork();
  await using bound = await network.bindDatagram({ transport: "udp", hostname: "::1", port: 514 });
  await using socket = await network.openDatagram(bound.address);
  network.nextSends("ok", "unreachable");
  await socket.send(bytes(1));
  assertEquals(await codeOf(socket.send(bytes(2))), "unreachable");
  assertEquals(await codeOf(socket.send(new Uint8Array(65_508))), "too-large");
  await socket.send(new Uint8Array(65_507));
  assertEquals(network.datagrams.map((datagram) => datagram.length), [1, 65_507]);
  assertEquals((await bound[Symbol.asyncIterator]().next()).value, bytes(1));
  network.reply(bytes(9));
  assertEquals((await socket[Symbol.asyncIterator]().next()).value, bytes(9));
  await socket.close();
  assertEquals(await codeOf(socket.send(bytes(3))), "closed");
});

test("MemoryNetwork.holding counts what was not unref'ed", async () => {
  const network = new MemoryNetwork();
  const connection = await network.connect(to);
  const socket = await network.openDatagram({ transport: "udp", hostname: "h", port: 1 });
  assertEquals(network.holding, 2);
  connection.unref?.();
  assertEquals(network.holding, 1);
  await socket.close();
  assertEquals(network.holding, 0);
  await connection.close();
});

test("MemoryNetwork.beforeExit() and exit() run the hooks that are registered", async () => {
  const network = new MemoryNetwork();
  const ran: string[] = [];
  const hooks = (name: string) => ({
    beforeExit: async () => {
      await null;
      ran.push(`${name} beforeExit`);
    },
    exit: () => void ran.push(`${name} exit`),
  });
  const unregister = network.atExit(hooks("a"));
  network.atExit(hooks("b"));
  await network.beforeExit();
  unregister();
  network.exit();
  assertEquals(ran, ["a beforeExit", "b beforeExit", "b exit"]);
  assertEquals(network.exitHooks, 1);
});

test("MemoryNetwork refuses bad addresses, naming value and range", async () => {
  const network = new MemoryNetwork();
  await assertRejects(
    () => network.connect({ transport: "tcp", hostname: "h", port: 65536 }),
    RangeError,
    "'port' must be an integer in 0..65535: current value is 65536",
  );
  await assertRejects(
    () => network.listen({ transport: "tcp", hostname: "", port: 1 }),
    TypeError,
    "'hostname' must be a non-empty string",
  );
});

test("hostName() is the name that a test gives the machine, or none", () => {
  const network = new MemoryNetwork();
  assertEquals(network.hostName(), "memory");
  network.machineName = undefined;
  assertEquals(network.hostName(), undefined);
});
