import fc from "fast-check";
import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  type MessageFormatter,
  Rfc3164Formatter,
  type Rfc3164Options,
  Rfc5424Formatter,
  type Rfc5424Options,
} from "../../../src/wire/syslog/syslog_message.ts";
import { gmtime } from "../../../src/text/struct_time.ts";
import { test } from "../../test.ts";
import { type Fields, messageOf } from "./written.ts";

const created = Date.UTC(2026, 1, 3, 4, 5, 6, 789) / 1000;
const what = "create a handler";

const base = {
  hostname: "host1",
  appName: "myapp",
  procid: null,
  maxBytes: Infinity,
};

function rfc3164(options: Partial<Rfc3164Options> = {}): Rfc3164Formatter {
  return new Rfc3164Formatter(what, { ...base, localtime: gmtime, ...options });
}

function rfc5424(options: Partial<Rfc5424Options> = {}): Rfc5424Formatter {
  const more = { msgid: null, structuredDataId: null, bom: false };
  return new Rfc5424Formatter(what, { ...base, ...more, ...options });
}

function text(...args: Parameters<typeof messageOf>) {
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(messageOf(...args));
}

test("Rfc3164Formatter writes PRI, local time, host name and tag", () => {
  assertEquals(text(rfc3164(), 34, created, "späm"), "<34>Feb  3 04:05:06 host1 myapp: späm");
  assertEquals(
    text(rfc3164({ procid: "42" }), 0, created, ""),
    "<0>Feb  3 04:05:06 host1 myapp[42]: ",
  );
  assertEquals(
    text(rfc3164({ hostname: null }), 191, created, "spam"),
    "<191>Feb  3 04:05:06 myapp: spam",
  );
});

test("Rfc5424Formatter writes every field, and a dash for one that is missing", () => {
  assertEquals(
    text(rfc5424(), 165, created, "späm"),
    "<165>1 2026-02-03T04:05:06.789000Z host1 myapp - - - späm",
  );
  assertEquals(
    text(rfc5424({ hostname: null, appName: null }), 13, created, ""),
    "<13>1 2026-02-03T04:05:06.789000Z - - - - - ",
  );
  assertEquals(
    text(rfc5424({ procid: "42", msgid: "ID47", bom: true }), 13, created, "spam"),
    "<13>1 2026-02-03T04:05:06.789000Z host1 myapp 42 ID47 - \ufeffspam",
  );
});

test("Rfc5424Formatter writes structured data under the given SD-ID", () => {
  const formatter = rfc5424({ structuredDataId: "app@32473" });
  const head = "<13>1 2026-02-03T04:05:06.789000Z host1 myapp - -";
  const data = { user: 'an"na', n: 7 };
  assertEquals(
    text(formatter, 13, created, "spam", { data }),
    `${head} [app@32473 user="an\\"na" n="7"] spam`,
  );
  for (const fields of [undefined, {}, { data: {} }, { data: null }]) {
    assertEquals(text(formatter, 13, created, "spam", fields), `${head} - spam`);
  }
  assertEquals(text(rfc5424(), 13, created, "spam", { data }), `${head} - spam`);
});

test("fields of a message replace those of the options", () => {
  const modern = rfc5424({ procid: "1", msgid: "A" });
  const head = "<13>1 2026-02-03T04:05:06.789000Z host1";
  assertEquals(
    text(modern, 13, created, "x", { appName: "b", procid: "2", msgid: "B" }),
    `${head} b 2 B - x`,
  );
  assertEquals(text(modern, 13, created, "x", { msgid: "C" }), `${head} myapp 1 C - x`);
  assertEquals(text(modern, 13, created, "x", { procid: null }), `${head} myapp - A - x`);
  assertEquals(text(modern, 13, created, "x"), `${head} myapp 1 A - x`);
  const classic = rfc3164({ appName: null });
  assertEquals(
    text(classic, 13, created, "x", { appName: "b", procid: "2", msgid: "no such" }),
    "<13>Feb  3 04:05:06 host1 b[2]: x",
  );
});

test("the formatters refuse bad options and name them", () => {
  const cases: [() => unknown, string][] = [
    [() => rfc5424({ hostname: "x".repeat(256) }), "'hostname'"],
    [() => rfc5424({ appName: "a b" }), "'appName'"],
    [() => rfc5424({ procid: "" }), "'procid'"],
    [() => rfc5424({ msgid: "x".repeat(33) }), "'msgid'"],
    [() => rfc5424({ structuredDataId: "a b" }), "'structuredDataId'"],
    [() => rfc3164({ hostname: "a b" }), "'hostname'"],
    [() => rfc3164({ appName: "a:" }), "'appName'"],
    [() => rfc3164({ procid: "]" }), "'procid'"],
  ];
  for (const [make, name] of cases) {
    assertThrows(make, TypeError, `Cannot create a handler as ${name} must be`);
  }
});

test("a bad value loses only one message", () => {
  const formatters: MessageFormatter[] = [
    rfc3164(),
    rfc5424({ structuredDataId: "app@32473" }),
  ];
  for (const formatter of formatters) {
    const before = text(formatter, 13, created, "spam");
    assertThrows(() => messageOf(formatter, 192, created, ""), RangeError, "'pri'");
    assertThrows(() => messageOf(formatter, -1, created, ""), RangeError, "'pri'");
    assertThrows(() => messageOf(formatter, 1.5, created, ""), RangeError, "'pri'");
    assertThrows(() => messageOf(formatter, 13, NaN, ""), RangeError, "'created'");
    assertThrows(() => messageOf(formatter, 13, created, "\ud800"), RangeError, "surrogate");
    for (const appName of ["a b", "ä"]) {
      assertThrows(
        () => messageOf(formatter, 13, created, "", { appName }),
        TypeError,
        `Cannot send a syslog message as 'appName' must be`,
      );
    }
    assertEquals(text(formatter, 13, created, "spam"), before);
  }
});

test("a message that is too long is cut between characters, and counted", () => {
  for (const make of [rfc3164, rfc5424]) {
    const head = messageOf(make(), 13, created, "").length;
    const formatter = make({ maxBytes: head + 4 });
    assert(text(formatter, 13, created, "äöü").endsWith(" äö"));
    assert(text(formatter, 13, created, "aäöü").endsWith(" aä"));
    assert(text(formatter, 13, created, "a€€").endsWith(" a€"));
    assert(text(formatter, 13, created, "abcd").endsWith(" abcd"));
    assertEquals(formatter.truncated, 3);
    assertEquals(messageOf(make({ maxBytes: 10 }), 13, created, "spam").length, 10);
  }
});

test("structured data that does not fit is left out", () => {
  const options = { structuredDataId: "app@32473" };
  const whole = text(rfc5424(options), 13, created, "späm", { data: { key: "value" } });
  const without = text(rfc5424(options), 13, created, "späm");
  const dataEnd = whole.length - " späm".length;
  for (let maxBytes = 10; maxBytes <= whole.length + 1; maxBytes++) {
    const cut = text(rfc5424({ ...options, maxBytes }), 13, created, "späm", {
      data: { key: "value" },
    });
    const expected = maxBytes >= dataEnd ? whole : without;
    assert(expected.startsWith(cut), cut);
    assert(cut.length >= Math.min(maxBytes - 1, expected.length));
  }
});

test("one formatter writes long and short messages in full", () => {
  const formatter = rfc5424();
  for (const length of [1, 100_000, 2, 30_000]) {
    assert(text(formatter, 13, created, "€".repeat(length)).endsWith(` - ${"€".repeat(length)}`));
  }
});

test("Rfc5424Formatter writes any message as section 6 of the RFC composes it", () => {
  const encoder = new TextEncoder();
  const unit = fc.constantFrom("a", "Z", "7", " ", '"', "\\", "]", "\n", "\x7f", "é", "€", "😀");
  const anyText = fc.oneof(
    fc.string({ unit, maxLength: 200 }),
    fc.constantFrom(40, 48, 49, 64, 65, 5000).map((length) => "x".repeat(length)),
  );
  const field = fc.option(fc.stringMatching(/^[!-~]{1,30}$/), { nil: null });
  const value = fc.oneof(
    ...[anyText, fc.integer(), fc.double(), fc.boolean()],
    fc.constantFrom(null, undefined),
  );
  const name = fc.stringMatching(/^[!#-<>-\\^-~]{1,32}$/).filter((name) => name !== "__proto__");
  const message = fc.record({
    pri: fc.constantFrom(0, 14, 14, 14, 12, 191),
    created: fc.tuple(fc.constantFrom(1_700_000_000, 1_700_000_001, 3), fc.nat(999_999)),
    text: anyText,
    fields: fc.record<Fields>({
      ...{ appName: field, procid: field, msgid: field },
      data: fc.option(fc.dictionary(name, value, { noNullPrototype: true, maxKeys: 6 })),
    }),
  });
  const options = { structuredDataId: "app@32473", bom: false, hostname: "host" };
  const formatters = [rfc5424(options), rfc5424({ ...options, bom: true })];
  fc.assert(
    fc.property(fc.array(message, { maxLength: 8 }), (messages) => {
      for (const { pri, created: [second, micros], text, fields } of messages) {
        const { appName, procid, msgid, data } = fields;
        const params = Object.entries(data ?? {}).filter(([, value]) => value !== undefined)
          .map(([name, value]) => ` ${name}="${String(value).replace(/["\\\]]/g, "\\$&")}"`);
        const hasData = Object.keys(data ?? {}).length > 0;
        const date = new Date(second * 1000).toISOString().slice(0, 20);
        const time = `${date}${String(micros).padStart(6, "0")}Z`;
        const head = [`<${pri}>1`, time, "host", appName ?? "-", procid ?? "-", msgid ?? "-"];
        const element = hasData ? `[app@32473${params.join("")}]` : "-";
        for (const [i, formatter] of formatters.entries()) {
          const bom = i === 1 ? "\ufeff" : "";
          assertEquals(
            messageOf(formatter, pri, second + micros / 1e6, text, fields),
            encoder.encode(`${head.join(" ")} ${element} ${bom}${text}`),
          );
        }
      }
    }),
    { seed: 20261129, numRuns: 300 },
  );
});
