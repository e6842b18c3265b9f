import { assert, assertEquals } from "@std/assert";
import { splitArguments } from "../../src/logging/call_arguments.ts";
import { test } from "../test.ts";
import { stderrOf } from "./helpers.ts";

const error = new Error("e");

// This test comes first, since a program reports it only once.
test("splitArguments() reports once an object that the message has no placeholder for", () => {
  const split = () => splitArguments("signed in", [{ user: "anna" }]);
  const printed = stderrOf(() => {
    assertEquals(splitArguments("%(user)s", [{ user: "anna" }]), [[{ user: "anna" }], {}]);
    for (let i = 0; i < 2; i++) assertEquals(split(), [[{ user: "anna" }], {}]);
  });
  assertEquals(printed.length, 1);
  assert(printed[0]!.includes("{ extra: { … } }"), printed[0]);
});

test("splitArguments() leaves objects that a placeholder may show among the arguments", () => {
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

test("splitArguments() takes a trailing error as exc_info", () => {
  assertEquals(splitArguments("x", [error]), [[], { exc_info: error }]);
  assertEquals(splitArguments("100%% %s", [1, error]), [[1], { exc_info: error }]);
  assertEquals(splitArguments("%(a)s", [{ a: 1 }, error]), [[{ a: 1 }], { exc_info: error }]);
  assertEquals(splitArguments("%*d %s", [5, 3, "a", error]), [[5, 3, "a"], { exc_info: error }]);
  assertEquals(splitArguments(error, [error]), [[], { exc_info: error }]);
  assertEquals(splitArguments(new Error("no %s"), [error]), [[], { exc_info: error }]);
});

test("splitArguments() does not take a percent sign in plain text for a placeholder of an object", () => {
  const extra = { extra: { a: 1 } };
  for (const msg of ["50% done", "100% sure", "%d", "a %j"]) {
    assertEquals(splitArguments(msg, [error]), [[], { exc_info: error }], msg);
    assertEquals(splitArguments(msg, [extra]), [[], extra], msg);
  }
  assertEquals(splitArguments("%s of 100%", ["a", extra]), [["a"], extra]);
  assertEquals(splitArguments("100% of %s", [1, extra]), [[1, extra], {}]);
});

test("splitArguments() takes a trailing object of keywords, and an error before it", () => {
  const keywords = { extra: { a: 1 }, stacklevel: 2 };
  assertEquals(splitArguments("%s", [1, keywords]), [[1], keywords]);
  assertEquals(splitArguments("x", [{}]), [[], {}]);
  assertEquals(splitArguments("x", [error, keywords]), [[], { ...keywords, exc_info: error }]);
  assertEquals(splitArguments("%s", [1, error, { exc_info: false }]), [[1], { exc_info: false }]);
  assertEquals(splitArguments("%s", [error, { exc_info: true }]), [[error], { exc_info: true }]);
});
