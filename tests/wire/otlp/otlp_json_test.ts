import { assertEquals, assertThrows } from "@std/assert";
import {
  readJsonResponse,
  readJsonStatus,
  recordJson,
  resourceJson,
  scopeJson,
} from "../../../src/wire/otlp/otlp_json.ts";
import { OtlpBytes } from "../../../src/wire/otlp/any_value.ts";
import { test } from "../../test.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

// tests/interop/otlp_test.ts has Google's protobuf read requests.
test("recordJson() writes 64 bits as digits, ids as hexadecimal, and bytes as base64", () => {
  const json = recordJson({
    timeUnixNano: "1764385200250000000",
    observedTimeUnixNano: "1764385200250000000",
    severityNumber: 13,
    body: { stringValue: "\ud800" },
    attributes: [{ key: "b", value: { bytesValue: new OtlpBytes(new Uint8Array([255])) } }],
    traceId: "5b8efff798038103d269b633813fc60c",
  });
  assertEquals(
    json,
    '{"timeUnixNano":"1764385200250000000","observedTimeUnixNano":"1764385200250000000",' +
      '"severityNumber":13,"body":{"stringValue":"\ufffd"},' +
      '"attributes":[{"key":"b","value":{"bytesValue":"/w=="}}],' +
      '"traceId":"5b8efff798038103d269b633813fc60c"}',
  );
});

test("scopeJson() and resourceJson() write a logger and the attributes of a resource", () => {
  assertEquals(scopeJson("a.b"), '{"name":"a.b"}');
  const attributes = [{ key: "service.name", value: { stringValue: "shop" } }];
  assertEquals(JSON.parse(resourceJson(attributes)), { attributes });
});

test("readJsonResponse() reads a partial success, with a number or digits", () => {
  for (const rejectedLogRecords of [3, "3"]) {
    const partialSuccess = { rejectedLogRecords, errorMessage: "too old" };
    const content = bytes(JSON.stringify({ partialSuccess, unknown: 1 }));
    assertEquals(readJsonResponse(content), { rejected: 3, message: "too old" });
  }
  for (const text of ["", "{}", '{"partialSuccess":null}', '{"partialSuccess":{}}']) {
    assertEquals(readJsonResponse(bytes(text)), { rejected: 0, message: "" }, text);
  }
  assertThrows(() => readJsonResponse(bytes("<html>")));
});

test("readJsonStatus() reads the message of a Status", () => {
  assertEquals(readJsonStatus(bytes('{"code":3,"message":"bad"}')), "bad");
  assertEquals(readJsonStatus(bytes("{}")), "");
});
