import { assertEquals } from "@std/assert";
import { timegm } from "../../../src/wire/syslog/_civil_time.ts";
import type { SyslogMessage } from "../../../src/wire/syslog/_parsed_syslog.ts";
import { parseRfc3164 } from "../../../src/wire/syslog/_rfc3164_parser.ts";
import { test } from "../../test.ts";

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
    timestamp: Date.UTC(2025, 9, 11, 21, 14, 15) / 1000,
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

test("without a time the whole text is the message, as CPython sends it", () => {
  for (
    const text of [
      ...["spam", "Error: it broke", "host app: text", "[1] a", "", " ", "su: failed", "12: a"],
      ...["2026-07-01 00:00:00,123 INFO app: spam", "Oct 11", "Oct 11 22:14:15x y", "app[x]: y"],
      ...["a\nb: c", "oct 11 00:00:00 a", "%SYS-5-CONFIG_I: a", "router1: a", "1w2d: a"],
      ...["Started: Oct 11 22:14:15 a", "29: router1: a", "00:20:10: a", ": a", "*a", "::1 a: b"],
    ]
  ) {
    assertEquals(parse(text), {
      ...{ facility: 4, severity: 2, timestamp: null, hostname: null, app_name: null },
      ...{ procid: null, msgid: null, structured_data: null, message: text, format: "rfc3164" },
    });
  }
});

test("a time that does not exist is ignored, and the names behind it are read", () => {
  for (
    const stamp of [
      ...["Feb 30 00:00:00", "Oct 11 24:00:00", "Oct 11 00:60:00", "Oct 32 00:00:00"],
      ...["2026-02-30T00:00:00Z", "2025-11-31T14:99:16.000000+01:00"],
      ...["2026-02-03T00:00:00+99:00", "29: *Feb 30 00:00:00:"],
    ]
  ) {
    const { timestamp, hostname, app_name, procid, message } = parse(`${stamp} host app[7]: a`);
    assertEquals([timestamp, hostname, app_name, procid, message], [
      ...[null, "host", "app", "7", "a"],
    ], stamp);
  }
});

test("without a time a name with a process id is still a tag", () => {
  assertEquals(fields("myapp[123]: spam: eggs"), [null, "myapp", "123", "spam: eggs"]);
  assertEquals(fields("myapp[123]:"), [null, "myapp", "123", ""]);
  assertEquals(fields("myapp[123]:{}"), [null, "myapp", "123", "{}"]);
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
    ["user@host tag: text", ["user@host", "tag", null, "text"]],
    ["[192.0.2.1] tag: text", ["[192.0.2.1]", "tag", null, "text"]],
    ["host : text", ["host", null, null, "text"]],
    ["12:30 meeting", [null, null, null, "12:30 meeting"]],
    ["2001:db8::1 tag: text", ["2001:db8::1", "tag", null, "text"]],
    ["00:11:22:33:44:55 tag: text", ["00:11:22:33:44:55", "tag", null, "text"]],
    ["büro-pc tag[1]: text", ["büro-pc", "tag", "1", "text"]],
    ["user@s_net/host tag: text", ["user@s_net/host", "tag", null, "text"]],
    ['("U7LT,020000000001,v4.0.42") hostapd: text', [
      ...['("U7LT,020000000001,v4.0.42")', "hostapd", null, "text"],
    ]],
    ["and/or text", [null, null, null, "and/or text"]],
    // More spaces than one.
    [" host tag[12]: text", ["host", "tag", "12", "text"]],
    ["host  tag[12]: text", ["host", "tag", "12", "text"]],
    ["  tag: text", [null, "tag", null, "text"]],
    ["  indented text", [null, null, null, "  indented text"]],
    ["host  indented text", ["host", null, null, " indented text"]],
    // No name.
    ["host [358]: text", ["host", null, "358", "text"]],
    ["[358]: text", [null, null, "358", "text"]],
    ["host [main]: text", ["host", null, null, "[main]: text"]],
    // Cisco's without a colon.
    ["host %LOG_-2-SYSTEM_MSG [F0110] text", ["host", "%LOG_-2-SYSTEM_MSG", null, "[F0110] text"]],
    ["host %SNMP-W-AUTHFAIL: text", ["host", "%SNMP-W-AUTHFAIL", null, "text"]],
  ];
  for (const [text, expected] of cases) assertEquals(fields(`${stamp} ${text}`), expected, text);
  assertEquals(fields(stamp), [null, null, null, ""]);
  const long = "x".repeat(129);
  const ends = [127, 128].map((length) => "x".repeat(length));
  for (const name of ends) assertEquals(fields(`${stamp} ${name}:`)[1], name);
  assertEquals(fields(`${stamp} host ${long}: text`), ["host", null, null, `${long}: text`]);
});

test("times are read in every form that devices use", () => {
  const expected = "2026-02-03T03:05:06.000Z";
  for (
    const stamp of [
      ...["Feb  3 04:05:06", "Feb 3 04:05:06", "Feb 03 04:05:06", " Feb  3 04:05:06"],
      ...["2026 Feb  3 04:05:06", "Feb  3 2026 04:05:06", "Feb  3 04:05:06:", "*Feb  3 04:05:06:"],
      ...["29: Feb  3 04:05:06:", "Feb  3 03:05:06 UTC:", ".Feb  3 2026 04:05:06 MEZ:"],
      ...["Feb  3 04:05:06 2026", "Feb  3 04:05:06 :", "2026-02-03T04:05:06+01"],
      ...["FEB  3 04:05:06", "Feb  3 4:05:06", "Feb  3  4:05:06", "Feb  3 2026 12:05:06+09:00"],
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
  for (
    const stamp of [
      ...["Feb  3 04:05:06.789", "Feb  3 04:05:06,789", "2026-02-03T03:05:06.789Z"],
      "2026-02-03T03:05:06.78900000000001Z",
    ]
  ) {
    assertEquals(time(stamp), "2026-02-03T03:05:06.789Z", stamp);
  }
  assertEquals(parse("2026-02-03T03:05:06.123456789Z a b: c").timestamp, 1_770_087_906.123457);
});

test("the sequence numbers and marks that Cisco writes before a time are read", () => {
  assertEquals(fields("29: router1: *Mar  1 18:48:50.483 UTC: %SYS-5-CONFIG_I: Configured"), [
    ...["router1", "%SYS-5-CONFIG_I", null, "Configured"],
  ]);
  assertEquals(fields("29: Mar  1 18:48:50: %SYS-5-CONFIG_I: Configured"), [
    ...[null, "%SYS-5-CONFIG_I", null, "Configured"],
  ]);
  const stamp = "Mar  1 18:48:50";
  const rest = "%SYS-5-CONFIG_I: Configured";
  const cases: [string, string | null][] = [
    [`29: 31: ${stamp}: ${rest}`, null],
    [`29: 31: router1: *${stamp}.483 UTC: ${rest}`, "router1"],
    [`29: router1: 000031: .${stamp}.483 NewYork: ${rest}`, "router1"],
    [`router1: 29: *${stamp} mesz: ${rest}`, "router1"],
    [`router1: 2026 ${stamp} CET: ${rest}`, "router1"],
    [`29: 192.0.2.1: ${stamp}: ${rest}`, "192.0.2.1"],
    [`29: 2001:db8::1: ${stamp}: ${rest}`, "2001:db8::1"],
    [`: ${stamp}.483: ${rest}`, null],
    [`:${stamp} 2026 UTC: ${rest}`, null],
    [`${stamp}.483 New-York: ${rest}`, null],
    [`${stamp} CEST: ${rest}`, null],
    [`${stamp} 2026: ${rest}`, null],
    [`2026-03-01T18:48:50Z: ${rest}`, null],
    [`2026-03-01T18:48:50Z fw-1 : ${rest}`, "fw-1"],
    [`${stamp}: ${rest}`, null],
    [`${stamp}:${rest}`, null],
    [`${stamp} fw-1 : ${rest}`, "fw-1"],
    [`${stamp}: fw-1 : ${rest}`, "fw-1"],
    [`${stamp} fw-1: ${rest}`, "fw-1"],
    [`${stamp} fw-1 ${rest}`, "fw-1"],
    [`${stamp} 192.0.2.1 : ${rest}`, "192.0.2.1"],
    [`29: LC/0/1/CPU0:${stamp}.483 : ${rest}`, "LC/0/1/CPU0"],
    [`29: router1 0/RP0/CPU0: ${stamp}.483 EST: ${rest}`, "router1"],
    // No colon behind the name.
    [`29: router1 31: ${stamp}.483 UTC: ${rest}`, "router1"],
    [`29: 2router.example ${stamp} 2026 UTC: ${rest}`, "2router.example"],
    [`: router1 *${stamp} PDT: ${rest}`, "router1"],
    [`router1 2026 ${stamp} PDT: ${rest}`, "router1"],
    // A wireless controller's task.
    [`router1: *spamApTask1: ${stamp}.958: ${rest}`, "router1"],
    [`29: *spamApTask1: ${stamp}.958: ${rest}`, null],
  ];
  for (const [text, hostname] of cases) {
    assertEquals(fields(text), [hostname, "%SYS-5-CONFIG_I", null, "Configured"], text);
    assertEquals(new Date(parse(text).timestamp! * 1000).getUTCDate(), 1, text);
  }
});

test("a device's own header is read behind that of its relay", () => {
  const relay = "Mar  2 08:00:00";
  const stamp = "Mar  1 18:48:50.483 UTC";
  const rest = "%SYS-5-CONFIG_I: Configured";
  const cases: [string, string | null][] = [
    [`${relay} 192.0.2.1 29: ${stamp}: ${rest}`, "192.0.2.1"],
    [`${relay} router1.example 29: *${stamp}: ${rest}`, "router1.example"],
    [`${relay} 192.0.2.1 router1: 29: ${stamp}: ${rest}`, "router1"],
    [`29: ${relay} 192.0.2.1 router1: 31: ${stamp}: ${rest}`, "router1"],
    [`${relay} fw-1 : ${stamp}: ${rest}`, "fw-1"],
    [`${relay} fw-1 : Mar  1 18:48:50 EDT: ${rest}`, "fw-1"],
  ];
  for (const [text, hostname] of cases) {
    assertEquals(fields(text), [hostname, "%SYS-5-CONFIG_I", null, "Configured"], text);
    assertEquals(new Date(parse(text).timestamp! * 1000).getUTCDate(), 1, text);
  }
  const acl = "%ACL-6-IPACCESSLOGP : denied";
  assertEquals(fields(`${relay} router1 RP/0/RP0/CPU0:${stamp}: acl_mgr[310]: ${acl}`), [
    ...["router1", "acl_mgr", "310", acl],
  ]);
  // These are texts.
  assertEquals(fields(`${relay} host app: ${stamp}: x`)[3], `${stamp}: x`);
  assertEquals(
    fields(`${relay} host app: 99% at ${stamp}: ${rest}`)[3],
    `99% at ${stamp}: ${rest}`,
  );
});

test("without a time Cisco's text begins with its mnemonic", () => {
  for (
    const head of [
      ...["82: 00:20:10: ", "82: 1w2d: ", "*3d04h: ", "82: 1y2w: ", "00:20:10.123: ", "29: ", ": "],
      ...["29: 31: ", ":"],
    ]
  ) {
    const text = "%SYS-5-CONFIG_I: Configured";
    assertEquals(parse(`${head}${text}`).timestamp, null, head);
    assertEquals(fields(`${head}${text}`), [null, null, null, text], head);
    if (!head.startsWith(":")) assertEquals(fields(`router1: ${head}${text}`)[3], text, head);
  }
  assertEquals(fields("fw-1 : %ASA-6-302014: Teardown"), [
    ...["fw-1", null, null, "%ASA-6-302014: Teardown"],
  ]);
});

test("a tag ends at the first character that a name cannot have", () => {
  const stamp = "Oct  1 22:14:15 host";
  const cases: [string, (string | null)[]][] = [
    ['app[77]:{"a":1}', ["app", "77", '{"a":1}']],
    ['app[77]{"a":1}', ["app", "77", '{"a":1}']],
    ["app:word1: word2", ["app", null, "word1: word2"]],
    ["app:word", ["app", null, "word"]],
    ["app[]: x", ["app", null, "x"]],
    ["WLAN/4/STATION_ONLINE:OID 1.3", ["WLAN/4/STATION_ONLINE", null, "OID 1.3"]],
    ["%%01IFNET/4/LINK_STATE(l)[13]:The line", ["%%01IFNET/4/LINK_STATE(l)", "13", "The line"]],
    ["docker/web.1/3f2a[9]: x", ["docker/web.1/3f2a", "9", "x"]],
    ["nginx:1.25[9]: x", ["nginx:1.25", "9", "x"]],
    ["hub.example:5000/a/b:1.2/web[9]: \tat f(x:3)", [
      "hub.example:5000/a/b:1.2/web",
      "9",
      "\tat f(x:3)",
    ]],
    ["app:word[9] x", ["app", null, "word[9] x"]],
    ["app:word[9]:x", ["app", null, "word[9]:x"]],
    ["CEF:0|a|b", ["CEF", null, "0|a|b"]],
    // These are no names.
    ['{"a":1}', [null, null, '{"a":1}']],
    ['{"a": 1}', [null, null, '{"a": 1}']],
    ["10:20:30 x", [null, null, "10:20:30 x"]],
    ["<a>: x", [null, null, "<a>: x"]],
    ["a=b: x", [null, null, "a=b: x"]],
  ];
  for (const [text, expected] of cases) {
    assertEquals(fields(`${stamp} ${text}`), ["host", ...expected], text);
  }
});

test("a message forwarded by AIX has its original host", () => {
  const head = "Mar 18 11:32:10 Message forwarded from";
  assertEquals(fields(`${head} aix1: su[4711]: x`), ["aix1", "su", "4711", "x"]);
  assertEquals(fields(`${head} 2001:db8::1: su: x`), ["2001:db8::1", "su", null, "x"]);
  const repeated = "last message repeated 2 times";
  assertEquals(fields(`${head} aix1.example: ${repeated}`), ["aix1.example", null, null, repeated]);
});

test("a zone is read from an offset or from the table, in upper or lower case", () => {
  const zones = new Map([["newyork", -5], ["mez", 1]]);
  const at = (stamp: string) => {
    const zoneNamed = (name: string) => {
      const hours = zones.get(name.toLowerCase());
      return hours === undefined
        ? undefined
        : (moment: Parameters<typeof timegm>[0]) => timegm(moment) - hours * 3600;
    };
    const { timestamp, app_name, message } = parseRfc3164(`${stamp} app: x`, 0, 34, {
      ...context,
      zoneNamed,
    });
    assertEquals([app_name, message], ["app", "x"], stamp);
    return new Date(timestamp! * 1000).getUTCHours();
  };
  const stamp = "Feb  3 12:00:00";
  assertEquals(at(`29: ${stamp} NewYork:`), 17);
  assertEquals(at(`29: ${stamp} newyork :`), 17);
  assertEquals(at(`${stamp} MEZ:`), 11);
  assertEquals(at(`${stamp} MEZ`), 11);
  assertEquals(at(`${stamp} utc`), 12);
  assertEquals(at(`${stamp} gmt:`), 12);
  assertEquals(at(`${stamp} UTC+2:`), 10);
  assertEquals(at(`${stamp} +0230`), 9);
  // An unknown name means the zone of the context: an hour ahead.
  assertEquals(at(`29: ${stamp} Mars:`), 11);
  assertEquals(at(stamp), 11);
});

test("a time without a year is the latest that is at most a day ahead", () => {
  const year = (stamp: string, at: number) => {
    const { timestamp } = parseRfc3164(`${stamp} a b: c`, 0, 13, { now: at, mktime: timegm });
    return timestamp === null ? null : new Date(timestamp * 1000).getUTCFullYear();
  };
  const newYear = Date.UTC(2026, 0, 1) / 1000;
  assertEquals(year("Dec 31 23:59:59", newYear), 2025);
  assertEquals(year("Jan  1 00:00:00", newYear - 1), 2026);
  assertEquals(year("Jan  2 00:00:00", newYear), 2026);
  assertEquals(year("Jan  2 00:00:01", newYear), 2025);
  assertEquals(year("Jun 30 00:00:00", newYear), 2025);
  assertEquals(year("Jul 10 00:00:00", newYear), 2025);
  assertEquals(year("Feb 29 00:00:00", Date.UTC(2025, 0, 1) / 1000), 2024);
  assertEquals(year("Feb 29 00:00:00", Date.UTC(2026, 0, 1) / 1000), null);
});

test("a time without a zone is local time unless an option says otherwise", () => {
  const { timestamp } = parseRfc3164("Feb  3 04:05:06 a b: c", 0, 13, { now });
  assertEquals(timestamp, new Date(2026, 1, 3, 4, 5, 6).getTime() / 1000);
});
