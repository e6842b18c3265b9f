import { assertEquals } from "@std/assert";
import type { SyslogMessage } from "../../src/wire/syslog/syslog_parser.ts";
import { Formatter } from "../../src/logging/formatter.ts";
import { LogRecord } from "../../src/logging/log_record.ts";
import { makeLogRecord } from "../../src/logging/make_log_record.ts";
import { syslogFields } from "../../src/receivers/_syslog_fields.ts";
import { test } from "../test.ts";

const message: SyslogMessage = {
  facility: 4,
  severity: 2,
  timestamp: 1_700_000_000.003,
  hostname: "mymachine",
  app_name: "su",
  procid: "8710",
  msgid: "ID47",
  structured_data: { "a@1": { b: "c" } },
  message: "100% %s of it",
  format: "rfc5424",
};

test("syslogFields() has the fields of every record, in their order, then those of syslog", () => {
  const record = makeLogRecord(syslogFields(message, 7, 1_699_999_999));
  const names = Object.keys(new LogRecord("", 20, "", 0, "", null, null));
  const added = ["facility", "severity", "hostname", "app_name", "procid", "msgid"];
  assertEquals(Object.keys(record), [...names, ...added, "structured_data", "sender_address"]);
  assertEquals(record.sender_address, null);
  assertEquals([record.name, record.levelname, record.levelno], ["su", "CRITICAL", 50]);
  assertEquals([record.created, record.msecs], [1_700_000_000.003, 3]);
  assertEquals(Math.round(record.relativeCreated), 1003);
  assertEquals(record.process, 8710);
  assertEquals(
    [record.facility, record.severity, record.hostname, record.app_name, record.procid],
    [4, 2, "mymachine", "su", "8710"],
  );
  assertEquals([record.msgid, record.structured_data], ["ID47", { "a@1": { b: "c" } }]);
});

test("a percent sign in a message is no placeholder", () => {
  const record = makeLogRecord(syslogFields(message, 7, 0));
  assertEquals(record.getMessage(), "100% %s of it");
});

test("every severity has its level", () => {
  const levels = [0, 1, 2, 3, 4, 5, 6, 7].map((severity) =>
    syslogFields({ ...message, severity }, 7, 0).levelname
  );
  assertEquals(levels, [
    ...["CRITICAL", "CRITICAL", "CRITICAL", "ERROR", "WARNING", "INFO", "INFO", "DEBUG"],
  ]);
});

test("a field that the message lacks has a value that formats accept", () => {
  const bare = { timestamp: null, hostname: null, app_name: null, procid: null, msgid: null };
  const record = makeLogRecord(
    syslogFields({ ...message, ...bare, structured_data: null }, 8.25, 8),
  );
  assertEquals([record.name, record.created, record.msecs], ["syslog", 8.25, 250]);
  const format = "%(name)s %(levelname)s %(pathname)s:%(lineno)d %(funcName)s %(process)d " +
    "%(thread)d %(threadName)s %(processName)s %(relativeCreated)d %(hostname)s %(message)s";
  assertEquals(
    new Formatter(format).format(record),
    "syslog CRITICAL (unknown file):0 (unknown function) 0 0 MainThread MainProcess 250 None " +
      "100% %s of it",
  );
});

test("msecs has the milliseconds that were written, and is never a thousand", () => {
  const msecs = (timestamp: number) => syslogFields({ ...message, timestamp }, 7, 0).msecs;
  for (let ms = 0; ms < 1000; ms++) assertEquals(msecs((1_700_000_000_000 + ms) / 1000), ms);
  assertEquals(msecs(1_700_000_000.9999998), 999);
  assertEquals(msecs(-0.25), 750);
});

test("syslogFields() has the address of the sender, and at most 255 characters of a name", () => {
  const long = { ...message, app_name: "x".repeat(2000) };
  const { name, app_name, sender_address } = syslogFields(long, 7, 0, "192.0.2.1");
  assertEquals([name, app_name], ["x".repeat(255), long.app_name]);
  assertEquals(sender_address, "192.0.2.1");
});

test("a process id that is no number becomes 0", () => {
  for (const procid of ["a12", "1e3", "-1", "99999999999", " 1", ""]) {
    assertEquals(syslogFields({ ...message, procid }, 7, 0).process, 0);
  }
});
