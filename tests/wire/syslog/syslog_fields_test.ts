import { assertEquals, assertThrows } from "@std/assert";
import {
  checkField,
  type HeaderField,
  RFC3164_FIELDS,
  RFC5424_FIELDS,
} from "../../../src/wire/syslog/syslog_fields.ts";
import { test } from "../../test.ts";

const what = "create a handler";

test("checkField() refuses RFC 5424 fields that are too long or not printable ASCII", () => {
  const lengths = { hostname: 255, appName: 48, procid: 128, msgid: 32 };
  for (const [name, most] of Object.entries(lengths) as [HeaderField, number][]) {
    const check = (value: unknown) => checkField(what, RFC5424_FIELDS, name, value);
    assertEquals(check("x".repeat(most)), "x".repeat(most));
    assertEquals(check('!"]=~'), '!"]=~');
    assertEquals(check(null), null);
    assertThrows(() => check("x".repeat(most + 1)), TypeError, `'${name}' must be 1 to ${most} `);
    for (const value of ["", "a b", "a\n", "\n", "ä", "\x7f", 7, undefined]) {
      assertThrows(() => check(value), TypeError, "Cannot create a handler");
    }
  }
  assertThrows(
    () => checkField(what, RFC5424_FIELDS, "hostname", "my host"),
    TypeError,
    `Cannot create a handler as 'hostname' must be 1 to 255 printable ASCII characters without a ` +
      `space: current value is "my host"`,
  );
});

test("checkField() refuses an RFC 3164 tag with a character that would end it", () => {
  const check = (value: unknown) => checkField(what, RFC3164_FIELDS, "appName", value);
  for (const tag of ["su", "myapp.area1", "postfix/smtpd", "a_b-c", "x".repeat(32)]) {
    assertEquals(check(tag), tag);
  }
  for (const tag of ["x".repeat(33), "", "a b", "a:", "a[1]", "ä", "a\0"]) {
    assertThrows(() => check(tag), TypeError, "'appName' must be 1 to 32 characters of");
  }
});

test("checkField() refuses an RFC 3164 host name or process id that daemons would not read as one", () => {
  const host = (value: unknown) => checkField(what, RFC3164_FIELDS, "hostname", value);
  for (const name of ["mymachine", "10.0.0.99", "fe80::1", "a.example.org", "x".repeat(255)]) {
    assertEquals(host(name), name);
  }
  for (const name of ["my host", "", "[x]", "a:", "host:514", "x".repeat(256)]) {
    assertThrows(() => host(name), TypeError, "'hostname'");
  }
  assertEquals(checkField(what, RFC3164_FIELDS, "procid", "1234"), "1234");
  assertThrows(() => checkField(what, RFC3164_FIELDS, "procid", "1]"), TypeError, "'procid'");
});

test("checkField() ignores a field that the format does not have", () => {
  assertEquals(checkField(what, RFC3164_FIELDS, "msgid", "a b"), null);
});
