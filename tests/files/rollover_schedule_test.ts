import { assert, assertEquals } from "@std/assert";
import {
  computeRollover,
  intervalStart,
  type RolloverSchedule,
  rolloverUnit,
  type TimeOfDay,
} from "../../src/files/rollover_schedule.ts";
import { strftime } from "../../src/text/strftime.ts";
import { test } from "../test.ts";

// Thousands of instants in many time zones are compared with CPython in
// tests/interop/rollover_test.ts.

const HOUR = 3600;
const DAY = 24 * HOUR;

function schedule(when: string, atTime: TimeOfDay | null = null, count = 1): RolloverSchedule {
  const unit = rolloverUnit(when)!;
  return { when: unit.when, interval: unit.seconds * count, utc: true, atTime };
}

test("computeRollover() adds an interval", () => {
  const expected = { S: 1, M: 60, H: HOUR, D: DAY, midnight: DAY, W0: 4 * DAY + DAY };
  for (const [when, instant] of Object.entries(expected)) {
    assertEquals(computeRollover(0, schedule(when)), instant, when);
  }
  for (const [when, instant] of Object.entries({ S: 3, M: 180, H: 3 * HOUR, D: 3 * DAY })) {
    assertEquals(computeRollover(0, schedule(when, null, 3)), instant, when);
  }
  assertEquals(computeRollover(100, schedule("h", null, 6)), 100 + 6 * HOUR);
});

test("computeRollover() returns the time of day, today or tomorrow", () => {
  const noon = schedule("midnight", { hour: 12 });
  assertEquals(computeRollover(0, noon), 12 * HOUR);
  assertEquals(computeRollover(13 * HOUR, noon), 36 * HOUR);
  assertEquals(computeRollover(12 * HOUR, noon), 36 * HOUR);
  assertEquals(computeRollover(12 * HOUR - 1, noon), 12 * HOUR);
  assertEquals(computeRollover(0, schedule("midnight", {})), DAY);
  const midnights = [0, DAY - 1, DAY, 25 * HOUR].map((now) =>
    computeRollover(now, schedule("midnight"))
  );
  assertEquals(midnights, [DAY, DAY, 2 * DAY, 2 * DAY]);
  const exact = schedule("midnight", { hour: 1, minute: 2, second: 3 });
  assertEquals(computeRollover(0, exact), 3723);
});

test("computeRollover() returns the day of the week, this week or the next", () => {
  const thursday = schedule("W3", { hour: 12 });
  assertEquals(computeRollover(0, thursday), 12 * HOUR);
  assertEquals(computeRollover(13 * HOUR, thursday), 7 * DAY + 12 * HOUR);
  assertEquals(computeRollover(0, schedule("W2")), 7 * DAY);
  for (let day = 0; day < 7; day++) {
    const noon = schedule(`W${day}`, { hour: 12 });
    const expected = ((day - 3 + 7) % 7) * DAY + 12 * HOUR; // the epoch began on a Thursday
    assertEquals([0, 12 * HOUR - 1].map((now) => computeRollover(now, noon)), [expected, expected]);
    const next = day === 3 ? expected + 7 * DAY : expected;
    assertEquals([12, 13].map((hour) => computeRollover(hour * HOUR, noon)), [next, next]);
  }
});

test("computeRollover() adds the interval of days and weeks, as CPython 3.13 does", () => {
  assertEquals(computeRollover(0, schedule("midnight", null, 3)), 3 * DAY);
  assertEquals(computeRollover(0, schedule("W0", null, 2)), 12 * DAY);
  assertEquals(computeRollover(0, schedule("W0", null, 3)), 19 * DAY);
});

test("rolloverUnit() knows the units in upper and lower case, and no others", () => {
  assertEquals(rolloverUnit("midnight")?.when, "MIDNIGHT");
  assertEquals(rolloverUnit("w6")?.seconds, 7 * DAY);
  for (const when of ["X", "W", "W7", "W10", "", "toString", "SS"]) {
    assertEquals(rolloverUnit(when), undefined, when);
  }
});

test("intervalStart() returns the start of the interval by the present clock, as CPython does", () => {
  for (const when of ["S", "M", "H", "D", "midnight", "W0"]) {
    const { suffix, extMatch } = rolloverUnit(when)!;
    const name = strftime(suffix, intervalStart(1_700_000_000, 1_700_000_100, schedule(when)));
    assert(extMatch.test(name), name);
  }
  const start = intervalStart(7200, 7200, schedule("H"));
  assertEquals(strftime("%Y-%m-%d_%H-%M-%S", start), "1970-01-01_01-00-00");
});
