import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { timegm } from "../../../src/wire/syslog/_civil_time.ts";
import { Rfc3164Formatter, Rfc5424Formatter } from "../../../src/wire/syslog/syslog_message.ts";
import { parseSyslog, type SyslogMessage } from "../../../src/wire/syslog/syslog_parser.ts";
import { gmtime } from "../../../src/text/struct_time.ts";
import { test } from "../../test.ts";
import { messageOf } from "./written.ts";

const encoder = new TextEncoder();
const now = Date.UTC(2026, 6, 1) / 1000;
const context = { now, mktime: timegm };

function parse(text: string | number[]): SyslogMessage {
  return parseSyslog(
    typeof text === "string" ? encoder.encode(text) : Uint8Array.from(text),
    context,
  );
}

const latin1 = (text: string): number[] => [...text].map((character) => character.charCodeAt(0));

test("parseSyslog() detects the format", () => {
  assertEquals(parse("<34>1 - host app - - - spam").format, "rfc5424");
  assertEquals(parse("<34>Oct 11 22:14:15 host app: spam").format, "rfc3164");
  // These are not RFC 5424, and none of their text is lost.
  assertEquals(parse("<34>1 - host app - spam").message, "1 - host app - spam");
  assertEquals(parse("<34>1 - host app - - [x] [").message, "[");
  assertEquals(parse("<34>1 - host app - - [x spam").message, "1 - host app - - [x spam");
});

test("parseSyslog() reads the messages of CPython's SysLogHandler", () => {
  const message = parse("<11>sp\u00e4m\0");
  assertEquals(message, {
    ...{ facility: 1, severity: 3, timestamp: null, hostname: null, app_name: null },
    ...{ procid: null, msgid: null, structured_data: null, message: "späm", format: "rfc3164" },
  });
  assertEquals(parse("<11>Error: a\n  b: c\0").message, "Error: a\n  b: c");
});

test("a message without a valid PRI has facility user and severity notice", () => {
  for (
    const text of [
      "spam",
      "",
      "<>a",
      "<192>a",
      "<1234>a",
      "<013>a",
      "<00>a",
      "<-1>a",
      "<1a>b",
      "< 1>a",
    ]
      .concat("<13", "13>a", "<1 - - - - - -", "1 - - - - - - a")
  ) {
    const { facility, severity, message, format } = parse(text);
    assertEquals([facility, severity, message, format], [1, 5, text, "rfc3164"]);
  }
  const { facility, severity, app_name } = parse("Oct 11 22:14:15 host app: spam");
  assertEquals([facility, severity, app_name], [1, 5, "app"]);
  assertEquals(
    [parse("<0>a"), parse("<191>a")].map(({ facility, severity }) => facility * 8 + severity),
    [
      ...[0, 191],
    ],
  );
});

test("an invalid PRI and a second PRI before a time are skipped", () => {
  const found = (head: string, text: string) => {
    const { facility, severity, hostname, app_name, message } = parse(head + text);
    return [facility * 8 + severity, hostname, app_name, message];
  };
  for (
    const text of ["Feb  3 04:05:06 host app: spam", "1 2026-02-03T04:05:06Z host app - - - spam"]
  ) {
    const rest = ["host", "app", "spam"];
    for (const head of ["", "<>", "<013>", "<00>", "<192>", "<1234567890>"]) {
      assertEquals(found(head, text), [13, ...rest], head + text);
    }
    assertEquals(found("<13><30>", text), [30, ...rest]);
    assertEquals(found("<30><999>", text), [13, ...rest]);
    assertEquals(found("<13><30><30>", text)[3], `<30><30>${text}`);
  }
  assertEquals(parse("<13><30>spam").message, "<30>spam");
});

test("a NUL, a line end and a byte order mark around a message are removed", () => {
  for (const end of ["", "\0", "\n", "\r\n", "\n\0", "\0\0"]) {
    assertEquals(parse(`<13>spam${end}`).message, "spam");
    assertEquals(parse(`<13>1 - - - - - - spam${end}`).message, "spam");
  }
  assertEquals(parse("\ufeff<13>1 - - - - - - spam").message, "spam");
  assertEquals(parse("<13>\ufeffspam").message, "spam");
  assertEquals(parse("<13>1 - - - - - - \ufeffspam").message, "spam");
});

test("bytes that are no UTF-8 are read as Latin-1, unless only the last character is cut", () => {
  assertEquals(parse(latin1("<13>späm")).message, "späm");
  assertEquals(parse(latin1("<13>caf\u00e9")).message, "café");
  const cut = [...encoder.encode("<13>späm €")];
  assertEquals(parse(cut.slice(0, -1)).message, "späm \ufffd");
  assertEquals(parse(cut.slice(0, -2)).message, "späm \ufffd");
  assertEquals(parse([...cut.slice(0, -1), 0x41]).message, "sp\u00c3\u00a4m \u00e2\u0082A");
  assertEquals(parse([0x80]).message, "\u0080");
});

const clean = (text: string) => text.replace(/^\ufeff/, "").replace(/[\0\r\n]+$/, "");
const text = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 60 }),
  fc.string({ unit: fc.constantFrom(...'<>[]"\\ :-1\n\0a'), maxLength: 60 }),
);
const pri = fc.nat({ max: 191 });
const micros = fc.nat({ max: 2_000_000_000_000_000 }).map((micros) => micros / 1e6);

test("parseSyslog() reads back everything that Rfc5424Formatter writes", () => {
  const field = (max: number) => fc.stringMatching(new RegExp(`^[!-~]{1,${max}}$`));
  const name = fc.stringMatching(/^[!#-<>-\\^-~]{1,32}$/).filter((name) => name !== "__proto__");
  const id = fc.tuple(fc.stringMatching(/^[a-z]{1,20}$/), fc.nat()).map((parts) => parts.join("@"));
  const fields = fc.record({
    appName: field(48),
    procid: field(128),
    msgid: field(32),
    data: fc.dictionary(name, text, { noNullPrototype: true, minKeys: 1, maxKeys: 5 }),
  });
  const nilToNull = (value: string) => value === "-" ? null : value;
  fc.assert(
    fc.property(
      ...[pri, micros, text, field(255), id, fields, fc.boolean()] as const,
      (pri, created, text, hostname, structuredDataId, fields, bom) => {
        const formatter = new Rfc5424Formatter("test", {
          ...{ hostname, structuredDataId, bom, appName: null, procid: null, msgid: null },
          ...{ maxBytes: Infinity },
        });
        assertEquals(parseSyslog(messageOf(formatter, pri, created, text, fields), context), {
          facility: pri >> 3,
          severity: pri & 7,
          timestamp: created,
          hostname: nilToNull(hostname),
          app_name: nilToNull(fields.appName),
          procid: nilToNull(fields.procid),
          msgid: nilToNull(fields.msgid),
          structured_data: { [structuredDataId]: fields.data },
          message: bom ? text.replace(/[\0\r\n]+$/, "") : clean(text),
          format: "rfc5424",
        });
      },
    ),
    { seed: 20240902, numRuns: 300 },
  );
});

test("parseSyslog() reads back everything that Rfc3164Formatter writes", () => {
  const hostname = fc.oneof(
    fc.constantFrom(null, "10.0.0.99", "fe80::1", "host.example.org"),
    fc.stringMatching(/^[A-Za-z0-9._-]{2,60}$/),
  );
  const appName = fc.stringMatching(/^[A-Za-z0-9._/-]{1,32}$/);
  const procid = fc.option(fc.stringMatching(/^[A-Za-z0-9._-]{1,128}$/));
  const second = fc.integer({ min: now - 363 * 86_400, max: now + 86_400 });
  fc.assert(
    fc.property(
      ...[pri, second, text, hostname, appName, procid] as const,
      (pri, created, text, hostname, appName, procid) => {
        const formatter = new Rfc3164Formatter("test", {
          ...{ hostname, appName, procid, maxBytes: Infinity, localtime: gmtime },
        });
        assertEquals(parseSyslog(messageOf(formatter, pri, created + 0.5, text), context), {
          ...{ facility: pri >> 3, severity: pri & 7, timestamp: created, hostname },
          ...{ app_name: appName, procid, msgid: null, structured_data: null },
          ...{ message: clean(text), format: "rfc3164" },
        });
      },
    ),
    { seed: 20240902, numRuns: 300 },
  );
});

test("parseSyslog() reads any bytes as a message, and loses none of their text", () => {
  const pieces = fc.constantFrom(
    ...["<13>", "<191>", "1 ", "- ", "2026-02-03T04:05:06Z ", "Feb  3 04:05:06 ", "host "],
    ...["tag: ", "tag[1]: ", '[a b="', '"]', "\\", "\0", "\n", "\ufeff", "\u00e4", "29: ", ": "],
    ...["%SYS-5-A: ", "NewYork: ", "RP/0/RSP0/CPU0:", "*", "00:20:10: ", "fe80::1 ", "\u2013 "],
    ...["Message forwarded from ", "UTC", "2026-02-30T25:61:61 ", "[", "]", "=", "-", "  "],
  );
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 100 }),
    fc.array(pieces, { maxLength: 12 }).map((pieces) => encoder.encode(pieces.join(""))),
  );
  fc.assert(
    fc.property(bytes, (bytes) => {
      const message = parseSyslog(bytes, context);
      const { facility, severity, timestamp } = message;
      assert(facility >= 0 && facility <= 23 && severity >= 0 && severity <= 7);
      assert(timestamp === null || Number.isFinite(timestamp));
      const ends = bytes.at(-1);
      if (ends !== undefined && ends > 0x20 && ends < 0x7f && message.message !== "") {
        assertEquals(message.message.at(-1), String.fromCharCode(ends));
      }
    }),
    { seed: 20240902, numRuns: 2000 },
  );
});

test("parseSyslog() takes linear time for any bytes", () => {
  const many = 300_000;
  for (
    const head of [
      ...["", "<13>", "<13>Feb  3 04:05:06 ", "<13>Feb  3 04:05:06 host ", "<13>1 - "],
      ...["<13>1 2026-02-03T04:05:06Z ", "<13>1 2026-02-03T04:05:06.", "<13>29: %A-5-"],
      ...["<13>29: *Feb  3 04:05:06.", "<13>Feb  3 04:05:06 Message forwarded from "],
      ...[
        "<13>Feb  3 04:05:06 host 29: ",
        "<13>Feb  3 04:05:06 host *task: %",
        '<13>Feb  3 04:05:06 ("',
      ],
    ]
  ) {
    for (
      const piece of [
        ...["a", ":", "[", "a[", " ", "1: ", "a: ", "\\", '"', "<13>", "\u00e4", "\0"],
        ...["1", "::", "a:", "%A-5-", "-5", "A/", '[a b="', " :", "f:", "- ", "<1>", "@", "Feb "],
        ...["Feb  3 04:05:06 a ", "1: Feb  3 04:05:06: "],
      ]
    ) {
      const { hostname, app_name, message } = parse(head + piece.repeat(many) + "!");
      assert((message || app_name || hostname)?.endsWith("!"), head + piece);
    }
  }
  assertEquals(parse([...new Uint8Array(many)]).message, "");
});
