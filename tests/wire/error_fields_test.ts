import { assert, assertEquals } from "@std/assert";
import { errorFields } from "../../src/wire/error_fields.ts";
import { test } from "../test.ts";

test("errorFields() has type, message and stack of an error", () => {
  const error = new TypeError("boom");
  assertEquals(errorFields(error, "the text"), {
    type: "TypeError",
    message: "boom",
    stack: "the text",
  });
  const { stack } = errorFields(error, null) ?? {};
  assert(stack?.includes("boom"), "without a formatter's text the error is printed");
});

test("errorFields() takes what was thrown and is no error as the message", () => {
  assertEquals(errorFields("boom", null), { message: "boom", stack: "boom" });
});

test("errorFields() survives an error whose properties throw", () => {
  const error = new Error("x");
  Object.defineProperty(error, "name", {
    get() {
      throw new Error("no name");
    },
  });
  assertEquals(errorFields(error, "text"), { type: "Error", message: "", stack: "text" });
});

test("errorFields() reads type and message of the last line of Python's traceback", () => {
  const traceback = (last: string) => `Traceback (most recent call last):\n  File "a.py"\n${last}`;
  const expected: [last: string, type?: string, message?: string][] = [
    ["ValueError: bad: worse\n", "ValueError", "bad: worse"],
    ["KeyboardInterrupt", "KeyboardInterrupt"],
    ["app.errors.Full: no room", "app.errors.Full", "no room"],
    ["the second line of a message"],
  ];
  for (const [last, type, message] of expected) {
    const stack = traceback(last);
    assertEquals(errorFields(null, stack), {
      ...type !== undefined && { type },
      ...message !== undefined && { message },
      stack,
    });
  }
  assertEquals(errorFields(null, "Error: x"), { stack: "Error: x" });
});

test("errorFields() is undefined without an error", () => {
  assertEquals([errorFields(null, null), errorFields(undefined, "")], [undefined, undefined]);
});
