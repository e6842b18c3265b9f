import { assertEquals } from "@std/assert";
import { LogRecord } from "../../src/logging/log_record.ts";
import { makeLogRecord } from "../../src/logging/make_log_record.ts";
import { extraFields } from "../../src/logging/record_attributes.ts";
import { test } from "../test.ts";

test("extraFields() returns the fields that extra added, whatever their names", () => {
  const record = makeLogRecord(JSON.parse('{"user":"anna","__proto__":7,"toString":8}'));
  record.message = "left by a formatter";
  record.asctime = "2024";
  assertEquals(Object.entries(extraFields(record)), [["user", "anna"], ["__proto__", 7]]);
  assertEquals(extraFields(new LogRecord("app", 20, "app.ts", 1, "spam", [], null)), {});
  const bare = Object.assign(Object.create({ inherited: 1 }), { b: 2, msg: "spam", a: 1 });
  assertEquals(Object.entries(extraFields(bare)), [["b", 2], ["a", 1]]);
});
