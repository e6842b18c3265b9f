/**
 * The body of OpenTelemetry's protocol over HTTP.
 *
 * Browser compatible.
 *
 * @module
 */
import type { HTTPAnswer, HTTPBody, HTTPJudgement } from "../delivery/http_body.ts";
import { checkKnown, checkOneOf, refuse } from "../logging/validate.ts";
import { TextBudget } from "../text/text_budget.ts";
import { anyValue } from "../wire/otlp/any_value.ts";
import {
  type PartialSuccess,
  readJsonResponse,
  readJsonStatus,
  recordJson,
  resourceJson,
  scopeJson,
} from "../wire/otlp/otlp_json.ts";
import {
  endOfField,
  readProtobufResponse,
  readProtobufStatus,
  recordField,
  request,
  resourceField,
  scopeField,
} from "../wire/otlp/otlp_protobuf.ts";
import { type OtlpRecord, otlpRecord } from "../wire/otlp/otlp_record.ts";
import { consecutiveGroups, endOfLine, jsonOfGroups, keyedJson } from "./_record_groups.ts";
import { concat } from "@std/bytes";

/** Options of {@linkcode otlp}. */
export interface OtlpOptions {
  /**
   * The attributes of the resource that the records are of, by their names in OpenTelemetry's semantic
   * conventions: `{ "service.name": "shop", "service.version": "1.4.2" }`. Without `service.name` it is
   * `"unknown_service"`, as in OpenTelemetry's SDKs.
   */
  resource: Readonly<Record<string, unknown>>;
  /** How requests are encoded: as protobuf, which is smaller, or as JSON. @default {"protobuf"} */
  encoding?: "protobuf" | "json";
}

/** The statuses after which a request is sent again; OTLP/HTTP, "Retryable Response Codes". */
const RETRYABLE: readonly number[] = [429, 502, 503, 504];

/**
 * The body of OTLP/HTTP, OpenTelemetry's protocol: `ExportLogsServiceRequest`, for
 * `POST /v1/logs` on port 4318 of a collector, and for the services that take OTLP.
 *
 * The logger's name is the scope, the level the severity (DEBUG 5, INFO 9, WARNING 13, ERROR 17,
 * CRITICAL 21), the merged message the body. `extra` becomes attributes; `trace_id` and `span_id` in
 * it (hexadecimal, or `otelTraceID` and `otelSpanID`) join the record to a trace. An error becomes
 * `exception.type`, `exception.message` and `exception.stacktrace`; the caller, where it is known,
 * `code.file.path`, `code.line.number` and `code.function.name`.
 *
 * As OTLP says, a request is sent again after 429, 502, 503 and 504, and after a lost connection, and
 * not after another 4xx or 5xx: those records are dropped at once, and count as `refused`, also after
 * 401 or 404. A request that is too large (413) is divided. Records that the server refuses in a
 * partial success count as `refused` and are reported with its message; it does not say which they
 * are.
 *
 * @throws {TypeError} when an option is unknown or has a bad value
 *
 * @example Log to an OpenTelemetry collector
 * ```ts
 * import { getLogger, HTTPHandler } from "jsr:@logwire/logging";
 * import { otlp } from "jsr:@logwire/logging/http-bodies";
 *
 * await using handler = new HTTPHandler("collector.example:4318", "/v1/logs", {
 *   body: otlp({ resource: { "service.name": "shop" } }),
 *   gzip: true,
 *   exitNotifier: {}, // in a program that of ./deno, ./bun, ./node or ./auto
 *   // For this example alone: a collector that takes everything. Without it: the runtime's fetch.
 *   fetch: () => Promise.resolve(new Response()),
 * });
 * getLogger("shop.cart").addHandler(handler);
 * getLogger("shop.cart").warning("low on %s", "ink", { extra: { warehouse: "north" } });
 * await handler.flush();
 * console.assert(handler.stats.sent === 1);
 * ```
 */
export function otlp(options: OtlpOptions): HTTPBody {
  const what = "create the body otlp()";
  checkKnown(what, options, ["resource", "encoding"]);
  const { resource, encoding = "protobuf" } = options;
  checkOneOf(what, "encoding", encoding, ["protobuf", "json"]);
  if (typeof resource !== "object" || resource === null) {
    refuse(what, "resource", "an object of attributes", resource);
  }
  const budget = new TextBudget();
  const attributes = Object.entries({ "service.name": "unknown_service", ...resource })
    .map(([key, value]) => ({ key, value: anyValue(value, budget) }));
  return encoding === "json" ? jsonBody(attributes) : protobufBody(attributes);
}

type Attributes = OtlpRecord["attributes"];

function protobufBody(attributes: Attributes): HTTPBody {
  const resource = resourceField(attributes);
  return {
    contentType: "application/x-protobuf",
    // The tag and the length of the one ResourceLogs.
    extraBytes: resource.length + 6,
    encode(record, reader): Uint8Array {
      const fields = reader.fields(record);
      const field = recordField(otlpRecord(fields, record.exc_info));
      return concat([scopeField(nameOf(fields)), field]);
    },
    compose(batch): Uint8Array {
      const groups = consecutiveGroups(batch, endOfField);
      return request(resource, groups.map(({ key, values }) => ({ scope: key, records: values })));
    },
    judge: (answer) => judge(answer, readProtobufResponse, readProtobufStatus),
  };
}

function jsonBody(attributes: Attributes): HTTPBody {
  const head = `{"resourceLogs":[{"resource":${resourceJson(attributes)},"scopeLogs":[`;
  const tail = "]}]}";
  return {
    contentType: "application/json",
    extraBytes: new TextEncoder().encode(head + tail).length,
    encode(record, reader): string {
      const fields = reader.fields(record);
      const key = `{"scope":${scopeJson(nameOf(fields))},"logRecords":[`;
      return keyedJson(key, recordJson(otlpRecord(fields, record.exc_info)));
    },
    compose: (batch) => jsonOfGroups(consecutiveGroups(batch, endOfLine), head, tail),
    judge: (answer) => judge(answer, readJsonResponse, readJsonStatus),
  };
}

function nameOf({ name }: Record<string, unknown>): string {
  return typeof name === "string" ? name : "";
}

function judge(
  { status, content, records, isCompressed }: HTTPAnswer,
  readResponse: (content: Uint8Array) => PartialSuccess,
  readStatus: (content: Uint8Array) => string,
): HTTPJudgement | undefined {
  const read = <Result>(reader: (content: Uint8Array) => Result): Result | undefined => {
    try {
      return content && reader(content);
    } catch {
      // Of a proxy, say, that answers in its own way: the status is what counts.
      return undefined;
    }
  };
  if (status >= 200 && status < 300) {
    const { rejected = 0, message = "" } = read(readResponse) ?? {};
    const refused = [...new Array(Math.min(Math.max(rejected, 0), records) || 0).keys()];
    const count = refused.length === 0 ? "" : `${refused.length} of ${records} records refused`;
    return { verdict: "taken", refused, message: [count, message].filter(Boolean).join(": ") };
  }
  // A redirect, and a proxy that takes nothing compressed, are beyond OTLP.
  if (status < 400 || status === 415 && isCompressed) return undefined;
  const message = read(readStatus);
  const said = message === undefined || message === "" ? {} : { message };
  if (RETRYABLE.includes(status)) return { verdict: "later", ...said };
  return { verdict: status === 413 ? "too-large" : "refused", ...said };
}
