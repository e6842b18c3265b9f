import { assertEquals } from "@std/assert";
import { splitArguments } from "../../src/logging/keywords.ts";
import { test } from "../test.ts";

const error = new Error("e");

test("splitArguments() leaves to the placeholders what is theirs", () => {
  const whole: [string, ...unknown[]][] = [
    ["%s", error],
    ["%s %s", 1, error],
    ["%s", { exc_info: true }],
    ["%(extra)s", { extra: 1 }],
    ["%s", {}],
    ["no place", { user: 1 }],
    ["no place", { exc_info: error, user: 1 }],
    ["no place", [1]],
    ["%*d", 5, 3],
  ];
  for (const [msg, ...args] of whole) assertEquals(splitArguments(msg, args), [args, {}], msg);
});

test("splitArguments() takes a trailing error for exc_info", () => {
  assertEquals(splitArguments("x", [error]), [[], { exc_info: error }]);
  assertEquals(splitArguments("100%% %s", [1, error]), [[1], { exc_info: error }]);
  assertEquals(splitArguments("%(a)s", [{ a: 1 }, error]), [[{ a: 1 }], { exc_info: error }]);
  assertEquals(splitArguments("%*d %s", [5, 3, "a", error]), [[5, 3, "a"], { exc_info: error }]);
  assertEquals(splitArguments(error, [error]), [[], { exc_info: error }]);
});

test("splitArguments() takes a trailing object of keywords, an error before it too", () => {
  const keywords = { extra: { a: 1 }, stacklevel: 2 };
  assertEquals(splitArguments("%s", [1, keywords]), [[1], keywords]);
  assertEquals(splitArguments("x", [{}]), [[], {}]);
  assertEquals(splitArguments("x", [error, keywords]), [[], { ...keywords, exc_info: error }]);
  assertEquals(splitArguments("%s", [1, error, { exc_info: false }]), [[1], { exc_info: false }]);
  assertEquals(splitArguments("%s", [error, { exc_info: true }]), [[error], { exc_info: true }]);
});
