import { assert, assertEquals, assertInstanceOf, assertLess, assertRejects } from "@std/assert";
import { ConnectionError } from "../../src/net/connection_error.ts";
import type { StreamConnection } from "../../src/net/connector.ts";
import { test as register } from "../test.ts";
import { turns } from "../turns.ts";
import { until } from "../until.ts";
import { type ClientTarget, codeOf, pattern, type RawPeer, sha256 } from "./target.ts";

const MIB = 1024 * 1024;
const gone = { signal: AbortSignal.abort() };

/** Byte streams towards a server: what every runtime has, workers included. */
export function streams({ name, connector, rawServer, skips = {}, module }: ClientTarget): void {
  const test = (check: string, fn: () => Promise<void>) =>
    register(`${name}: ${check}`, fn, { skip: skips[check] ?? false });

  /** Runs with a connection to a raw peer, and lets go of both. */
  async function withPeer(
    fn: (connection: StreamConnection, peer: RawPeer) => Promise<void>,
  ): Promise<void> {
    const server = await rawServer();
    const connection = await connector.connect(server.address);
    try {
      await fn(connection, await server.accepted());
    } finally {
      await connection.close(gone);
      await server.close();
    }
  }

  test("connect() reaches the peer, and write() its kernel", () =>
    withPeer(async (connection, peer) => {
      await connection.write(new Uint8Array([1, 2, 3]));
      await connection.write(new Uint8Array([]));
      await connection.write(new Uint8Array([4]));
      assertEquals(connection.bytesWritten, 4);
      const closing = connection.close();
      await peer.ended;
      assertEquals(await peer.received(), { size: 4, hash: sha256(new Uint8Array([1, 2, 3, 4])) });
      await peer.end();
      await closing;
    }));

  test("connect() to a port without a listener is refused", async () => {
    const server = await rawServer();
    await server.close();
    const error = await connector.connect(server.address).then(() => undefined, (error) => error);
    assertInstanceOf(error, ConnectionError);
    assertEquals(error.code, "refused");
    if (module === undefined) return;
    assert(error.message.includes(`127.0.0.1:${server.address.port}`), error.message);
    assertInstanceOf(error.cause, Error);
  });

  test("connect() refuses a bad address, naming value and range", async () => {
    for (const port of [-1, 65536, 1.5, NaN]) {
      await assertRejects(
        () => connector.connect({ transport: "tcp", hostname: "localhost", port }),
        RangeError,
        `'port' must be an integer in 0..65535: current value is ${port}`,
      );
    }
    await assertRejects(
      () => connector.connect({ transport: "tcp", hostname: "", port: 1 }),
      TypeError,
      "'hostname' must be a non-empty string",
    );
    await assertRejects(
      () => connector.connect({ transport: "unix", path: "" }),
      TypeError,
      "'path' must be a non-empty string",
    );
  });

  test("connect() with an aborted signal makes no connection", async () => {
    const server = await rawServer();
    const { address } = server;
    assertEquals(await codeOf(connector.connect(address, gone)), "closed");
    const signal = AbortSignal.abort(new DOMException("too slow", "TimeoutError"));
    assertEquals(await codeOf(connector.connect(address, { signal })), "timeout");
    await server.close();
  });

  test("a signal that is aborted after connect() does no harm", async () => {
    const server = await rawServer();
    const controller = new AbortController();
    const connection = await connector.connect(server.address, { signal: controller.signal });
    const peer = await server.accepted();
    controller.abort();
    await connection.write(new Uint8Array([1]));
    const closing = connection.close();
    await peer.ended;
    await peer.end();
    await closing;
    assertEquals((await peer.received()).size, 1);
    await server.close();
  });

  test("write() of 64 MiB to a slow reader loses nothing", () =>
    withPeer(async (connection, peer) => {
      const bytes = pattern(64 * MIB);
      await peer.stall();
      let done = false;
      const writing = connection.write(bytes).then(() => done = true);
      // On a busy machine a peer that is to stall may have read the rest by then.
      for (let i = 0; i < 20 && (await peer.received()).size < 32 * MIB; i++) {
        await turns(1);
        assert(!done, "32 MiB do not fit into any kernel");
        assertLess(connection.bytesWritten ?? 0, bytes.length);
        await peer.resume();
        await turns(1);
        await peer.stall();
      }
      await peer.resume();
      await writing;
      assertEquals(connection.bytesWritten, bytes.length);
      const closing = connection.close();
      await peer.ended;
      assertEquals(await peer.received(), { size: bytes.length, hash: sha256(bytes) });
      await peer.end();
      await closing;
    }));

  test("closed settles at the peer's FIN, and writes are refused from then on", () =>
    withPeer(async (connection, peer) => {
      await peer.end();
      assertEquals(await connection.closed, undefined);
      assertEquals(await codeOf(connection.write(new Uint8Array([1]))), "closed");
      assertEquals(connection.writeSync?.(new Uint8Array([1])) ?? 0, 0);
      assertEquals(connection.bytesWritten, 0);
      await connection.close();
      await connection.close();
      await peer.ended;
      assertEquals((await peer.received()).size, 0);
    }));

  test("closed settles at the peer's FIN behind bytes that no consumer reads", () =>
    withPeer(async (connection, peer) => {
      await peer.write(new Uint8Array(2 * MIB));
      await peer.end();
      assertEquals(await connection.closed, undefined);
      await connection.close();
    }));

  test("closed settles with `reset` at the peer's RST", () =>
    withPeer(async (connection, peer) => {
      await peer.reset();
      assertEquals((await connection.closed)?.code, "reset");
      assertEquals(await codeOf(connection.write(new Uint8Array([1]))), "reset");
      assertEquals(connection.writeSync?.(new Uint8Array([1])) ?? 0, 0);
      await connection.close();
    }));

  test("write() that waits fails with `reset` at the peer's RST", () =>
    withPeer(async (connection, peer) => {
      await peer.stall();
      const writing = codeOf(connection.write(pattern(64 * MIB)));
      await turns(20);
      await peer.reset();
      assertEquals(await writing, "reset");
      assertEquals((await connection.closed)?.code, "reset");
      assertLess(connection.bytesWritten ?? 0, 64 * MIB);
    }));

  test("close() half-closes and awaits the peer's end", () =>
    withPeer(async (connection, peer) => {
      await connection.write(new Uint8Array([1, 2]));
      let closed = false;
      const closing = connection.close().then(() => closed = true);
      assertEquals(await codeOf(connection.write(new Uint8Array([3]))), "closed");
      await peer.ended;
      await peer.write(new Uint8Array(1000));
      await turns(5);
      assert(!closed, "the peer has not ended");
      await peer.end();
      await closing;
      assertEquals(await connection.closed, undefined);
      assertEquals((await peer.received()).size, 2);
    }));

  test("close() first sends the rest of a write that waits", () =>
    withPeer(async (connection, peer) => {
      const bytes = pattern(16 * MIB);
      await peer.stall();
      const writing = connection.write(bytes);
      const closing = connection.close();
      await turns(5);
      await peer.resume();
      await writing;
      await peer.ended;
      assertEquals(await peer.received(), { size: bytes.length, hash: sha256(bytes) });
      await peer.end();
      await closing;
    }));

  test("close() is bounded by its signal, also when called again", () =>
    withPeer(async (connection, peer) => {
      await peer.stall();
      const writing = codeOf(connection.write(pattern(64 * MIB)));
      const closing = connection.close();
      await turns(5);
      const controller = new AbortController();
      const bounded = connection.close({ signal: controller.signal });
      controller.abort();
      await bounded;
      await closing;
      assertEquals(await writing, "closed");
      assertEquals(await connection.closed, undefined);
    }));

  test("writeSync() writes without waiting", () =>
    withPeer(async (connection, peer) => {
      assert(connection.writeSync !== undefined);
      await connection.write(new Uint8Array([1]));
      assertEquals(connection.writeSync(new Uint8Array([2, 3])), 2);
      assertEquals(connection.writeSync(new Uint8Array([4])), 1);
      const closing = connection.close();
      await peer.ended;
      assertEquals(await peer.received(), { size: 4, hash: sha256(new Uint8Array([1, 2, 3, 4])) });
      await peer.end();
      await closing;
    }));

  test("iterating a connection yields what the peer sends, until its end", () =>
    withPeer(async (connection, peer) => {
      const bytes = pattern(4 * MIB);
      const chunks: Uint8Array[] = [];
      const reading = (async () => {
        for await (const chunk of connection) {
          chunks.push(chunk);
          if (chunks.length % 8 === 0) await turns(1);
        }
      })();
      await peer.write(bytes);
      await peer.end();
      await reading;
      assertEquals(sha256(...chunks), sha256(bytes));
      await connection.close();
    }));

  test("iterating a connection throws at the peer's RST", () =>
    withPeer(async (connection, peer) => {
      const next = codeOf(connection[Symbol.asyncIterator]().next());
      await peer.reset();
      assertEquals(await next, "reset");
    }));

  if (module === undefined) return;

  test("connect() to a name that does not exist is `not-found`", async () => {
    const to = { transport: "tcp", hostname: "no.such.host.invalid", port: 9020 } as const;
    assertEquals(await codeOf(connector.connect(to)), "not-found");
  });

  test("connect() that is aborted at once leaves no connection behind", async () => {
    const server = await rawServer();
    const controller = new AbortController();
    const connecting = codeOf(connector.connect(server.address, { signal: controller.signal }));
    controller.abort();
    assertEquals(await connecting, "closed");
    // A connection behind it shows that whatever the first left has been dealt with.
    const second = await connector.connect(server.address);
    await second.write(new Uint8Array([1]));
    let peer = await server.accepted();
    await peer.write(new Uint8Array([1])).catch(() => {});
    let isOver = false;
    void peer.ended.then(() => isOver = true);
    const hasByte = async () => (await peer.received()).size > 0;
    await until(async () => isOver || await hasByte(), () => "a byte, or the end");
    if (!await hasByte()) {
      await peer.ended;
      peer = await server.accepted();
    }
    const closing = second.close();
    await peer.ended;
    await peer.end();
    await closing;
    await server.close();
  });
}
