import { assertEquals } from "@std/assert";
import { Filter } from "../../src/logging/filter.ts";
import { recordOf } from "./helpers.ts";
import { test } from "../test.ts";

test("Filter passes one logger and what lies below it (C8)", () => {
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

test("Filter without a name passes everything (C8)", () => {
  assertEquals(new Filter().filter(recordOf("x")), true);
  assertEquals(new Filter("").filter(recordOf("x")), true);
});
