import { assertEquals } from "@std/assert";
import {
  escapeControls,
  escapeLine,
  hasControls,
  indentedLines,
} from "../../src/text/control_characters.ts";
import { test } from "../test.ts";

// deno-lint-ignore no-control-regex -- these must not be there
const BAD = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]/;

test("escapeControls() escapes C0, DEL, C1 and Unicode's line separators as Python's repr() does", () => {
  assertEquals(
    escapeControls("a\nb\rc\td\x1b[31m\0\x7f\x85\x9b\u2028\u2029 \\ é \u{1f600}"),
    "a\\nb\\rc\\td\\x1b[31m\\x00\\x7f\\x85\\x9b\\u2028\\u2029 \\ é \u{1f600}",
  );
  for (let code = 0; code < 0xa0; code++) {
    const isControl = code < 0x20 || code >= 0x7f;
    const text = escapeControls(String.fromCharCode(code));
    assertEquals(isControl, text.length > 1 && !BAD.test(text) && !text.includes("\n"));
  }
});

test("escapeLine() keeps TAB and escapes every other control character", () => {
  assertEquals(escapeLine("a\tb\x1b[2J\nc"), "a\tb\\x1b[2J\\nc");
  assertEquals(escapeLine("plain\ttext"), "plain\ttext");
});

test("indentedLines() keeps the lines of a traceback, each indented and escaped", () => {
  assertEquals(indentedLines("Error: a\r\n\tat b\x07\n"), "  Error: a\n  \tat b\\x07");
});

test("hasControls() is true for text that a terminal would obey, or that has two lines", () => {
  assertEquals(["a", "é☃", "a\nb", "\x9b2J", "\u2028"].map(hasControls), [
    ...[false, false, true, true, true],
  ]);
});
