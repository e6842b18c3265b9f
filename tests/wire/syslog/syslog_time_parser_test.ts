import { assertEquals } from "@std/assert";
import { timegm } from "../../../src/wire/syslog/_civil_time.ts";
import {
  bsdTime,
  type FoundTime,
  isMnemonic,
  isoTime,
  matchAt,
  rfc3339,
  sticky,
} from "../../../src/wire/syslog/_syslog_time_parser.ts";
import { test } from "../../test.ts";

const context = { now: Date.UTC(2026, 6, 1) / 1000, mktime: timegm };

/** The time, and the rest of the text. */
function found(text: string, time: FoundTime | undefined): (string | null)[] | undefined {
  if (time === undefined) return undefined;
  const { timestamp, end } = time;
  return [timestamp === null ? null : new Date(timestamp * 1000).toISOString(), text.slice(end)];
}

test("bsdTime() finds a time and where it ends", () => {
  const cases: [string, (string | null)[] | undefined][] = [
    ["Feb  3 04:05:06 x", ["2026-02-03T04:05:06.000Z", "x"]],
    ["Feb  3 2024 04:05:06: x", ["2024-02-03T04:05:06.000Z", "x"]],
    ["Feb  3 04:05:06 2024 x", ["2024-02-03T04:05:06.000Z", "x"]],
    ["Feb  3 04:05:06 2001:db8::1 x", ["2026-02-03T04:05:06.000Z", "2001:db8::1 x"]],
    ["Feb  3 04:05:06 tag: x", ["2026-02-03T04:05:06.000Z", "tag: x"]],
    ["Feb  3 04:05:06:%A-5-B: x", ["2026-02-03T04:05:06.000Z", "%A-5-B: x"]],
    ["Feb  3 04:05:06", ["2026-02-03T04:05:06.000Z", ""]],
    ["Feb 30 04:05:06 x", [null, "x"]],
    ["Feb  3 04:05:06x", undefined],
    ["Fab  3 04:05:06 x", undefined],
    ["feb  3 04:05:06 x", undefined],
  ];
  for (const [text, expected] of cases) {
    assertEquals(found(text, bsdTime(text, 0, context, false)), expected, text);
  }
});

test("bsdTime() takes a word before a colon for the zone of a device", () => {
  const text = "Feb  3 04:05:06 NewYork: x";
  assertEquals(found(text, bsdTime(text, 0, context, true))?.[1], "x");
  assertEquals(found(text, bsdTime(text, 0, context, false))?.[1], "NewYork: x");
  const zoneNamed = () => timegm;
  assertEquals(found(text, bsdTime(text, 0, { ...context, zoneNamed }, false))?.[1], "x");
});

test("isoTime() requires a T and an end, rfc3339() does not", () => {
  const at = "2026-02-03T04:05:06.000Z";
  assertEquals(found(`${at} x`, isoTime(`${at} x`, 0, context)), [at, "x"]);
  for (const text of [`${at}x`, at.replace("T", " ")]) {
    assertEquals(isoTime(text, 0, context), undefined, text);
    assertEquals(found(text, rfc3339(text, 0, context))?.[0], at, text);
  }
});

test("isMnemonic() recognizes the start of Cisco's messages", () => {
  for (const text of ["%SYS-5-CONFIG_I: x", "%ASA-session-6-302014: x", "%A-B_C-0-D :"]) {
    assertEquals(isMnemonic(`x${text}`, 1), true, text);
  }
  for (const text of ["%SYS-8-A: x", "%SYS-5-A x", "SYS-5-A:", "%5-A:", "% SYS-5-A:", ""]) {
    assertEquals(isMnemonic(text, 0), false, text);
  }
});

test("matchAt() matches a pattern of sticky() only at the given position", () => {
  const pattern = sticky("(b", "+)");
  assertEquals(matchAt(pattern, "abbc", 1)?.[1], "bb");
  assertEquals(pattern.lastIndex, 3);
  assertEquals(matchAt(pattern, "abbc", 0), null);
});
