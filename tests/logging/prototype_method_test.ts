import { assertEquals } from "@std/assert";
import { prototypeMethod } from "../../src/logging/prototype_method.ts";
import { test } from "../test.ts";

test("prototypeMethod() differs from a method that a subclass overrides or a program replaces", () => {
  class Base {
    inherited(): number {
      return 1;
    }
  }
  class Handler extends Base {
    own(): number {
      return 2;
    }
  }
  class Derived extends Handler {
    override own(): number {
      return 3;
    }
  }
  const inherited = prototypeMethod(Handler, "inherited");
  const own = prototypeMethod(Handler, "own");
  const isStock = (handler: Handler) => [
    handler.inherited === inherited,
    handler.own === own,
  ];
  assertEquals(isStock(new Handler()), [true, true]);
  assertEquals(isStock(new Derived()), [true, false]);
  Base.prototype.inherited = () => 4;
  assertEquals(isStock(new Handler()), [false, true]);
});
