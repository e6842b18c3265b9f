/**
 * `./http-handler`: `HTTPHandler` sends records to a web server, as CPython's
 * `logging.handlers.HTTPHandler` does: each record as a form, by GET or POST. By POST it can also
 * send many records in one request: as JSON, or as OpenTelemetry collectors, Grafana Loki,
 * Elasticsearch and others take them.
 *
 * Choose it when your logs go to an HTTP intake or a hosted service, or from a place where nothing
 * but `fetch` works. The server's answer confirms each request, so `sent` is surer than over a
 * socket.
 *
 * ## Options
 *
 * - `body`: `"form"` (the default, one record a request), `"json"` (an array), `"ndjson"`, or an
 *   `HTTPBody`: `otlp()`, `loki()` or `elasticsearchBulk()` of `./http-bodies`, or one of your own.
 * - `method`: `"GET"` (the default for forms) or `"POST"`. `secure`: HTTPS. `credentials`: a user
 *   name and a password for Basic authentication. `headers`: the headers of every request.
 * - `batchRecords` (10,000), `batchBytes` (524,288 bytes before compression) and `batchMs` (0 ms)
 *   limit a request of many records. While a request is under way, records gather for the next one,
 *   which is sent when it is full, or 15 ms after the answer. `gzip` compresses it.
 * - `timeoutMs` (10,000 ms) limits a request with its answer; `giveUpAfterMs` (600,000 ms) limits
 *   how long records wait while the server answers with 401, 403, 404 or a redirect.
 * - `whileDisconnected` is `"queue"` by default here. `maxQueuedBytes` (64 MiB),
 *   `maxQueuedRecords`, `overflow`, `closeTimeoutMs` (5,000 ms) and `onEvent` are those of
 *   `./socket-handler`.
 * - `idempotencyKey` (`true`): each request carries an `Idempotency-Key`.
 * - `context`: TLS settings for the runtime's `fetch`. `fetch`: a function that replaces it.
 * - `exitNotifier`: import it from `./deno`, `./bun`, `./node` or `./auto`, see below.
 * - `connection: "per-flush"` is for Cloudflare Workers, where the `fetch` of a request ends with
 *   the request: flush in `ctx.waitUntil`, as `withFlush()` does.
 *
 * ## When the server is away
 *
 * `sent` counts the records that the server has answered with 2xx. A request that fails, lasts
 * longer than `timeoutMs`, or is answered with 408, 429 or 5xx is an outage: the handler sends the
 * same request again, with the same records and the same `Idempotency-Key`, after 1, 2, 4, 8, 16,
 * 30, 30 … seconds, or after `Retry-After` if that is longer. A request of more than 64 KiB that
 * lasts too long goes again in halves, as the line may be slow, and the next ones are smaller for a
 * while. The key lets a server recognise
 * records that it has already taken, for instance when only its answer was lost.
 *
 * The other answers, unless the body judges them in its own way, as those of `./http-bodies` do:
 *
 * - 413: the handler sends the batch in two halves, and so on; the requests after it are smaller. A
 *   single record that is too large is dropped and counts as `tooLarge`.
 * - 400 and 422: the handler finds the bad record in the same way. That record is dropped and
 *   counts as `refused`; the others arrive. One bad record among n takes log2 n further requests
 *   that are refused; a server that refuses every record gets fewer than 2 n requests.
 * - 415 to a compressed request: the handler compresses no more.
 * - Any other status, 401, 403, 404 and redirects among them, concerns the address, the
 *   credentials or the settings. The records are sent again for `giveUpAfterMs` at most; then the
 *   queue is dropped and counts as `refused`. Redirects are never followed.
 *
 * ## When the program ends
 *
 * No request can be made while the process exits: await `handler.flush()` or `handler.close()` at
 * the end. With an `exitNotifier`, a program that returns waits up to `closeTimeoutMs` until the
 * queue is sent; after `process.exit()` and an uncaught error the queued records are counted as
 * lost and reported in one line on stderr. Without it nothing is reported, which the handler says
 * once on stderr.
 *
 * ## Errors
 *
 * - The constructor throws a `TypeError` or `RangeError` for a bad value and for an unknown
 *   option, and for a `url` that cannot be sent as it is written (with a space or a `#`).
 * - Dropped records go to `handleError()` with the status and the first 200 characters of the
 *   answer, at most ten times a minute.
 * - `records are not delivered: …` on stderr is the start of an outage. Its end is
 *   `the outage is over` or `closed during the outage`; `the process ends` says how many are lost.
 *
 * Differs from CPython: logging does not wait; the status is checked, and requests are repeated;
 * connections are used again; `close()` is final; a lone surrogate is sent as U+FFFD; an error in
 * `exc_info` is sent as its text. `fetch` adds headers of its own (`Accept`, `User-Agent` and
 * others) and sends `Host` in lower case.
 *
 * Browser compatible: it sends with `fetch`.
 *
 * @example Log to a web server
 * ```ts
 * import { getLogger } from "jsr:@logwire/logging";
 * import { exitNotifier } from "jsr:@logwire/logging/auto"; // or /deno, /bun, /node
 * import { HTTPHandler } from "jsr:@logwire/logging/http-handler";
 *
 * await using handler = new HTTPHandler("logs.example:8080", "/intake", {
 *   body: "ndjson",
 *   exitNotifier,
 *   // For this example alone: a server that says yes. Without it: the runtime's fetch.
 *   fetch: () => Promise.resolve(new Response(null, { status: 204 })),
 * });
 * getLogger("myapp").addHandler(handler);
 * getLogger("myapp").warning("low on %s", "quartz");
 * await handler.flush();
 * console.assert(handler.stats.sent === 1);
 * ```
 *
 * @module
 */
import { recordFields } from "../wire/record_fields.ts";
import { atOnce, watch } from "../logging/callback.ts";
import type { LogRecord } from "../logging/log_record.ts";
import type { BatchWriter } from "../delivery/batch_writer.ts";
import type { DeliveryOptions } from "../delivery/delivery_options.ts";
import { DirectEncoderFirst } from "../delivery/frame_encoder.ts";
import { NetworkHandler } from "../delivery/network_handler.ts";
import { prototypeMethod } from "../logging/prototype_method.ts";
import { checkHttpOptions, checkMethod, type HTTPHandlerOptions } from "./_http_options.ts";
import type {
  HTTPAnswer,
  HTTPBody,
  HTTPJudgement,
  HTTPVerdict,
  RecordReader,
} from "../delivery/http_body.ts";
import { type HttpEndpoint, type HTTPFetch, HttpWriter } from "../delivery/http_writer.ts";
import { directEncoder, form } from "./_record_bodies.ts";
import { RecordTextEncoder, toBytes } from "./_text_encoder.ts";

export type {
  DeliveryOptions,
  HTTPAnswer,
  HTTPBody,
  HTTPFetch,
  HTTPHandlerOptions,
  HTTPJudgement,
  HTTPVerdict,
  RecordReader,
};

/** Sends records to a web server; see the module's description. */
export class HTTPHandler extends NetworkHandler {
  /** The host name or IP address, and the port if it is not the usual one. */
  readonly host: string;
  /** The path on that host, with its query if it has one. */
  readonly url: string;
  /** Says whether HTTPS is used. */
  readonly secure: boolean;
  /** The user name and the password, if any. */
  readonly credentials: readonly [user: string, password: string] | null;
  /** The TLS options for `fetch`, if any. */
  readonly context: object | null;
  /** How records stand in a request. */
  readonly body: HTTPBody;
  readonly #endpoint: HttpEndpoint;
  readonly #encoder = new RecordTextEncoder((record) => this.#encode(record));
  /** The direct way of records as JSON, where a subclass has no say. */
  readonly #direct: DirectEncoderFirst | undefined;
  readonly #reader: RecordReader = {
    fields: (record) => atOnce(this.mapLogRecord(record), "mapLogRecord()"),
    text: (record) => atOnce(this.format(record), "format()"),
  };

  /**
   * Opens nothing: the first record does.
   *
   * @param host a host name or IP address (IPv6 in brackets), with or without `:port`
   * @param url the path on it, such as `"/log"` or `"/log?source=a"`; percent-encoded where need be
   * @throws {TypeError | RangeError} when a value is bad or an option unknown
   */
  constructor(host: string, url: string, options: HTTPHandlerOptions = {}) {
    const checked = checkHttpOptions("create HTTPHandler", host, url, options);
    const { secure, credentials, context, body, endpoint, batch, exitNotifier } = checked;
    // Without the url, which may hold a token.
    super(`HTTPHandler ${host}`, { whileDisconnected: "queue", ...options }, {
      exitNotifier,
      contentType: body.contentType,
      batch,
    });
    this.host = host;
    this.url = url;
    this.secure = secure;
    this.credentials = credentials;
    this.context = context;
    this.body = body;
    this.#endpoint = endpoint;
    const direct = directEncoder(body);
    if (direct !== undefined) this.#direct = new DirectEncoderFirst(direct, this.#encoder);
  }

  /** `"GET"` or `"POST"`. */
  get method(): "GET" | "POST" {
    return this.#endpoint.method;
  }
  /**
   * Has the next requests made by this method, in any case; those for records that are queued, too.
   *
   * @throws {TypeError} when it is neither, or is GET where the body is no form or is compressed
   */
  set method(method: string) {
    const { body, gzip } = this.#endpoint;
    this.#endpoint.method = checkMethod("set the method", body, gzip, method);
  }

  /** Queues the record; an error in that drops this record and goes to handleError(). */
  override emit(record: LogRecord): void {
    if (this.encode !== encode) super.emit(record);
    else if (this.mapLogRecord !== mapLogRecord) this.transmit(record, this.#encoder);
    else this.transmit(record, this.#direct ?? this.#encoder);
  }

  /** The record as `body` encodes it. */
  protected override encode(record: LogRecord): Uint8Array {
    return toBytes(this.#encode(record));
  }

  #encode(record: LogRecord): string | Uint8Array {
    // A form has the arguments apart from the message; a mistake in the call is reported all the same.
    if (this.body === form) record.getMessage();
    return atOnce(this.body.encode(record, this.#reader), "encode()");
  }

  /** Opens nothing: each request stands for itself. */
  protected override openWriter(): Promise<BatchWriter> {
    return Promise.resolve(new HttpWriter(this.#endpoint));
  }

  /**
   * The fields that are sent of a record. In a form its attributes as they are, as CPython: `msg` without its
   * arguments, and no formatter has a say. In other bodies what other handlers send: `msg` merged, an
   * error as text in `exc_text`. Override it to send something else.
   */
  mapLogRecord(record: LogRecord): Record<string, unknown> {
    if (this.body === form) return { ...record };
    if (record.exc_info) watch(this.format(record));
    return recordFields(record);
  }
}

/** It is protected, and so no key of the type. */
type Prototype = { readonly prototype: { readonly encode: unknown } };
const encode = /* @__PURE__ */ prototypeMethod(HTTPHandler as unknown as Prototype, "encode");
const mapLogRecord = /* @__PURE__ */ prototypeMethod(HTTPHandler, "mapLogRecord");
