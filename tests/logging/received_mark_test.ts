import { assert, assertStrictEquals } from "@std/assert";
import { Filterer } from "../../src/logging/filterer.ts";
import { makeLogRecord } from "../../src/logging/make_log_record.ts";
import { copyMark, isReceived, printableRecord } from "../../src/logging/received_mark.ts";
import { receivedRecord } from "./helpers.ts";
import { test } from "../test.ts";

test("printableRecord() returns the record itself, unless it was received and has more than one line", () => {
  for (const record of [makeLogRecord({ msg: "a\nb" }), receivedRecord({ msg: "one line" })]) {
    assertStrictEquals(printableRecord(record), record);
  }
  const line = printableRecord(receivedRecord({ msg: "a\nb" }));
  assert(line.msg === "a\\nb" && !isReceived(line));
});

test("copyMark() marks the replacement of a marked record, and no other record", () => {
  const to = makeLogRecord({ msg: "eggs" });
  copyMark(makeLogRecord({ msg: "spam" }), to);
  assert(!isReceived(to));
  copyMark(receivedRecord(), to);
  copyMark(receivedRecord(), to);
  assert(isReceived(to) && to.msg === "eggs");
});

test("the replacement that a filter makes for a received record is marked", () => {
  const filterer = new Filterer();
  filterer.addFilter((record) => makeLogRecord({ ...record, msg: "redacted" }));
  const filtered = filterer.filter(receivedRecord());
  assert(filtered !== false && filtered.msg === "redacted" && isReceived(filtered));
  const own = filterer.filter(makeLogRecord({ msg: "own" }));
  assert(own !== false && !isReceived(own));
});
