import { assertEquals, assertThrows } from "@std/assert";
import {
  endOfField,
  readProtobufResponse,
  readProtobufStatus,
  recordField,
  request,
  resourceField,
  scopeField,
} from "../../../src/wire/otlp/otlp_protobuf.ts";
import { test } from "../../test.ts";

const hex = (bytes: Uint8Array) =>
  Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join(" ");
const bytes = (text: string) => Uint8Array.from(text.split(" "), (b) => parseInt(b, 16));

// tests/interop/otlp_test.ts has Google's protobuf read requests.
test("recordField() writes the fields of a log record by their numbers", () => {
  const field = recordField({
    timeUnixNano: "1",
    observedTimeUnixNano: "2",
    severityNumber: 9,
    severityText: "I",
    body: { boolValue: true },
    attributes: [{ key: "k", value: { intValue: "-1" } }],
    spanId: "eee19b7ec3c1b174",
    flags: 1,
  });
  assertEquals(
    hex(field),
    "12 3c " +
      "09 01 00 00 00 00 00 00 00 " + // time_unix_nano = 1
      "10 09 " + // severity_number = 2
      "1a 01 49 " + // severity_text = 3
      "2a 02 10 01 " + // body = 5
      "32 10 0a 01 6b 12 0b 18 ff ff ff ff ff ff ff ff ff 01 " + // attributes = 6
      "45 01 00 00 00 " + // flags = 8
      "52 08 ee e1 9b 7e c3 c1 b1 74 " + // span_id = 10
      "59 02 00 00 00 00 00 00 00", // observed_time_unix_nano = 11
  );
});

test("request() writes each group of records behind its scope", () => {
  const scope = scopeField("a");
  assertEquals([hex(scope), hex(scopeField(""))], ["0a 03 0a 01 61", "0a 00"]);
  const resource = resourceField([{ key: "k", value: {} }]);
  assertEquals(hex(resource), "0a 07 0a 05 0a 01 6b 12 00");
  const one = bytes("12 01 ff");
  assertEquals(
    hex(request(resource, [{ scope, records: [one, one] }, { scope, records: [one] }])),
    "0a 20 0a 07 0a 05 0a 01 6b 12 00 " +
      "12 0b 0a 03 0a 01 61 12 01 ff 12 01 ff 12 08 0a 03 0a 01 61 12 01 ff",
  );
});

test("endOfField() is where the next field begins, also behind a long one", () => {
  const long = scopeField("x".repeat(300));
  const both = new Uint8Array([...long, 0x12, 0x00]);
  assertEquals(endOfField(both), long.length);
});

test("readProtobufResponse() reads a partial success and skips fields that it does not know", () => {
  const content = bytes("18 05 0a 08 08 03 12 02 68 69 18 01 22 01 00");
  assertEquals(readProtobufResponse(content), { rejected: 3, message: "hi" });
  assertEquals(readProtobufResponse(new Uint8Array(0)), { rejected: 0, message: "" });
  assertThrows(() => readProtobufResponse(new TextEncoder().encode("<html>")));
});

test("readProtobufStatus() reads the message of a Status", () => {
  assertEquals(readProtobufStatus(bytes("08 03 12 03 62 61 64")), "bad");
});
