/** The text of a call of the console, with `node:util` of the runtime and without. */
import { assert, assertEquals } from "@std/assert";
import util from "node:util";
import { consoleText, dirText } from "../../src/integrations/_console_text.ts";
import { nodeUtil } from "../../src/integrations/_node_util.ts";
import { MAX_TEXT } from "../../src/text/text_budget.ts";
import { test } from "../test.ts";
import { withoutNodeUtil } from "./without_node_util.ts";

const { proxy: revoked, revoke } = Proxy.revocable({}, {});
revoke();

function fail(): never {
  throw new Error("by the value");
}

function unreadableError(): Error {
  const error = new Error("x");
  // Node makes the stack when it is read, or when the error is changed.
  void error.stack;
  const property = { get: fail };
  return Object.defineProperties(error, { name: property, message: property, stack: property });
}

const circular: Record<string, unknown> = { a: 1 };
circular.self = circular;

/** Objects that throw when they are printed, each in its own way. */
const hostile: Record<string, object> = {
  "a revoked proxy": revoked,
  "a proxy of traps": new Proxy({}, { ownKeys: fail, get: fail, getPrototypeOf: fail, has: fail }),
  "a getter": Object.defineProperty({}, "a", { get: fail, enumerable: true }),
  "toString()": { toString: fail, toJSON: fail, [Symbol.toPrimitive]: fail },
  "util.inspect.custom": { [util.inspect.custom]: fail, toJSON: fail },
  "a tag": Object.defineProperty({}, Symbol.toStringTag, { get: fail }),
  "an error": unreadableError(),
  "a cycle": circular,
  "no prototype": Object.create(null),
};

test("consoleText() is the text of the runtime's util.format()", () => {
  const calls: unknown[][] = [
    ...[[], [""], ["50% done"], ["50%% done"], ["50%% of %s", 1], ["a", 1, { a: 1 }], [{ a: 1 }]],
    ["%s %d %i %f %j %o %O %c|", "a", 1.5, "2.7px", "3.5x", { a: 1 }, { b: [1] }, [{}], "css"],
    ...[[circular], ["%s", Symbol("s")], [null, undefined, 5n, -0], ["%x", 1], [new Date(0)]],
    [new Error("not logged apart")],
  ];
  for (const args of calls) assertEquals(consoleText(args), util.format(...args));
});

test("dirText() is the text of the runtime's util.inspect(), and never has colours", () => {
  const value = { a: { b: { c: { d: 1 } } } };
  for (const options of [undefined, null, { depth: 0 }, { depth: null }, { showHidden: true }]) {
    assertEquals(dirText(value, options), util.inspect(value, options ?? {}));
  }
  assertEquals(dirText({ a: 1 }, { colors: true }), "{ a: 1 }");
});

test("without node:util the text is that of the Console Standard, with objects as JSON", () => {
  const texts: [unknown[], string][] = [
    ...[[[], ""], [["50%% done"], "50%% done"], [["50%% of %s", 1], "50% of 1"]],
    [["%d%% of %s", 50, { a: [1, { b: 2 }] }], '50% of {"a":[1,{"b":2}]}'],
    [["%i|%d|%f|%c|%x|%s", "7.9", 1.5, "1.5x", "css", 3], "7|1|1.5||%x|3"],
    [["%s|%s|%s", "only"], "only|%s|%s"],
    [["%o %O", [1], { a: "b" }], '[1] {"a":"b"}'],
    [["%d %i %f", Symbol("s"), {}, 5n], "NaN NaN 5"],
    [["%s", Symbol("s"), Symbol("t")], "Symbol(s) Symbol(t)"],
    [["%s", { toString: () => "own" }], "own"],
    [["%s", "%s", 1], "%s 1"],
    [[null, undefined, 5n, true, -1], "null undefined 5 true -1"],
    [[new Map([["k", new Set([1])]]), circular], '{"k":[1]} {"a":1,"self":"[Circular]"}'],
  ] as [unknown[], string][];
  withoutNodeUtil(() => {
    assertEquals(nodeUtil(), undefined);
    for (const [args, text] of texts) assertEquals(consoleText(args), text);
    assertEquals(dirText({ a: { b: 1 } }, { depth: 0 }), '{"a":{"b":1}}');
    const cause = new Error("inner");
    const lines = consoleText(["x", new Error("outer", { cause })]).split("\n");
    assert(lines[0]!.startsWith("x Error: outer") || lines[0]!.startsWith("x "), lines[0]);
    assert(lines.some((line) => line.startsWith("Caused by: ")), "an error has its stack");
  });
});

for (
  const [title, run] of [["with", (run: () => void) => run()], [
    "without",
    withoutNodeUtil,
  ]] as const
) {
  test(`${title} node:util the error that is logged apart has its first line alone`, () => {
    const error = new RangeError("50% too far");
    run(() => {
      for (const directive of ["%s", "%o", "%O"]) {
        assertEquals(
          consoleText([`a ${directive} b`, error], error),
          "a RangeError: 50% too far b",
        );
      }
      assertEquals(consoleText([error], error), "RangeError: 50% too far");
      assertEquals(consoleText([error, 1], error), "RangeError: 50% too far 1");
      assertEquals(consoleText(["x", 1, error, "y"], error), "x 1 RangeError: 50% too far y");
    });
  });

  test(`${title} node:util a value that throws keeps the text of the others`, () => {
    run(() => {
      for (const [name, value] of Object.entries(hostile)) {
        for (const call of [["before", value, "behind"], ["before %s behind", value]]) {
          const text = consoleText(call);
          assert(text.startsWith("before ") && text.includes(" behind"), `${name}: ${text}`);
        }
        for (const specifier of ["%d", "%i", "%f", "%j", "%o", "%O", "%c"]) {
          assert(consoleText([`before ${specifier}`, value]).startsWith("before "), name);
        }
        assertEquals(typeof consoleText([value, value]), "string");
        assertEquals(typeof dirText(value, { depth: null, showHidden: true }), "string");
        assertEquals(typeof dirText({}, value), "string");
      }
    });
  });

  test(`${title} node:util a text that is too long is cut, and a text alone is not`, () => {
    const long = "x".repeat(MAX_TEXT + 1);
    run(() => {
      assertEquals(consoleText([long]), long);
      for (
        const text of [
          consoleText(["a", long]),
          consoleText(["%s", long]),
          dirText([long], { maxStringLength: null }),
        ]
      ) {
        assert(text.length <= MAX_TEXT && text.length > 4000, String(text.length));
      }
      let deep: unknown = {};
      for (let i = 0; i < 100_000; i++) deep = { deep };
      assert(dirText(deep, { depth: Infinity }).length <= MAX_TEXT);
    });
  });
}
