import { assertEquals, assertThrows } from "@std/assert";
import { encodable, TEXT_ERRORS } from "../../src/text/text_errors.ts";
import { test } from "../test.ts";

test("encodable() returns well-formed text unchanged", () => {
  for (const errors of TEXT_ERRORS) assertEquals(encodable("aé😀", errors), "aé😀");
});

// CPython 3.13 writes the right side: 'a\ud800é\udc80'.encode('utf-8', errors).
test("encodable() treats lone surrogates as Python does", () => {
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

test("encodable() turns escaped bytes back into bytes", () => {
  const bytes = encodable("a\udcff😀\udc80é", "surrogateescape") as Uint8Array;
  assertEquals([...bytes], [0x61, 0xff, 0xf0, 0x9f, 0x98, 0x80, 0x80, 0xc3, 0xa9]);
  for (const other of ["\ud800", "\udc7f", "\udd00"]) {
    assertThrows(() => encodable(other, "surrogateescape"), RangeError, "at position 0");
  }
});
