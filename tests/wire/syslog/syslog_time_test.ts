import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { LocalTimestamps, UtcTimestamp } from "../../../src/wire/syslog/_syslog_time.ts";
import { gmtime, type StructTime } from "../../../src/text/struct_time.ts";
import { test } from "../../test.ts";

/** The text of timestamps that are written in one place. */
class UtcText {
  readonly #out = new Uint8Array(UtcTimestamp.SIZE + 2);
  readonly #timestamp = new UtcTimestamp(this.#out, 1);

  format(created: number): string {
    this.#timestamp.write(created);
    assertEquals([this.#out[0], this.#out.at(-1)], [0, 0]);
    return new TextDecoder().decode(this.#out.subarray(1, -1));
  }
}

test("UtcTimestamp writes six digits of a second, in UTC", () => {
  const timestamps = new UtcText();
  const cases: [number, string][] = [
    [0, "1970-01-01T00:00:00.000000Z"],
    [1_700_000_000.123456, "2023-11-14T22:13:20.123456Z"],
    [1_700_000_000.000001, "2023-11-14T22:13:20.000001Z"],
    [1_700_000_000.5, "2023-11-14T22:13:20.500000Z"],
    [-0.25, "1969-12-31T23:59:59.750000Z"],
    [-62_167_219_200, "0000-01-01T00:00:00.000000Z"],
    [253_402_300_798, "9999-12-31T23:59:58.000000Z"],
  ];
  for (const [created, expected] of cases) assertEquals(timestamps.format(created), expected);
});

test("UtcTimestamp carries a fraction that rounds up, and never writes second 60", () => {
  const timestamps = new UtcText();
  const newYear = Date.UTC(2024, 0, 1) / 1000;
  assertEquals(timestamps.format(newYear - 1e-6), "2023-12-31T23:59:59.999999Z");
  assertEquals(timestamps.format(newYear - 2e-7), "2024-01-01T00:00:00.000000Z");
});

test("UtcTimestamp writes every microsecond that a float can tell apart", () => {
  const timestamps = new UtcText();
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 4_000_000_000 }),
      fc.nat({ max: 999_999 }),
      (second, micros) => {
        const text = timestamps.format(second + micros / 1e6);
        assertEquals(text.slice(20), `${String(micros).padStart(6, "0")}Z`);
        assertEquals(text.slice(0, 19), new Date(second * 1000).toISOString().slice(0, 19));
      },
    ),
    { seed: 20240902, numRuns: 500 },
  );
});

test("LocalTimestamps pads the day with a space and asks for local time once a second", () => {
  const asked: number[] = [];
  const inAnHour = (seconds: number): StructTime => {
    asked.push(seconds);
    return gmtime(seconds + 3600);
  };
  const timestamps = new LocalTimestamps(inAnHour);
  const first = Date.UTC(2026, 1, 3, 4, 5, 6) / 1000;
  assertEquals(timestamps.format(first + 0.999), "Feb  3 05:05:06");
  assertEquals(timestamps.format(first), "Feb  3 05:05:06");
  assertEquals(timestamps.format(Date.UTC(2026, 11, 31, 23, 0, 0) / 1000), "Jan  1 00:00:00");
  assertEquals(timestamps.format(Date.UTC(2026, 11, 11, 9, 0, 0) / 1000), "Dec 11 10:00:00");
  assertEquals(asked.length, 3);
});

test("timestamps outside the years 0 to 9999 are refused", () => {
  for (const created of [NaN, Infinity, -Infinity, -62_167_219_201, 253_402_300_800, 1e18]) {
    for (const timestamps of [new UtcText(), new LocalTimestamps(gmtime)]) {
      const error = assertThrows(() => timestamps.format(created), RangeError, "'created'");
      assert(error.message.endsWith(`current value is ${created}`));
    }
  }
});
