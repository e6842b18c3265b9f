import { assertEquals } from "@std/assert";
import { recordFields } from "../../src/wire/json_record.ts";
import { JSONFormatter } from "../../src/logging/json_formatter.ts";
import { makeLogRecord } from "../../src/logging/make_log_record.ts";
import { test } from "../test.ts";

test("recordFields() leaves an object as it is that has the attributes of a record", () => {
  const object = { name: "a", msg: "b", levelno: 20, args: null };
  assertEquals(recordFields(object), object);
});

test("recordFields() reverses JSONFormatter", () => {
  const fields = { name: "a.b", msg: "hi", levelno: 30, levelname: "WARNING", user: { id: 1 } };
  const record = makeLogRecord({ ...fields, created: 1_700_000_000.25, exc_text: "E: no\n  at f" });
  const back = recordFields(JSON.parse(new JSONFormatter().format(record)));
  assertEquals(back, {
    ...{ ...fields, args: null, created: 1_700_000_000.25, msecs: 250, exc_text: "E: no\n  at f" },
  });
});

test("recordFields() knows the usual names of time, level, logger and message", () => {
  const levels = (level: unknown) => {
    const { levelno, levelname } = recordFields({ level });
    return [levelno, levelname];
  };
  assertEquals(levels("warn"), [30, "WARNING"]);
  assertEquals(levels("fatal"), [50, "CRITICAL"]);
  assertEquals(levels("notice"), [20, "NOTICE"]);
  assertEquals(levels("odd"), [20, "odd"]);
  assertEquals(levels(40), [40, "ERROR"]);
  assertEquals(levels({}), [20, "INFO"]);
  const { created, msg, name } = recordFields({ ts: 1_700_000_000_500, msg: { a: 1 }, name: "x" });
  assertEquals([created, msg, name], [1_700_000_000.5, '{"a":1}', "x"]);
  assertEquals(recordFields({ time: "soon" }).created, undefined);
});

test("recordFields() renames fields that are named like attributes of another type", () => {
  const fields = recordFields({ message: "m", args: [1], created: "x", lineno: "7", process: 5 });
  assertEquals([fields.args, fields.args_, fields.created_], [null, [1], "x"]);
  assertEquals([fields.lineno, fields.lineno_, fields.process], [undefined, "7", 5]);
});

test("recordFields() takes an error's stack, else its type and message, else keeps the field", () => {
  assertEquals(recordFields({ err: { stack: "S" } }).exc_text, "S");
  assertEquals(recordFields({ error: { type: "E", message: "m" } }).exc_text, "E: m");
  assertEquals(recordFields({ error: "text" }).error, "text");
  assertEquals(recordFields({ error: { code: 5 } }).error, { code: 5 });
});
