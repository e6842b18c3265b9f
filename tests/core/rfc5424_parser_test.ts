import { assertEquals } from "@std/assert";
import { parseRfc5424 } from "../../src/core/rfc5424_parser.ts";
import { test } from "../test.ts";

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

test("parseRfc5424() holds a time to the grammar and to the calendar", () => {
  assertEquals(time("1985-04-12T23:20:50.52Z"), Date.UTC(1985, 3, 12, 23, 20, 50, 520) / 1000);
  assertEquals(time("1985-04-12T19:20:50.52-04:00"), time("1985-04-12T23:20:50.52Z"));
  assertEquals(time("-"), null);
  for (
    const stamp of [
      ...["2003-08-24T05:14:15.000000003-07:00", "2003-08-24t05:14:15Z", "2003-08-24T05:14:15z"],
      ...["2003-08-24T05:14:15", "2003-08-24 05:14:15Z", "2003-02-29T05:14:15Z"],
      ...["2003-08-24T24:14:15Z", "2003-08-24T05:14:60Z", "2003-08-24T05:14:15.Z"],
      ...["2003-08-24T05:14:15+24:00", "2003-8-24T05:14:15Z", "now"],
    ]
  ) {
    assertEquals(time(stamp), undefined, stamp);
  }
});

test("parseRfc5424() holds each field to its length and to printable ASCII", () => {
  const fields = [255, 48, 128, 32].map((length) => "x".repeat(length));
  assertEquals(parse(`1 - ${fields.join(" ")} -`)?.msgid, fields[3]);
  for (const at of [0, 1, 2, 3]) {
    for (const bad of [`${fields[at]}x`, "ä", "", "a\tb"]) {
      assertEquals(parse(`1 - ${fields.with(at, bad).join(" ")} -`), undefined);
    }
  }
});

test("parseRfc5424() refuses another version and what is not separated by one space", () => {
  for (
    const text of ["2 - - - - - -", "1 - - - - -", "1  - - - - - -", "1 - - - - - -x", "", "1"]
      .concat("1 - - - - - [a]x", "11 - - - - - -", " 1 - - - - - -")
  ) {
    assertEquals(parse(text), undefined, text);
  }
});
