import { assert, assertEquals, assertLess, assertRejects } from "@std/assert";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StreamConnection } from "../../src/net/connector.ts";
import { test as register } from "../test.ts";
import { turns } from "../turns.ts";
import { codeOf, pattern, sha256, type Target } from "./target.ts";

const MIB = 1024 * 1024;
const gone = { signal: AbortSignal.abort() };

/** Byte streams from a listener of the adapter's own, over TCP and Unix sockets. */
export function listeners({ name, connector, skips = {}, module }: Target): void {
  const test = (check: string, fn: () => Promise<void>) =>
    register(`${name}: ${check}`, fn, { skip: skips[check] ?? false });

  test("listen() refuses a bad address", async () => {
    await assertRejects(
      () => connector.listen({ transport: "unix", path: "" }),
      TypeError,
      "'path' must be a non-empty string",
    );
  });

  test("listen() yields connections; one without a consumer holds its peer back", async () => {
    const listener = await connector.listen({ transport: "tcp", hostname: "127.0.0.1", port: 0 });
    const connections = listener[Symbol.asyncIterator]();
    const client = await connector.connect(listener.address);
    const accepted: StreamConnection = (await connections.next()).value;
    const bytes = pattern(64 * MIB);
    let done = false;
    const sending = client.write(bytes).then(() => done = true);
    await turns(50);
    assert(!done, "64 MiB were taken although nobody reads");
    assertLess(client.bytesWritten ?? 0, 32 * MIB);
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of accepted) {
      chunks.push(chunk);
      size += chunk.length;
      if (size === bytes.length) break;
    }
    await sending;
    assertEquals(sha256(...chunks), sha256(bytes));
    const closing = client.close();
    await accepted.close();
    await closing;
    await listener.close();
  });

  test("connections go both ways, and a reader's close() ends an idle writer", async () => {
    const listener = await connector.listen({ transport: "tcp", hostname: "127.0.0.1", port: 0 });
    const client = await connector.connect(listener.address);
    const accepted: StreamConnection = (await listener[Symbol.asyncIterator]().next()).value;
    const answers = client[Symbol.asyncIterator]();
    assertEquals(accepted.peerAddress, "127.0.0.1");
    await accepted.write(new Uint8Array([7]));
    assertEquals((await answers.next()).value, new Uint8Array([7]));
    const closing = accepted.close();
    assertEquals((await answers.next()).done, true);
    assertEquals(await client.closed, undefined);
    await client.close();
    await closing;
    await listener.close();
  });

  test("close() of a listener refuses new connections and leaves the accepted open", async () => {
    const listener = await connector.listen({ transport: "tcp", hostname: "127.0.0.1", port: 0 });
    const connections = listener[Symbol.asyncIterator]();
    const client = await connector.connect(listener.address);
    const accepted: StreamConnection = (await connections.next()).value;
    const pending = connections.next();
    await listener.close();
    await listener.close();
    assertEquals((await pending).done, true);
    assertEquals(await codeOf(connector.connect(listener.address)), "refused");
    await client.write(new Uint8Array([5]));
    assertEquals((await accepted[Symbol.asyncIterator]().next()).value, new Uint8Array([5]));
    const closing = client.close();
    await accepted.close();
    await closing;
    await using again = await connector.listen(listener.address);
    assertEquals(again.address, listener.address);
  });

  test("close() of a listener closes connections that no consumer took", async () => {
    const listener = await connector.listen({ transport: "tcp", hostname: "127.0.0.1", port: 0 });
    const client = await connector.connect(listener.address);
    await turns(5);
    await listener.close();
    await client.closed;
    await client.close(gone);
  });

  test("listen() at an address in use fails", async () => {
    await using listener = await connector.listen({
      transport: "tcp",
      hostname: "127.0.0.1",
      port: 0,
    });
    assertEquals(await codeOf(connector.listen(listener.address)), "other");
  });

  test("connect() and listen() work over IPv6", async () => {
    await using listener = await connector.listen({ transport: "tcp", hostname: "::1", port: 0 });
    const client = await connector.connect(listener.address);
    const accepted: StreamConnection = (await listener[Symbol.asyncIterator]().next()).value;
    assertEquals(accepted.peerAddress, "::1");
    await client.write(new Uint8Array([6]));
    assertEquals((await accepted[Symbol.asyncIterator]().next()).value, new Uint8Array([6]));
    const closing = client.close();
    await accepted.close();
    await closing;
  });

  test("connect() and listen() work over a Unix socket, whose path goes with the listener", async () => {
    const folder = await mkdtemp(join(tmpdir(), "logwire-"));
    const at = { transport: "unix", path: join(folder, "log.sock") } as const;
    assertEquals(
      await codeOf(connector.connect(at)),
      module === undefined ? "refused" : "not-found",
    );
    const listener = await connector.listen(at);
    const client = await connector.connect(at);
    const accepted: StreamConnection = (await listener[Symbol.asyncIterator]().next()).value;
    assertEquals(accepted.peerAddress, undefined);
    await client.write(new Uint8Array([8]));
    assertEquals((await accepted[Symbol.asyncIterator]().next()).value, new Uint8Array([8]));
    const closing = client.close();
    await accepted.close();
    await closing;
    await listener.close();
    assertEquals(await readdir(folder), []);
    await rm(folder, { recursive: true });
  });
}
