import { assertEquals } from "@std/assert";
import { timegm } from "../../src/core/moment.ts";
import type { SyslogMessage } from "../../src/core/parsed_syslog.ts";
import { parseRfc3164 } from "../../src/core/rfc3164_parser.ts";
import { test } from "../test.ts";

const now = Date.UTC(2026, 6, 1) / 1000;
/** Local time is an hour ahead of UTC. */
const context = { now, mktime: (moment: Parameters<typeof timegm>[0]) => timegm(moment) - 3600 };

const parse = (text: string) => parseRfc3164(text, 0, 34, context);

/** Host name, tag, process id and message. */
function fields(text: string): (string | null)[] {
  const { hostname, app_name, procid, message } = parse(text);
  return [hostname, app_name, procid, message];
}

function time(stamp: string): string | null {
  const { timestamp, message } = parse(`${stamp} host tag: text`);
  if (timestamp === null) return null;
  assertEquals(message, "text", stamp);
  return new Date(timestamp * 1000).toISOString();
}

test("parseRfc3164() reads RFC 3164's examples", () => {
  const expected: SyslogMessage = {
    facility: 4,
    severity: 2,
    timestamp: Date.UTC(2026, 9, 11, 21, 14, 15) / 1000,
    hostname: "mymachine",
    app_name: "su",
    procid: null,
    msgid: null,
    structured_data: null,
    message: "'su root' failed for lonvick on /dev/pts/8",
    format: "rfc3164",
  };
  const text = "Oct 11 22:14:15 mymachine su: 'su root' failed for lonvick on /dev/pts/8";
  assertEquals(parse(text), expected);
  assertEquals(parseRfc3164(`<34>${text}`, 4, 34, context), expected);
  assertEquals(fields("Feb  5 17:32:18 10.0.0.99 Use the BFG!"), [
    ...["10.0.0.99", null, null, "Use the BFG!"],
  ]);
  assertEquals(fields("1990 Oct 22 10:52:01 TZ-6 scapegoat.dmz.example.org sched[0]: All Folks!"), [
    ...["TZ-6", null, null, "scapegoat.dmz.example.org sched[0]: All Folks!"],
  ]);
});

test("without a time all of the text is the message, as CPython sends it", () => {
  for (
    const text of [
      ...["spam", "Error: it broke", "host app: text", "[1] a", "", " ", "su: failed", "12: a"],
      ...["2026-07-01 00:00:00,123 INFO app: spam", "Oct 11", "Oct 11 22:14:15x y", "app[x]: y"],
      ...[
        "Feb 30 00:00:00 host app: a",
        "Oct 11 24:00:00 host app: a",
        "a\nb: c",
        "oct 11 00:00:00 a",
      ],
      ...["2026-02-30T00:00:00Z host app: a", "2026-02-03T00:00:00+99:00 host app: a"],
    ]
  ) {
    assertEquals(parse(text), {
      ...{ facility: 4, severity: 2, timestamp: null, hostname: null, app_name: null },
      ...{ procid: null, msgid: null, structured_data: null, message: text, format: "rfc3164" },
    });
  }
});

test("without a time a name with a process id is a tag all the same", () => {
  assertEquals(fields("myapp[123]: spam: eggs"), [null, "myapp", "123", "spam: eggs"]);
  assertEquals(fields("myapp[123]:"), [null, "myapp", "123", ""]);
  assertEquals(fields("myapp[123] spam"), [null, null, null, "myapp[123] spam"]);
});

test("behind a time there may be a host name, a tag, both or neither", () => {
  const stamp = "Oct  1 22:14:15";
  const cases: [string, (string | null)[]][] = [
    ["host tag: text", ["host", "tag", null, "text"]],
    ["host tag[12]: text", ["host", "tag", "12", "text"]],
    ["host tag[12] text", ["host", "tag", "12", "text"]],
    ["host tag:", ["host", "tag", null, ""]],
    ["host tag:  text ", ["host", "tag", null, " text "]],
    ["tag: text", [null, "tag", null, "text"]],
    ["tag[12]: text", [null, "tag", "12", "text"]],
    ["a.b.example.org sshd(pam_unix)[12]: a: b", [
      "a.b.example.org",
      "sshd(pam_unix)",
      "12",
      "a: b",
    ]],
    ["fe80::1 Foo::Bar: text", ["fe80::1", "Foo::Bar", null, "text"]],
    ["[::1] tag: text", ["[::1]", "tag", null, "text"]],
    ["- tag: text", [null, "tag", null, "text"]],
    ["host last message repeated 2 times", [
      ...["host", null, null, "last message repeated 2 times"],
    ]],
    ["(what) is this: it", [null, null, null, "(what) is this: it"]],
    ["word", [null, null, null, "word"]],
    ["host \nmore", ["host", null, null, "\nmore"]],
    ["%SYS-5-CONFIG_I: text", [null, "%SYS-5-CONFIG_I", null, "text"]],
    ["", [null, null, null, ""]],
    ["host tag: \ufefftext", ["host", "tag", null, "text"]],
  ];
  for (const [text, expected] of cases) assertEquals(fields(`${stamp} ${text}`), expected, text);
  assertEquals(fields(stamp), [null, null, null, ""]);
  const long = "x".repeat(129);
  assertEquals(fields(`${stamp} host ${long}: text`), ["host", null, null, `${long}: text`]);
});

test("a time may be written in any of the ways that are in use", () => {
  const expected = "2026-02-03T03:05:06.000Z";
  for (
    const stamp of [
      ...["Feb  3 04:05:06", "Feb 3 04:05:06", "Feb 03 04:05:06", " Feb  3 04:05:06"],
      ...["2026 Feb  3 04:05:06", "Feb  3 2026 04:05:06", "Feb  3 04:05:06:", "*Feb  3 04:05:06:"],
      ...["29: Feb  3 04:05:06:", "Feb  3 03:05:06 UTC:", ".Feb  3 2026 04:05:06 MEZ:"],
      ...["2026-02-03T03:05:06Z", "2026-02-03T04:05:06", "2026-02-03T04:05:06+01:00"],
      ...[
        "2026-02-02T20:05:06-0700",
        "2026-02-03t03:05:06z",
        "Feb  3 04:04:66".replace("66", "60"),
      ],
    ]
  ) {
    assertEquals(time(stamp), stamp.endsWith("60") ? "2026-02-03T03:05:00.000Z" : expected, stamp);
  }
  for (const stamp of ["Feb  3 04:05:06.789", "2026-02-03T03:05:06.789Z"]) {
    assertEquals(time(stamp), "2026-02-03T03:05:06.789Z", stamp);
  }
  assertEquals(parse("2026-02-03T03:05:06.123456789Z a b: c").timestamp, 1_770_087_906.123457);
});

test("what Cisco puts before a time is read", () => {
  assertEquals(fields("29: router1: *Mar  1 18:48:50.483 UTC: %SYS-5-CONFIG_I: Configured"), [
    ...["router1", "%SYS-5-CONFIG_I", null, "Configured"],
  ]);
  assertEquals(fields("29: Mar  1 18:48:50: %SYS-5-CONFIG_I: Configured"), [
    ...[null, "%SYS-5-CONFIG_I", null, "Configured"],
  ]);
});

test("a time without a year is of the year that brings it nearest to now", () => {
  const year = (stamp: string, at: number) => {
    const { timestamp } = parseRfc3164(`${stamp} a b: c`, 0, 13, { now: at, mktime: timegm });
    return timestamp === null ? null : new Date(timestamp * 1000).getUTCFullYear();
  };
  const newYear = Date.UTC(2026, 0, 1) / 1000;
  assertEquals(year("Dec 31 23:59:59", newYear), 2025);
  assertEquals(year("Jan  1 00:00:00", newYear - 1), 2026);
  assertEquals(year("Jun 30 00:00:00", newYear), 2026);
  assertEquals(year("Jul 10 00:00:00", newYear), 2025);
  assertEquals(year("Feb 29 00:00:00", Date.UTC(2025, 0, 1) / 1000), 2024);
  assertEquals(year("Feb 29 00:00:00", Date.UTC(2026, 0, 1) / 1000), null);
});

test("a time without a zone is local time unless told otherwise", () => {
  const { timestamp } = parseRfc3164("Feb  3 04:05:06 a b: c", 0, 13, { now });
  assertEquals(timestamp, new Date(2026, 1, 3, 4, 5, 6).getTime() / 1000);
});
