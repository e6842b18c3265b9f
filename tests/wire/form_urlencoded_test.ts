import { assert, assertEquals } from "@std/assert";
import { formUrlencoded, quotePlus } from "../../src/wire/form_urlencoded.ts";
import { PythonObject } from "../../src/wire/pickle/python_object.ts";
import { MAX_TEXT } from "../../src/text/text_budget.ts";
import { test } from "../test.ts";
import { dag } from "../text/dag.ts";

// tests/interop/http_handler_test.ts compares the same values with CPython.

test("quotePlus() keeps only letters, digits and _.-~", () => {
  assertEquals(quotePlus("azAZ09_.-~"), "azAZ09_.-~");
  assertEquals(quotePlus("a b+c&d=e/f%*'()!\n"), "a+b%2Bc%26d%3De%2Ff%25%2A%27%28%29%21%0A");
  assertEquals(quotePlus("späm ✓ 😀"), "sp%C3%A4m+%E2%9C%93+%F0%9F%98%80");
  assertEquals(quotePlus(new Uint8Array([0, 32, 65, 255])), "%00+A%FF");
});

test("quotePlus() writes a lone surrogate as U+FFFD", () => {
  assertEquals(quotePlus("a\ud800b"), "a%EF%BF%BDb");
});

test("formUrlencoded() writes values as Python's str() does, in order", () => {
  assertEquals(
    formUrlencoded({
      name: "http",
      none: null,
      absent: undefined,
      yes: true,
      created: 5,
      msecs: 1.5,
      lineno: 5,
      text: "it's",
      list: [1, "a"],
      bytes: new Uint8Array([0xe4]),
    }),
    "name=http&none=None&absent=None&yes=True&created=5.0&msecs=1.5&lineno=5&text=it%27s" +
      "&list=%5B1%2C+%27a%27%5D&bytes=%E4",
  );
});

test("formUrlencoded() writes args as Python writes a tuple", () => {
  assertEquals(decodeURIComponent(formUrlencoded({ args: [] })), "args=()");
  assertEquals(decodeURIComponent(formUrlencoded({ args: ["x"] })), "args=('x',)");
  assertEquals(decodeURIComponent(formUrlencoded({ args: [1, "x"] })), "args=(1,+'x')");
  assertEquals(decodeURIComponent(formUrlencoded({ args: { a: 1 } })), "args={'a':+1}");
  assertEquals(decodeURIComponent(formUrlencoded({ args: null })), "args=None");
});

test("formUrlencoded() writes values from Python as their str()", () => {
  const fields = {
    price: new PythonObject("decimal", "Decimal", ["1.50"]),
    status: new PythonObject("http", "HTTPStatus", [404]),
    all: [new PythonObject("decimal", "Decimal", ["1.50"])],
    other: new PythonObject("myapp", "Spam", []),
  };
  assertEquals(
    formUrlencoded(fields),
    "price=1.50&status=404&all=%5BDecimal%28%271.50%27%29%5D&" +
      "other=%3CPython+object+myapp.Spam%3E",
  );
});

test("formUrlencoded() writes … beyond the budget of a record", () => {
  const value = dag();
  const more = Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`k${i}`, value]));
  const long = "v".repeat(1 << 20);
  for (const fields of [more, { args: [value, value] }, { text: long.repeat(9) }]) {
    const form = formUrlencoded({ msg: "spam", ...fields, levelno: 20 });
    assert(form.length < 4 * MAX_TEXT, String(form.length));
    assert(form.startsWith("msg=spam&") && form.includes("%E2%80%A6") && form.endsWith("no=20"));
  }
  assert(formUrlencoded({ value: long.repeat(9), args: [1] }).endsWith("args=%E2%80%A6"));
  assertEquals(formUrlencoded({ msg: long.repeat(9) }).length, 9 * long.length + 4);
});
