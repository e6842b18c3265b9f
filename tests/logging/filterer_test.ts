import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { Filterer } from "../../src/logging/filterer.ts";
import { Logger } from "../../src/logging/logger.ts";
import { recordOf } from "./helpers.ts";
import { test } from "../test.ts";

test("filter() runs filters in order until one drops the record", () => {
  const filterer = new Filterer();
  const calls: string[] = [];
  filterer.addFilter(() => (calls.push("function"), 1));
  filterer.addFilter({ filter: () => (calls.push("object"), "") });
  filterer.addFilter(() => (calls.push("never"), true));
  assertEquals(filterer.filter(recordOf("x")), false);
  assertEquals(calls, ["function", "object"]);
});

test("a filter may change the record or replace it", () => {
  const filterer = new Filterer();
  const record = recordOf("x");
  filterer.addFilter((record) => record.user = "anna");
  assertStrictEquals(filterer.filter(record), record);
  assertEquals(record.user, "anna");
  const other = recordOf("other");
  filterer.addFilter(() => other);
  let seen: unknown;
  filterer.addFilter((record) => (seen = record, true));
  assertStrictEquals(filterer.filter(record), other);
  assertStrictEquals(seen, other);
});

test("addFilter() adds a filter once, removeFilter() accepts one that was never added", () => {
  const filterer = new Filterer();
  let calls = 0;
  const filter = () => ++calls;
  filterer.addFilter(filter);
  filterer.addFilter(filter);
  filterer.filter(recordOf("x"));
  assertEquals(calls, 1);
  filterer.removeFilter(filter);
  filterer.removeFilter(filter);
  filterer.filter(recordOf("x"));
  assertEquals(calls, 1);
});

test("addFilter() and addHandler() refuse values of another type", () => {
  const nothing = undefined as never;
  for (const filter of [nothing, 5 as never, {} as never]) {
    assertThrows(() => new Filterer().addFilter(filter), TypeError, "'filter' must be");
  }
  for (const handler of [nothing, {} as never]) {
    assertThrows(() => new Logger("x").addHandler(handler), TypeError, "'handler' must be");
  }
});
