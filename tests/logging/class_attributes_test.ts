import { assertEquals } from "@std/assert";
import { setAttributes } from "../../src/logging/_class_attributes.ts";
import { test } from "../test.ts";

test("setAttributes() makes values that can be set for one object, for one class, or for all", () => {
  class Base {
    declare level: number;
    static readonly attributes: void = setAttributes(this, { level: 1 });
  }
  class Derived extends Base {
    override level = 2;
  }
  const [one, other] = [new Base(), new Base()];
  assertEquals([one.level, new Derived().level, Object.keys(one)], [1, 2, []]);
  one.level = 3;
  Base.prototype.level = 4;
  assertEquals([one.level, other.level, new Derived().level], [3, 4, 2]);
});
