import { assertEquals } from "@std/assert";
import { ownMethods } from "../../src/handlers/own_methods.ts";
import { test } from "../test.ts";

test("ownMethods() tells methods that were overridden or replaced from a class's own", () => {
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
  const methods = ownMethods(Handler, "inherited", "own");
  const isStock = (handler: Handler) => [
    handler.inherited === methods.inherited,
    handler.own === methods.own,
  ];
  assertEquals(isStock(new Handler()), [true, true]);
  assertEquals(isStock(new Derived()), [true, false]);
  Base.prototype.inherited = () => 4;
  assertEquals(isStock(new Handler()), [false, true]);
});
