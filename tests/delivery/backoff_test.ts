import { assert, assertEquals } from "@std/assert";
import { Backoff } from "../../src/delivery/_backoff.ts";
import { test } from "../test.ts";

test("Backoff waits 1, 2, 4, 8, 16, 30, 30 seconds by default", () => {
  const backoff = new Backoff();
  const periods: number[] = [];
  for (let now = 0; periods.length < 7; now = backoff.retryTime ?? now) {
    assert(backoff.permits(now));
    backoff.failed(now);
    periods.push(backoff.retryPeriod);
  }
  assertEquals(periods, [1, 2, 4, 8, 16, 30, 30]);
});

test("Backoff.permits() at exactly retryTime, and not before", () => {
  const backoff = new Backoff();
  backoff.failed(10);
  assertEquals(backoff.retryTime, 11);
  assert(!backoff.permits(10.999));
  assert(backoff.permits(11));
});

test("Backoff.succeeded() permits the next dial at once and keeps the old period", () => {
  const backoff = new Backoff();
  backoff.failed(0);
  backoff.failed(1);
  backoff.succeeded();
  assertEquals([backoff.retryTime, backoff.retryPeriod], [null, 2]);
  assert(backoff.permits(0));
  backoff.failed(5);
  assertEquals([backoff.retryTime, backoff.retryPeriod], [6, 1]);
});

test("Backoff waits behind a round of failed dials, which begins anew at 0", () => {
  const backoff = new Backoff(3);
  const fail = (now: number) => backoff.failed(now);
  assertEquals([fail(0), fail(0.1), backoff.retryTime], [false, false, null]);
  assertEquals([fail(0.2), backoff.retryTime, backoff.retryPeriod], [true, 1.2, 1]);
  assertEquals([fail(1.2), fail(1.2), fail(1.2), backoff.retryPeriod], [false, false, true, 2]);
  fail(5);
  fail(5);
  backoff.failedDials = 0;
  assertEquals([fail(9), fail(9), fail(9)], [false, false, true]);
});

test("Backoff does not cap the first wait by retryMax, as CPython", () => {
  const backoff = new Backoff();
  backoff.retryStart = 50;
  backoff.failed(0);
  assertEquals(backoff.retryPeriod, 50);
  backoff.failed(50);
  assertEquals(backoff.retryPeriod, 30);
});

test("Backoff.delayMs() ends at retryTime or up to a tenth of the period later", () => {
  const backoff = new Backoff();
  backoff.failed(0);
  backoff.failed(1);
  assertEquals(backoff.delayMs(2, 0), 1000);
  assertEquals(backoff.delayMs(2, 0.5), 1100);
});

test("Backoff.delayMs() is no shorter than a tenth of a second, and no longer than the period", () => {
  const backoff = new Backoff();
  assertEquals(backoff.delayMs(3, 0), 100);
  backoff.failed(1000);
  assertEquals(backoff.delayMs(2000, 0), 100, "retryTime is past");
  assertEquals(backoff.delayMs(5, 0), 1000, "the clock was set back");
  backoff.retryStart = 0;
  backoff.succeeded();
  backoff.failed(1000);
  assertEquals(backoff.delayMs(1000, 0.5), 100);
  backoff.retryFactor = Infinity;
  backoff.failed(1000);
  assertEquals(backoff.retryPeriod, 0);
  backoff.retryStart = Infinity;
  backoff.succeeded();
  backoff.failed(1000);
  assert(!backoff.permits(1e300));
  assertEquals(backoff.delayMs(1000, 0.5), 0x7fff_ffff, "what setTimeout keeps to");
});

test("Backoff waits at least as long as the other side asks, and as before after that", () => {
  const backoff = new Backoff();
  backoff.failed(0, 120);
  assertEquals([backoff.retryPeriod, backoff.retryTime], [120, 120]);
  assertEquals(backoff.delayMs(0, 0), 120_000);
  backoff.failed(120);
  assertEquals(backoff.retryPeriod, 30, "the usual most");
  backoff.failed(150, 0.5);
  assertEquals(backoff.retryPeriod, 30, "asking for less changes nothing");
});

test("Backoff.permits() waits one period more at most when the clock is set back", () => {
  const backoff = new Backoff();
  backoff.failed(1_000_000);
  backoff.failed(1_000_001);
  assert(!backoff.permits(900_000));
  assertEquals(backoff.retryTime, 900_002);
  assert(!backoff.permits(900_001.9));
  assert(backoff.permits(900_002));
});

test("Backoff.permits() keeps to a retryTime that the program has set", () => {
  const backoff = new Backoff();
  backoff.failed(10);
  backoff.retryTime = 5000;
  assert(!backoff.permits(4999));
  assertEquals(backoff.retryTime, 5000);
});
