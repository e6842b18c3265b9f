import { assert, assertEquals } from "@std/assert";
import { LogRecord } from "../../../src/logging/log_record.ts";
import { makeLogRecord } from "../../../src/logging/make_log_record.ts";
import { recordFields } from "../../../src/wire/record_fields.ts";
import { otlpRecord, severityNumber } from "../../../src/wire/otlp/otlp_record.ts";
import { test } from "../../test.ts";

const of = (record: LogRecord) => otlpRecord(recordFields(record), record.exc_info);

/** The attributes by their names. */
function attributesOf(record: LogRecord): Record<string, unknown> {
  return Object.fromEntries(
    of(record).attributes.map(({ key, value }) => [key, Object.values(value)[0]]),
  );
}

test("severityNumber() has four numbers a level, as OpenTelemetry for Python", () => {
  const expected: (readonly [levelno: unknown, severity: number])[] = [
    ...[[-1, 0], [0, 0], [1, 1], [5, 1], [6, 2], [8, 4], [9, 4]] as const,
    ...[[10, 5], [11, 6], [13, 8], [19, 8], [20, 9], [25, 12], [30, 13], [40, 17]] as const,
    ...[[50, 21], [51, 22], [53, 24], [54, 24], [1000, 24], [20.5, 9]] as const,
    ...[[NaN, 0], ["20", 0], [undefined, 0], [null, 0]] as const,
  ];
  for (const [levelno, severity] of expected) {
    assertEquals(severityNumber(levelno), severity, String(levelno));
  }
});

test("otlpRecord() has the merged message, the level and the time", () => {
  const record = new LogRecord("app", 30, "(unknown file)", 0, "%d left", [3], null);
  record.created = 1_764_385_200.25;
  const { attributes: _attributes, ...others } = of(record);
  assertEquals(others, {
    timeUnixNano: "1764385200250000000",
    observedTimeUnixNano: "1764385200250000000",
    severityNumber: 13,
    severityText: "WARNING",
    body: { stringValue: "3 left" },
  });
});

test("otlpRecord() names the caller only where it is known", () => {
  const unknown = makeLogRecord({
    pathname: "(unknown file)",
    funcName: "(unknown function)",
    process: 0,
    thread: 0,
    threadName: "MainThread",
    processName: "MainProcess",
  });
  assertEquals(attributesOf(unknown), {});
  const known = makeLogRecord({
    pathname: "/app/cart.py",
    lineno: 7,
    funcName: "add",
    stack_info: "Stack (most recent call last):",
    thread: 140_735,
    threadName: "worker-1",
    process: 99,
    processName: "SpawnProcess-1",
    taskName: "Task-2",
  });
  assertEquals(attributesOf(known), {
    "code.file.path": "/app/cart.py",
    "code.line.number": "7",
    "code.function.name": "add",
    "code.stacktrace": "Stack (most recent call last):",
    "thread.id": "140735",
    "thread.name": "worker-1",
    "process.pid": "99",
    processName: "SpawnProcess-1",
    taskName: "Task-2",
  });
});

test("otlpRecord() has the fields of extra, the error, and the trace", () => {
  const record = makeLogRecord({
    msg: "x",
    process: null,
    exc_info: new TypeError("boom"),
    exc_text: "the stack",
    trace_id: "5b8efff798038103d269b633813fc60c",
    span_id: "eee19b7ec3c1b174",
    user: "ada",
  });
  assertEquals(attributesOf(record), {
    user: "ada",
    "exception.type": "TypeError",
    "exception.message": "boom",
    "exception.stacktrace": "the stack",
  });
  const { traceId, spanId, flags } = of(record);
  assertEquals([traceId, spanId, flags], [
    ...["5b8efff798038103d269b633813fc60c", "eee19b7ec3c1b174", undefined],
  ]);
});

test("otlpRecord() has each attribute once, and the program's own before that of the record", () => {
  const record = makeLogRecord({ process: 1, "process.pid": 2, "code.file.path": "x" });
  record.pathname = "/app/cart.ts";
  assertEquals(of(record).attributes.map(({ key }) => key), ["process.pid", "code.file.path"]);
  assertEquals(attributesOf(record), { "process.pid": "2", "code.file.path": "x" });
});

test("otlpRecord() never cuts the message, and leaves out what is unknown", () => {
  const msg = "x".repeat(5_000_000);
  const { body } = otlpRecord({ msg }, null);
  assert(body.stringValue === msg);
  assertEquals(otlpRecord({}, null), {
    timeUnixNano: "0",
    observedTimeUnixNano: "0",
    body: {},
    attributes: [],
  });
});
