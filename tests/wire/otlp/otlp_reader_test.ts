import { assertEquals, assertThrows } from "@std/assert";
import { isOtlpRequest, otlpFields } from "../../../src/wire/otlp/otlp_reader.ts";
import { test } from "../../test.ts";

function requestOf(record: Record<string, unknown>, scope: Record<string, unknown> = {}) {
  const attributes = [{ key: "service.name", value: { stringValue: "shop" } }];
  return {
    resourceLogs: [{ resource: { attributes }, scopeLogs: [{ scope, logRecords: [record] }] }],
  };
}

test("otlpFields() reads time, level, body, logger and ids", () => {
  const [fields] = otlpFields(requestOf({
    timeUnixNano: "1700000000250000000",
    severityNumber: 13,
    severityText: "warn",
    body: { stringValue: "100% sure" },
    traceId: "0af7651916cd43dd8448eb211c80319c",
  }, { name: "cart" }));
  assertEquals(fields, {
    ...{ "service.name": "shop", trace_id: "0af7651916cd43dd8448eb211c80319c", name: "cart" },
    ...{ msg: "100% sure", args: null, levelno: 30, levelname: "WARN", created: 1_700_000_000.25 },
    msecs: 250,
  });
});

test("otlpFields() reads values of every type", () => {
  const values = {
    i: { intValue: "5" },
    long: { intValue: "9223372036854775807" },
    d: { doubleValue: 1.5 },
    b: { boolValue: true },
    none: {},
    list: { arrayValue: { values: [{ stringValue: "x" }] } },
    map: { kvlistValue: { values: [{ key: "__proto__", value: { intValue: 1 } }] } },
    bytes: { bytesValue: "AAE=" },
    name: { stringValue: "renamed" },
    "exception.type": { stringValue: "E" },
    "exception.message": { stringValue: "m" },
    "code.line.number": { intValue: "7" },
  };
  const attributes = Object.entries(values).map(([key, value]) => ({ key, value }));
  const [fields] = otlpFields(requestOf({ attributes }));
  assertEquals([fields!.i, fields!.long, fields!.d, fields!.b, fields!.none], [
    ...[5, 9223372036854775807n, 1.5, true, null],
  ]);
  assertEquals([fields!.list, fields!.bytes, fields!.lineno], [["x"], "AAE=", 7]);
  assertEquals(JSON.stringify(fields!.map), '{"__proto__":1}');
  assertEquals([fields!.name, fields!.name_, fields!.exc_text], ["shop", "renamed", "E: m"]);
  assertEquals([fields!.levelno, fields!.msg, fields!.created], [20, "", undefined]);
});

test("otlpFields() refuses what is no request", () => {
  assertEquals([isOtlpRequest({ resourceLogs: [] }), isOtlpRequest([]), isOtlpRequest(null)], [
    ...[true, false, false],
  ]);
  for (const resourceLogs of [5, [1], [null], [{ scopeLogs: {} }], [{ resource: [] }]]) {
    assertThrows(() => otlpFields({ resourceLogs }), TypeError, "must be an");
  }
});
