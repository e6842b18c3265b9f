import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Outbox, type Overflow } from "../../src/delivery/outbox.ts";
import { test } from "../test.ts";

const open = { maxBytes: Infinity, maxRecords: Infinity, overflow: "drop-oldest" } as const;

/** Batches that are put back stay as they are. */
const keeping = { ...open, keepsBatches: true } as const;

function frame(size: number, mark: number): Uint8Array {
  return new Uint8Array(size).fill(mark);
}

test("Outbox.take() gives what was pushed as one batch of whole frames, in order", () => {
  const outbox = new Outbox(open);
  for (let i = 1; i <= 3; i++) assert(outbox.push(frame(i, i)));
  const batch = outbox.take();
  assertEquals([...batch?.bytes ?? []], [1, 2, 2, 3, 3, 3]);
  assertEquals([...batch?.lengths ?? []], [1, 2, 3]);
  assertEquals([outbox.records, outbox.bytes], [3, 6], "what is in flight counts");
  assertEquals(outbox.take(), undefined, "one batch at a time");
  assertEquals(outbox.settle(3), 6);
  assertEquals([outbox.records, outbox.bytes, outbox.take()], [0, 0, undefined]);
});

test("Outbox.settle() keeps the frames that were not taken, the cut one whole and first", () => {
  const outbox = new Outbox(open);
  for (let i = 1; i <= 3; i++) outbox.push(frame(4, i));
  outbox.take();
  outbox.push(frame(4, 9));
  assertEquals(outbox.settle(1), 4);
  assertEquals([...outbox.take()?.bytes ?? []], [2, 2, 2, 2, 3, 3, 3, 3]);
  outbox.settle(2);
  assertEquals([...outbox.take()?.bytes ?? []], [9, 9, 9, 9]);
});

test("Outbox.settle() keeps those in the middle that are to be sent again", () => {
  const outbox = new Outbox(open);
  for (let i = 1; i <= 5; i++) outbox.push(frame(i, i));
  outbox.take();
  assertEquals(outbox.settle(4, [1, 2]), 1 + 4);
  assertEquals([outbox.records, outbox.bytes], [3, 10]);
  const batch = outbox.take();
  assertEquals([...batch?.lengths ?? []], [2, 3, 5]);
  assertEquals([...batch?.bytes ?? []], [2, 2, 3, 3, 3, 5, 5, 5, 5, 5]);
});

test("Outbox.take() gives a batch that was put back as it was, and records since then apart", () => {
  const outbox = new Outbox(keeping);
  outbox.push(frame(1, 1));
  outbox.push(frame(2, 2));
  const { id } = outbox.take()!;
  outbox.push(frame(3, 3));
  outbox.settle(0);
  outbox.push(frame(4, 4));
  const again = outbox.take();
  assertEquals([again?.id, [...again?.lengths ?? []]], [id, [1, 2]]);
  outbox.settle(2);
  const next = outbox.take();
  assert(next?.id !== id);
  assertEquals([...next?.lengths ?? []], [3, 4]);
});

test("Outbox.take() gives a batch that has lost frames another id", () => {
  const outbox = new Outbox({ ...keeping, maxRecords: 3 });
  for (let i = 1; i <= 3; i++) outbox.push(frame(i, i));
  const ids = [outbox.take()?.id];
  outbox.settle(0);
  assertEquals(outbox.makeRoom(4), 1);
  assert(outbox.push(frame(4, 4)));
  ids.push(outbox.take()?.id);
  outbox.settle(1);
  ids.push(outbox.take()?.id);
  outbox.settle(1);
  const last = outbox.take();
  ids.push(last?.id);
  assertEquals([...last?.lengths ?? []], [4]);
  assertEquals(new Set(ids).size, 4);
});

test("Outbox.makeRoom() leaves no empty batch of frames that were put back in the way", () => {
  const outbox = new Outbox({ ...keeping, maxRecords: 1 });
  outbox.push(frame(1, 1));
  outbox.take();
  outbox.settle(0);
  assertEquals(outbox.makeRoom(2), 1);
  assert(outbox.push(frame(2, 2)));
  assertEquals([...outbox.take()?.lengths ?? []], [2]);
});

test("Outbox.settle() splits what is not done with in two batches, each with an id of its own", () => {
  const outbox = new Outbox(keeping);
  for (let i = 1; i <= 5; i++) outbox.push(frame(i, i));
  const ids = [outbox.take()?.id];
  assertEquals(outbox.settle(0, [], true), 0);
  outbox.push(frame(9, 9));
  assertEquals([outbox.records, outbox.bytes], [6, 24]);
  const batches: number[][] = [];
  for (let batch = outbox.take(); batch !== undefined; batch = outbox.take()) {
    ids.push(batch.id);
    batches.push([...batch.bytes]);
    outbox.settle(batch.lengths.length);
  }
  assertEquals(batches, [[1, 2, 2], [3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 5], Array(9).fill(9)]);
  assertEquals(new Set(ids).size, 4);
});

test("Outbox gives chunks of at most 96 KiB, and a larger frame a chunk of its own", () => {
  let full = 0;
  const outbox = new Outbox({ ...open, onFull: () => full++ });
  outbox.push(frame(80_000, 1));
  assertEquals(full, 0);
  outbox.push(frame(80_000, 2));
  assertEquals(full, 1, "a full chunk is told of");
  outbox.push(frame(200_000, 3));
  outbox.push(frame(10, 4));
  const sizes: number[] = [];
  for (let batch = outbox.take(); batch !== undefined; batch = outbox.take()) {
    sizes.push(batch.bytes.length);
    outbox.settle(batch.lengths.length);
  }
  assertEquals(sizes, [80_000, 80_000, 200_000, 10]);
});

test("Outbox takes a frame that is written in place, once it is committed", () => {
  const outbox = new Outbox({ maxBytes: 10, maxRecords: 9, overflow: "drop-oldest" });
  const write = (size: number, mark: number) => {
    const chunk = outbox.reserve(size);
    chunk.buffer.fill(mark, chunk.end, chunk.end + size);
  };
  write(6, 1);
  assertEquals(outbox.records, 0);
  assert(outbox.commit(4));
  write(8, 2);
  assert(!outbox.commit(8), "no room");
  assertEquals(outbox.makeRoom(8), 1, "what was written stays while older ones go");
  assert(outbox.commit(8));
  assertEquals([...outbox.take()?.bytes ?? []], Array(8).fill(2));
  outbox.settle(1);
  outbox.reserve(3);
  assertEquals(outbox.take(), undefined, "nothing that was not committed is sent");
});

test("Outbox.push() makes no chunk for a frame that there is no room for", () => {
  let full = 0;
  const outbox = new Outbox({
    maxBytes: 100,
    maxRecords: 9,
    overflow: "drop-newest",
    onFull: () => full++,
  });
  assert(outbox.push(frame(40, 1)));
  assert(!outbox.push(frame(200_000, 2)));
  assertEquals([full, outbox.records, outbox.bytes], [0, 1, 40]);
});

test("Outbox may be emptied by whom it tells that a chunk is full", () => {
  const sizes: number[] = [];
  const outbox: Outbox = new Outbox({
    ...open,
    onFull() {
      const batch = outbox.take();
      sizes.push(batch?.bytes.length ?? 0);
      outbox.settle(batch?.lengths.length ?? 0);
    },
  });
  for (let i = 0; i < 10; i++) outbox.push(frame(40_000, i));
  assertEquals(sizes, [80_000, 80_000, 80_000, 80_000]);
  assertEquals(outbox.records, 2);
});

test("Outbox.makeRoom() never drops what is in flight, nor anything in vain", () => {
  const outbox = new Outbox({ maxBytes: 10, maxRecords: 3, overflow: "drop-oldest" });
  outbox.push(frame(6, 1));
  outbox.take();
  outbox.push(frame(2, 2));
  assertEquals(outbox.makeRoom(5), 0, "the flight alone leaves no room for 5");
  assert(!outbox.push(frame(5, 3)));
  assertEquals(outbox.makeRoom(4), 1);
  assert(outbox.push(frame(4, 4)));
  assertEquals([outbox.records, outbox.bytes], [2, 10]);
  assert(!outbox.fits(11));
});

test("Outbox.drain() takes all that is not in flight as one batch", () => {
  const outbox = new Outbox(open);
  outbox.push(frame(2, 1));
  outbox.take();
  outbox.push(frame(40_000, 2));
  outbox.push(frame(40_000, 3));
  const { bytes, lengths } = outbox.drain();
  assertEquals([bytes.length, [...lengths]], [80_000, [40_000, 40_000]]);
  assertEquals([outbox.records, outbox.bytes], [1, 2]);
});

test("Outbox behaves as a bounded list would, whatever is done to it", () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant("push"), n: fc.integer({ min: 1, max: 40 }) }),
    fc.record({ do: fc.constant("push"), n: fc.constant(110_000) }),
    fc.record({ do: fc.constant("take"), n: fc.constant(0) }),
    fc.record({ do: fc.constant("settle"), n: fc.integer({ min: 0, max: 50 }) }),
    fc.record({ do: fc.constantFrom("hold", "restore"), n: fc.constant(0) }),
    fc.record({ do: fc.constant("confirm"), n: fc.integer({ min: 0, max: 5 }) }),
    fc.record({ do: fc.constant("clear"), n: fc.constant(0) }),
  );
  const limits = fc.record({
    maxBytes: fc.constantFrom(100, 300_000),
    maxRecords: fc.constantFrom(5, 1000),
    overflow: fc.constantFrom<Overflow>("drop-oldest", "drop-newest"),
  });
  fc.assert(
    fc.property(
      limits,
      fc.array(step, { maxLength: 80 }),
      ({ maxBytes, maxRecords, overflow }, steps) => {
        const outbox = new Outbox({ maxBytes, maxRecords, overflow });
        let flight: Uint8Array[] = [];
        let held: Uint8Array[] = [];
        let waiting: Uint8Array[] = [];
        const size = (frames: Uint8Array[]) => frames.reduce((sum, { length }) => sum + length, 0);
        let mark = 0;
        for (const { do: what, n } of steps) {
          if (what === "push") {
            const next = frame(n, ++mark);
            const full = () =>
              size(held) + size(flight) + size(waiting) + n > maxBytes ||
              held.length + flight.length + waiting.length >= maxRecords;
            const hopeless = size(held) + size(flight) + n > maxBytes ||
              held.length + flight.length >= maxRecords;
            let lost = 0;
            while (overflow === "drop-oldest" && !hopeless && full()) {
              waiting.shift();
              lost++;
            }
            const room = !full();
            if (room) waiting.push(next);
            assertEquals(outbox.makeRoom(n), lost);
            assertEquals(outbox.push(next), room);
          } else if (what === "take") {
            const batch = outbox.take();
            if (flight.length > 0) assertEquals(batch, undefined);
            else {
              const count = batch?.lengths.length ?? 0;
              assertEquals(count > 0, waiting.length > 0);
              flight = waiting.splice(0, count);
              let start = 0;
              for (const part of flight) {
                assertEquals(batch?.bytes.subarray(start, start += part.length), part);
              }
            }
          } else if (what === "hold") {
            outbox.hold();
            held = [...held, ...flight];
            flight = [];
          } else if (what === "confirm") {
            const confirmed = held.slice(0, n || undefined);
            assertEquals(outbox.confirm(n || undefined), {
              records: confirmed.length,
              bytes: size(confirmed),
            });
            held = held.slice(confirmed.length);
          } else if (what === "restore") {
            outbox.restore();
            waiting = [...held, ...flight, ...waiting];
            held = [];
            flight = [];
          } else if (what === "settle") {
            const done = Math.min(n, flight.length);
            outbox.settle(done);
            waiting = [...flight.slice(done), ...waiting];
            flight = [];
          } else {
            assertEquals(outbox.clear(), waiting.length);
            waiting = [];
          }
          assertEquals(outbox.inFlight, held.length + flight.length > 0);
          assertEquals(outbox.records, held.length + flight.length + waiting.length);
          assertEquals(outbox.bytes, size(held) + size(flight) + size(waiting));
        }
      },
    ),
    { seed: 20260101, numRuns: 300 },
  );
});

test("Outbox.take() takes so many frames of a chunk at most, and the others later", () => {
  const outbox = new Outbox(open);
  for (let i = 1; i <= 5; i++) outbox.push(frame(i, i));
  assertEquals([...outbox.take(2)?.lengths ?? []], [1, 2]);
  outbox.push(frame(6, 6));
  assertEquals([outbox.records, outbox.bytes], [6, 21], "what is in flight counts");
  assertEquals(outbox.settle(1), 1, "one of the two comes back");
  const batch = outbox.take(2);
  assertEquals([...batch?.bytes ?? []], [2, 2], "and goes first, alone");
  outbox.settle(1);
  assertEquals([...outbox.take(3)?.lengths ?? []], [3, 4, 5]);
  outbox.settle(3);
  assertEquals([...outbox.take(3)?.bytes ?? []], [6, 6, 6, 6, 6, 6]);
  outbox.settle(1);
  assertEquals([outbox.records, outbox.bytes, outbox.take(1)], [0, 0, undefined]);
});

test("Outbox never writes over a part of a chunk that is in flight", () => {
  const outbox = new Outbox({ ...open, maxRecords: 4, chunkBytes: 8 });
  for (let i = 1; i <= 4; i++) outbox.push(frame(2, i));
  const batch = outbox.take(2);
  for (let i = 5; i <= 20; i++) {
    assertEquals(outbox.makeRoom(2), 1);
    outbox.push(frame(2, i));
  }
  assertEquals([...batch?.bytes ?? []], [1, 1, 2, 2]);
  outbox.settle(0);
  assertEquals([...outbox.take()?.bytes ?? []], [1, 1, 2, 2]);
  outbox.settle(2);
  assertEquals([...outbox.take()?.bytes ?? []], [19, 19, 20, 20]);
});

test("Outbox in parts gives every frame once, whole and in order", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({ push: fc.nat(6), take: fc.integer({ min: 1, max: 4 }), back: fc.nat(4) }),
        { maxLength: 60 },
      ),
      fc.integer({ min: 1, max: 40 }),
      (steps, chunkBytes) => {
        const outbox = new Outbox({ ...open, chunkBytes });
        const seen: number[] = [];
        let pushed = 0;
        const takeSome = (take: number, back: number) => {
          const batch = outbox.take(take);
          if (batch === undefined) return;
          const marks = [...batch.bytes].filter((_, at) => at % 3 === 0);
          assert(marks.length <= take);
          const done = Math.max(0, marks.length - back);
          outbox.settle(done);
          seen.push(...marks.slice(0, done));
        };
        for (const { push, take, back } of steps) {
          for (let i = 0; i < push; i++) outbox.push(frame(3, pushed++ % 256));
          takeSome(take, back);
        }
        while (outbox.records > 0) takeSome(3, 0);
        assertEquals(seen, Array.from({ length: pushed }, (_, i) => i % 256));
      },
    ),
    { seed: 5, numRuns: 200 },
  );
});

test("Outbox.confirm() is done with the oldest of the records that are held", () => {
  const outbox = new Outbox({ maxBytes: 1000, maxRecords: 10, overflow: "drop-oldest" });
  for (const size of [10, 20, 30]) {
    outbox.push(new Uint8Array(size));
    outbox.take();
    outbox.hold();
  }
  assertEquals(outbox.held, { records: 3, bytes: 60 });
  assertEquals(outbox.confirm(2), { records: 2, bytes: 30 });
  assertEquals(outbox.held, { records: 1, bytes: 30 });
  assertEquals([outbox.records, outbox.bytes], [1, 30]);
  outbox.restore();
  assertEquals([outbox.held, outbox.headBytes], [{ records: 0, bytes: 0 }, 30]);
});

test("Outbox.hold() keeps small batches together in the chunks that one batch would fill", () => {
  const chunks = new Set<ArrayBufferLike>();
  const outbox = new Outbox({ ...open, chunkBytes: 1000 });
  for (let i = 0; i < 100; i++) {
    outbox.push(frame(10, i));
    outbox.take();
    outbox.hold();
  }
  assertEquals(outbox.held, { records: 100, bytes: 1000 });
  outbox.restore();
  for (let batch = outbox.take(); batch !== undefined; batch = outbox.take()) {
    chunks.add(batch.bytes.buffer);
    assertEquals(batch.bytes[15], 1);
    outbox.settle(batch.lengths.length);
  }
  assertEquals(chunks.size, 1);
});

test("Outbox.drop() takes out the oldest frames that wait", () => {
  const outbox = new Outbox({ maxBytes: 1000, maxRecords: 10, overflow: "drop-oldest" });
  for (const size of [10, 20, 30]) outbox.push(new Uint8Array(size));
  assertEquals(outbox.headBytes, 10);
  outbox.drop(2);
  assertEquals([outbox.records, outbox.bytes, outbox.headBytes], [1, 30, 30]);
  outbox.drop(1);
  assertEquals([outbox.records, outbox.headBytes], [0, 0]);
});
