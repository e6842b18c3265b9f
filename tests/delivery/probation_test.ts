import { assert, assertEquals } from "@std/assert";
import { Probation } from "../../src/delivery/_probation.ts";
import { test } from "../test.ts";

/** So many steps make a stream old. */
const YOUNG_STEPS = 10;

/** Writes as much of `queued` as is allowed, in one batch; the number written. */
function write(probation: Probation, queued: number): number {
  const records = Math.min(probation.allowed, queued);
  if (records === 0) return 0;
  probation.writing(records);
  probation.written();
  return records;
}

test("Probation lets a first stream write at once, and confirms what it carried after a second", () => {
  const probation = new Probation(false);
  assertEquals([probation.isOn, probation.tickMs], [false, undefined]);
  probation.opened();
  assertEquals([probation.isOn, probation.tickMs, probation.allowed], [true, 1000, Infinity]);
  write(probation, 5);
  write(probation, 3);
  assertEquals(probation.tick(), 8, "they are sent");
  assertEquals([probation.isOn, probation.tickMs], [false, undefined]);
});

test("Probation sends again what a young stream carried, and probes the next stream", () => {
  const probation = new Probation(false);
  probation.opened();
  write(probation, 5);
  assertEquals(probation.ended(true), { again: 5, dropped: 0, isPoison: false, backsOff: true });
  probation.opened();
  assertEquals([probation.tickMs, probation.allowed], [100, 0], "it stands unwritten first");
  const written: number[] = [];
  for (let step = 0; step < 5; step++) {
    assertEquals(probation.tick(), 0);
    written.push(write(probation, 100));
  }
  assertEquals(written, [1, 1, 0, 0, 0], "the head alone, and half of what the last one carried");
});

test("Probation doubles each step what a probed stream writes, and frees one that has stood", () => {
  const probation = new Probation(false);
  probation.opened();
  probation.ended(true);
  probation.opened();
  const written: number[] = [];
  for (let step = 0; step < YOUNG_STEPS - 1; step++) {
    probation.tick();
    written.push(write(probation, 10_000));
  }
  assertEquals(written, [1, 2, 4, 8, 16, 32, 64, 128, 256]);
  assertEquals(probation.tick(), 511, "a second old: everything is sent");
  assertEquals([probation.isOn, probation.isSuspected, probation.allowed], [
    false,
    false,
    Infinity,
  ]);
});

test("Probation blames no record for streams that end unwritten", () => {
  const probation = new Probation(false);
  for (let stream = 0; stream < 50; stream++) {
    probation.opened();
    const end = probation.ended(true);
    assertEquals([end.again, end.dropped, end.isPoison, end.backsOff], [0, 0, false, true]);
  }
});

/** Opens a stream, lets it stand until the head is written, and has the server end it. */
function endUponHead(probation: Probation): { stood: number; isPoison: boolean } {
  probation.opened();
  let stood = 0;
  for (; write(probation, 1) === 0; stood++) probation.tick();
  return { stood, isPoison: probation.ended(true).isPoison };
}

test("Probation blames no record for a stream that had not stood", () => {
  const probation = new Probation(false);
  probation.opened();
  write(probation, 1);
  assertEquals(probation.ended(true).isPoison, false);
  assertEquals([endUponHead(probation), endUponHead(probation), endUponHead(probation)], [
    { stood: 1, isPoison: false },
    { stood: 2, isPoison: false },
    { stood: 3, isPoison: true },
  ]);
});

test("Probation in drop mode, which blames no record, has each stream stand for one step", () => {
  const probation = new Probation(true);
  probation.opened();
  probation.ended(true);
  for (let stream = 0; stream < 10; stream++) {
    assertEquals(endUponHead(probation), { stood: 1, isPoison: false });
  }
});

test("Probation blames no record for streams that all end at the same age", () => {
  for (let lifeSteps = 1; lifeSteps < YOUNG_STEPS; lifeSteps++) {
    const probation = new Probation(false);
    for (let stream = 0; stream < 50; stream++) {
      probation.opened();
      for (let step = 0; step < lifeSteps; step++) {
        probation.tick();
        write(probation, 100);
      }
      assertEquals(probation.ended(true).isPoison, false, `${lifeSteps} steps`);
    }
  }
});

test("Probation blames no record for streams on which the server stops taking bytes", () => {
  const probation = new Probation(false);
  probation.opened();
  probation.ended(true);
  for (let stream = 0; stream < 10; stream++) {
    probation.opened();
    probation.tick();
    probation.writing(1);
    assertEquals(probation.ended(false).isPoison, false);
  }
});

/** Streams and dials until a server that hangs up on record number `poison` has all the others. */
function findPoison(records: number, poison: number, delaySteps: number) {
  const probation = new Probation(false);
  const queue = Array.from({ length: records }, (_, number) => number);
  const refused: number[] = [];
  let streams = 0;
  let steps = 0;
  while (queue.length > 0) {
    assert(++streams < 100, "the search ends");
    probation.opened();
    let carried = 0;
    let fatal = Infinity;
    for (;;) {
      const size = write(probation, queue.length - carried);
      if (queue.slice(carried, carried + size).includes(poison)) fatal = steps + delaySteps;
      carried += size;
      if (!probation.isOn) queue.splice(0, size);
      const next = steps + (probation.tickMs ?? 100) / 100;
      if (next > fatal) {
        assert(probation.isOn, "the stream is watched as long as it may end upon a record");
        const end = probation.ended(true);
        if (end.isPoison) refused.push(...queue.splice(0, end.dropped));
        break;
      }
      if (queue.length === 0) break;
      steps = next;
      const sent = probation.tick();
      queue.splice(0, sent);
      carried -= sent;
    }
  }
  return { refused, streams, steps };
}

test("Probation finds the one record that a server hangs up on, wherever it is", () => {
  for (const delaySteps of [0, 1, 4]) {
    for (
      const [records, poison] of [[1, 0], [2, 0], [2, 1], [1001, 0], [1001, 500], [1001, 1000]]
    ) {
      const found = findPoison(records!, poison!, delaySteps);
      assertEquals(found.refused, [poison], `${poison} of ${records}`);
      assert(found.streams < 30, `${found.streams} streams`);
    }
  }
});

test("Probation in drop mode lets a record go again once", () => {
  const probation = new Probation(true);
  probation.opened();
  write(probation, 3);
  assertEquals(probation.ended(true), { again: 3, dropped: 0, isPoison: false, backsOff: false });
  probation.opened();
  probation.tick();
  write(probation, 1);
  assertEquals(probation.ended(true), { again: 0, dropped: 1, isPoison: false, backsOff: false });
  probation.opened();
  assertEquals(probation.ended(true), { again: 0, dropped: 0, isPoison: false, backsOff: true });
});

test("Probation in drop mode remembers what has gone again where this side closes a stream", () => {
  const probation = new Probation(true);
  probation.opened();
  write(probation, 3);
  probation.ended(true);
  probation.opened();
  probation.confirm();
  probation.opened();
  assertEquals([probation.isSuspected, probation.allowed], [true, 0]);
  probation.tick();
  write(probation, 1);
  assertEquals(probation.ended(true).dropped, 1);
});

test("Probation probes the next stream where two old ones ended in the middle of one record", () => {
  const probation = new Probation(false);
  probation.opened();
  probation.tick();
  probation.suspect();
  probation.opened();
  assertEquals([probation.isSuspected, probation.allowed], [true, 0]);
});
