import { assertEquals } from "@std/assert";
import { Filter } from "../../src/logging/filter.ts";
import { recordOf } from "./helpers.ts";
import { test } from "../test.ts";

test("Filter passes the records of one logger and of its descendants", () => {
  const filter = new Filter("spam.eggs");
  const passes = (name: string) => {
    const record = recordOf("x");
    record.name = name;
    return filter.filter(record);
  };
  assertEquals(
    ["spam.eggs", "spam.eggs.fish", "spam", "spam.bakedbeans", "spam.eggsx", ""].map(passes),
    [true, true, false, false, false, false],
  );
});

test("Filter without a name passes every record", () => {
  assertEquals(new Filter().filter(recordOf("x")), true);
  assertEquals(new Filter("").filter(recordOf("x")), true);
});
