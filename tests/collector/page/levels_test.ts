import { assertEquals } from "@std/assert";
import { bandOf, bandOfName } from "../../../src/collector/page/_levels.ts";
import { test } from "../../test.ts";

test("bandOf() gives each number the band at or below it", () => {
  const names = [-5, 0, 5, 10, 19, 20, 25, 30, 40, 49, 50, 1000].map((levelno) =>
    bandOf(levelno).name
  );
  assertEquals(names, [
    ...["DEBUG", "DEBUG", "DEBUG", "DEBUG", "DEBUG", "INFO", "INFO", "WARNING", "ERROR", "ERROR"],
    ...["CRITICAL", "CRITICAL"],
  ]);
});

test("bandOfName() knows Python's names, and others by their number", () => {
  const numbers = new Map([["NOTICE", 25], ["ALERT", 60]]);
  const names = ["ERROR", "NOTICE", "ALERT", "Level 35", "?"].map((name) =>
    bandOfName(name, numbers).name
  );
  assertEquals(names, ["ERROR", "INFO", "CRITICAL", "WARNING", "INFO"]);
});
