import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  QueueFullError,
  RecordQueue,
  type RecordQueueOptions,
} from "../../src/queue/record_queue.ts";
import { recordOf } from "../logging/helpers.ts";
import { test } from "../test.ts";

/** The records that are left in the queue. */
function drained(queue: RecordQueue): unknown[] {
  const left: unknown[] = [];
  for (let item; (item = queue.get_nowait()) !== undefined;) left.push(item && item.msg);
  return left;
}

test("RecordQueue returns records in order, and undefined when it is empty", () => {
  const queue = new RecordQueue();
  assertEquals([queue.get_nowait(), queue.empty(), queue.qsize()], [undefined, true, 0]);
  for (const msg of ["a", "b", "c"]) assertEquals(queue.put_nowait(recordOf(msg)), true);
  assertEquals(queue.qsize(), 3);
  assertEquals(drained(queue), ["a", "b", "c"]);
});

test("RecordQueue.get() waits for a record", async () => {
  const queue = new RecordQueue();
  const first = queue.get();
  const second = queue.get();
  queue.put_nowait(recordOf("a"));
  queue.put_nowait(null);
  assertEquals([(await first)?.msg, await second], ["a", null]);
  queue.put_nowait(recordOf("b"));
  assertEquals((await queue.get())?.msg, "b");
});

test("RecordQueue.put_nowait() throws QueueFullError when it is full, as Python's does", () => {
  const queue = new RecordQueue({ maxRecords: 2 });
  queue.put_nowait(recordOf("a"));
  queue.put_nowait(recordOf("b"));
  assert(queue.full());
  assertThrows(() => queue.put_nowait(recordOf("c")), QueueFullError, "2 records wait");
  assertEquals(queue.stats, { emitted: 3, sent: 0, queued: 2, dropped: 1 });
  queue.put_nowait(null);
  assertEquals(drained(queue), ["a", "b", null]);
});

test("RecordQueue with drop-oldest drops the oldest record and returns false", () => {
  const queue = new RecordQueue({ maxRecords: 2, overflow: "drop-oldest" });
  queue.put_nowait(null);
  const put = ["a", "b", "c", "d"].map((msg) => queue.put_nowait(recordOf(msg)));
  assertEquals(put, [true, true, false, false]);
  assertEquals(queue.stats, { emitted: 4, sent: 0, queued: 2, dropped: 2 });
  assertEquals(drained(queue), [null, "c", "d"]);
});

test("RecordQueue.join() resolves when every queued record is handled", async () => {
  const queue = new RecordQueue({ maxRecords: 2, overflow: "drop-oldest" });
  await queue.join();
  queue.put_nowait(recordOf("a"));
  queue.put_nowait(recordOf("b"));
  let joined = false;
  const joining = queue.join().then(() => joined = true);
  queue.put_nowait(recordOf("c"));
  queue.get_nowait();
  await Promise.resolve();
  assert(!joined);
  queue.task_done();
  await joining;
  const abort = new AbortController();
  const aborted = queue.join({ signal: abort.signal });
  abort.abort();
  await aborted;
  await queue.join({ signal: abort.signal });
});

test("RecordQueue keeps its order, its bound and its counts in any sequence of calls", () => {
  const command = fc.constantFrom("put", "put", "put", "get", "sentinel");
  const overflows = fc.constantFrom("drop-oldest" as const, "drop-newest" as const);
  fc.assert(
    fc.property(
      fc.array(command, { maxLength: 5000, size: "max" }),
      fc.integer({ min: 1, max: 2000 }),
      overflows,
      (commands, maxRecords, overflow) => {
        const queue = new RecordQueue({ maxRecords, overflow });
        const model: unknown[] = [];
        let number = 0;
        for (const command of commands) {
          if (command === "get") {
            const item = queue.get_nowait();
            assertEquals(item === undefined ? undefined : item && item.msg, model.shift());
          } else if (command === "sentinel") {
            queue.put_nowait(null);
            model.push(null);
          } else {
            const msg = `#${number++}`;
            const isFull = model.filter((item) => item !== null).length === maxRecords;
            try {
              assertEquals(queue.put_nowait(recordOf(msg)), !isFull);
            } catch (error) {
              assert(error instanceof QueueFullError && overflow === "drop-newest");
              continue;
            }
            if (isFull) model.splice(model.findIndex((item) => item !== null), 1);
            model.push(msg);
          }
        }
        const { emitted, sent, queued, dropped } = queue.stats;
        assertEquals([emitted, sent + queued + dropped], [number, number]);
        assertEquals(drained(queue), model);
      },
    ),
    { seed: 6, numRuns: 30 },
  );
});

test("RecordQueue refuses bad options", () => {
  const bad: [object, string][] = [
    [{ maxRecords: 0 }, "'maxRecords' must be Infinity or an integer >= 1"],
    [{ overflow: "block" }, "'overflow' must be"],
    [{ maxsize: 1 }, "there is no option 'maxsize'"],
  ];
  for (const [options, message] of bad) {
    assertThrows(() => new RecordQueue(options as RecordQueueOptions), Error, message);
  }
});

test("RecordQueue.task_done() throws when it is called too often, as Python's does", () => {
  const queue = new RecordQueue();
  const tooOften = () =>
    assertThrows(() => queue.task_done(), RangeError, "task_done() called too many times");
  tooOften();
  queue.put_nowait(recordOf("a"));
  queue.put_nowait(null);
  queue.get_nowait();
  queue.task_done();
  queue.get_nowait();
  queue.task_done();
  tooOften();
  queue.put_nowait(recordOf("b"));
  queue.get_nowait();
  queue.task_done();
});
