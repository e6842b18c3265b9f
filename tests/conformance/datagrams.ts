import { assert, assertEquals, assertRejects } from "@std/assert";
import * as dgram from "node:dgram";
import type { Batch } from "../../src/delivery/batch_writer.ts";
import { DatagramWriter } from "../../src/delivery/datagram_writer.ts";
import type { DatagramListener } from "../../src/net/connector.ts";
import { test as register } from "../test.ts";
import { codeOf, pattern, type Target } from "./target.ts";

/** More datagrams than one call gives to the kernel. */
const MANY = 70;

/** A batch of datagrams of which each begins with its number, and has a byte unless it is named. */
function batchOf(sizes: Readonly<Record<number, number>> = {}): Batch {
  const lengths = Uint32Array.from({ length: MANY }, (_, i) => sizes[i] ?? 1);
  const bytes = new Uint8Array(lengths.reduce((sum, length) => sum + length));
  let start = 0;
  for (const [i, length] of lengths.entries()) {
    bytes[start] = i;
    start += length;
  }
  return { id: 0n, bytes, lengths };
}

/** The first bytes of the next `count` datagrams. */
async function firstBytes(listener: DatagramListener, count: number): Promise<number[]> {
  const arriving = listener[Symbol.asyncIterator]();
  const found: number[] = [];
  while (found.length < count) found.push((await arriving.next()).value![0]!);
  return found;
}

/** UDP. */
export function datagrams(
  { name, connector, skips = {}, module }: Target,
): void {
  const test = (check: string, fn: () => Promise<void>) =>
    register(`${name}: ${check}`, fn, { skip: skips[check] ?? false });

  const port = ({ address }: DatagramListener) => "port" in address ? address.port : 0;

  for (const hostname of ["127.0.0.1", "::1"]) {
    test(`datagrams arrive whole and one by one at ${hostname}`, async () => {
      const bound = await connector.bindDatagram({ transport: "udp", hostname, port: 0 });
      assert(port(bound) > 0);
      const arriving = bound[Symbol.asyncIterator]();
      const socket = await connector.openDatagram(bound.address);
      for (const size of [1, 0, 1400, 65_507]) {
        await socket.send(pattern(size));
        assertEquals((await arriving.next()).value, pattern(size));
        assertEquals(bound.peerAddress, hostname);
      }
      const pending = arriving.next();
      await socket.close();
      await socket.close();
      await bound.close();
      await bound.close();
      assertEquals((await pending).done, true);
      assertEquals(await codeOf(socket.send(new Uint8Array(1))), "closed");
    });
  }

  test("send() of more than UDP carries is `too-large`, and the socket lives on", async () => {
    const bound = await connector.bindDatagram({
      transport: "udp",
      hostname: "127.0.0.1",
      port: 0,
    });
    const socket = await connector.openDatagram(bound.address);
    assertEquals(await codeOf(socket.send(new Uint8Array(65_508))), "too-large");
    await socket.send(new Uint8Array([1]));
    assertEquals((await bound[Symbol.asyncIterator]().next()).value, new Uint8Array([1]));
    await socket.close();
    await bound.close();
  });

  test("a batch of datagrams arrives in order but for those that are too large", async () => {
    const at = { transport: "udp", hostname: "127.0.0.1", port: 0 } as const;
    const bound = await connector.bindDatagram(at);
    const writer = new DatagramWriter(await connector.openDatagram(bound.address));
    const numbers = Array.from({ length: MANY }, (_, i) => i);
    for (const tooLarge of [[], [0], [3, 40, 66], [MANY - 1]]) {
      await writer.write(batchOf(Object.fromEntries(tooLarge.map((i) => [i, 65_508]))));
      const { frames, tooLarge: counted = [], again = [] } = writer.progress();
      assertEquals([frames, counted, again], [MANY, tooLarge, []]);
      const expected = numbers.filter((i) => !tooLarge.includes(i));
      assertEquals(await firstBytes(bound, expected.length), expected);
    }
    await writer.close();
    await bound.close();
    await assertRejects(async () => await writer.write(batchOf()));
    assertEquals(writer.progress().frames, writer.progress().again?.length);
  });

  test("openDatagram() and bindDatagram() refuse a bad address", async () => {
    await assertRejects(
      () => connector.openDatagram({ transport: "udp", hostname: "localhost", port: 70000 }),
      RangeError,
      "'port' must be an integer in 0..65535: current value is 70000",
    );
    await assertRejects(
      () => connector.bindDatagram({ transport: "udp", hostname: "", port: 1 }),
      TypeError,
      "'hostname' must be a non-empty string",
    );
  });

  test("openDatagram() with an aborted signal is `closed`", async () => {
    const peer = { transport: "udp", hostname: "127.0.0.1", port: 9 } as const;
    assertEquals(
      await codeOf(connector.openDatagram(peer, { signal: AbortSignal.abort() })),
      "closed",
    );
  });

  if (module === undefined) return;

  test("send() to a port without a listener succeeds, and so does the next", async () => {
    const bound = await connector.bindDatagram({
      transport: "udp",
      hostname: "127.0.0.1",
      port: 0,
    });
    const socket = await connector.openDatagram(bound.address);
    await bound.close();
    for (let i = 0; i < 3; i++) await socket.send(new Uint8Array([i]));
    const again = await connector.bindDatagram(bound.address);
    await socket.send(new Uint8Array([9]));
    assertEquals((await again[Symbol.asyncIterator]().next()).value, new Uint8Array([9]));
    await socket.close();
    await again.close();
  });

  test("a batch of datagrams arrives whole although the last one was refused", async () => {
    const at = { transport: "udp", hostname: "127.0.0.1", port: 0 } as const;
    const bound = await connector.bindDatagram(at);
    const socket = await connector.openDatagram(bound.address);
    const writer = new DatagramWriter(socket);
    await bound.close();
    await writer.write(batchOf());
    assertEquals(writer.progress().frames, MANY);
    await socket.send(new Uint8Array([1]));
    const again = await connector.bindDatagram(bound.address);
    await writer.write(batchOf());
    const { frames, tooLarge = [], again: failed = [] } = writer.progress();
    assertEquals([frames, tooLarge, failed], [MANY, [], []]);
    const found = await firstBytes(again, MANY);
    assertEquals(found.sort((a, b) => a - b), Array.from({ length: MANY }, (_, i) => i));
    await writer.close();
    await again.close();
  });

  test("a datagram socket yields datagrams of its peer alone", async () => {
    const peer = dgram.createSocket("udp4");
    await new Promise<void>((resolve) => peer.bind(0, "127.0.0.1", resolve));
    const stranger = dgram.createSocket("udp4");
    const asked = new Promise<dgram.RemoteInfo>((resolve) =>
      peer.on("message", (_, from) => resolve(from))
    );
    const socket = await connector.openDatagram({
      transport: "udp",
      hostname: "127.0.0.1",
      port: peer.address().port,
    });
    const answers = socket[Symbol.asyncIterator]();
    const answer = answers.next();
    await socket.send(new Uint8Array([1]));
    const from = await asked;
    await new Promise<unknown>((done) => stranger.send("no", from.port, from.address, done));
    await new Promise<unknown>((done) => peer.send("yes", from.port, from.address, done));
    assertEquals(new TextDecoder().decode((await answer).value), "yes");
    await socket.close();
    peer.close();
    stranger.close();
  });

  test("openDatagram() to a name that does not exist is `not-found`", async () => {
    const peer = { transport: "udp", hostname: "no.such.host.invalid", port: 514 } as const;
    assertEquals(await codeOf(connector.openDatagram(peer)), "not-found");
  });

  test("bindDatagram() at a port in use fails", async () => {
    const bound = await connector.bindDatagram({
      transport: "udp",
      hostname: "127.0.0.1",
      port: 0,
    });
    assertEquals(await codeOf(connector.bindDatagram(bound.address)), "other");
    await bound.close();
  });
}
