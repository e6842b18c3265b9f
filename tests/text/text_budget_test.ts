import { assert, assertEquals } from "@std/assert";
import { cutText, MAX_TEXT, maxTextOf, TextBudget } from "../../src/text/text_budget.ts";
import { test } from "../test.ts";

test("cutText() marks text that it cuts, and never halves a surrogate pair", () => {
  assertEquals(cutText("spam", 4), "spam");
  assertEquals(cutText("spams", 4), "spa…");
  assertEquals(cutText("a😀bc", 3), "a…");
  assertEquals(cutText("a😀bc", 4), "a😀…");
  assertEquals([cutText("ab", 1), cutText("a", 0), cutText("a", -5), cutText("", 0)], [
    ...["…", "…", "…", ""],
  ]);
});

test("MAX_TEXT characters fit into the largest frame that a receiver takes", () => {
  assert(3 * MAX_TEXT < 16 * 1024 * 1024);
});

test("TextBudget allows about a hundred thousand values, or MAX_TEXT characters", () => {
  const values = new TextBudget();
  let count = 0;
  while (values.next()) count++;
  assert(count > 99_000 && count < 101_000, String(count));
  const text = new TextBudget();
  assertEquals(text.cut("spam"), "spam");
  assertEquals(text.cut("x".repeat(MAX_TEXT)).length, MAX_TEXT - 4);
  assertEquals([text.next(), text.cut("spam")], [false, "…"]);
});

test("maxTextOf() adds the length of a message only if it has no arguments", () => {
  assertEquals(maxTextOf({ msg: "spam", message: "spam" }), MAX_TEXT + 4);
  assertEquals(maxTextOf({ msg: "%s", message: "spam" }), MAX_TEXT);
  assertEquals(maxTextOf({ msg: 5, message: "5" }), MAX_TEXT);
  assertEquals(maxTextOf({ msg: undefined }), MAX_TEXT);
});
