import { assertEquals } from "@std/assert";
import { strftime } from "../../src/text/strftime.ts";
import { gmtime } from "../../src/text/struct_time.ts";
import { MAX_TEXT } from "../../src/text/text_budget.ts";
import { test } from "../test.ts";

// Thousands of generated cases are compared with CPython in tests/interop/formatter_test.ts.

/** Sunday 2023-01-01 15:04:05 UTC: the 52nd week of the year before, by ISO 8601. */
const time = gmtime(1_672_585_445);

test("strftime() knows the directives that Python documents", () => {
  const directives: Record<string, string> = {
    "%a %A %w": "Sun Sunday 0",
    "%d %j": "01 001",
    "%b %B %m": "Jan January 01",
    "%y %Y": "23 2023",
    "%H %I %p %M %S": "15 03 PM 04 05",
    "%U %W": "01 00",
    "%z %Z": "+0000 UTC",
    "%c": "Sun Jan  1 15:04:05 2023",
    "%x|%X": "01/01/23|15:04:05",
    "100%%": "100%",
  };
  for (const [format, text] of Object.entries(directives)) {
    assertEquals(strftime(format, time), text, format);
  }
});

test("strftime() knows the directives of C99 and the flags of glibc", () => {
  assertEquals(strftime("%F %T %D %R %r", time), "2023-01-01 15:04:05 01/01/23 15:04 03:04:05 PM");
  assertEquals(strftime("%G-%V-%u %g %C %e|%h%n%t", time), "2022-52-7 22 20  1|Jan\n\t");
  assertEquals(strftime("%-d %_m %-I %^a", time), "1  1 3 SUN");
});

test("strftime() copies text that is no directive", () => {
  assertEquals(strftime("%Q %f é %", time), "%Q %f é %");
  assertEquals(strftime("", time), "");
});

test("strftime() writes offsets of half hours and negative ones", () => {
  assertEquals(strftime("%z", { ...time, tm_gmtoff: 19_800 }), "+0530");
  assertEquals(strftime("%z", { ...time, tm_gmtoff: -12_600 }), "-0330");
});

test("strftime() cuts text of more than four million characters", () => {
  const text = strftime("%A".repeat(1_000_000), gmtime(0));
  assertEquals([text.length, text.slice(-4)], [MAX_TEXT, "sda…"]);
  assertEquals(strftime("x".repeat(MAX_TEXT + 1), gmtime(0)).length, MAX_TEXT);
});
