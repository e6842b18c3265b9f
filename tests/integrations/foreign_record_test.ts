import { assert, assertEquals } from "@std/assert";
import { foreignRecord, handOver } from "../../src/integrations/_foreign_record.ts";
import { test } from "../test.ts";
import { Handler } from "../../src/logging/handler.ts";
import { INFO, WARNING } from "../../src/logging/level.ts";
import type { LogRecord } from "../../src/logging/log_record.ts";

test("foreignRecord() takes the text as it is, the time, the process and the fields", () => {
  const record = foreignRecord({
    name: "shop",
    levelno: INFO,
    message: "50% done",
    created: 1_700_000_000.123,
    process: 7,
    fields: { user: "anna", name: "clash" },
  });
  assertEquals(record.getMessage(), "50% done");
  assertEquals([record.name, record.levelname, record.process], ["shop", "INFO", 7]);
  assertEquals([record.created, record.msecs], [1_700_000_000.123, 123]);
  assertEquals([record.user, record.name_], ["anna", "clash"]);
  assertEquals([record.exc_info, record.exc_text, record.args], [null, null, null]);
});

test("foreignRecord() carries an error, or the text of one", () => {
  const error = new Error("disk full");
  const common = { name: "shop", levelno: WARNING, message: "x" };
  assertEquals(foreignRecord({ ...common, error }).exc_info, error);
  assertEquals(foreignRecord({ ...common, errorText: "Error: x" }).exc_text, "Error: x");
  const before = Date.now() / 1000;
  const record = foreignRecord(common);
  assert(record.created >= before && record.created <= Date.now() / 1000);
});

test("foreignRecord() takes the place in the source, and a name for a level that has none", () => {
  const common = { name: "x", message: "x", levelname: "TRACE" };
  const record = foreignRecord({ ...common, levelno: 5, pathname: "/shop/cart.ts", lineno: 7 });
  assertEquals([record.pathname, record.filename, record.module, record.lineno], [
    ...["/shop/cart.ts", "cart.ts", "cart", 7],
  ]);
  const { levelname, pathname, lineno } = foreignRecord({ ...common, levelno: INFO });
  assertEquals([record.levelname, levelname], ["TRACE", "INFO"]);
  assertEquals([pathname, lineno], ["(unknown file)", 0]);
});

test("a time before 1970 has milliseconds from 0 to 999", () => {
  const record = foreignRecord({ name: "x", levelno: INFO, message: "x", created: -0.25 });
  assertEquals([record.created, record.msecs], [-0.25, 750]);
});

test("handOver() gives a handler only the records of its level or above", () => {
  class ListHandler extends Handler {
    readonly records: LogRecord[] = [];
    override emit(record: LogRecord): void {
      this.records.push(record);
    }
  }
  const handler = new ListHandler(WARNING);
  for (const levelno of [INFO, WARNING]) {
    handOver(handler, foreignRecord({ name: "x", levelno, message: String(levelno) }));
  }
  assertEquals(handler.records.map(({ levelno }) => levelno), [WARNING]);
});
