import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import type { Batch } from "../../src/delivery/batch_writer.ts";
import { FrameEncoder } from "../../src/delivery/frame_encoder.ts";
import { Outbox, type Overflow } from "../../src/delivery/outbox.ts";
import { test } from "../test.ts";

const open = {
  maxBytes: Infinity,
  maxRecords: Infinity,
  overflow: "drop-oldest",
  // Room is made by the tests themselves.
  onCrowded: () => {},
} as const;

function frame(size: number, mark: number): Uint8Array {
  return new Uint8Array(size).fill(mark);
}

const frames = new FrameEncoder((frame: Uint8Array) => frame);

/** Appends a frame; says whether there was room for it. */
function push(outbox: Outbox, frame: Uint8Array): boolean {
  return outbox.append(frame, frames) === undefined;
}

/** An outbox of which one batch at a time is under way, as over a stream. */
class Single extends Outbox {
  #flight: Batch | undefined;

  override take(most?: number): Batch | undefined {
    const batch = super.take(most);
    this.#flight = batch ?? this.#flight;
    return batch;
  }

  /** Settles the batch that is under way. */
  done(frames: number, again: readonly number[] = []): number {
    return this.#flight === undefined ? 0 : this.settle(this.#flight, frames, again) ?? 0;
  }

  /** Holds the batch that is under way. */
  keep(): void {
    if (this.#flight !== undefined) this.hold(this.#flight);
  }
}

test("Outbox.take() gives the appended frames as one batch, whole and in order", () => {
  const outbox = new Single(open);
  for (let i = 1; i <= 3; i++) assert(push(outbox, frame(i, i)));
  const batch = outbox.take();
  assertEquals([...batch?.bytes ?? []], [1, 2, 2, 3, 3, 3]);
  assertEquals([...batch?.lengths ?? []], [1, 2, 3]);
  assertEquals([outbox.records, outbox.bytes], [3, 6], "what is in flight counts");
  assertEquals(outbox.take(), undefined, "one batch at a time");
  assertEquals(outbox.done(3), 6);
  assertEquals([outbox.records, outbox.bytes, outbox.take()], [0, 0, undefined]);
});

test("Outbox.settle() keeps the frames that were not taken, the cut one whole and first", () => {
  const outbox = new Single(open);
  for (let i = 1; i <= 3; i++) push(outbox, frame(4, i));
  outbox.take();
  push(outbox, frame(4, 9));
  assertEquals(outbox.done(1), 4);
  assertEquals([...outbox.take()?.bytes ?? []], [2, 2, 2, 2, 3, 3, 3, 3]);
  outbox.done(2);
  assertEquals([...outbox.take()?.bytes ?? []], [9, 9, 9, 9]);
});

test("Outbox.settle() keeps those in the middle that are to be sent again", () => {
  const outbox = new Single(open);
  for (let i = 1; i <= 5; i++) push(outbox, frame(i, i));
  outbox.take();
  assertEquals(outbox.done(4, [1, 2]), 1 + 4);
  assertEquals([outbox.records, outbox.bytes], [3, 10]);
  const batch = outbox.take();
  assertEquals([...batch?.lengths ?? []], [2, 3, 5]);
  assertEquals([...batch?.bytes ?? []], [2, 2, 3, 3, 3, 5, 5, 5, 5, 5]);
});

test("Outbox.take() gives a batch that was put back as it was, and records since then apart", () => {
  const outbox = new Single(open);
  push(outbox, frame(1, 1));
  push(outbox, frame(2, 2));
  const first = outbox.take()!;
  const { id } = first;
  push(outbox, frame(3, 3));
  outbox.return(first, false);
  push(outbox, frame(4, 4));
  const again = outbox.take();
  assertEquals([again?.id, [...again?.lengths ?? []]], [id, [1, 2]]);
  outbox.done(2);
  const next = outbox.take();
  assert(next?.id !== id);
  assertEquals([...next?.lengths ?? []], [3, 4]);
});

test("Outbox.take() gives a batch that has lost frames another id", () => {
  const outbox = new Single({ ...open, maxRecords: 3 });
  for (let i = 1; i <= 3; i++) push(outbox, frame(i, i));
  const first = outbox.take()!;
  const ids: unknown[] = [first.id];
  outbox.return(first, false);
  assertEquals(outbox.makeRoom(4), 1);
  assert(push(outbox, frame(4, 4)));
  ids.push(outbox.take()?.id);
  outbox.done(1);
  ids.push(outbox.take()?.id);
  outbox.done(1);
  const last = outbox.take();
  ids.push(last?.id);
  assertEquals([...last?.lengths ?? []], [4]);
  assertEquals(new Set(ids).size, 4);
});

test("Outbox.makeRoom() leaves no empty batch of frames that were put back in the way", () => {
  const outbox = new Single({ ...open, maxRecords: 1 });
  push(outbox, frame(1, 1));
  outbox.take();
  outbox.done(0);
  assertEquals(outbox.makeRoom(2), 1);
  assert(push(outbox, frame(2, 2)));
  assertEquals([...outbox.take()?.lengths ?? []], [2]);
});

test("Outbox.return() splits a batch in two, and id and length distinguish the three", () => {
  const outbox = new Single(open);
  for (let i = 1; i <= 5; i++) push(outbox, frame(i, i));
  const nameOf = ({ id, lengths }: Batch) => `${id}-${lengths.length}`;
  const whole = outbox.take()!;
  const ids = [nameOf(whole)];
  outbox.return(whole, true);
  assertEquals([outbox.records, outbox.bytes], [5, 15]);
  push(outbox, frame(9, 9));
  assertEquals([outbox.records, outbox.bytes], [6, 24]);
  const batches: number[][] = [];
  for (let batch = outbox.take(); batch !== undefined; batch = outbox.take()) {
    ids.push(nameOf(batch));
    batches.push([...batch.bytes]);
    outbox.done(batch.lengths.length);
  }
  assertEquals(batches, [[1, 2, 2], [3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 5], Array(9).fill(9)]);
  assertEquals(new Set(ids).size, 4);
});

test("Outbox gives chunks of at most 96 KiB, and a larger frame a chunk of its own", () => {
  let full = 0;
  const outbox = new Single({ ...open, onFull: () => full++ });
  push(outbox, frame(80_000, 1));
  assertEquals(full, 0);
  push(outbox, frame(80_000, 2));
  assertEquals(full, 1, "a full chunk is told of");
  push(outbox, frame(200_000, 3));
  push(outbox, frame(10, 4));
  const sizes: number[] = [];
  for (let batch = outbox.take(); batch !== undefined; batch = outbox.take()) {
    sizes.push(batch.bytes.length);
    outbox.done(batch.lengths.length);
  }
  assertEquals(sizes, [80_000, 80_000, 200_000, 10]);
});

test("Outbox.append() takes a frame that is smaller than it could have been", () => {
  const outbox = new Single({ ...open, maxBytes: 10, maxRecords: 9 });
  /** Encodes the mark of an item, in so many bytes. */
  const encoder = (most: number, size: number) => ({
    prepare: (mark: number) => {
      if (mark === 0) throw new Error("scripted");
      return most;
    },
    write(out: Uint8Array, _view: DataView, at: number): number {
      out.fill(1 + size % 2, at, at + size);
      return at + size;
    },
  });
  assertEquals(outbox.append(1, encoder(6, 4)), undefined);
  assertEquals([outbox.records, outbox.bytes], [1, 4]);
  assertEquals(outbox.append(1, encoder(20, 8)), "overflow", "no room");
  assertEquals(outbox.append(1, encoder(20, 11)), "tooLarge");
  assertEquals(outbox.append(1, encoder(20, 6)), undefined, "it just has room");
  assertEquals([...outbox.take()?.bytes ?? []], [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
  outbox.done(2);
  assertThrows(() => outbox.append(0, encoder(3, 3)), Error, "scripted");
  assertEquals(outbox.take(), undefined, "nothing that was not encoded is sent");
});

test("Outbox.append() drops the oldest for a frame, and says so", () => {
  for (const overflow of ["drop-oldest", "drop-newest"] as const) {
    const onCrowded = (size: number) => outbox.makeRoom(size);
    const outbox: Single = new Single({ maxBytes: 10, maxRecords: 9, overflow, onCrowded });
    for (let i = 1; i <= 5; i++) outbox.append(frame(2, i), frames);
    const outcome = overflow === "drop-oldest" ? "crowded" : "overflow";
    assertEquals(outbox.append(frame(3, 6), frames), outcome);
    const kept = overflow === "drop-oldest" ? [3, 3, 4, 4, 5, 5, 6, 6, 6] : [1, 1, 2, 2, 3];
    assertEquals([...outbox.take()?.bytes ?? []].slice(0, kept.length), kept);
  }
});

test("Outbox.append() within the encoding of another item queues that item first", () => {
  const outbox: Outbox = new Outbox(open);
  const nesting = new FrameEncoder((frame: Uint8Array) => {
    if (frame.length > 1) outbox.append(frame.subarray(1), nesting);
    return frame;
  });
  outbox.append(Uint8Array.of(1, 2, 3), nesting);
  assertEquals([...outbox.take()?.bytes ?? []], [3, 2, 3, 1, 2, 3]);
});

test("Outbox.append() makes no chunk for a frame that there is no room for", () => {
  let full = 0;
  const outbox = new Single({
    maxBytes: 100,
    maxRecords: 9,
    overflow: "drop-newest",
    onFull: () => full++,
    onCrowded: () => {},
  });
  assert(push(outbox, frame(40, 1)));
  assert(!push(outbox, frame(200_000, 2)));
  assertEquals([full, outbox.records, outbox.bytes], [0, 1, 40]);
});

test("Outbox may be emptied by the call-back that reports a full chunk", () => {
  const sizes: number[] = [];
  const outbox: Single = new Single({
    ...open,
    onFull() {
      const batch = outbox.take();
      sizes.push(batch?.bytes.length ?? 0);
      outbox.done(batch?.lengths.length ?? 0);
    },
  });
  for (let i = 0; i < 10; i++) push(outbox, frame(40_000, i));
  assertEquals(sizes, [80_000, 80_000, 80_000, 80_000]);
  assertEquals(outbox.records, 2);
});

test("Outbox.makeRoom() drops no frame in flight, and none in vain", () => {
  const outbox = new Single({
    maxBytes: 10,
    maxRecords: 3,
    overflow: "drop-oldest",
    onCrowded: () => {},
  });
  push(outbox, frame(6, 1));
  outbox.take();
  push(outbox, frame(2, 2));
  assertEquals(outbox.makeRoom(5), 0, "the flight alone leaves no room for 5");
  assert(!push(outbox, frame(5, 3)));
  assertEquals(outbox.makeRoom(4), 1);
  assert(push(outbox, frame(4, 4)));
  assertEquals([outbox.records, outbox.bytes], [2, 10]);
  assertEquals(outbox.append(frame(11, 5), frames), "tooLarge");
});

test("Outbox.drain() takes all that is not in flight as one batch", () => {
  const outbox = new Single(open);
  push(outbox, frame(2, 1));
  outbox.take();
  push(outbox, frame(40_000, 2));
  push(outbox, frame(40_000, 3));
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
        const outbox = new Single({ maxBytes, maxRecords, overflow, onCrowded: () => {} });
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
            assertEquals(push(outbox, next), room);
          } else if (what === "take") {
            if (flight.length === 0) {
              const batch = outbox.take();
              const count = batch?.lengths.length ?? 0;
              assertEquals(count > 0, waiting.length > 0);
              flight = waiting.splice(0, count);
              let start = 0;
              for (const part of flight) {
                assertEquals(batch?.bytes.subarray(start, start += part.length), part);
              }
            }
          } else if (what === "hold") {
            outbox.keep();
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
            outbox.restore(false);
            waiting = [...held, ...flight, ...waiting];
            held = [];
            flight = [];
          } else if (what === "settle") {
            const done = Math.min(n, flight.length);
            outbox.done(done);
            waiting = [...flight.slice(done), ...waiting];
            flight = [];
          } else {
            assertEquals(outbox.clear(), waiting.length);
            waiting = [];
          }
          assertEquals(outbox.held.records, held.length);
          assertEquals(outbox.window.records, flight.length);
          assertEquals(outbox.records, held.length + flight.length + waiting.length);
          assertEquals(outbox.bytes, size(held) + size(flight) + size(waiting));
        }
      },
    ),
    { seed: 20260101, numRuns: 300 },
  );
});

test("Outbox.take() takes so many frames of a chunk at most, and the others later", () => {
  const outbox = new Single(open);
  for (let i = 1; i <= 5; i++) push(outbox, frame(i, i));
  assertEquals([...outbox.take(2)?.lengths ?? []], [1, 2]);
  push(outbox, frame(6, 6));
  assertEquals([outbox.records, outbox.bytes], [6, 21], "what is in flight counts");
  assertEquals(outbox.done(1), 1, "one of the two comes back");
  const batch = outbox.take(2);
  assertEquals([...batch?.bytes ?? []], [2, 2], "and goes first, alone");
  outbox.done(1);
  assertEquals([...outbox.take(3)?.lengths ?? []], [3, 4, 5]);
  outbox.done(3);
  assertEquals([...outbox.take(3)?.bytes ?? []], [6, 6, 6, 6, 6, 6]);
  outbox.done(1);
  assertEquals([outbox.records, outbox.bytes, outbox.take(1)], [0, 0, undefined]);
});

test("Outbox never writes over a part of a chunk that is in flight", () => {
  const outbox = new Single({ ...open, maxRecords: 4, chunkBytes: 8 });
  for (let i = 1; i <= 4; i++) push(outbox, frame(2, i));
  const batch = outbox.take(2);
  for (let i = 5; i <= 20; i++) {
    assertEquals(outbox.makeRoom(2), 1);
    push(outbox, frame(2, i));
  }
  assertEquals([...batch?.bytes ?? []], [1, 1, 2, 2]);
  outbox.done(0);
  assertEquals([...outbox.take()?.bytes ?? []], [1, 1, 2, 2]);
  outbox.done(2);
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
        const outbox = new Single({ ...open, chunkBytes });
        const seen: number[] = [];
        let pushed = 0;
        const takeSome = (take: number, back: number) => {
          const batch = outbox.take(take);
          if (batch === undefined) return;
          const marks = [...batch.bytes].filter((_, at) => at % 3 === 0);
          assert(marks.length <= take);
          const done = Math.max(0, marks.length - back);
          outbox.done(done);
          seen.push(...marks.slice(0, done));
        };
        for (const { push: count, take, back } of steps) {
          for (let i = 0; i < count; i++) push(outbox, frame(3, pushed++ % 256));
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
  const outbox = new Single({
    maxBytes: 1000,
    maxRecords: 10,
    overflow: "drop-oldest",
    onCrowded: () => {},
  });
  for (const size of [10, 20, 30]) {
    push(outbox, new Uint8Array(size));
    outbox.take();
    outbox.keep();
  }
  assertEquals(outbox.held, { records: 3, bytes: 60 });
  assertEquals(outbox.confirm(2), { records: 2, bytes: 30 });
  assertEquals(outbox.held, { records: 1, bytes: 30 });
  assertEquals([outbox.records, outbox.bytes], [1, 30]);
  outbox.restore(false);
  assertEquals([outbox.held, outbox.drop(1)], [{ records: 0, bytes: 0 }, 30]);
});

test("Outbox.hold() keeps small batches together in the chunks that one batch would fill", () => {
  const chunks = new Set<ArrayBufferLike>();
  const outbox = new Single({ ...open, chunkBytes: 1000 });
  for (let i = 0; i < 100; i++) {
    push(outbox, frame(10, i));
    outbox.take();
    outbox.keep();
  }
  assertEquals(outbox.held, { records: 100, bytes: 1000 });
  outbox.restore(false);
  for (let batch = outbox.take(); batch !== undefined; batch = outbox.take()) {
    chunks.add(batch.bytes.buffer);
    assertEquals(batch.bytes[15], 1);
    outbox.done(batch.lengths.length);
  }
  assertEquals(chunks.size, 1);
});

test("Outbox.drop() takes out the oldest frames that wait", () => {
  const outbox = new Single({
    maxBytes: 1000,
    maxRecords: 10,
    overflow: "drop-oldest",
    onCrowded: () => {},
  });
  for (const size of [10, 20, 30]) push(outbox, new Uint8Array(size));
  assertEquals(outbox.drop(1), 10);
  assertEquals(outbox.drop(1), 20);
  assertEquals([outbox.records, outbox.bytes], [1, 30]);
  assertEquals(outbox.drop(1), 30);
  assertEquals([outbox.records, outbox.bytes], [0, 0]);
});

test("Outbox with several batches under way puts back the unsettled ones, in order and unchanged", () => {
  const step = fc.record({
    do: fc.constantFrom("push", "push", "take", "settle", "return", "split", "restore", "drop"),
    n: fc.nat(20),
    size: fc.integer({ min: 1, max: 40 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const outbox = new Outbox({ ...open, chunkBytes: 100 });
      /** The sequence numbers of those that wait, batch by batch as they were put back, and the rest. */
      let waiting: number[] = [];
      const flights: { batch: Batch; numbers: number[] }[] = [];
      const ids = new Map<string, string>();
      let next = 0;
      for (const { do: what, n, size } of steps) {
        const at = flights.length === 0 ? 0 : n % flights.length;
        if (what === "push") {
          push(outbox, frame(size, next % 256));
          waiting.push(next++);
        } else if (what === "take") {
          const batch = outbox.take();
          if (batch === undefined) continue;
          const numbers = waiting.splice(0, batch.lengths.length);
          assertEquals(Number(batch.id), numbers[0], "the id is the first sequence number");
          const name = `${batch.id}-${batch.lengths.length}`;
          assertEquals(ids.get(name) ?? String(numbers), String(numbers), "the same id, others");
          ids.set(name, String(numbers));
          let start = 0;
          for (const [i, length] of batch.lengths.entries()) {
            assertEquals(batch.bytes[start], numbers[i]! % 256);
            start += length;
          }
          flights.push({ batch, numbers });
        } else if (what === "settle" && flights.length > 0) {
          const [{ batch }] = flights.splice(at, 1) as [typeof flights[0]];
          assertEquals(outbox.settle(batch), batch.bytes.length);
          assertEquals(outbox.settle(batch), undefined, "once");
        } else if ((what === "return" || what === "split") && flights.length > 0) {
          const [{ batch, numbers }] = flights.splice(at, 1) as [typeof flights[0]];
          outbox.return(batch, what === "split");
          waiting = [...numbers, ...waiting].sort((a, b) => a - b);
        } else if (what === "restore") {
          outbox.restore(true);
          waiting = [...flights.splice(0).flatMap(({ numbers }) => numbers), ...waiting]
            .sort((a, b) => a - b);
        } else if (what === "drop" && waiting.length > 0) {
          outbox.drop(1);
          waiting.shift();
        }
        const flying = flights.flatMap(({ numbers }) => numbers);
        assertEquals(outbox.records, waiting.length + flying.length);
        assertEquals(outbox.window.records, flying.length);
        assertEquals(outbox.oldest, Math.min(...waiting, ...flying, next));
      }
    }),
    { seed: 20260102, numRuns: 500 },
  );
});

test("Outbox.restore() keeps the boundaries of acknowledged batches, and their ids", () => {
  const outbox = new Outbox(open);
  const batches: Batch[] = [];
  for (let i = 0; i < 3; i++) {
    push(outbox, frame(2, i));
    push(outbox, frame(2, i));
    batches.push(outbox.take()!);
  }
  outbox.settle(batches[1]!);
  outbox.restore(true);
  push(outbox, frame(2, 9));
  const again = [outbox.take(), outbox.take(), outbox.take()];
  assertEquals(again.map((batch) => [batch?.id, ...batch?.bytes ?? []]), [
    [0n, 0, 0, 0, 0],
    [4n, 2, 2, 2, 2],
    [6n, 9, 9],
  ]);
});

test("Outbox.take() leaves the chunk that is being filled, where only full ones are wanted", () => {
  const outbox = new Outbox({ ...open, chunkBytes: 10 });
  for (let i = 0; i < 5; i++) push(outbox, frame(4, i));
  assertEquals([...outbox.take(Infinity, true)?.bytes ?? []], [0, 0, 0, 0, 1, 1, 1, 1]);
  assertEquals([...outbox.take(Infinity, true)?.bytes ?? []], [2, 2, 2, 2, 3, 3, 3, 3]);
  assertEquals(outbox.take(Infinity, true), undefined);
  assertEquals([...outbox.take()?.bytes ?? []], [4, 4, 4, 4]);
});
