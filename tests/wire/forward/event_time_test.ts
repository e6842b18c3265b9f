import { assertEquals } from "@std/assert";
import { EventTime } from "../../../src/wire/forward/_event_time.ts";
import { test } from "../../test.ts";

test("an EventTime has the digits of the seconds that it is made of", () => {
  for (const seconds of [0.000001, 1_700_000_000, 1_700_000_000.123456, 4_294_967_295.999]) {
    const time = EventTime.of(EventTime.from(seconds).bytes())!;
    assertEquals(time.time, seconds);
  }
  assertEquals(EventTime.from(1_700_000_000.1).nanoseconds, 100_000_000);
});

test("what is no time is 0, and what has not eight bytes is none", () => {
  for (const seconds of [NaN, -1, Infinity, 4_294_967_296, "1", undefined]) {
    assertEquals(EventTime.from(seconds).time, 0);
  }
  assertEquals(EventTime.of(new Uint8Array(7)), undefined);
});
