import { assertEquals } from "@std/assert";
import { BufferingFormatter } from "../../src/logging/buffering_formatter.ts";
import { Formatter } from "../../src/logging/formatter.ts";
import { makeLogRecord } from "../../src/logging/make_log_record.ts";
import type { LogRecord } from "../../src/logging/log_record.ts";
import { test } from "../test.ts";

const records = [makeLogRecord({ msg: "one" }), makeLogRecord({ msg: "two" })];

test("BufferingFormatter joins records without anything between", () => {
  assertEquals(new BufferingFormatter().format([]), "");
  assertEquals(new BufferingFormatter().format(records), "onetwo");
  assertEquals(
    new BufferingFormatter(new Formatter("<%(message)s>")).format(records),
    "<one><two>",
  );
});

test("BufferingFormatter writes header and footer around records, and nothing for no records", () => {
  class Framed extends BufferingFormatter {
    override formatHeader(records: readonly LogRecord[]): string {
      return `[(${records.length})`;
    }
    override formatFooter(records: readonly LogRecord[]): string {
      return `(${records.length})]`;
    }
  }
  assertEquals(new Framed().format([]), "");
  assertEquals(new Framed().format(records), "[(2)onetwo(2)]");
  const each = new Formatter("<%(message)s>");
  assertEquals(new Framed(each).format(records), "[(2)<one><two>(2)]");
});
