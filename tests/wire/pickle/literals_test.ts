import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { ByteWriter } from "../../../src/wire/pickle/_byte_writer.ts";
import { UnpicklingError } from "../../../src/wire/pickle/errors.ts";
import * as text from "../../../src/wire/pickle/literals.ts";
import { test } from "../../test.ts";
import { text as anyText } from "./arbitrary.ts";
import { latin1 } from "./recorded_pickles.ts";

function utf8(text: string): Uint8Array {
  const writer = new ByteWriter();
  writer.utf8(text);
  return writer.bytes.slice(0, writer.length);
}

test("decodeUtf8() decodes any text, also between other bytes", () => {
  fc.assert(
    fc.property(anyText, (value) => {
      const bytes = utf8(`é${value}é`);
      assertEquals(text.decodeUtf8(bytes, 2, bytes.length - 2), value);
    }),
    { seed: 28, numRuns: 1000 },
  );
  const long = "\ud800😀".repeat(20_000);
  const bytes = utf8(long);
  assert(text.decodeUtf8(bytes, 0, bytes.length) === long);
});

test("decodeUtf8() refuses invalid UTF-8 other than surrogates", () => {
  const bad = [
    ...[
      "\x80",
      "\xbf",
      "\xc0\xaf",
      "\xc1\xbf",
      "\xc3",
      "\xe0\x9f\xbf",
      "\xe2\x82",
      "\xf0\x8f\xbf\xbf",
    ],
    ...[
      "\xf4\x90\x80\x80",
      "\xf5\x80\x80\x80",
      "\xf8\x88\x80\x80\x80",
      "\xff",
      "\xe2(\xa1",
      "\xed\xa0",
    ],
  ];
  for (const sequence of bad) {
    for (const around of ["", "a".repeat(50)]) {
      const bytes = latin1(around + sequence + around);
      assertEquals(text.decodeUtf8(bytes, 0, bytes.length), undefined);
    }
  }
});

test("decodeUtf8() returns the same string for repeated short ASCII", () => {
  for (let i = 0; i < 3; i++) {
    for (const name of ["levelname", "levelno", "emanlevel", "", "x"]) {
      assertStrictEquals(text.decodeUtf8(latin1(name), 0, name.length), name);
    }
  }
});

test("decodeLatin1() decodes each byte as a character, however many", () => {
  const all = String.fromCharCode(...Array(256).keys());
  assertEquals(text.decodeLatin1(latin1(all), 0, 256), all);
  const long = all.repeat(100);
  assert(text.decodeLatin1(latin1(long), 0, long.length) === long);
});

test("decodeRawUnicodeEscape() reads the argument of UNICODE", () => {
  const cases: [string, string][] = [
    ["", ""],
    ["a\\u20acb", "a€b"],
    ["\\U0001f600", "😀"],
    ["\\ud83d\\ude00", "😀"],
    ["\\ud800", "\ud800"],
    ["\xe9", "é"],
    ["\\u005cu0041", "\\u0041"],
    ["\\\\u0041", "\\\\u0041"],
    ["\\\\\\u0041", "\\\\A"],
    ["\\n\\x41\\", "\\n\\x41\\"],
  ];
  for (const [line, expected] of cases) assertEquals(text.decodeRawUnicodeEscape(line), expected);
  for (const line of ["\\u", "\\u123", "\\u12g4", "\\U0011ffff", "\\U1234567", "x\\uffff\\u"]) {
    assertThrows(() => text.decodeRawUnicodeEscape(line), UnpicklingError);
  }
});

test("decodeQuoted() reads the escapes of Python 2", () => {
  const cases: [string, string][] = [
    ["'a\"b'", 'a"b'],
    ['"a\'b"', "a'b"],
    ["'\\'\\\"\\\\'", "'\"\\"],
    ["'\\a\\b\\f\\n\\r\\t\\v'", "\x07\b\f\n\r\t\v"],
    ["'\\0\\07\\101\\1011\\777'", "\0\x07AA1\xff"],
    ["'\\x41\\xfF'", "A\xff"],
    ["'\\q\\8'", "\\q\\8"],
    ["'\xe9'", "\xe9"],
  ];
  for (const [line, expected] of cases) {
    assertEquals(text.decodeQuoted(line), latin1(expected), line);
  }
  for (const line of ["'\\x4'", "'\\x'", "'\\xg0'", "'\\'", "'", "a", "'a\"", ""]) {
    assertThrows(() => text.decodeQuoted(line), UnpicklingError);
  }
});

test("parseInteger() reads any integer as Python writes it", () => {
  fc.assert(
    fc.property(fc.oneof(fc.bigInt(), fc.maxSafeInteger().map(BigInt)), (value) => {
      const line = latin1(`[${value}]`);
      const safe = value >= -(2n ** 53n) + 1n && value <= 2n ** 53n - 1n;
      assertStrictEquals(text.parseInteger(line, 1, line.length - 1), safe ? Number(value) : value);
    }),
    { seed: 29, numRuns: 500 },
  );
});

test("decodeLong() reads any integer in two's complement", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 20 }), (bytes) => {
      let value = 0n;
      for (const byte of bytes.toReversed()) value = value << 8n | BigInt(byte);
      value = BigInt.asIntN(8 * bytes.length, value);
      const decoded = text.decodeLong(bytes, 0, bytes.length);
      assertEquals(BigInt(decoded), value);
      assertEquals(typeof decoded === "number", Number.isSafeInteger(Number(value)));
    }),
    { seed: 30, numRuns: 500 },
  );
});

test("parseFloatText() reads the repr() of Python's floats", () => {
  fc.assert(
    fc.property(fc.double(), (value) => {
      const written = Object.is(value, -0) ? "-0.0" : String(value).replace("Infinity", "inf");
      assert(Object.is(text.parseFloatText(written), value), written);
    }),
    { seed: 31, numRuns: 500 },
  );
});
