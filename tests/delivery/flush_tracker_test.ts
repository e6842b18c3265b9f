import { assertEquals } from "@std/assert";
import { FlushTracker } from "../../src/delivery/flush_tracker.ts";
import { FrameEncoder } from "../../src/delivery/frame_encoder.ts";
import { Outbox } from "../../src/delivery/outbox.ts";
import { test } from "../test.ts";

const frames = new FrameEncoder((frame: Uint8Array) => frame);

/** A queue whose flushes wait for its oldest record. */
class Queue {
  readonly flushes = new FlushTracker();
  readonly outbox = new Outbox({
    maxBytes: 1e6,
    maxRecords: 1e6,
    overflow: "drop-oldest",
    onCrowded: () => {},
  });

  queue(records: number): void {
    for (let i = 0; i < records; i++) this.outbox.append(Uint8Array.of(i), frames);
  }

  /** Begins a flush of what is queued now; the result says whether it is done. */
  begin(signal?: AbortSignal): () => Promise<boolean> {
    let isDone = false;
    void this.flushes.wait(this.outbox.next, signal && { signal }).then(() => isDone = true);
    return async () => {
      this.flushes.wake(this.outbox.oldest);
      for (let i = 0; i < 3; i++) await Promise.resolve();
      return isDone;
    };
  }
}

test("FlushTracker resolves a flush when the records before it are sent or dropped", async () => {
  const queue = new Queue();
  const { outbox, flushes } = queue;
  queue.queue(3);
  const isDone = queue.begin();
  queue.queue(5);
  outbox.settle(outbox.take(2)!);
  assertEquals(await isDone(), false);
  outbox.drop(1);
  assertEquals([await isDone(), flushes.size], [true, 0]);
});

test("FlushTracker does not count newer records that were dropped while older ones were in flight", async () => {
  const queue = new Queue();
  const { outbox } = queue;
  queue.queue(10);
  const isDone = queue.begin();
  // Five are in flight, five that wait behind them are dropped, and then the flight fails.
  const batch = outbox.take(5)!;
  outbox.drop(5);
  outbox.settle(batch, 3);
  assertEquals(await isDone(), false);
  outbox.drop(1);
  assertEquals(await isDone(), false, "the last one is still there");
  outbox.settle(outbox.take(1)!);
  assertEquals(await isDone(), true);
});

test("FlushTracker ends a flush by its signal, and all when there is nothing more to wait for", async () => {
  const queue = new Queue();
  queue.queue(1);
  const abort = new AbortController();
  const [first, second] = [queue.begin(abort.signal), queue.begin()];
  abort.abort();
  assertEquals([await first(), await second()], [true, false]);
  queue.flushes.wake(Infinity);
  assertEquals([await second(), queue.flushes.size], [true, 0]);
});

test("FlushTracker waits anew for held records that are put back", async () => {
  const queue = new Queue();
  const { outbox, flushes } = queue;
  queue.queue(1);
  outbox.hold(outbox.take()!);
  assertEquals(outbox.next <= outbox.oldest, true);
  outbox.restore(false);
  assertEquals(outbox.next <= outbox.oldest, false);
  const flushed = flushes.wait(outbox.next);
  outbox.settle(outbox.take()!);
  flushes.wake(outbox.oldest);
  await flushed;
});

test("FlushTracker waits for the oldest batch where a newer one is settled first", async () => {
  const queue = new Queue();
  const { outbox } = queue;
  queue.queue(2);
  const isDone = queue.begin();
  const [first, second] = [outbox.take(1)!, outbox.take(1)!];
  outbox.settle(second);
  assertEquals(await isDone(), false);
  outbox.settle(first);
  assertEquals(await isDone(), true);
});
