import { assert, assertEquals, assertRejects } from "@std/assert";
import { AsyncQueue } from "../../src/net/_async_queue.ts";
import { test } from "../test.ts";

test("AsyncQueue yields its items in order, then ends", async () => {
  const queue = new AsyncQueue<number>({ limit: 10 });
  queue.push(1);
  queue.push(2);
  queue.end();
  queue.push(3);
  const got: number[] = [];
  for await (const item of queue) got.push(item);
  assertEquals(got, [1, 2]);
});

test("AsyncQueue.end() with an error throws it once, after the last item", async () => {
  const queue = new AsyncQueue<number>({ limit: 10 });
  queue.push(1);
  queue.end(new TypeError("lost"));
  const iterator = queue[Symbol.asyncIterator]();
  assertEquals((await iterator.next()).value, 1);
  await assertRejects(() => iterator.next(), TypeError, "lost");
  assertEquals((await iterator.next()).done, true);
});

test("AsyncQueue.push() asks for a pause when full, and calls back when there is room", async () => {
  let room = 0;
  const queue = new AsyncQueue<string>({
    limit: 5,
    sizeOf: (item) => item.length,
    onRoom: () => room++,
  });
  const iterator = queue[Symbol.asyncIterator]();
  assert(queue.push("abc"));
  assert(!queue.push("de"));
  assert(!queue.push("f"));
  await iterator.next();
  assertEquals(room, 1);
  assert(!queue.full);
  await iterator.next();
  await iterator.next();
  assertEquals(room, 1);
});

test("AsyncQueue hands an item to the consumer that waits, past the limit", async () => {
  const queue = new AsyncQueue<number>({ limit: 0 });
  const waiting = queue[Symbol.asyncIterator]().next();
  assert(queue.push(7));
  assertEquals((await waiting).value, 7);
});

test("AsyncQueue that discards holds a little for a consumer that comes soon", async () => {
  const queue = new AsyncQueue<number>({ limit: 3, unread: "discard" });
  queue.push(1);
  queue.push(2);
  const iterator = queue[Symbol.asyncIterator]();
  assertEquals((await iterator.next()).value, 1);
  await iterator.return?.();
  for (let i = 10; i < 20; i++) assert(queue.push(i));
  const again = queue[Symbol.asyncIterator]();
  queue.push(99);
  assertEquals((await again.next()).value, 99);
});

test("AsyncQueue resumes its producer when a slow consumer leaves", async () => {
  let room = 0;
  const queue = new AsyncQueue<number>({ limit: 2, unread: "discard", onRoom: () => room++ });
  const iterator = queue[Symbol.asyncIterator]();
  queue.push(1);
  assert(!queue.push(2));
  await iterator.return?.();
  assertEquals(room, 1);
});
