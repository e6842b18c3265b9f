import { assertEquals, assertThrows } from "@std/assert";
import { findEncoding, type TextEncoding, UTF_8 } from "../../src/files/text_encoding.ts";
import { TEXT_ERRORS, type TextErrors } from "../../src/files/text_errors.ts";
import { test } from "../test.ts";

// Thousands of texts are compared with CPython in tests/interop/file_encodings_test.ts.

const encodable = (text: string, errors: TextErrors) => UTF_8.encode(text, errors);

test("UTF-8 returns well-formed text unchanged", () => {
  for (const errors of TEXT_ERRORS) assertEquals(encodable("aé😀", errors), "aé😀");
});

// CPython 3.13 writes the right side: 'a\ud800é\udc80'.encode('utf-8', errors).
test("UTF-8 treats lone surrogates as Python does", () => {
  const text = "a\ud800é\udc80";
  assertEquals(encodable(text, "ignore"), "aé");
  assertEquals(encodable(text, "replace"), "a?é?");
  assertEquals(encodable(text, "backslashreplace"), "a\\ud800é\\udc80");
  assertEquals(encodable(text, "namereplace"), "a\\ud800é\\udc80");
  assertEquals(encodable(text, "xmlcharrefreplace"), "a&#55296;é&#56448;");
  const passed = encodable(text, "surrogatepass") as Uint8Array;
  assertEquals([...passed], [0x61, 0xed, 0xa0, 0x80, 0xc3, 0xa9, 0xed, 0xb2, 0x80]);
  assertThrows(() => encodable(text, "strict"), RangeError, "'\\ud800' at position 1");
});

test("UTF-8 turns escaped bytes back into bytes", () => {
  const bytes = encodable("a\udcff😀\udc80é", "surrogateescape") as Uint8Array;
  assertEquals([...bytes], [0x61, 0xff, 0xf0, 0x9f, 0x98, 0x80, 0x80, 0xc3, 0xa9]);
  for (const other of ["\ud800", "\udc7f", "\udd00"]) {
    assertThrows(() => encodable(other, "surrogateescape"), RangeError, "at position 0");
  }
});

// CPython 3.13 writes the right side: 'é✓😀\udc80'.encode('ascii', errors).
test("ASCII treats the characters that it lacks as Python does", () => {
  const ascii = findEncoding("ascii") as TextEncoding;
  const texts = Object.fromEntries(
    (["ignore", "replace", "backslashreplace", "xmlcharrefreplace"] as const).map((errors) => [
      errors,
      ascii.encode("aé✓😀\udc80", errors),
    ]),
  );
  assertEquals(texts, {
    ignore: "a",
    replace: "a????",
    backslashreplace: "a\\xe9\\u2713\\U0001f600\\udc80",
    xmlcharrefreplace: "a&#233;&#10003;&#128512;&#56448;",
  });
  assertThrows(
    () => ascii.encode("aé", "strict"),
    RangeError,
    "Cannot write text as ascii as the encoding lacks a character of it: '\\xe9' at position 1",
  );
  for (const errors of ["surrogatepass", "surrogateescape"] as const) {
    assertThrows(() => ascii.encode("é", errors), RangeError, "as ascii");
  }
  assertThrows(() => ascii.encode("\udc80", "surrogatepass"), RangeError, "'\\udc80'");
});
