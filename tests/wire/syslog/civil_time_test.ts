import { assertEquals } from "@std/assert";
import {
  type CivilTime,
  civilTimeOf,
  isCivilTime,
  mktime,
  timegm,
  withFraction,
  zoneOffset,
} from "../../../src/wire/syslog/_civil_time.ts";
import { test } from "../../test.ts";

function moment(text: string): CivilTime {
  return civilTimeOf(/(\d+)-(\d+)-(\d+) (\d+):(\d+):(\d+)/.exec(text)!);
}

test("civilTimeOf() reads six groups of a match", () => {
  assertEquals(moment("2026-02-03 04:05:06"), {
    ...{ year: 2026, month: 2, day: 3, hour: 4, minute: 5, second: 6 },
  });
});

test("isCivilTime() knows the lengths of months", () => {
  const there = ["2024-02-29 00:00:00", "2026-12-31 23:59:60", "0000-02-29 01:02:03"];
  const missing = [
    ...["2026-02-29 00:00:00", "2026-00-01 00:00:00", "2026-13-01 00:00:00"],
    ...["2026-04-31 00:00:00", "2026-01-00 00:00:00", "2026-01-32 00:00:00"],
    ...["2026-01-01 24:00:00", "2026-01-01 00:60:00", "2026-01-01 00:00:61"],
  ];
  assertEquals(there.filter((text) => !isCivilTime(moment(text))), []);
  assertEquals(missing.filter((text) => isCivilTime(moment(text))), []);
});

test("timegm() is right in any year, even in the first hundred", () => {
  for (const text of ["2026-02-03 04:05:06", "1970-01-01 00:00:00", "1969-12-31 23:59:59"]) {
    assertEquals(timegm(moment(text)), Date.parse(`${text.replace(" ", "T")}Z`) / 1000);
  }
  assertEquals(timegm(moment("0000-01-01 00:00:00")), -62_167_219_200);
  assertEquals(timegm(moment("2026-12-31 23:59:60")), Date.UTC(2027, 0, 1) / 1000);
});

test("mktime() takes local time", () => {
  for (const text of ["2026-02-03 04:05:06", "2026-07-03 23:59:59"]) {
    assertEquals(mktime(moment(text)), new Date(text.replace(" ", "T")).getTime() / 1000);
  }
});

test("withFraction() returns the float nearest to the written number", () => {
  assertEquals(withFraction(1_700_000_000, "123456"), 1_700_000_000.123456);
  assertEquals(withFraction(1_700_000_000, "1"), 1_700_000_000.1);
  assertEquals(withFraction(1_700_000_000, "123456789"), 1_700_000_000.123457);
  assertEquals(withFraction(-1, "25"), -0.75);
  assertEquals(withFraction(7, undefined), 7);
});

test("zoneOffset() reads hours and minutes, east of UTC", () => {
  assertEquals(["Z", "z", "+00:00", "+0130", "-07:00", "+23:59"].map(zoneOffset), [
    ...[0, 0, 0, 5400, -25_200, 86_340],
  ]);
  assertEquals(["+24:00", "+01:60", "-9900"].map(zoneOffset), [undefined, undefined, undefined]);
});
