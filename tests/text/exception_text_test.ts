import { assert, assertEquals } from "@std/assert";
import { exceptionText } from "../../src/text/exception_text.ts";
import { MAX_TEXT } from "../../src/text/text_budget.ts";
import { dag } from "./dag.ts";
import { test } from "../test.ts";

function withStack(error: Error, stack: unknown): Error {
  Object.defineProperty(error, "stack", { value: stack, configurable: true });
  return error;
}

test("exceptionText() returns the stack as the runtime prints it", () => {
  const error = new TypeError("boom");
  const text = exceptionText(error);
  assert(text.startsWith("TypeError: boom\n"), text);
  assert(text.includes("exception_text_test"), text);
  assertEquals(text, error.stack!.trimEnd());
});

test("exceptionText() appends the causes and the errors of an aggregate", () => {
  const cause = withStack(new Error("c"), "Error: c\n    at c");
  const inner = withStack(new Error("i", { cause: "text" }), "Error: i\n    at i");
  const aggregate = withStack(new AggregateError([inner, 5], "a", { cause }), "AggregateError: a");
  assertEquals(
    exceptionText(aggregate),
    [
      "AggregateError: a",
      "    [0] Error: i",
      "        at i",
      "    Caused by: text",
      "    [1] 5",
      "Caused by: Error: c",
      "    at c",
    ].join("\n"),
  );
});

test("exceptionText() ends for errors that cause themselves or never end", () => {
  const circular = withStack(new Error("x"), "Error: x");
  circular.cause = circular;
  assertEquals(exceptionText(circular), "Error: x\nCaused by: [circular] Error: x");
  let chain = new Error("first");
  for (let i = 0; i < 1000; i++) chain = withStack(new Error(`e${i}`, { cause: chain }), `e${i}`);
  const lines = exceptionText(chain).split("\n");
  assertEquals(lines.length, 51);
  assertEquals(lines.at(-1), "Caused by: [more than 50 errors]");
  const many = withStack(new AggregateError(new Array(1e5).fill(circular), "m"), "m");
  assert(exceptionText(many).split("\n").length < 100);
});

test("exceptionText() accepts any value that can be thrown", () => {
  assertEquals(exceptionText("text"), "text");
  assertEquals(exceptionText({ code: 5 }), "{'code': 5}");
  assertEquals(exceptionText(withStack(new Error("bare"), undefined)), "Error: bare");
  const hostile = new Error("h");
  for (const name of ["stack", "cause", "errors", "toString"]) {
    Object.defineProperty(hostile, name, {
      get() {
        throw new Error("no");
      },
    });
  }
  assertEquals(exceptionText(hostile), "[an error that cannot be printed]");
});

test("exceptionText() cuts causes, aggregates and thrown values that are too long", () => {
  const long = "v".repeat(1 << 20);
  let chain: unknown = "root";
  let nested: unknown = "root";
  for (let i = 0; i < 30; i++) {
    chain = withStack(new Error("", { cause: chain }), long);
    nested = withStack(new AggregateError([nested], ""), "\n".repeat(1 << 17) + "x");
  }
  const many = dag();
  for (const error of [chain, nested, withStack(new Error(""), long.repeat(5))]) {
    const text = exceptionText(error);
    assertEquals([text.length, text.at(-1)], [MAX_TEXT, "…"]);
  }
  assert(exceptionText(many).endsWith("…]"));
  assert(exceptionText(new Error("e", { cause: many })).endsWith("…]"));
});

test("exceptionText() has a text for a proxy that was revoked, also as a cause", () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  assertEquals(exceptionText(proxy), "[an error that cannot be printed]");
  const error = withStack(new Error("e", { cause: proxy }), "Error: e");
  assertEquals(exceptionText(error), "Error: e\nCaused by: [an error that cannot be printed]");
});
