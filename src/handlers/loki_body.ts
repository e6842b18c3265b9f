/**
 * The body of Grafana Loki's push API.
 *
 * Browser compatible.
 *
 * @module
 */
import type { HTTPBody } from "../delivery/http_body.ts";
import { atOnce } from "../logging/callback.ts";
import type { LogRecord } from "../logging/log_record.ts";
import { checkBoolean, checkKnown, refuse } from "../logging/validate.ts";
import { pythonStr } from "../text/python_repr.ts";
import { TextBudget } from "../text/text_budget.ts";
import { jsonText } from "../text/json_text.ts";
import { extraFields } from "../logging/record_attributes.ts";
import { takeTraceContext } from "../wire/trace_context.ts";
import { unixNano } from "../wire/unix_nano.ts";
import { wellFormedJson } from "../wire/well_formed_json.ts";
import { endOfLine, groupsOfKeys, jsonOfGroups, keyedJson } from "./_record_groups.ts";

/** Options of {@linkcode loki}. */
export interface LokiOptions {
  /**
   * The labels of the streams, one at least: a text, or a function that makes it of the record, such
   * as `{ job: "shop", level: (record) => record.levelname }`. Each set of values is a stream of its
   * own in Loki, so that a label should have few values.
   */
  labels: Readonly<Record<string, string | ((record: LogRecord) => string)>>;
  /**
   * Says whether the level, the logger, the trace and the fields of `extra` are sent as structured
   * metadata, which Loki takes from version 3 on, or before where it is switched on.
   *
   * @default {true}
   */
  metadata?: boolean;
}

const HEAD = '{"streams":[';
const TAIL = "]}";

/** A name of a label; Prometheus' data model. */
const LABEL = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * The body of Grafana Loki's push API in JSON, for `POST /loki/api/v1/push`: the records of a request,
 * grouped to streams by their labels.
 *
 * The line is the text that the handler's formatter makes. The time is that of the record; records of
 * the same time are one nanosecond apart, since Loki keeps no order among those of the same
 * nanosecond, and takes only one of two that are equal.
 *
 * A 400 says that one record at least is refused: the handler finds it, see `./http-handler`. The
 * records that Loki has taken are sent again by that; it recognises them, as they are equal.
 *
 * The body follows the documentation of Loki's HTTP API. It was not tested with a Loki server, as none
 * was available: the tests compare its requests with the documented format.
 *
 * @throws {TypeError} when an option is unknown or has a bad value
 *
 * @example Log to Loki
 * ```ts
 * import { getLogger, HTTPHandler } from "jsr:@logwire/logging";
 * import { loki } from "jsr:@logwire/logging/http-bodies";
 *
 * await using handler = new HTTPHandler("loki.example:3100", "/loki/api/v1/push", {
 *   body: loki({ labels: { job: "shop", level: (record) => record.levelname } }),
 *   exitNotifier: {}, // in a program that of ./deno, ./bun, ./node or ./auto
 *   // For this example alone: a server that takes everything. Without it: the runtime's fetch.
 *   fetch: () => Promise.resolve(new Response(null, { status: 204 })),
 * });
 * getLogger("shop").addHandler(handler);
 * getLogger("shop").warning("low on %s", "ink");
 * await handler.flush();
 * console.assert(handler.stats.sent === 1);
 * ```
 */
export function loki(options: LokiOptions): HTTPBody {
  const what = "create the body loki()";
  checkKnown(what, options, ["labels", "metadata"]);
  const { labels, metadata = true } = options;
  checkLabels(what, labels);
  checkBoolean(what, "metadata", metadata);
  const names = Object.keys(labels);
  const nextTime = distinctTimes();
  return {
    contentType: "application/json",
    extraBytes: HEAD.length + TAIL.length,
    encode(record, reader): string {
      const fields = reader.fields(record);
      const text = reader.text(record);
      const stream = names.map((name) => {
        const label = labels[name];
        return [name, typeof label === "function" ? textOf(name, label(record)) : label];
      });
      const entry: unknown[] = [String(nextTime(unixNano(fields.created))), text];
      if (metadata) entry.push(metadataOf(fields, names));
      const key = `{"stream":${JSON.stringify(Object.fromEntries(stream))},"values":[`;
      return keyedJson(wellFormedJson(key), wellFormedJson(JSON.stringify(entry)));
    },
    compose: (batch) => jsonOfGroups(groupsOfKeys(batch, endOfLine), HEAD, TAIL),
  };
}

function checkLabels(what: string, labels: unknown): void {
  const entries = typeof labels === "object" && labels !== null ? Object.entries(labels) : [];
  if (entries.length === 0) refuse(what, "labels", "an object with one label at least", labels);
  for (const [name, value] of entries) {
    if (!LABEL.test(name)) {
      refuse(what, "labels", "an object whose keys are letters, digits and underscores", name);
    }
    if (typeof value !== "string" && typeof value !== "function") {
      refuse(what, `labels.${name}`, "a string or a function", value);
    }
  }
}

function textOf(name: string, label: unknown): string {
  return pythonStr(atOnce(label, `the label ${name}`));
}

/** Times that are the same become one nanosecond apart. */
function distinctTimes(): (time: bigint) => bigint {
  let last = 0n;
  let repeated = 0n;
  return (time) => {
    repeated = time === last ? repeated + 1n : 0n;
    last = time;
    return time + repeated;
  };
}

/** Structured metadata: names as of labels, and values that are text. */
function metadataOf(
  fields: Record<string, unknown>,
  labels: readonly string[],
): Record<string, string> {
  const extra = extraFields(fields as unknown as LogRecord);
  const { traceId, spanId } = takeTraceContext(extra);
  const known = {
    ...Boolean(fields.levelname) && { level: fields.levelname },
    ...Boolean(fields.name) && { logger: fields.name },
    ...traceId !== undefined && { trace_id: traceId },
    ...spanId !== undefined && { span_id: spanId },
  };
  const budget = new TextBudget();
  const metadata = Object.entries({ ...extra, ...known })
    .map(([name, value]) => [labelName(name), metadataText(value, budget)] as const)
    .filter(([name]) => !labels.includes(name));
  return Object.fromEntries(metadata);
}

function labelName(name: string): string {
  return name.replace(/[^A-Za-z0-9_]/g, "_").replace(/^(?=\d|$)/, "_");
}

function metadataText(value: unknown, budget: TextBudget): string {
  return typeof value === "string" ? budget.cut(value) : jsonText(value, budget);
}
