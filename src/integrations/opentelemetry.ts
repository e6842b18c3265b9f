/**
 * `./opentelemetry`: `logRecordExporter(handler)` is an exporter of OpenTelemetry's logs SDK that
 * sends log records through any handler of this package: to a Python log server, to syslog, by
 * HTTP, into a file.
 *
 * Choose it for a program that logs by OpenTelemetry's API, or through an instrumentation that
 * does, and whose log server is not an OpenTelemetry collector. Records wait for their server in
 * the handler's queue, and are counted in `handler.stats`. Tested with `@opentelemetry/sdk-logs`
 * 0.223, with `SimpleLogRecordProcessor` and `BatchLogRecordProcessor`. The types are structural,
 * so that this package does not depend on it: versions 0.57, 0.203 and 3.1 work as well.
 *
 * ## From OpenTelemetry to a record
 *
 * | OpenTelemetry | record |
 * | --- | --- |
 * | name of the instrumentation scope | `name` |
 * | severity number 1–4, 5–8, 9–12, 13–16, 17–20, 21–24 | `levelno`: 5, 10, 20, 30, 40, 50 |
 * | severity text | the field `severity_text`, if it differs from `levelname` |
 * | `timestamp`, or else `observedTimestamp` | `created` (seconds) |
 * | body: a string, a number, a boolean | `msg`: one complete text, without `args` |
 * | body: a map | its entries are fields; `msg` is its `message`, or else the event name, or JSON |
 * | body: an array, bytes | `msg`: JSON, with bytes in base64 |
 * | event name | the field `event.name`; `msg` if there is no body |
 * | attributes | fields of the same names, as if they stood in `extra` |
 * | `exception.stacktrace` (or type and message) | `exc_text` |
 * | trace id, span id, trace flags | the fields `trace_id`, `span_id`, `trace_flags` |
 * | the resource's `service.name` | the field `service.name` |
 * | dropped attributes, if there are any | the field `dropped_attributes_count` |
 *
 * - Without a severity number the severity text counts, if it is the name of a level, or else the
 *   level is INFO. The level 5 has no name in Python: its `levelname` is `TRACE`, or the name that
 *   the program gave it by `addLevelName()`.
 * - `trace_id`, `span_id` and `trace_flags` are the names of the specification for formats other
 *   than OTLP ("Trace Context in non-OTLP Log Formats"), and those that OpenTelemetry puts on the
 *   records of pino and winston. With `traceFields: "otelTraceID"` the fields are those that
 *   Python's `LoggingInstrumentor` puts on every record with `set_logging_format=True`
 *   (`OTEL_PYTHON_LOG_CORRELATION`): `otelTraceID`, `otelSpanID`, `otelTraceSampled` and
 *   `otelServiceName`. So one format string suits the records of both; without a span the ids are
 *   `"0"`, as there.
 * - The SDK keeps of an exception its type, message and stack, and no cause. `exception.type` and
 *   `exception.message` are fields too; the stack is in `exc_text` alone.
 * - An attribute that is named like an attribute of the record (`name`, `args`) gets `_` behind its
 *   name, and so does an entry of the body that is named like an attribute of the event.
 * - Left out: version, schema and attributes of the scope, and the resource's other attributes.
 *
 * ## Cheat sheet
 *
 * For a program that moves from OpenTelemetry's API to the loggers of this package:
 *
 * | OpenTelemetry | `@logwire/logging` |
 * | --- | --- |
 * | `logs.getLogger("shop.cart")` | `getLogger("shop.cart")` |
 * | `logger.emit({ severityNumber: SeverityNumber.INFO, body: "…" })` | `log.info("…")` |
 * | `severityNumber: SeverityNumber.WARN` (`ERROR`, `FATAL`) | `log.warning` (`log.error`, `log.critical`) |
 * | `attributes: { user: "anna" }` | `log.info("…", { user: "anna" })` |
 * | `exception: error` | `log.error("…", error)` |
 * | `logger.enabled({ severityNumber })` | `log.isEnabledFor(level)` |
 * | `await provider.forceFlush()` | `await handler.flush()` |
 * | `await provider.shutdown()` | `await shutdown()` |
 *
 * ## `%` in messages
 *
 * - Through this exporter a `%` is a `%`: the body `"50% done"` arrives as `50% done`, also on the
 *   Python side, as the record has no arguments.
 * - In a call of this package's loggers that has arguments, write `%%`:
 *   `log.info("%d%% done", 50)`. Without arguments `log.info("50% done")` is sent as it stands.
 * - `%o` is octal in Python, as in C, and `%O` and `%j` do not exist: for an object write `%s` or
 *   `%r`, or pass it as a field.
 *
 * ## Options
 *
 * - `resourceAttributes` (`["service.name"]`): the attributes of the resource that each record
 *   carries as fields.
 * - `traceFields` (`"trace_id"`): see above.
 * - `flushTimeoutMs` (10,000): the longest wait of `forceFlush()`. The records that are left stay
 *   queued.
 * - `closeHandler` (`true`): with `false` `shutdown()` flushes the handler and leaves it open.
 *
 * The handler's `level` and filters apply behind those of the SDK. The levels of this package's
 * loggers have no effect, since the record goes to the handler directly.
 *
 * ## When the server is away
 *
 * `export()` gives the records to the handler, which queues them, and reports success at once. From
 * there on the handler delivers them and counts them in `handler.stats`: with
 * `whileDisconnected: "queue"` it keeps them in its bounded queue, up to `maxQueuedBytes`.
 * `export()` reports a failure only after `shutdown()`. `forceFlush()` waits until all records are
 * sent or dropped, for at most `flushTimeoutMs`.
 *
 * `BatchLogRecordProcessor` drops records silently, before they reach an exporter, once 2,048
 * (`maxQueueSize`) wait: of 5,000 records that a program logs in one turn of the event loop it
 * exports 2,560. The handler has a queue of its own, with an account, and makes the batches: with
 * `SimpleLogRecordProcessor` all 5,000 reach it, at once.
 *
 * ## When the program ends
 *
 * `await provider.shutdown()` closes the handler, which sends what is queued for at most its
 * `closeTimeoutMs`. `provider.forceFlush()` reaches the exporter only through
 * `BatchLogRecordProcessor`; with `SimpleLogRecordProcessor` call `exporter.forceFlush()`. After
 * `process.exit()` the handler writes at once what the system takes, and reports on stderr how many
 * records are lost; what a `BatchLogRecordProcessor` still holds is lost without a report.
 *
 * ## On Cloudflare Workers
 *
 * Give the handler the connector of `./cloudflare`, and call `ctx.waitUntil(exporter.forceFlush())`
 * behind each request, or wrap the worker by `withFlush(worker, handler)`.
 *
 * ## Errors
 *
 * - `logRecordExporter()` throws a `TypeError` if the handler is not a handler, for an unknown
 *   option and for a value of the wrong type, and a `RangeError` for a number out of range.
 * - `export()` never throws. A record that cannot be read goes to `handler.handleError()`, and is
 *   sent without its content. `forceFlush()` and `shutdown()` never reject.
 *
 * Runs on Deno, Bun, Node, Cloudflare Workers and in browsers.
 *
 * @example OpenTelemetry's log records to a log server
 * ```ts
 * import { SeverityNumber } from "npm:@opentelemetry/api-logs@^0.223.1";
 * import {
 *   LoggerProvider,
 *   SimpleLogRecordProcessor,
 * } from "npm:@opentelemetry/sdk-logs@^0.223.1";
 * import { SocketHandler } from "jsr:@logwire/logging";
 * import { logRecordExporter } from "jsr:@logwire/logging/opentelemetry";
 * import { MemoryNetwork } from "jsr:@logwire/logging/testing";
 *
 * // In a program: import { connector } from "jsr:@logwire/logging/auto".
 * const connector = new MemoryNetwork();
 * const handler = new SocketHandler("logs.example", 9020, {
 *   connector,
 *   whileDisconnected: "queue",
 * });
 * const exporter = logRecordExporter(handler);
 * const provider = new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter })] });
 * provider.getLogger("shop.cart").emit({
 *   severityNumber: SeverityNumber.INFO,
 *   body: "2 pens ordered",
 *   attributes: { user: "anna" },
 * });
 * await provider.shutdown();
 * console.assert(handler.stats.sent === 1);
 * ```
 *
 * @module
 */
import { type ForeignEvent, foreignRecord, handOver, TRACE } from "./_foreign_record.ts";
import { callBack } from "../logging/callback.ts";
import { addFields, type Fields } from "../logging/extra_fields.ts";
import type { Handler } from "../logging/handler.ts";
import { CRITICAL, DEBUG, ERROR, INFO, WARNING } from "../logging/level.ts";
import { getLevelName } from "../logging/level_names.ts";
import type { LogRecord } from "../logging/log_record.ts";
import {
  checkBoolean,
  checkInteger,
  checkKnown,
  checkMethods,
  checkOneOf,
  MAX_TIMEOUT_MS,
  refuse,
} from "../logging/validate.ts";
import { readableJson } from "../text/json_text.ts";

/** A log record of OpenTelemetry's SDK (`ReadableLogRecord`), as far as it is read here. */
export interface OpenTelemetryLogRecord {
  /** The time: seconds since the epoch, and nanoseconds. */
  readonly hrTime: readonly [number, number];
  /** The time at which the SDK saw it, which counts where there is no other. */
  readonly hrTimeObserved?: readonly [number, number];
  /** 1 to 24; 0 or absent if it is not known. */
  readonly severityNumber?: number;
  /** The name of the level at the source. */
  readonly severityText?: string;
  /** The message: any value. */
  readonly body?: unknown;
  /** The name of the event, if the record is one. */
  readonly eventName?: string;
  /** The fields. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** The number of attributes that the SDK has dropped. */
  readonly droppedAttributesCount?: number;
  /** The logger. */
  readonly instrumentationScope?: { readonly name: string };
  /** The span in which it was logged. */
  readonly spanContext?: {
    readonly traceId: string;
    readonly spanId: string;
    readonly traceFlags: number;
  };
  /** The program that logs. */
  readonly resource?: { readonly attributes: Readonly<Record<string, unknown>> };
}

/** The outcome of an export: code 0 is success, 1 is failure (`ExportResultCode`). */
export interface OpenTelemetryExportResult {
  /** 0 for success, 1 for failure. */
  code: number;
  /** The reason of a failure. */
  error?: Error;
}

/** An exporter of OpenTelemetry's logs SDK. */
export interface LogRecordExporter {
  /** Gives records to the handler and calls back with success; with a failure after `shutdown()`. */
  export(
    logs: readonly OpenTelemetryLogRecord[],
    resultCallback: (result: OpenTelemetryExportResult) => void,
  ): void;
  /**
   * Resolves when all records exported before are sent or dropped, or after `flushTimeoutMs`. Never
   * rejects.
   */
  forceFlush(): Promise<void>;
  /** Closes the handler (or flushes it, with `closeHandler: false`). Idempotent, never rejects. */
  shutdown(): Promise<void>;
}

/** Options of {@linkcode logRecordExporter}. */
export interface LogRecordExporterOptions {
  /**
   * If true, `shutdown()` closes the handler; else it flushes the handler.
   *
   * @default {true}
   */
  closeHandler?: boolean;
  /**
   * The longest wait of `forceFlush()` in milliseconds, from 0 to 2,147,483,647. A processor awaits
   * it before `shutdown()`, so that a server that is away would hold up the end of the program.
   *
   * @default {10000}
   */
  flushTimeoutMs?: number;
  /**
   * The names of the resource's attributes that each record carries as fields.
   *
   * @default {["service.name"]}
   */
  resourceAttributes?: readonly string[];
  /**
   * The names of the fields for the span: `trace_id`, `span_id` and `trace_flags` (two hexadecimal
   * digits), as OpenTelemetry specifies them, or those of Python's `LoggingInstrumentor`:
   * `otelTraceID`, `otelSpanID`, `otelTraceSampled` (a boolean) and `otelServiceName`.
   *
   * @default {"trace_id"}
   */
  traceFields?: "trace_id" | "otelTraceID";
}

const WHAT = "create an OpenTelemetry exporter";

/** The lowest severity number of each level, the highest level first. */
const SEVERITIES: readonly (readonly [number, number])[] = [
  [21, CRITICAL],
  [17, ERROR],
  [13, WARNING],
  [9, INFO],
  [5, DEBUG],
  [1, TRACE],
];

const SUCCESS = 0;
const FAILED = 1;

/** The bit of the trace flags for a trace that is sampled. */
const SAMPLED = 1;

interface Settings {
  resourceAttributes: readonly string[];
  traceFields: "trace_id" | "otelTraceID";
}

/**
 * Returns an exporter of OpenTelemetry's logs SDK that gives its records to `handler`.
 *
 * @throws {TypeError} if `handler` is not a handler, or for a bad value or an unknown option
 * @throws {RangeError} if `flushTimeoutMs` is out of range
 */
export function logRecordExporter(
  handler: Handler,
  options: LogRecordExporterOptions = {},
): LogRecordExporter {
  checkMethods(WHAT, "handler", handler, ["handle", "handleError", "flush", "close"]);
  checkKnown(WHAT, options, [
    ...["closeHandler", "flushTimeoutMs", "resourceAttributes", "traceFields"],
  ]);
  const { closeHandler = true, flushTimeoutMs = 10_000, traceFields = "trace_id" } = options;
  checkBoolean(WHAT, "closeHandler", closeHandler);
  checkInteger(WHAT, "flushTimeoutMs", flushTimeoutMs, 0, MAX_TIMEOUT_MS);
  checkOneOf(WHAT, "traceFields", traceFields, ["trace_id", "otelTraceID"]);
  const resourceAttributes = names(options.resourceAttributes ?? ["service.name"]);
  const settings: Settings = { resourceAttributes, traceFields };
  const flush = () => handler.flush({ signal: AbortSignal.timeout(flushTimeoutMs) });
  let ending: Promise<void> | undefined;
  return {
    export(logs, resultCallback) {
      if (ending !== undefined) {
        const error = new Error("Cannot export log records after shutdown()");
        return resultCallback({ code: FAILED, error });
      }
      for (const log of logs) handOver(handler, recordOf(log, settings, handler));
      resultCallback({ code: SUCCESS });
    },
    forceFlush: flush,
    shutdown: () => ending ??= closeHandler ? handler.close() : flush(),
  };
}

function names(value: unknown): readonly string[] {
  if (Array.isArray(value) && value.every((name) => typeof name === "string")) return [...value];
  return refuse(WHAT, "resourceAttributes", "an array of strings", value);
}

function recordOf(log: OpenTelemetryLogRecord, settings: Settings, handler: Handler): LogRecord {
  let record: LogRecord | undefined;
  try {
    record = foreignRecord(eventOf(log));
    addFields(record, fieldsOf(log, record, settings));
    if (isMap(log.body)) addFields(record, entriesOf(log.body));
    return record;
  } catch (error) {
    const failed = record ?? foreignRecord({ name: "unknown", levelno: INFO, message: "" });
    callBack(() => handler.handleError(failed, error));
    return failed;
  }
}

function eventOf(log: OpenTelemetryLogRecord): ForeignEvent {
  return {
    name: log.instrumentationScope?.name || "unknown",
    levelno: levelOf(log),
    levelname: "TRACE",
    message: textOf(log),
    created: secondsOf(log.hrTime) ?? secondsOf(log.hrTimeObserved),
    errorText: exceptionOf(log.attributes),
  };
}

function levelOf({ severityNumber = 0, severityText = "" }: OpenTelemetryLogRecord): number {
  const known = SEVERITIES.find(([least]) => severityNumber >= least)?.[1];
  if (known !== undefined) return known;
  const name = severityText.toUpperCase();
  const named = name === "TRACE" ? TRACE : getLevelName(name);
  return typeof named === "number" ? named : INFO;
}

/** Returns the seconds of a time; `undefined` for none, which the SDK writes as zero. */
function secondsOf(time: readonly [number, number] | undefined): number | undefined {
  if (time === undefined) return undefined;
  const [seconds, nanoseconds] = time;
  return seconds === 0 && nanoseconds === 0 ? undefined : seconds + nanoseconds / 1e9;
}

function textOf({ body, eventName }: OpenTelemetryLogRecord): string {
  if (body === undefined || body === null) return eventName ?? "";
  if (typeof body === "string") return body;
  if (!isMap(body)) return typeof body === "object" ? readableJson(body) : String(body);
  return typeof body.message === "string" ? body.message : eventName || readableJson(body);
}

function isMap(body: unknown): body is Record<string, unknown> {
  return typeof body === "object" && body !== null && !Array.isArray(body) &&
    !(body instanceof Uint8Array);
}

/** Returns the entries of a body that are fields: not the one that is the message. */
function entriesOf(body: Record<string, unknown>): Fields {
  const { message, ...others } = body;
  return typeof message === "string" ? others : body;
}

function exceptionOf(attributes: OpenTelemetryLogRecord["attributes"]): string | undefined {
  const part = (name: string) => {
    const value = attributes[`exception.${name}`];
    return value === undefined || value === null ? "" : String(value);
  };
  const head = [part("type"), part("message")].filter(Boolean).join(": ");
  const stack = part("stacktrace");
  // The stack of V8 begins with type and message, that of JavaScriptCore does not.
  const hasHead = stack.includes(part("message"));
  return [...(stack !== "" && hasHead ? [] : [head]), stack].filter(Boolean).join("\n") ||
    undefined;
}

function fieldsOf(log: OpenTelemetryLogRecord, record: LogRecord, settings: Settings): Fields {
  const { attributes, resource, eventName, severityText, droppedAttributesCount } = log;
  const { "exception.stacktrace": _inExcText, ...fields }: Record<string, unknown> = attributes;
  // The attributes of the program win.
  const add = (name: string, value: unknown) => {
    if (value !== undefined && !Object.hasOwn(fields, name)) fields[name] = value;
  };
  for (const name of settings.resourceAttributes) add(name, resource?.attributes[name]);
  for (const [name, value] of Object.entries(spanFields(log, settings))) add(name, value);
  add("event.name", eventName || undefined);
  const isSaid = severityText?.toUpperCase() === record.levelname;
  if (!isSaid) add("severity_text", severityText || undefined);
  if (droppedAttributesCount) add("dropped_attributes_count", droppedAttributesCount);
  return fields;
}

function spanFields({ spanContext, resource }: OpenTelemetryLogRecord, settings: Settings): Fields {
  if (settings.traceFields === "trace_id") {
    return spanContext === undefined ? {} : {
      trace_id: spanContext.traceId,
      span_id: spanContext.spanId,
      trace_flags: spanContext.traceFlags.toString(16).padStart(2, "0"),
    };
  }
  return {
    otelTraceID: spanContext?.traceId ?? "0",
    otelSpanID: spanContext?.spanId ?? "0",
    otelTraceSampled: ((spanContext?.traceFlags ?? 0) & SAMPLED) !== 0,
    otelServiceName: resource?.attributes["service.name"] ?? "",
  };
}
