import { assertEquals } from "@std/assert";
import { RateLimit } from "../../src/mail/_rate_limit.ts";
import { test } from "../test.ts";

test("RateLimit lets so many begin within any minute", () => {
  const limit = new RateLimit(2);
  const waits = [0, 10, 20, 59.5, 60, 65, 70].map((now) => {
    const wait = limit.waitSeconds(now);
    if (wait === 0) limit.begin(now);
    return wait;
  });
  assertEquals(waits, [0, 0, 40, 0.5, 0, 5, 0]);
});

test("RateLimit makes nobody wait for more than a minute when the clock is set back", () => {
  const limit = new RateLimit(1);
  limit.begin(1_000_000);
  assertEquals(limit.waitSeconds(1000), 60);
});

test("RateLimit without a limit lets everything begin", () => {
  const limit = new RateLimit(Infinity);
  for (let i = 0; i < 1000; i++) limit.begin(5);
  assertEquals(limit.waitSeconds(5), 0);
});

test("RateLimit begins the minute anew once when the clock is set back, and not at each mail", () => {
  const limit = new RateLimit(2);
  limit.begin(1_000_000);
  limit.begin(1_000_010);
  assertEquals(limit.waitSeconds(1000), 60);
  assertEquals(limit.waitSeconds(1060), 0);
  limit.begin(1060);
  assertEquals(limit.waitSeconds(1060), 0);
});
