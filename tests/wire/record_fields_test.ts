import { assertEquals } from "@std/assert";
import { recordFields } from "../../src/wire/record_fields.ts";
import { LogRecord } from "../../src/logging/log_record.ts";
import { makeLogRecord } from "../../src/logging/make_log_record.ts";
import { test } from "../test.ts";

test("recordFields() merges msg, clears args and exc_info, and leaves out message", () => {
  const error = new Error("boom");
  const record = new LogRecord("app", 20, "a/b.ts", 3, "%d of %s", [1, "2"], error, "main");
  record.message = "left by a formatter";
  record.asctime = "2024";
  record.exc_text = "a stack";
  const before = { ...record };
  const fields = recordFields(record);
  const { msg, args, exc_info, exc_text, asctime, message } = fields;
  assertEquals({ msg, args, exc_info, exc_text, asctime, message }, {
    msg: "1 of 2",
    args: null,
    exc_info: null,
    exc_text: "a stack",
    asctime: "2024",
    message: undefined,
  });
  assertEquals({ ...record }, before, "the record is not changed");
});

test("recordFields() keeps CPython's order of attributes, and puts extra fields behind", () => {
  const record = makeLogRecord({ user: "anna", msg: "spam" });
  assertEquals(
    Object.keys(recordFields(record)).join(" "),
    [
      "name msg args levelname levelno pathname filename module exc_info exc_text stack_info",
      "lineno funcName created msecs relativeCreated thread threadName processName process",
      "taskName user",
    ].join(" "),
  );
});

test("recordFields() calls getMessage() of a subclass", () => {
  class Shouting extends LogRecord {
    override getMessage(): string {
      return super.getMessage().toUpperCase();
    }
  }
  const record = new Shouting("app", 20, "app.ts", 1, "spam", [], null);
  assertEquals(recordFields(record).msg, "SPAM");
});
