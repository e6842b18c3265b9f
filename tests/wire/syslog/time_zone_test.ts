import { assertEquals, assertThrows } from "@std/assert";
import type { CivilTime, Mktime } from "../../../src/wire/syslog/_civil_time.ts";
import { checkTimeZone, checkTimeZones, offsetZone } from "../../../src/wire/syslog/time_zone.ts";
import { test } from "../../test.ts";

const noon: CivilTime = { year: 2026, month: 7, day: 1, hour: 12, minute: 0, second: 0 };

/** That time in UTC. */
function utc(zone: Mktime | undefined, moment: Partial<CivilTime> = {}): string | undefined {
  return zone && new Date(zone({ ...noon, ...moment }) * 1000).toISOString().slice(0, 16);
}

test("offsetZone() reads UTC and offsets from it, in any spelling", () => {
  for (const name of ["UTC", "utc", "GMT", "Z", "z", "+00:00", "-00", "UTC+0"]) {
    assertEquals(utc(offsetZone(name)), "2026-07-01T12:00", name);
  }
  for (const name of ["+02:00", "+0200", "+200", "+02", "+2", "UTC+2", "gmt+02:00"]) {
    assertEquals(utc(offsetZone(name)), "2026-07-01T10:00", name);
  }
  assertEquals(utc(offsetZone("-09:30")), "2026-07-01T21:30");
  for (const name of ["", "CET", "+24", "+1:60", "02:00", "UTC2", "Z+1", "+", "+12345"]) {
    assertEquals(offsetZone(name), undefined, name);
  }
});

test("checkTimeZone() knows the zones of IANA, with their summer time", () => {
  const berlin = checkTimeZone("test", "zone", "Europe/Berlin");
  assertEquals(utc(berlin), "2026-07-01T10:00");
  assertEquals(utc(berlin, { month: 1 }), "2026-01-01T11:00");
  assertEquals(utc(berlin, { month: 3, day: 29, hour: 1, minute: 59 }), "2026-03-29T00:59");
  assertEquals(utc(berlin, { month: 3, day: 29, hour: 3 }), "2026-03-29T01:00");
  assertEquals(utc(berlin, { month: 10, day: 25, hour: 1, minute: 59 }), "2026-10-24T23:59");
  assertEquals(utc(berlin, { month: 10, day: 25, hour: 3 }), "2026-10-25T02:00");
  const newYork = checkTimeZone("test", "zone", "America/New_York");
  assertEquals(utc(newYork, { month: 3, day: 8, hour: 1, minute: 59 }), "2026-03-08T06:59");
  assertEquals(utc(newYork, { month: 3, day: 8, hour: 3 }), "2026-03-08T07:00");
  assertEquals(utc(newYork, { month: 11, day: 1, hour: 0, minute: 59 }), "2026-11-01T04:59");
  assertEquals(utc(newYork, { month: 11, day: 1, hour: 2 }), "2026-11-01T07:00");
  assertEquals(utc(checkTimeZone("test", "zone", "Asia/Kolkata")), "2026-07-01T06:30");
  assertEquals(utc(checkTimeZone("test", "zone", "UTC")), "2026-07-01T12:00");
});

test("checkTimeZone() refuses names of no zone", () => {
  for (const value of ["Mars/Base", "", "+25:00", 60, null, undefined]) {
    assertThrows(() => checkTimeZone("test", "zone", value), TypeError, "'zone' must be an offset");
  }
});

test("checkTimeZones() finds a name in upper or lower case, and only existing names", () => {
  const find = checkTimeZones("test", "zones", { NewYork: "America/New_York", "Über": "+01:00" });
  assertEquals(utc(find("newyork")), "2026-07-01T16:00");
  assertEquals(utc(find("NEWYORK")), "2026-07-01T16:00");
  assertEquals(utc(find("über")), "2026-07-01T11:00");
  for (const name of ["MEZ", "toString", "__proto__"]) assertEquals(find(name), undefined);
  assertThrows(() => checkTimeZones("test", "zones", { EST: "x" }), TypeError, "'zones.EST' must");
  assertThrows(() => checkTimeZones("test", "zones", null), TypeError, "'zones' must be an object");
});
