import { assert, assertEquals } from "@std/assert";
import { equals } from "@std/bytes";
import { LastWriter } from "../../src/net/last_write.ts";
import { test } from "../test.ts";

const bytes = Uint8Array.from({ length: 1024 * 1024 + 1 }, (_, i) => i % 251);

/** A kernel that takes so many bytes of each piece, and undefined after the last number. */
function kernel(sizes: number[]): { take(piece: Uint8Array): number | undefined; got: number[] } {
  const got: number[] = [];
  return {
    got,
    take(piece) {
      const size = sizes.shift();
      if (size === undefined) return undefined;
      const taken = piece.subarray(0, size);
      for (const byte of taken) got.push(byte);
      return taken.length;
    },
  };
}

/** Last writes in a time that passes by their own pauses alone. */
function setUp() {
  const time = { ms: 0, pauses: 0 };
  const writes = new LastWriter({
    now: () => time.ms,
    pause(ms) {
      time.ms += ms;
      time.pauses++;
    },
  });
  return { time, writes };
}

test("LastWriter.write() writes all bytes in order, and goes on where a piece was cut", () => {
  const { time, writes } = setUp();
  const { take, got } = kernel([1e9, 0, 7, 0, 1e9, 1e9, 1e9, 1e9]);
  assertEquals(writes.write(bytes, take, 1000), bytes.length);
  assert(equals(Uint8Array.from(got), bytes));
  assertEquals(time.pauses, 3, "only where the kernel had no room");
});

test("LastWriter.write() stops where trying again is of no use", () => {
  const { take } = kernel([10, 20]);
  const { writes } = setUp();
  assertEquals(writes.write(bytes, take, 1000), 30);
  assertEquals(writes.write(bytes, () => undefined, 1000), 0);
});

test("LastWriter.write() gives up on a peer that does not read within the time", () => {
  const { time, writes } = setUp();
  let calls = 0;
  assertEquals(writes.write(bytes, () => calls++ === 0 ? 5 : 0, 40), 5);
  assertEquals([time.ms, calls], [40, 41], "with one try at the end");
});

test("LastWriter.write() without a wait writes what the kernel takes at once", () => {
  const { time, writes } = setUp();
  const { take } = kernel([1e9, 1e9, 100, 1e9]);
  assertEquals(writes.write(bytes, take, 0), 2 * 256 * 1024 + 100);
  assertEquals(time.pauses, 0);
});

test("LastWriter.write() pauses behind each piece where its pace says so", () => {
  const { time, writes } = setUp();
  const pace = { pieceBytes: 100, pauseMs: 3 };
  assertEquals(writes.write(bytes.subarray(0, 1000), ({ length }) => length, 1000, pace), 1000);
  assertEquals([time.ms, time.pauses], [27, 9]);
});

test("all last writes share the time, until a microtask shows that the process goes on", async () => {
  const { time, writes } = setUp();
  writes.write(bytes, () => 0, 40);
  writes.write(bytes, () => 0, 40);
  assertEquals(time.ms, 40, "the second one does not wait");
  writes.write(bytes, () => 0, 100);
  assertEquals(time.ms, 100, "one that may wait longer does, since the first began");
  await Promise.resolve();
  writes.write(bytes, () => 0, 40);
  assertEquals(time.ms, 140);
});
