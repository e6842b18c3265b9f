import { assert, assertEquals, assertThrows } from "@std/assert";
import { gmtime, localtime } from "../../src/text/struct_time.ts";
import { dag } from "./dag.ts";
import { test } from "../test.ts";

test("gmtime() returns the fields of a time in UTC", () => {
  const time = gmtime(951_827_696.9); // Tuesday 2000-02-29 12:34:56.9 UTC
  assertEquals([time.tm_year, time.tm_mon, time.tm_mday], [2000, 2, 29]);
  assertEquals([time.tm_hour, time.tm_min, time.tm_sec], [12, 34, 56]);
  assertEquals([time.tm_wday, time.tm_yday, time.tm_isdst], [1, 60, 0]);
  assertEquals([time.tm_zone, time.tm_gmtoff], ["UTC", 0]);
  assertEquals(gmtime(-0.5).tm_sec, 59);
  assertEquals(gmtime(1_735_603_200).tm_yday, 366);
});

test("localtime() returns the fields of a time in the local time zone", () => {
  for (const seconds of [0, 951_827_696, 1_720_000_000]) {
    const date = new Date(seconds * 1000);
    const time = localtime(seconds);
    assertEquals([time.tm_year, time.tm_mon, time.tm_mday, time.tm_hour, time.tm_min], [
      date.getFullYear(),
      date.getMonth() + 1,
      date.getDate(),
      date.getHours(),
      date.getMinutes(),
    ]);
    assertEquals(time.tm_gmtoff, -date.getTimezoneOffset() * 60);
    assert(time.tm_zone.length > 0);
    assert(time.tm_isdst === 0 || time.tm_isdst === 1);
  }
});

test("gmtime() and localtime() default to now, and refuse values that are no time", () => {
  assertEquals(gmtime().tm_year, new Date().getUTCFullYear());
  assertEquals(localtime().tm_year, new Date().getFullYear());
  // The conversion of the last one to a number would never end.
  for (const seconds of [NaN, Infinity, 1e20, "x", dag()] as number[]) {
    assertThrows(() => gmtime(seconds), RangeError, "'seconds' must be");
    assertThrows(() => localtime(seconds), RangeError, "'seconds' must be");
  }
});
