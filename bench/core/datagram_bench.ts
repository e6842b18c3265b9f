/** The sender of datagrams, over sockets that take everything. */
import { assertEquals } from "@std/assert";
import { SocketHandler } from "../../mod.ts";
import { connector } from "../../src/adapters/deno.ts";
import type { Batch } from "../../src/delivery/batch_writer.ts";
import { DatagramWriter } from "../../src/delivery/datagram_writer.ts";
import type { DatagramSocket } from "../../src/net/connector.ts";
import { makeRecords } from "./records.ts";

const RECORDS = 64;

/** One turn's records, each a datagram. */
function makeBatch(): Batch {
  const handler = new SocketHandler("127.0.0.1", 9020, { connector });
  const frames = makeRecords("args", RECORDS).map((record) => handler.makePickle(record));
  const lengths = new Uint32Array(frames.map(({ length }) => length));
  const bytes = new Uint8Array(lengths.reduce((sum, length) => sum + length));
  let at = 0;
  for (const frame of frames) {
    bytes.set(frame, at);
    at += frame.length;
  }
  return { id: 0n, bytes, lengths };
}

/** Counts what it takes, at once or by promises. */
class CountingSocket implements DatagramSocket {
  sent = 0;
  bytes = 0;
  sendSync?: (bytes: Uint8Array) => boolean;

  constructor(isSync: boolean) {
    if (isSync) this.sendSync = (bytes) => this.#take(bytes);
  }

  #take({ length }: Uint8Array): boolean {
    this.sent++;
    this.bytes += length;
    return true;
  }

  send(bytes: Uint8Array): Promise<void> {
    this.#take(bytes);
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {}

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

const batch = makeBatch();
for (const isSync of [true, false]) {
  const socket = new CountingSocket(isSync);
  const writer = new DatagramWriter(socket);
  await writer.write(batch);
  assertEquals([socket.sent, socket.bytes], [RECORDS, batch.bytes.length]);
  assertEquals(writer.progress().frames, RECORDS);
  const how = isSync ? "that takes them at once" : "that takes them by promises";
  Deno.bench(
    `64 datagrams to a socket ${how}`,
    { group: "datagrams" },
    async () => {
      await writer.write(batch);
    },
  );
}
