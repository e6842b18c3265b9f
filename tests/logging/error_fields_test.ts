import { assert, assertEquals } from "@std/assert";
import { errorFields, errorFieldsOfText } from "../../src/logging/_error_fields.ts";
import { test } from "../test.ts";

const noStack = () => undefined;

test("errorFields() has type, message, stack and the chain of causes", () => {
  const inner = new RangeError("inner");
  const fields = errorFields(new TypeError("outer", { cause: inner }));
  assertEquals([fields.type, fields.message], ["TypeError", "outer"]);
  assert(fields.stack?.includes("error_fields_test"));
  const cause = fields.cause as { type: string; message: string; stack: string };
  assertEquals([cause.type, cause.message], ["RangeError", "inner"]);
  assert(cause.stack.includes("error_fields_test"));
});

test("errorFields() names an error by its name, else by its class", () => {
  class PaymentError extends Error {}
  const named = Object.assign(new Error("x"), { name: "Declined" });
  const types = [new PaymentError("x"), named, new Error("x"), "text", { a: 1 }, undefined];
  assertEquals(types.map((error) => errorFields(error, noStack)), [
    { type: "PaymentError", message: "x" },
    { type: "Declined", message: "x" },
    { type: "Error", message: "x" },
    { type: "string", message: "text" },
    { type: "Object", message: "{'a': 1}" },
    { type: "undefined", message: "None" },
  ]);
});

test("errorFields() has the errors of an AggregateError", () => {
  const both = new AggregateError([new Error("a"), "b"], "both");
  assertEquals(errorFields(both, noStack), {
    type: "AggregateError",
    message: "both",
    errors: [{ type: "Error", message: "a" }, "b"],
  });
});

test("errorFields() ends at a cycle, and after fifty errors", () => {
  const self = new Error("self");
  self.cause = self;
  assertEquals(errorFields(self, noStack).cause, "[Circular]");
  let chain = new Error("first");
  for (let i = 0; i < 1000; i++) chain = new Error("next", { cause: chain });
  const text = JSON.stringify(errorFields(chain, noStack));
  assertEquals(text.split('"next"').length - 1, 50);
  assert(text.includes("[more than 50 errors]"));
});

test("errorFields() leaves out what cannot be read", () => {
  const error = new Error("x");
  // Not first: V8 makes the stack of its other properties.
  for (const key of ["stack", "message", "cause", "name"]) {
    Object.defineProperty(error, key, {
      get() {
        throw new Error("boom");
      },
    });
  }
  assertEquals(errorFields(error), { type: "Error", message: "" });
});

test("errorFieldsOfText() finds type and message in a traceback of Python", () => {
  const last = 'Traceback (most recent call last):\n  File "a.py", line 1, in f\n    1 / 0\n';
  const read = (text: string) => {
    const { type, message, stack } = errorFieldsOfText(text);
    assertEquals(stack, text);
    return [type, message];
  };
  assertEquals(read(last + "ZeroDivisionError: division by zero"), [
    ...["ZeroDivisionError", "division by zero"],
  ]);
  assertEquals(read(last + "KeyError"), ["KeyError", ""]);
  assertEquals(read(last + "app.Declined: no\nsecond line\n  third"), [
    ...["app.Declined", "no\nsecond line\n  third"],
  ]);
  const chained = last + "KeyError: 'a'\n\nDuring handling of the above exception, another " +
    `exception occurred:\n\n${last}ValueError: b`;
  assertEquals(read(chained), ["ValueError", "b"]);
  assertEquals(read("no traceback"), [undefined, undefined]);
  assertEquals(read("Traceback (most recent call last):\n"), ["", ""].map(() => undefined));
});

test("errorFieldsOfText() finds type and message in a stack of V8", () => {
  const text = "TypeError: x is not\na function\n    at f (a.js:1:2)\n    at g (a.js:3:4)";
  assertEquals(errorFieldsOfText(text), {
    type: "TypeError",
    message: "x is not\na function",
    stack: text,
  });
});

test("errorFieldsOfText() reads a text of any length in linear time", () => {
  const frame = '  File "a.py", line 1, in f\n';
  for (
    const text of [
      ...["E: " + "\n".repeat(1e6), "E: " + "\n \t".repeat(5e5), "E: " + "\n  at".repeat(3e5)],
      ...["a".repeat(1e6), "Traceback (most recent call last):\n" + frame.repeat(1e5)],
      ..."Traceback (most recent call last):\n".repeat(3e4).split("\0"),
    ]
  ) {
    assertEquals(errorFieldsOfText(text).stack, text);
  }
});

test("errorFields() has fields for a proxy that was revoked", () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  assertEquals(errorFields(proxy), { type: "Error", message: "" });
});
