import { assertEquals } from "@std/assert";
import { takeTraceContext } from "../../src/wire/trace_context.ts";
import { test } from "../test.ts";

const traceId = "5b8efff798038103d269b633813fc60c";
const spanId = "eee19b7ec3c1b174";

test("takeTraceContext() takes the trace out of the fields", () => {
  const extra = { trace_id: traceId.toUpperCase(), span_id: spanId, trace_flags: "01", n: 1 };
  assertEquals(takeTraceContext(extra), { traceId, spanId, flags: 1 });
  assertEquals(extra as object, { n: 1 });
});

test("takeTraceContext() takes the fields that OpenTelemetry for Python adds", () => {
  const extra = { otelTraceID: traceId, otelSpanID: spanId, otelTraceSampled: true };
  assertEquals(takeTraceContext(extra), { traceId, spanId, flags: 1 });
  const none = { otelTraceID: "0", otelSpanID: "0", otelTraceSampled: false };
  assertEquals([takeTraceContext(none), none as object], [{}, {}]);
});

test("takeTraceContext() leaves fields of these names that are no ids", () => {
  for (const trace_id of ["x".repeat(32), "0".repeat(32), "5b8e", 7, null, traceId + "00"]) {
    const extra = { trace_id, span_id: "0".repeat(16) };
    assertEquals(takeTraceContext(extra), {});
    assertEquals(extra, { trace_id, span_id: "0".repeat(16) });
  }
});

test("takeTraceContext() takes no span without its trace", () => {
  const extra = { span_id: spanId, trace_flags: "01" };
  assertEquals([takeTraceContext(extra), extra as object], [
    ...[{}, { span_id: spanId, trace_flags: "01" }],
  ]);
});

test("takeTraceContext() takes flags from 0 to 255 alone", () => {
  const flagsOf = (trace_flags: unknown) =>
    takeTraceContext({ trace_id: traceId, trace_flags }).flags;
  assertEquals([0, 255, 256, -1, 1.5, "ff", "fff", null].map(flagsOf), [
    ...[0, 255, undefined, undefined, undefined],
    ...[255, undefined, undefined],
  ]);
});
