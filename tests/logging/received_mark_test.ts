import { assert, assertStrictEquals } from "@std/assert";
import { Filterer } from "../../src/logging/filterer.ts";
import { makeLogRecord } from "../../src/logging/make_log_record.ts";
import { copyMark, isReceived, printableRecord } from "../../src/logging/received_mark.ts";
import { receivedRecord } from "./helpers.ts";
import { test } from "../test.ts";

test("printableRecord() is the record itself, unless it is marked and not one line", () => {
  for (const record of [makeLogRecord({ msg: "a\nb" }), receivedRecord({ msg: "one line" })]) {
    assertStrictEquals(printableRecord(record), record);
  }
  const line = printableRecord(receivedRecord({ msg: "a\nb" }));
  assert(line.msg === "a\\nb" && !isReceived(line));
});

test("copyMark() marks a record that stands for a marked one, and no other", () => {
  const to = makeLogRecord({ msg: "eggs" });
  copyMark(makeLogRecord({ msg: "spam" }), to);
  assert(!isReceived(to));
  copyMark(receivedRecord(), to);
  copyMark(receivedRecord(), to);
  assert(isReceived(to) && to.msg === "eggs");
});

test("a record that a filter puts in the place of a received one is marked", () => {
  const filterer = new Filterer();
  filterer.addFilter((record) => makeLogRecord({ ...record, msg: "redacted" }));
  const filtered = filterer.filter(receivedRecord());
  assert(filtered !== false && filtered.msg === "redacted" && isReceived(filtered));
  const own = filterer.filter(makeLogRecord({ msg: "own" }));
  assert(own !== false && !isReceived(own));
});
