/** The titles of the tests: sentences for a reader who knows this repository alone. */
import { assert, assertEquals } from "@std/assert";
import { test } from "../test.ts";
import { filesUnder, read } from "./sources.ts";
import { titlesIn } from "./titles.ts";

const titles = filesUnder("tests", "_test.ts")
  .filter((file) => file !== "tests/meta/titles_test.ts")
  .flatMap((file) => titlesIn(read(file)).map((title) => `${file}: ${title}`));

/** A code in brackets, such as "(N1, N4)" or "(C31)". */
const CODE = /\([A-Z]{1,3}\d+[a-z]?(?:\W+[A-Z]{0,3}\d+[a-z]?)*\)/;

test("the search finds titles on one line and on the next", () => {
  assertEquals(titlesIn('test("a (N1, N4)", () => {});\ntest(\n  `b ${c}`,'), [
    "a (N1, N4)",
    "b ${c}",
  ]);
  assertEquals(titlesIn("test('of \"r\"', () => {});"), ['of "r"']);
  assert(titles.length > 1000, String(titles.length));
});

test("no test title has a code that the repository does not define", () => {
  assert(CODE.test("opens nothing (N1, N4)") && CODE.test("as CPython's (C31)"));
  assertEquals(titles.filter((title) => CODE.test(title)), []);
});
