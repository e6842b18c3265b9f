/**
 * `./http-bodies`: bodies for `HTTPHandler`, by which it sends records to OpenTelemetry collectors
 * (`otlp()`), to Grafana Loki (`loki()`) and to Elasticsearch (`elasticsearchBulk()`). A program can
 * bring a body of its own: `HTTPBody` is an interface.
 *
 * A body encodes a record within `emit()`, makes a request of the encoded records of a batch, and
 * judges the answer. Everything else is the handler's: batches, compression, back-off and
 * `Retry-After`, the queue, and the account of what was sent and what was lost. Its options
 * `batchRecords`, `batchBytes`, `batchMs`, `gzip` and `timeoutMs` apply to every body; see
 * `./http-handler`.
 *
 * | service | body | address |
 * |---|---|---|
 * | OpenTelemetry collector, and services that take OTLP | `otlp({ resource })` | `/v1/logs`, port 4318 |
 * | Grafana Loki | `loki({ labels })` | `/loki/api/v1/push`, port 3100 |
 * | Elasticsearch, OpenSearch | `elasticsearchBulk({ index })` | `/_bulk`, port 9200 |
 *
 * `mapLogRecord()` of a subclass decides which fields are sent, in these bodies too.
 *
 * ## Tests
 *
 * - `otlp()`: for the same events its requests say what those of OpenTelemetry's own exporters for
 *   JavaScript say, in protobuf and in JSON, as Google's protobuf for Python reads them by
 *   OpenTelemetry's own schema. It was not tested with a collector, as none was
 *   available where this package is tested.
 * - `loki()` and `elasticsearchBulk()` follow the documentation of these services. They were not tested
 *   with a server, as none was available.
 *
 * ## When a server refuses records
 *
 * Records that the server refuses in an answer that is otherwise a success are dropped, count as
 * `stats.dropped.refused`, and are reported to `handleError()` with the server's reason, at most ten
 * times a minute. They are never sent again.
 *
 * Browser compatible.
 *
 * @example Send records in a format of your own
 * ```ts
 * import { getLogger, HTTPHandler } from "jsr:@logwire/logging";
 * import type { HTTPBody } from "jsr:@logwire/logging/http-bodies";
 *
 * // The event collector of Splunk: an object a line; it answers 200 with { code: 0 }.
 * const splunk: HTTPBody = {
 *   contentType: "application/json",
 *   encode(record, reader) {
 *     const { created: time, name: source } = record;
 *     return JSON.stringify({ time, source, event: reader.text(record) }) + "\n";
 *   },
 *   judge({ status, content }) {
 *     if (status !== 200 || content === undefined) return undefined; // as the status says
 *     const { code, text } = JSON.parse(new TextDecoder().decode(content));
 *     return code === 0 ? { verdict: "taken" } : { verdict: "refused", message: text };
 *   },
 * };
 *
 * const requests: string[] = [];
 * await using handler = new HTTPHandler("splunk.example:8088", "/services/collector/event", {
 *   body: splunk,
 *   headers: { Authorization: "Splunk ..." },
 *   exitNotifier: {}, // in a program that of ./deno, ./bun, ./node or ./auto
 *   // For this example alone: a server that takes everything. Without it: the runtime's fetch.
 *   fetch(_url, init) {
 *     requests.push(new TextDecoder().decode(init.body as Uint8Array));
 *     return Promise.resolve(Response.json({ text: "Success", code: 0 }));
 *   },
 * });
 * getLogger("shop").addHandler(handler);
 * getLogger("shop").warning("low on %s", "ink");
 * await handler.flush();
 * console.assert(requests[0]?.includes('"event":"low on ink"'));
 * ```
 *
 * @module
 */
export type {
  HTTPAnswer,
  HTTPBody,
  HTTPJudgement,
  HTTPVerdict,
  RecordReader,
} from "../delivery/http_body.ts";
export type { Batch } from "../delivery/batch_writer.ts";
export { elasticsearchBulk, type ElasticsearchBulkOptions } from "./elasticsearch_body.ts";
export { loki, type LokiOptions } from "./loki_body.ts";
export { otlp, type OtlpOptions } from "./otlp_body.ts";
