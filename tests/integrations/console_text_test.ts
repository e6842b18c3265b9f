/** The text of a call of the console, beside what `util.format` of Node prints. */
import { assertEquals } from "@std/assert";
import util from "node:util";
import { consoleText } from "../../src/integrations/_console_text.ts";
import { runtime, test } from "../test.ts";

class Point {
  x = 1;
}

const circular: Record<string, unknown> = {};
circular.self = circular;

const calls: unknown[][] = [
  ...[[], [""], ["", 1], ["a", "b", 1, { a: 1 }], [1, "a"], [{ a: 1 }, "%s", 1], [null, undefined]],
  ...[["50% done"], ["50%% done"], ["50% done", 1], ["50%% done", 1], ["%", 1], ["a%", "b"]],
  ...[["%x %s", 1], ["%s"], ["%s%s", "a"], ["%s", "a", "b"], ["%s", "%s", "x"], ["%%s", 1]],
  ["%s %d %i %f %j %o %O %c %%", "a", 1.5, "2.7px", "3.5x", { a: 1 }, { b: [1] }, [{}], "css"],
  ...[undefined, null, -0, 5n, Symbol("s"), true, "%d"].map((value) => ["%s", value]),
  ...[{ a: { b: 1 } }, [1, [2, [3]]], new Date(0), new Point()].map((value) => ["%s", value]),
  ...[{ toString: () => "own" }, () => 1, Point, /a/g].map((value) => ["%s", value]),
  ...["x", "12px", "", null, undefined, 5n, Symbol("s"), -0, 1e21, {}].flatMap((value) =>
    ["%d", "%i", "%f"].map((directive) => [directive, value])
  ),
  ...[{ a: [1] }, circular, undefined, "a"].map((value) => ["%j", value]),
  ...[[1, 2], { f: 1 }, function named() {}, "a", { a: { b: { c: { d: { e: {} } } } } }].flatMap(
    (value) => [["%o", value], ["%O", value]],
  ),
  ["%cred%c and %s", "color: red", "", "plain"],
];

test("consoleText() is the text of Node's util.format()", () => {
  for (const args of calls) assertEquals(consoleText(args), util.format(...args));
}, { skip: runtime !== "node" && "the text is compared with that of Node" });

test("consoleText() has the same text on every runtime", () => {
  const texts: [unknown[], string][] = [
    [["50% done"], "50% done"],
    [["%d% of %s", 50, { a: [1, { b: 2 }] }], "50% of { a: [Array] }"],
    [["%i|%f|%j|%c|%%", "7.9", "1.5x", { a: 1 }, "css"], '7|1.5|{"a":1}||%'],
    [["is %o", [1]], "is [ 1, [length]: 1 ]"],
    [
      ["left", { ink: 2 }, [1, "a"], new Map([["k", 1]])],
      "left { ink: 2 } [ 1, 'a' ] Map(1) { 'k' => 1 }",
    ],
  ];
  for (const [args, text] of texts) assertEquals(consoleText(args), text);
});

test("of the error that is logged apart the first line is printed", () => {
  const error = new RangeError("too far");
  for (const directive of ["%s", "%o", "%O"]) {
    assertEquals(consoleText([`a ${directive} b`, error], error), "a RangeError: too far b");
  }
  assertEquals(consoleText([error], error), "RangeError: too far");
  assertEquals(consoleText(["x", 1, error, "y"], error), "x 1 RangeError: too far y");
});

test("consoleText() prints what it cannot read as unreadable", () => {
  const hostile = {
    toString() {
      throw new Error("by toString()");
    },
  };
  assertEquals(
    consoleText(["a %s %d b", hostile, Object.create(null)]),
    "a [unreadable] [unreadable] b",
  );
  assertEquals(consoleText(["%j", { a: 1n }]), "{ a: 1n }");
});
