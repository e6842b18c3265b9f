import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { HandlerRegistry, namesIn, newestFirst } from "../../src/logging/_handler_registry.ts";
import { test } from "../test.ts";

interface Item {
  label: string;
  flush(): Promise<void>;
  close(): Promise<void>;
}

function item(label: string): Item {
  return { label, flush: () => Promise.resolve(), close: () => Promise.resolve() };
}

test("newestFirst() returns handlers in reverse order, without those that were removed", () => {
  const registry = new HandlerRegistry<Item>();
  const items = ["a", "b", "c"].map(item);
  for (const each of items) registry.add(each);
  registry.remove(items[1]!);
  registry.remove(items[1]!);
  assertEquals(newestFirst(registry).map(({ label }) => label), ["c", "a"]);
});

test("rename() moves a name, also from another handler", () => {
  const registry = new HandlerRegistry<Item>();
  const [a, b] = [item("a"), item("b")];
  registry.rename(a, null, "x");
  registry.rename(b, null, "x");
  assertStrictEquals(registry.get("x"), b);
  registry.rename(a, "x", null);
  assertStrictEquals(registry.get("x"), b);
  registry.rename(b, "x", "");
  assertEquals([...namesIn(registry)], []);
});

test("namesIn() returns a new set at each call", () => {
  const registry = new HandlerRegistry<Item>();
  const a = item("a");
  registry.rename(a, null, "__proto__");
  namesIn(registry).clear();
  assert(namesIn(registry).has("__proto__"));
  assertStrictEquals(registry.get("__proto__"), a);
});

test("add() keeps every living handler when it removes collected ones", () => {
  const registry = new HandlerRegistry<Item>();
  const items = Array.from({ length: 500 }, (_, at) => item(String(at)));
  for (const each of items) registry.add(each);
  assertEquals(newestFirst(registry).length, 500);
});
