// A kernel without room for UDP cannot be had over loopback, so the socket is one that the test
// plays, on every runtime; the real one is in tests/conformance.
import { assertEquals } from "@std/assert";
import { openBunDatagram } from "../../../src/adapters/bun/datagram.ts";
import type { BunRuntime } from "../../../src/adapters/bun/_runtime.ts";
import { codeOf } from "../../conformance/target.ts";
import { test } from "../../test.ts";

type UdpSocket = BunRuntime["udpSocket"];

const peer = { transport: "udp", hostname: "127.0.0.1", port: 514 } as const;
const bytes = (value: number) => new Uint8Array([value]);

/** A kernel with room for so many datagrams. */
function kernel(room: number) {
  const played = { room, received: [] as number[], drain: () => {} };
  const udpSocket: UdpSocket = ({ socket }) => {
    played.drain = socket.drain;
    return Promise.resolve({
      port: 1,
      send([value = 0]) {
        if (played.room === 0) return false;
        played.room--;
        return played.received.push(value) > 0;
      },
      sendMany(datagrams) {
        const taken = datagrams.slice(0, played.room);
        played.room -= taken.length;
        for (const [value = 0] of taken) played.received.push(value);
        return taken.length;
      },
      close() {},
      unref() {},
    });
  };
  return { played, udpSocket };
}

/** Runs `body` while `Bun.udpSocket` is another one. */
async function withUdpSocket(udpSocket: UdpSocket, body: () => Promise<void>): Promise<void> {
  const scope = globalThis as unknown as { Bun?: { udpSocket: UdpSocket } };
  const native = scope.Bun?.udpSocket;
  if (scope.Bun === undefined) scope.Bun = { udpSocket };
  else scope.Bun.udpSocket = udpSocket;
  try {
    await body();
  } finally {
    if (native === undefined) delete scope.Bun;
    else scope.Bun.udpSocket = native;
  }
}

test("send() on Bun waits for room in the order of the calls, however many wait", async () => {
  const { played, udpSocket } = kernel(1);
  await withUdpSocket(udpSocket, async () => {
    const socket = await openBunDatagram(peer);
    const sends = [1, 2, 3, 4].map((value) => socket.send(bytes(value)));
    await sends[0];
    played.room = 1;
    played.drain();
    await sends[1];
    played.room = 9;
    played.drain();
    await Promise.all(sends);
    assertEquals(played.received, [1, 2, 3, 4]);
    await socket.close();
  });
});

test("close() on Bun ends every send() that waits for room", async () => {
  const { played, udpSocket } = kernel(0);
  await withUdpSocket(udpSocket, async () => {
    const socket = await openBunDatagram(peer);
    const codes = Promise.all([1, 2].map((value) => codeOf(socket.send(bytes(value)))));
    await socket.close();
    assertEquals(await codes, ["closed", "closed"]);
    assertEquals(played.received, []);
  });
});

test("sendManySync() on Bun gives the kernel 64 datagrams at a time until it is full", async () => {
  const { played, udpSocket } = kernel(70);
  await withUdpSocket(udpSocket, async () => {
    const socket = await openBunDatagram(peer);
    const lengths = new Uint32Array(100).fill(1);
    const all = Uint8Array.from(lengths, (_, i) => i);
    assertEquals(socket.sendManySync!(all, lengths), 70);
    assertEquals(played.received, [...all.subarray(0, 70)]);
    assertEquals(socket.sendManySync!(all, lengths), 0);
    played.room = 1000;
    assertEquals(socket.sendManySync!(all, lengths), 100);
    await socket.close();
    assertEquals(socket.sendManySync!(all, lengths), 0);
  });
});
