import { assert, assertEquals, assertMatch } from "@std/assert";
import { eventText, MAX_EVENT_CHARACTERS, wideString } from "../../src/windows/_event_text.ts";
import { test } from "../test.ts";

test("eventText() leaves a text as it is, up to the limit of an event", () => {
  for (
    const text of ["", "low on ink\n  at x", "Größe 日本 😀", "x".repeat(MAX_EVENT_CHARACTERS)]
  ) {
    assertEquals(eventText(text), { text, isCut: false });
  }
});

test("eventText() replaces a NUL, which would end the text, and a lone surrogate", () => {
  assertEquals(eventText("a\0b\ud800c\udc00").text, "a\\x00b\ufffdc\ufffd");
});

test("eventText() cuts a text that is too long, and notes how much is cut off", () => {
  for (const length of [MAX_EVENT_CHARACTERS + 1, 100_000, 4_000_000]) {
    const { text, isCut } = eventText("x".repeat(length));
    assert(isCut);
    assert(text.length <= MAX_EVENT_CHARACTERS && text.length > MAX_EVENT_CHARACTERS - 10);
    const [, kept, cut] = /^(x+)… \((\d+) characters cut off\)$/.exec(text)!;
    assertEquals(kept!.length + Number(cut), length);
  }
});

test("eventText() cuts no surrogate pair in half", () => {
  for (const start of ["", "x"]) {
    const { text } = eventText(start + "😀".repeat(MAX_EVENT_CHARACTERS));
    assert(text.isWellFormed());
    assertMatch(text, /😀… \(/u);
  }
});

test("wideString() is UTF-16 that ends with a NUL", () => {
  assertEquals([...wideString("aé😀")], [0x61, 0xe9, 0xd83d, 0xde00, 0]);
  assertEquals([...wideString("")], [0]);
});
