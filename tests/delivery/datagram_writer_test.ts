import { assertEquals } from "@std/assert";
import type { Batch } from "../../src/delivery/batch_writer.ts";
import { DatagramWriter } from "../../src/delivery/datagram_writer.ts";
import { test } from "../test.ts";

/** A kernel with room for so many datagrams; what finds none is sent in a later turn. */
class FullKernel {
  readonly sent: number[] = [];
  readonly late: number[] = [];
  room = 0;
  readonly sendsLate?: boolean;

  constructor(sendsLate: boolean) {
    if (sendsLate) this.sendsLate = true;
  }

  sendSync([first = 0]: Uint8Array): boolean {
    if (this.room === 0) return false;
    this.room--;
    this.sent.push(first);
    return true;
  }

  send([first = 0]: Uint8Array): Promise<void> {
    this.late.push(first);
    return new Promise(() => {});
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {}

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function batchOf(...bytes: number[]): Batch {
  return { id: 0n, bytes: new Uint8Array(bytes), lengths: new Uint32Array(bytes.length).fill(1) };
}

test("DatagramWriter counts no datagram at exit that a kernel refuses and that would be sent late", () => {
  const kernel = new FullKernel(true);
  const writer = new DatagramWriter(kernel);
  const pending = batchOf(1, 2);
  kernel.room = 1;
  void writer.write(pending);
  kernel.room = 2;
  assertEquals(writer.writeSync?.(batchOf(3, 4, 5)), 2);
  assertEquals([kernel.sent, kernel.late], [[1, 3, 4], [2]]);
  assertEquals(writer.progress().frames, 1);
});

test("DatagramWriter counts every datagram at exit whose send was begun, where it is not sent late", () => {
  const kernel = new FullKernel(false);
  const writer = new DatagramWriter(kernel);
  kernel.room = 1;
  void writer.write(batchOf(1, 2));
  assertEquals(writer.writeSync?.(batchOf(3, 4)), 2);
  assertEquals([kernel.sent, kernel.late], [[1], [2, 3, 4]]);
  assertEquals(writer.progress().frames, 2);
});

test("DatagramWriter writes nothing at exit to a socket that sends late alone", () => {
  const { send, close } = new FullKernel(true);
  const socket = { send, close, sendsLate: true };
  assertEquals(new DatagramWriter(socket as unknown as FullKernel).writeSync, undefined);
});
