import { assertEquals } from "@std/assert";
import { Watchdog } from "../../src/net/watchdog.ts";
import { VirtualClock } from "../../src/testing/memory.ts";
import { test } from "../test.ts";

function watched(ms = 1000) {
  const clock = new VirtualClock();
  const late: number[] = [];
  return { clock, late, watchdog: new Watchdog(ms, clock, () => late.push(clock.now())) };
}

test("a Watchdog calls back once when work makes no progress for its time", async () => {
  const { clock, late, watchdog } = watched();
  watchdog.feed();
  await clock.advance(600);
  watchdog.feed();
  await clock.advance(999);
  assertEquals(late, []);
  await clock.advance(5000);
  assertEquals(late, [1.6]);
});

test("a Watchdog is silent about work that ended, and watches what begins later", async () => {
  const { clock, late, watchdog } = watched();
  watchdog.feed();
  await clock.advance(10);
  watchdog.rest();
  await clock.advance(5000);
  assertEquals([late, clock.pendingTimers], [[], 0]);
  watchdog.feed();
  await clock.advance(1000);
  assertEquals(late, [6.01]);
});

test("a Watchdog sets one timer, however often work begins", () => {
  const { clock, watchdog } = watched();
  for (let i = 0; i < 100; i++) {
    watchdog.feed();
    watchdog.rest();
  }
  assertEquals(clock.pendingTimers, 1);
  watchdog.stop();
  assertEquals(clock.pendingTimers, 0);
});

test("a Watchdog of long work leaves no timer a second after the work has ended", async () => {
  const { clock, late, watchdog } = watched(30_000);
  watchdog.feed();
  await clock.advance(20_000);
  watchdog.rest();
  await clock.advance(1000);
  assertEquals([late, clock.pendingTimers], [[], 0]);
  watchdog.feed();
  await clock.advance(30_000);
  assertEquals(late, [51]);
});

test("a Watchdog waits no longer than its time after the clock was set back", async () => {
  const clock = new VirtualClock();
  let back = 0;
  const late: number[] = [];
  const adjusted = {
    now: () => clock.now() - back,
    setTimeout: (callback: () => void, ms: number) => clock.setTimeout(callback, ms),
    clearTimeout: (id: unknown) => clock.clearTimeout(id),
  };
  const watchdog = new Watchdog(1000, adjusted, () => late.push(clock.now()));
  watchdog.feed();
  back = 3600;
  await clock.advance(1000);
  assertEquals(clock.pendingTimers, 1);
  back = 0;
  await clock.advance(1000);
  assertEquals(late, [2]);
});
