import { assert, assertEquals, assertLess } from "@std/assert";
import {
  isWriteThrough,
  lastPace,
  tellsWrites,
} from "../../../src/adapters/deno/_late_write_count.ts";
import { type DenoConn, denoRuntime } from "../../../src/adapters/deno/runtime.ts";
import { netServer, type RawPeer } from "../../conformance/target.ts";
import { runtime, test } from "../../test.ts";

const skip = runtime !== "deno" && "it is about Deno's own sockets";

async function withPeer(fn: (conn: DenoConn, peer: RawPeer) => Promise<void>): Promise<void> {
  const server = await netServer();
  const { hostname, port } = server.address;
  const conn = await denoRuntime().connect({ hostname, port });
  await fn(conn, await server.accepted());
  conn.close();
  await server.close();
}

test(
  "isWriteThrough() is true in the turn of a write that the kernel takes whole",
  () =>
    withPeer(async (conn) => {
      assertEquals(isWriteThrough(conn), true);
      const writing = conn.write(new Uint8Array(1000));
      assertEquals(isWriteThrough(conn), true);
      assertEquals(await writing, 1000);
    }),
  { skip },
);

test(
  "isWriteThrough() is never true of a write that the kernel takes in part or not at all",
  () =>
    withPeer(async (conn, peer) => {
      await peer.stall();
      const piece = new Uint8Array(333_333);
      const writes: Promise<number>[] = [];
      do writes.push(conn.write(piece)); while (isWriteThrough(conn));
      assertLess(writes.length, 64, "no kernel holds so much");
      assertEquals(isWriteThrough(conn), false);
      const last = writes.pop()!;
      for (const size of await Promise.all(writes)) assertEquals(size, piece.length);
      await peer.resume();
      assertLess(await last, piece.length);
      assertEquals(await conn.write(new Uint8Array(1)), 1);
      assertEquals(isWriteThrough(conn), true, "there is room again");
    }),
  { skip },
);

test("tellsWrites() is false of a Unix socket, which has no option to set", async () => {
  const deno = globalThis as unknown as { Deno: { makeTempDirSync(): string } };
  const path = `${deno.Deno.makeTempDirSync()}/log.sock`;
  const listener = denoRuntime().listen({ transport: "unix", path });
  const [conn, accepted] = await Promise.all([
    denoRuntime().connect({ transport: "unix", path }),
    listener.accept(),
  ]);
  assertEquals(tellsWrites(conn), false);
  for (const open of [conn, accepted, listener]) open.close();
}, { skip });

test("lastPace() stays within the operations of a turn and within the wait at exit", () => {
  for (const bytes of [1, 64 * 1024, 1_000_000, 10_000_000, 64 * 1024 * 1024]) {
    for (const waitMs of [0, 100, 1000]) {
      const { pieceBytes, pauseMs } = lastPace(bytes, waitMs);
      const pieces = Math.ceil(bytes / pieceBytes);
      assert(pieces <= 32, `${pieces} pieces`);
      assert(pieces * pauseMs <= waitMs, `${pieces * pauseMs} ms`);
      assert(pieceBytes >= 64 * 1024);
    }
  }
});
