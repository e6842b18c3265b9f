/**
 * The body of Elasticsearch's bulk API.
 *
 * Browser compatible.
 *
 * @module
 */
import type { Batch } from "../delivery/batch_writer.ts";
import type { HTTPAnswer, HTTPBody, HTTPJudgement } from "../delivery/http_body.ts";
import { atOnce } from "../logging/callback.ts";
import { type LogRecord, UNKNOWN_FILE, UNKNOWN_FUNCTION } from "../logging/log_record.ts";
import { checkKnown, checkString, refuse } from "../logging/validate.ts";
import { errorFields } from "../wire/error_fields.ts";
import { recordJson } from "../wire/record_json.ts";
import { extraFields } from "../logging/record_attributes.ts";
import { takeTraceContext } from "../wire/trace_context.ts";
import { wellFormedJson } from "../wire/well_formed_json.ts";

/** Options of {@linkcode elasticsearchBulk}. */
export interface ElasticsearchBulkOptions {
  /** The index or the data stream, such as `"logs-shop-default"`; or a function of the record. */
  index: string | ((record: LogRecord) => string);
}

/** Names of the Elastic Common Schema that are taken; a field of `extra` gets `_` behind such a name. */
const TAKEN: readonly string[] = [
  "@timestamp",
  "message",
  "log",
  "error",
  "process",
  "trace",
  "span",
  "ecs",
];

const ECS_VERSION = "8.11";

/** Stands before the `_id` in every record. */
const BEFORE_ID = '{"create":{"_id":"';
/** Random text of the handler, a hyphen, and a sequence number with 36 as its base. */
const PREFIX_LENGTH = 32;
const NUMBER_LENGTH = 11;
const NO_ID = "0".repeat(PREFIX_LENGTH + 1 + NUMBER_LENGTH);

const encoder = /* @__PURE__ */ new TextEncoder();
const decoder = /* @__PURE__ */ new TextDecoder();

/**
 * The body of Elasticsearch's bulk API, for `POST /_bulk`, which OpenSearch has as well: each record is
 * a `create` action and a document in the Elastic Common Schema.
 *
 * The document has `@timestamp`, `message`, `log.level` (in lower case), `log.logger`,
 * `log.origin.file.name`, `log.origin.file.line` and `log.origin.function` where the caller is known,
 * `error.type`, `error.message`, `error.stack_trace`, `process.pid`, `trace.id`, `span.id`, and the
 * fields of `extra` beside these.
 *
 * Each document has an `_id` of its own, which it keeps when it is sent again: Elasticsearch answers
 * 409 for a document that it has, and so has each record once. A document that is answered with 429 or
 * 503 has the whole request sent again later. The records of documents that are answered with another
 * error are dropped, count as `refused`, and are reported with the first reason.
 *
 * The path `/_bulk?filter_path=errors,items.*.status,items.*.error` keeps the answers small.
 *
 * The body follows the documentation of Elasticsearch's bulk API. It was not tested with a server, as
 * none was available: the tests compare its requests with the documented format, and answer with
 * documented answers.
 *
 * @throws {TypeError} when an option is unknown or has a bad value
 *
 * @example Log to Elasticsearch
 * ```ts
 * import { getLogger, HTTPHandler } from "jsr:@logwire/logging";
 * import { elasticsearchBulk } from "jsr:@logwire/logging/http-bodies";
 *
 * await using handler = new HTTPHandler("search.example:9200", "/_bulk", {
 *   body: elasticsearchBulk({ index: "logs-shop-default" }),
 *   headers: { Authorization: "ApiKey ..." },
 *   exitNotifier: {}, // in a program that of ./deno, ./bun, ./node or ./auto
 *   // For this example alone: a server that takes everything. Without it: the runtime's fetch.
 *   fetch: () => Promise.resolve(Response.json({ errors: false, items: [] })),
 * });
 * getLogger("shop").addHandler(handler);
 * getLogger("shop").warning("low on %s", "ink");
 * await handler.flush();
 * console.assert(handler.stats.sent === 1);
 * ```
 */
export function elasticsearchBulk(options: ElasticsearchBulkOptions): HTTPBody {
  const what = "create the body elasticsearchBulk()";
  checkKnown(what, options, ["index"]);
  const { index } = options;
  if (typeof index !== "function") checkString(what, "index", index);
  return {
    contentType: "application/x-ndjson",
    encode(record, reader): string {
      const name = typeof index === "string" ? index : atOnce(index(record), "index()");
      if (typeof name !== "string") refuse("encode a record", "index", "a string", name);
      const document = wellFormedJson(recordJson(documentOf(reader.fields(record), record)));
      const action = `${BEFORE_ID}${NO_ID}","_index":${JSON.stringify(name)}}}`;
      return `${action}\n${document}\n`;
    },
    compose,
    judge,
  };
}

/** Fills in the ids. */
function compose({ id, bytes, lengths }: Batch, handlerId: string): Uint8Array {
  const content = bytes.slice();
  const prefix = handlerId.replace(/[^0-9A-Za-z]/g, "").padEnd(PREFIX_LENGTH, "0");
  let at = BEFORE_ID.length;
  let number = Number(id);
  for (const length of lengths) {
    const digits = (number++).toString(36).padStart(NUMBER_LENGTH, "0");
    encoder.encodeInto(`${prefix.slice(0, PREFIX_LENGTH)}-${digits}`, content.subarray(at));
    at += length;
  }
  return content;
}

function documentOf(fields: Record<string, unknown>, record: LogRecord): Record<string, unknown> {
  const { created, levelname, name, process, thread, threadName, processName } = fields;
  const extra = extraFields(fields as unknown as LogRecord);
  const { traceId, spanId } = takeTraceContext(extra);
  const error = errorFields(record.exc_info, fields.exc_text);
  const origin = originOf(fields);
  const document: Record<string, unknown> = {
    "@timestamp": timestamp(created),
    message: fields.msg,
    log: {
      ...typeof levelname === "string" && { level: levelname.toLowerCase() },
      logger: name,
      ...origin && { origin },
    },
    ecs: { version: ECS_VERSION },
  };
  if (process) {
    document.process = {
      pid: process,
      ...Boolean(processName) && processName !== "MainProcess" && { name: processName },
      // JavaScript has no thread ids: those are of records from Python.
      ...Boolean(thread) && { thread: { id: thread, name: threadName } },
    };
  }
  if (error) {
    const { type, message, stack } = error;
    document.error = { type, message, stack_trace: stack };
  }
  if (traceId !== undefined) document.trace = { id: traceId };
  if (spanId !== undefined) document.span = { id: spanId };
  const others = Object.entries(extra).map(([key, value]) => {
    const [root = ""] = key.split(".");
    return [TAKEN.includes(root) ? `${key}_` : key, value];
  });
  return Object.fromEntries([...Object.entries(document), ...others]);
}

function originOf({ pathname, lineno, funcName }: Record<string, unknown>): object | undefined {
  if (!pathname || pathname === UNKNOWN_FILE) return undefined;
  return {
    file: { name: pathname, ...Boolean(lineno) && { line: lineno } },
    ...Boolean(funcName) && funcName !== UNKNOWN_FUNCTION && { function: funcName },
  };
}

/** ISO 8601 with milliseconds, as Elasticsearch takes it; `null` for what is no time. */
function timestamp(created: unknown): string | null {
  const date = new Date(typeof created === "number" ? Math.round(created * 1000) : NaN);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

/** One action of an answer. */
interface Item {
  status?: number;
  error?: { type?: string; reason?: string };
}

function judge({ status, content, records }: HTTPAnswer): HTTPJudgement | undefined {
  if (status < 200 || status >= 300) return undefined;
  // Nothing is known of the documents; those that are there will be answered with 409.
  if (content === undefined) return { verdict: "later", message: "the answer did not come whole" };
  const items = itemsOf(content, records);
  if (items === undefined) {
    const start = decoder.decode(content.subarray(0, 400));
    return { verdict: "not-here", message: `this is no answer to a bulk request: ${start}` };
  }
  const failed = [...items.entries()].filter(([, { status = 200 }]) =>
    status >= 300 && status !== 409
  );
  const reason = reasonOf(failed[0]?.[1]);
  if (failed.some(([, { status }]) => status === 429 || status === 503)) {
    return { verdict: "later", message: reason };
  }
  if (failed.length === 0) return { verdict: "taken" };
  const message = `${failed.length} of ${records} records refused: ${reason}`;
  return { verdict: "taken", refused: failed.map(([index]) => index), message };
}

/** The actions of an answer, none of them if all succeeded; `undefined` where it is no such answer. */
function itemsOf(content: Uint8Array, records: number): Item[] | undefined {
  try {
    const { errors, items } = JSON.parse(decoder.decode(content));
    if (errors === false) return [];
    if (errors !== true || items.length !== records) return undefined;
    return items.map((item: Record<string, Item>) => Object.values(item)[0] ?? {});
  } catch {
    return undefined;
  }
}

function reasonOf({ status, error }: Item = {}): string {
  return [status, error?.type, error?.reason].filter(Boolean).join(" ");
}
