import { assertEquals, assertThrows } from "@std/assert";
import * as codes from "../../../src/wire/syslog/syslog_codes.ts";
import { test } from "../../test.ts";

const { checkFacility, codeByName, encodePriority, facility_names, priority_map, priority_names } =
  codes;

test("the constants are those of CPython's SysLogHandler", () => {
  const severities = ["EMERG", "ALERT", "CRIT", "ERR", "WARNING", "NOTICE", "INFO", "DEBUG"];
  const facilities = [
    ...["KERN", "USER", "MAIL", "DAEMON", "AUTH", "SYSLOG", "LPR", "NEWS", "UUCP", "CRON"],
    ...["AUTHPRIV", "FTP", "NTP", "SECURITY", "CONSOLE", "SOLCRON", "LOCAL0", "LOCAL1"],
    ...["LOCAL2", "LOCAL3", "LOCAL4", "LOCAL5", "LOCAL6", "LOCAL7"],
  ];
  const constants = Object.entries(codes).filter(([name]) => name.startsWith("LOG_"));
  const expected = [...severities.entries(), ...facilities.entries()]
    .map(([code, name]) => `LOG_${name} ${code}`);
  assertEquals(constants.map((entry) => entry.join(" ")).sort(), expected.sort());
});

test("priority_names, facility_names and priority_map are CPython 3.13's, in its order", () => {
  const priorities = "alert 1, crit 2, critical 2, debug 7, emerg 0, err 3, error 3, info 6, " +
    "notice 5, panic 0, warn 4, warning 4";
  const facilities = "auth 4, authpriv 10, console 14, cron 9, daemon 3, ftp 11, kern 0, lpr 6, " +
    "mail 2, news 7, ntp 12, security 13, solaris-cron 15, syslog 5, user 1, uucp 8, local0 16, " +
    "local1 17, local2 18, local3 19, local4 20, local5 21, local6 22, local7 23";
  const levels = "DEBUG debug, INFO info, WARNING warning, ERROR error, CRITICAL critical";
  const shown = (table: object) => Object.entries(table).map((entry) => entry.join(" ")).join(", ");
  assertEquals(shown(priority_names), priorities);
  assertEquals(shown(facility_names), facilities);
  assertEquals(shown(priority_map), levels);
});

test("encodePriority() puts facility and severity together, by name or number", () => {
  assertEquals(encodePriority("user", "error"), 11);
  assertEquals(encodePriority(codes.LOG_LOCAL7, codes.LOG_DEBUG), codes.MAX_PRI);
  assertEquals(encodePriority("kern", "panic"), 0);
  // As CPython, which does not look at the range of numbers.
  assertEquals(encodePriority(100, 9), 809);
  const mine = { one: 1 };
  assertEquals(encodePriority("one", "one", mine, mine), 9);
});

test("encodePriority() names the name that does not exist", () => {
  assertThrows(() => encodePriority("USER", "error"), TypeError, '"USER"');
  assertThrows(() => encodePriority("user", "fatal"), TypeError, "'priority' must be a number or");
  for (const name of ["__proto__", "constructor", "toString", ""]) {
    assertThrows(() => encodePriority(name, 0), TypeError, "auth, authpriv, console");
  }
  assertThrows(() => encodePriority("user", "error", {}, {}), TypeError, '"user"');
  for (const value of [NaN, 1.5]) {
    assertThrows(() => encodePriority(value, 0), RangeError, "'facility' must be an integer");
  }
  assertThrows(() => codeByName("do", "facility", null, facility_names), TypeError, "null");
});

test("checkFacility() takes a name or a number from 0 to 23", () => {
  assertEquals(["kern", "local7", 0, 23].map((value) => checkFacility("log", value)), [
    ...[0, 23, 0, 23],
  ]);
  for (const value of [-1, 24, 1.5, NaN]) {
    assertThrows(() => checkFacility("log", value), RangeError, `'facility'`);
  }
  for (const value of ["nope", undefined, null, {}, 1n]) {
    assertThrows(() => checkFacility("log", value), TypeError, "Cannot log as 'facility'");
  }
});
