import { assertEquals } from "@std/assert";
import { visibleParts, visibleText } from "../../../src/collector/page/_visible_text.ts";
import { test } from "../../test.ts";

test("visibleParts() leaves text of any script as it is", () => {
  for (
    const text of ["", "plain", "naïve café", "日本語", "שלום", "می\u200cخواهم", "👩\u200d💻 ok"]
  ) {
    assertEquals(visibleParts(text, false), text === "" ? [] : [{ text }]);
  }
});

test("visibleParts() marks an ANSI escape and leaves the rest of its sequence as text", () => {
  assertEquals(visibleParts("a\x1b[31mred", false), [
    { text: "a" },
    { text: "\\x1b", mark: "U+001B" },
    { text: "[31mred" },
  ]);
});

test("visibleParts() marks each control character but those that lines need", () => {
  const controls = String.fromCharCode(
    ...Array.from({ length: 0x20 }, (_, code) => code),
    ...Array.from({ length: 0x21 }, (_, place) => 0x7f + place),
  );
  // deno-lint-ignore no-control-regex -- none of these may be left
  const control = /[\0-\x1f\x7f-\x9f]/;
  assertEquals(control.test(visibleText(controls)), false);
  assertEquals(visibleParts("a\n\tb", true), [{ text: "a\n\tb" }]);
  assertEquals(visibleText("a\n\tb\r"), "a⏎\\tb\\r");
});

test("visibleParts() marks every character that changes the direction of text", () => {
  for (
    const code of [0x061c, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067]
      .concat([0x2068, 0x2069])
  ) {
    const parts = visibleParts(`user${String.fromCodePoint(code)}txt`, true);
    assertEquals(parts.length, 3);
    assertEquals(parts[1]!.mark, `U+${code.toString(16).toUpperCase().padStart(4, "0")}`);
    assertEquals(/^⟨[A-Z]{3}⟩$/.test(parts[1]!.text), true);
  }
});

test("visibleParts() marks characters that hide text", () => {
  assertEquals(visibleText("a\u200bb\ufeffc\u2028d\u{e0041}"), "a⟨ZWSP⟩b⟨BOM⟩c⟨LSEP⟩d⟨E0041⟩");
});

test("visibleParts() makes one part of many marks in a row", () => {
  const parts = visibleParts("\x1b".repeat(100_000), false);
  assertEquals(parts.length, 1);
  assertEquals(parts[0]!.text.length, 400_000);
  assertEquals(parts[0]!.mark!.length < 100, true);
});
