import { assertEquals } from "@std/assert";
import {
  axisTime,
  byteCount,
  clockTime,
  day,
  dayTime,
  duration,
  fieldText,
  fullTime,
  inputTime,
  shortCount,
  timeRange,
  wholeCount,
} from "../../../src/collector/page/_display_text.ts";
import { test } from "../../test.ts";

/** A time in the time zone of whoever runs the test. */
const TIME = new Date(2026, 10, 29, 14, 3, 22, 105).getTime();

test("times are shown in the reader's time zone, with milliseconds", () => {
  assertEquals([day(TIME), clockTime(TIME)], ["2026-11-29", "14:03:22.105"]);
  assertEquals(/^2026-11-29 14:03:22\.105 [+-]\d\d:\d\d$/.test(fullTime(TIME)), true);
  assertEquals(dayTime(TIME), "11-29 14:03:22.105");
  assertEquals(inputTime(TIME), "2026-11-29T14:03:22");
  assertEquals(inputTime(undefined), "");
});

test("a time that no calendar has is shown all the same", () => {
  for (const time of [NaN, 1e300]) {
    assertEquals([day(time), clockTime(time)], ["????-??-??", "??:??:??.???"]);
    assertEquals(fullTime(time), String(time));
  }
});

test("axisTime() is as exact as the steps of the axis", () => {
  const texts = [200, 5000, 60_000, 86_400_000].map((step) => axisTime(TIME, step));
  assertEquals(texts, ["14:03:22.105", "14:03:22", "14:03", "11-29"]);
});

test("timeRange() names the day where it is another one", () => {
  assertEquals(timeRange(TIME, TIME + 1000, TIME), "14:03:22.105 – 14:03:23.105");
  assertEquals(timeRange(undefined, TIME, TIME + 3 * 86_400_000), "before 2026-11-29 14:03:22.105");
  assertEquals(timeRange(TIME, undefined, TIME), "since 14:03:22.105");
});

test("counts are grouped, or short", () => {
  assertEquals([0, 999, 1000, 1234567].map(wholeCount), ["0", "999", "1,000", "1,234,567"]);
  assertEquals([0, 999, 1000, 1999, 34_567, 5_600_000, 2e9].map(shortCount), [
    ...["0", "999", "1k", "1.9k", "34k", "5.6M", "2G"],
  ]);
});

test("sizes and durations have the unit that fits", () => {
  assertEquals([1, 1023, 3500, 2 ** 20 * 180, 2 ** 40 * 3].map(byteCount), [
    ...["1 byte", "1023 bytes", "3.4 KiB", "180 MiB", "3.0 TiB"],
  ]);
  assertEquals([0, 420, 12_000, 180_000, 9e6, 4e8].map(duration), [
    ...["0 s", "0.4 s", "12 s", "3 min", "2.5 h", "4.6 d"],
  ]);
});

test("fieldText() shows a text as it is, and anything else as JSON", () => {
  assertEquals(["a", 1, null, [1, "b"]].map(fieldText), ["a", "1", "null", '[\n  1,\n  "b"\n]']);
});
