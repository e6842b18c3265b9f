import { assertStrictEquals } from "@std/assert";
import { loads } from "../../../src/wire/pickle/pickle.ts";
import { dumps } from "../../../src/wire/pickle/pickle.ts";
import { callOf, PythonObject, reductionOf } from "../../../src/wire/pickle/python_object.ts";
import { test } from "../../test.ts";
import { assertSame } from "./same.ts";

const spam = new PythonObject("myapp", "Spam", null);

test("toString() of a PythonObject names its class", () => {
  assertSame(`${spam}`, "<Python object myapp.Spam>");
  assertSame([spam.kwargs, spam.state, spam.items, spam.entries], [null, null, null, null]);
});

test("PythonObject is pickled as a dict of what it describes", () => {
  const object = new PythonObject("m", "C", [1]);
  object.state = { a: 2 };
  assertSame(loads(dumps(object)), {
    state: { a: 2 },
    items: null,
    entries: null,
    module: "m",
    name: "C",
    args: [1],
    kwargs: null,
  });
});

test("callOf() describes a call of a class, and of anything else", () => {
  const args = [1];
  const made = callOf(spam, args, null);
  assertSame(made, new PythonObject("myapp", "Spam", [1]));
  assertStrictEquals(made.args, args);
  assertSame(callOf(made, [2], null), new PythonObject("__builtin__", "apply", [made, [2]]));
});

test("reductionOf() resolves _reconstructor and getattr", () => {
  const object = new PythonObject("__builtin__", "object", null);
  for (const module of ["copy_reg", "copyreg"]) {
    const reconstructor = new PythonObject(module, "_reconstructor", null);
    assertSame(reductionOf(reconstructor, [spam, object, null]), callOf(spam, [], null));
    assertSame(reductionOf(reconstructor, [spam, object, 5]), callOf(spam, [5], null));
    const tuple = new PythonObject("__builtin__", "tuple", null);
    assertSame(reductionOf(reconstructor, [spam, tuple, [3, 4]]), callOf(spam, [3, 4], null));
    for (const args of [[], [spam], [5, object, null], [callOf(spam, [], null), object, null]]) {
      assertSame(reductionOf(reconstructor, args), callOf(reconstructor, args, null));
    }
  }
  for (const module of ["__builtin__", "builtins"]) {
    const getattr = new PythonObject(module, "getattr", null);
    const inner = reductionOf(getattr, [spam, "Inner"]);
    assertSame(inner, new PythonObject("myapp", "Spam.Inner", null));
    assertSame(callOf(inner, [], null), new PythonObject("myapp", "Spam.Inner", []));
    for (const args of [[spam, 5], [5, "a"], [spam, "a", "b"], [spam, "x".repeat(1000)]]) {
      assertSame(reductionOf(getattr, args), callOf(getattr, args, null));
    }
  }
});
