import { assertEquals } from "@std/assert";
import { classFactory, isClass } from "../../src/logging/class_factory.ts";
import { test } from "../test.ts";

test("isClass() is true for classes and false for functions", () => {
  class Own {}
  class Derived extends Own {}
  const functions = [
    () => {},
    function () {},
    async () => {},
    function* () {},
    { method() {} }.method,
    Own.prototype.constructor.bind(null),
  ];
  assertEquals([Own, Derived, class {}, Map].map(isClass), [true, true, true, true]);
  assertEquals(functions.map(isClass), functions.map(() => false));
  assertEquals([null, undefined, "Own", {}, Object.create(Own)].map(isClass), Array(5).fill(false));
});

test("classFactory() makes objects of the class and of a class derived from it", () => {
  class Own {
    readonly size: unknown;
    constructor(size: unknown) {
      this.size = size;
    }
  }
  class Derived extends Own {}
  const factory = classFactory(Own, (Class, { size }: { size: number }) => new Class(size));
  const made = [factory({ size: 1 }, null), factory.make(Derived, { size: 2 }, null)];
  assertEquals(made.map(({ size }) => size), [1, 2]);
  assertEquals(made.map(({ constructor }) => constructor), [Own, Derived]);
});
