import { assertEquals } from "@std/assert";
import { parseRfc5424 } from "../../../src/wire/syslog/_rfc5424_parser.ts";
import { test } from "../../test.ts";

const parse = (text: string) => parseRfc5424(text, 0, 165);
const time = (stamp: string) => parse(`1 ${stamp} - - - - -`)?.timestamp;

test("parseRfc5424() reads RFC 5424's examples", () => {
  assertEquals(
    parseRfc5424(
      "<34>1 2003-10-11T22:14:15.003Z mymachine.example.com su - ID47 - \ufeff'su root' failed",
      4,
      34,
    ),
    {
      facility: 4,
      severity: 2,
      timestamp: Date.UTC(2003, 9, 11, 22, 14, 15, 3) / 1000,
      hostname: "mymachine.example.com",
      app_name: "su",
      procid: null,
      msgid: "ID47",
      structured_data: null,
      message: "'su root' failed",
      format: "rfc5424",
    },
  );
  assertEquals(
    parse('1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 myproc 8710 - [a@1 b="c"] %% It\'s time.'),
    {
      facility: 20,
      severity: 5,
      timestamp: Date.UTC(2003, 7, 24, 12, 14, 15) / 1000 + 0.000003,
      hostname: "192.0.2.1",
      app_name: "myproc",
      procid: "8710",
      msgid: null,
      structured_data: { "a@1": { b: "c" } },
      message: "%% It's time.",
      format: "rfc5424",
    },
  );
});

test("parseRfc5424() reads a message without a text, and one without anything", () => {
  for (const text of ["1 - - - - - -", "1 - - - - - - "]) {
    assertEquals(parse(text), {
      ...{ facility: 20, severity: 5, timestamp: null, hostname: null, app_name: null },
      ...{ procid: null, msgid: null, structured_data: null, message: "", format: "rfc5424" },
    });
  }
  assertEquals(parse("1 - - - - - -  text ")?.message, " text ");
});

test("parseRfc5424() reads times of the grammar, and some that differ from it", () => {
  assertEquals(time("1985-04-12T23:20:50.52Z"), Date.UTC(1985, 3, 12, 23, 20, 50, 520) / 1000);
  assertEquals(time("1985-04-12T19:20:50.52-04:00"), time("1985-04-12T23:20:50.52Z"));
  assertEquals(time("-"), null);
  const expected = Date.UTC(2003, 7, 24, 5, 14, 15) / 1000;
  for (
    const stamp of [
      ...["2003-08-24t05:14:15Z", "2003-08-24T05:14:15z", "2003-08-24T05:14:15.000000003Z"],
      ...[
        "2003-08-24T07:14:15.0000000+0200",
        "2003-08-24 05:14:15Z",
        "2003-08-24T05:14:14.9999999Z",
      ],
      "2003-08-24T05:13:60Z".replace("13:60", "14:15"),
    ]
  ) {
    assertEquals(time(stamp), expected, stamp);
  }
  assertEquals(time("2003-08-24T05:13:60Z"), expected - 15);
  assertEquals(time("2003-08-24T05:14:15.0886091Z"), expected + 0.088609);
  const context = { mktime: () => 7 };
  const local = parseRfc5424("1 2003-08-24T05:14:15 - - - - -", 0, 165, context);
  assertEquals(local?.timestamp, 7);
  assertEquals(time("2003-08-24T05:14:15"), new Date(2003, 7, 24, 5, 14, 15).getTime() / 1000);
});

test("parseRfc5424() reads the other fields when the time is invalid", () => {
  for (
    const stamp of [
      ...["2003-02-29T05:14:15Z", "2003-08-24T24:14:15Z", "2003-08-24T05:14:15.Z"],
      ...["2003-08-24T05:14:15+24:00", "2003-8-24T05:14:15Z", "2003-08-24T05:14:15[UTC]"],
    ]
  ) {
    assertEquals(parse(`1 ${stamp} host app 7 ID [a@1 b="c"] text`), {
      ...{ facility: 20, severity: 5, timestamp: null, hostname: "host", app_name: "app" },
      ...{ procid: "7", msgid: "ID", structured_data: { "a@1": { b: "c" } }, message: "text" },
      format: "rfc5424",
    }, stamp);
  }
  for (const stamp of ["now", "2003", "2003-08-24", "12:30:00", "\u2013"]) {
    assertEquals(parse(`1 ${stamp} host app 7 ID - text`), undefined, stamp);
  }
});

test("parseRfc5424() keeps a field that is too long or not ASCII", () => {
  const fields = [255, 48, 128, 32].map((length) => "x".repeat(length));
  for (const stamp of ["-", "2003-08-24T05:14:15Z"]) {
    assertEquals(parse(`1 ${stamp} ${fields.join(" ")} -`)?.msgid, fields[3]);
    for (const at of [0, 1, 2, 3]) {
      for (const odd of [`${fields[at]}x`, "\u00e4", "x".repeat(10_000)]) {
        const message = parse(`1 ${stamp} ${fields.with(at, odd).join(" ")} - text`);
        const { hostname, app_name, procid, msgid } = message!;
        const found = [hostname, app_name, procid, msgid];
        assertEquals(found, fields.with(at, odd));
        assertEquals(message?.message, "text");
      }
      for (const bad of ["", "a\tb"]) {
        assertEquals(parse(`1 - ${fields.with(at, bad).join(" ")} -`), undefined);
      }
    }
  }
});

test("parseRfc5424() reads a header that has a time and lacks other fields", () => {
  const stamp = "2003-08-24T05:14:15Z";
  const data = { "a@1": { b: "c" } };
  const cases: [string, unknown[]][] = [
    // Heroku.
    ["host heroku router - at=info path=/", [
      "host",
      "heroku",
      "router",
      null,
      null,
      "at=info path=/",
    ]],
    ["host app 7 ID two words", ["host", "app", "7", "ID", null, "two words"]],
    ["host app - - x=1  y=2", ["host", "app", null, null, null, "x=1  y=2"]],
    ["host app - - -x", ["host", "app", null, null, null, "-x"]],
    ["host app 7 ID [not data] text", ["host", "app", "7", "ID", null, "[not data] text"]],
    ['host app 7 ID [a@1 b="c" text', ["host", "app", "7", "ID", null, '[a@1 b="c" text']],
    ['host app 7 ID [a@1  b="c" ] text', ["host", "app", "7", "ID", data, "text"]],
    ['host app 7 ID [a@1 b="c"]text', ["host", "app", "7", "ID", data, "text"]],
    ['host app 7 [a@1 b="c"] text', ["host", "app", "7", null, data, "text"]],
    ['host app [a@1 b="c"] text', ["host", "app", null, null, data, "text"]],
    ["host app [main] ID - text", ["host", "app", "[main]", "ID", null, "text"]],
    ["host app \u2013 \u2014 \u2013 text", ["host", "app", null, null, null, "text"]],
    [" host  app 7  ID - text", ["host", "app", "7", "ID", null, "text"]],
    ["host app 7 ID", ["host", "app", "7", "ID", null, ""]],
    ["host app", ["host", "app", null, null, null, ""]],
    ["host\nmore", [null, null, null, null, null, "host\nmore"]],
    ["", [null, null, null, null, null, ""]],
  ];
  for (const [text, expected] of cases) {
    const message = parse(`1 ${stamp} ${text}`)!;
    const { timestamp, hostname, app_name, procid, msgid, structured_data } = message;
    const found = [hostname, app_name, procid, msgid, structured_data, message.message];
    assertEquals(found, expected, text);
    assertEquals(timestamp, Date.UTC(2003, 7, 24, 5, 14, 15) / 1000, text);
  }
  assertEquals(parse(`1 ${stamp}`)?.message, "");
  assertEquals(parse(`1  ${stamp} host app 7 ID - text`)?.hostname, "host");
  assertEquals(parse(`1 ${stamp}\thost`)?.message, "\thost");
});

test("parseRfc5424() refuses another version, and fields not separated by one space", () => {
  for (
    const text of ["2 - - - - - -", "1 - - - - -", "1  - - - - - -", "1 - - - - - -x", "", "1"]
      .concat("1 - - - - - [a]x", "11 - - - - - -", " 1 - - - - - -")
  ) {
    assertEquals(parse(text), undefined, text);
  }
});
