import { assert, assertEquals, assertRejects } from "@std/assert";
import { withDeadline, withTimeout } from "../../src/net/with_timeout.ts";
import { VirtualClock } from "../../src/testing/_virtual_clock.ts";
import { test } from "../test.ts";

test("withDeadline() aborts the signal of the work in time, and settles as the work does", async () => {
  const clock = new VirtualClock();
  const order: string[] = [];
  const done = withDeadline(async (signal) => {
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    order.push("late");
    return "result";
  }, { clock, ms: 100 });
  await clock.advance(99);
  assertEquals(order, []);
  await clock.advance(1);
  assertEquals([await done, order], ["result", ["late"]]);
});

test("withDeadline() leaves no timer behind, however the work ends", async () => {
  const clock = new VirtualClock();
  const abort = new AbortController();
  assertEquals(await withDeadline(() => Promise.resolve(1), { clock, ms: 100, abort }), 1);
  const failure = new Error("fails");
  const failing = withDeadline(() => Promise.reject(failure), { clock, ms: 100, abort });
  assertEquals(await assertRejects(() => failing), failure);
  await clock.advance(1000);
  assert(!abort.signal.aborted);
});

test("withTimeout() rejects with the error of its time-out while the work goes on", async () => {
  const clock = new VirtualClock();
  const abort = new AbortController();
  const late = () => new RangeError("too late");
  const work = withTimeout(() => new Promise(() => {}), { abort, clock, ms: 100, late });
  const failed = assertRejects(() => work, RangeError, "too late");
  await clock.advance(100);
  await failed;
  assert(abort.signal.aborted);
});
