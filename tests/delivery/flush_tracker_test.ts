import { assertEquals } from "@std/assert";
import { Flushes } from "../../src/delivery/flush_tracker.ts";
import { test } from "../test.ts";

/** A flush of what is queued now, and whether it is done. */
function begin(flushes: Flushes, signal?: AbortSignal): () => Promise<boolean> {
  let isDone = false;
  void flushes.wait(signal === undefined ? {} : { signal }).then(() => isDone = true);
  return async () => {
    flushes.wake();
    for (let i = 0; i < 3; i++) await Promise.resolve();
    return isDone;
  };
}

function queue(flushes: Flushes, records: number): void {
  for (let i = 0; i < records; i++) flushes.queued();
}

test("Flushes resolves when what was queued before is sent or dropped", async () => {
  const flushes = new Flushes();
  queue(flushes, 3);
  const isDone = begin(flushes);
  queue(flushes, 5);
  flushes.settled(2, true);
  assertEquals(await isDone(), false);
  flushes.dropped(1, false);
  assertEquals([await isDone(), flushes.size], [true, 0]);
});

test("Flushes does not count newer records that went while older ones were in flight", async () => {
  const flushes = new Flushes();
  queue(flushes, 10);
  const isDone = begin(flushes);
  // Five are in flight, five that wait behind them go, and then the flight fails.
  flushes.dropped(5, true);
  flushes.settled(3, false);
  assertEquals(await isDone(), false);
  flushes.dropped(1, false);
  assertEquals(await isDone(), false, "the last one is still there");
  flushes.settled(1, true);
  assertEquals(await isDone(), true);
});

test("Flushes ends by its signal, and all end when there is nothing more to wait for", async () => {
  const flushes = new Flushes();
  queue(flushes, 1);
  const abort = new AbortController();
  const [first, second] = [begin(flushes, abort.signal), begin(flushes)];
  abort.abort();
  assertEquals([await first(), await second()], [true, false]);
  flushes.wake(true);
  assertEquals([await second(), flushes.size], [true, 0]);
});

test("Flushes waits anew for records that were done with and go again", async () => {
  const flushes = new Flushes();
  flushes.queued();
  flushes.settled(1, true);
  assertEquals(flushes.reached(flushes.mark), true);
  flushes.restored(1);
  assertEquals(flushes.reached(flushes.mark), false);
  const flushed = flushes.wait({});
  flushes.settled(1, true);
  flushes.wake();
  await flushed;
});
