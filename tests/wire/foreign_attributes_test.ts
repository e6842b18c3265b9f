import { assertEquals } from "@std/assert";
import { foreignAttributes, foreignLevel } from "../../src/wire/foreign_attributes.ts";
import { LogRecord } from "../../src/logging/log_record.ts";
import { test } from "../test.ts";

test("a foreign record has the attributes of every record, in their order", () => {
  const record = { name: "cron", msg: "100%", levelno: 30, created: 12.3456 };
  const attributes = foreignAttributes(record, 10);
  const own = Object.keys(new LogRecord("a", 20, "p", 1, "m", [], null));
  assertEquals(Object.keys(attributes), own.filter((key) => key in attributes));
  assertEquals([attributes.levelname, attributes.args, attributes.msecs], ["WARNING", null, 345]);
  assertEquals(Math.round(attributes.relativeCreated as number), 2346);
});

test("foreignLevel() knows Python's names, those of other loggers and of severities", () => {
  const names = ["info", "Warn", "EMERG", "trace", "constructor", ""];
  assertEquals(names.map(foreignLevel), [20, 30, 50, 5, undefined, undefined]);
});
