import { assert, assertEquals } from "@std/assert";
import { systemClock } from "../../src/net/system_clock.ts";
import { test } from "../test.ts";

test("systemClock.now() is in seconds since the epoch", () => {
  const before = Date.now();
  const now = systemClock.now() * 1000;
  assert(before - 1 <= now && now <= Date.now() + 1, `${now}`);
});

test("systemClock.setTimeout() calls back, and clearTimeout() prevents it", async () => {
  const called: string[] = [];
  const cleared = systemClock.setTimeout(() => called.push("cleared"), 0);
  systemClock.clearTimeout(cleared);
  // Its own timers are unref'd, so one that is not keeps the program waiting for them.
  const held = setTimeout(() => {}, 60_000);
  await new Promise<void>((resolve) => {
    systemClock.setTimeout(() => {
      called.push("called");
      resolve();
    }, 1);
  });
  clearTimeout(held);
  assertEquals(called, ["called"]);
});
