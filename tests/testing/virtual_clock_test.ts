import { assert, assertEquals, assertRejects } from "@std/assert";
import { VirtualClock } from "../../src/testing/_virtual_clock.ts";
import { test } from "../test.ts";

test("VirtualClock shows its start until it is advanced", async () => {
  const clock = new VirtualClock(1_700_000_000.5);
  assertEquals(clock.now(), 1_700_000_000.5);
  await clock.advance(1250);
  assertEquals(clock.now(), 1_700_000_001.75);
});

test("VirtualClock.advance() runs due timers in order, each at its own instant", async () => {
  const clock = new VirtualClock();
  const ran: [string, number][] = [];
  clock.setTimeout(() => ran.push(["late", clock.now()]), 300);
  clock.setTimeout(() => ran.push(["first", clock.now()]), 100);
  clock.setTimeout(() => ran.push(["second", clock.now()]), 100);
  clock.setTimeout(() => ran.push(["beyond", clock.now()]), 301);
  await clock.advance(300);
  assertEquals(ran, [["first", 0.1], ["second", 0.1], ["late", 0.3]]);
  assertEquals(clock.pendingTimers, 1);
});

test("VirtualClock.advance() runs timers that timers set, within its span", async () => {
  const clock = new VirtualClock();
  const ran: number[] = [];
  const again = () => {
    ran.push(clock.now());
    clock.setTimeout(again, 1000);
  };
  clock.setTimeout(again, 1000);
  await clock.advance(3500);
  assertEquals(ran, [1, 2, 3]);
  assertEquals(clock.now(), 3.5);
});

test("VirtualClock.advance() lets promise jobs settle before the next timer", async () => {
  const clock = new VirtualClock();
  const ran: string[] = [];
  clock.setTimeout(async () => {
    for (let i = 0; i < 1000; i++) await null;
    ran.push("jobs of the first");
  }, 1);
  clock.setTimeout(() => ran.push("second"), 2);
  await clock.advance(2);
  assertEquals(ran, ["jobs of the first", "second"]);
});

test("VirtualClock.advance() without an argument settles what is pending", async () => {
  const clock = new VirtualClock();
  let settled = false;
  (async () => {
    for (let i = 0; i < 1000; i++) await null;
    settled = true;
  })();
  await clock.advance();
  assert(settled);
});

test("VirtualClock.clearTimeout() takes a timer off", async () => {
  const clock = new VirtualClock();
  const id = clock.setTimeout(() => assert(false, "it must not run"), 1);
  clock.clearTimeout(id);
  clock.clearTimeout(id);
  clock.clearTimeout(undefined);
  await clock.advance(10);
  assertEquals(clock.pendingTimers, 0);
});

test("VirtualClock.advance() rejects with what a timer throws", async () => {
  const clock = new VirtualClock();
  clock.setTimeout(() => {
    throw new TypeError("from the timer");
  }, 1);
  await assertRejects(() => clock.advance(1), TypeError, "from the timer");
});

test("VirtualClock.advance() refuses to go back, and to go on for ever", async () => {
  const clock = new VirtualClock();
  await assertRejects(() => clock.advance(-1), RangeError, "'ms' must be a finite number >= 0");
  await assertRejects(() => clock.advance(Infinity), RangeError, "current value is Infinity");
});
