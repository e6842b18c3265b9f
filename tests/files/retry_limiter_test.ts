import { assertEquals } from "@std/assert";
import { RetryLimiter } from "../../src/files/_retry_limiter.ts";
import { test } from "../test.ts";

test("RetryLimiter permits another try in the next batch, and then one a second", () => {
  let now = 0;
  const { performance } = globalThis;
  const own = Object.getOwnPropertyDescriptor(performance, "now");
  Object.defineProperty(performance, "now", { value: () => now, configurable: true });
  try {
    const pace = new RetryLimiter();
    assertEquals([pace.permits(0), pace.failed(0)], [true, true]);
    assertEquals([pace.permits(0), pace.permits(1)], [false, true]);
    assertEquals(pace.failed(1), false, "it is reported once");
    assertEquals([pace.permits(1), pace.permits(2)], [false, false]);
    now = 999;
    assertEquals(pace.permits(3), false);
    now = 1000;
    assertEquals([pace.permits(1), pace.permits(4)], [false, true]);
    pace.succeeded();
    assertEquals([pace.permits(4), pace.failed(4)], [true, true], "it begins anew");
  } finally {
    if (own === undefined) delete (performance as { now?: unknown }).now;
    else Object.defineProperty(performance, "now", own);
  }
});
