/**
 * `HTTPHandler`: records to a web server, as CPython's `logging.handlers.HTTPHandler`: each a form, by
 * GET or POST; or, by POST, many in one request as JSON.
 *
 * Differs from CPython: emitting does not wait; the answer's status is looked at, and what the server
 * puts off (408, 429, 5xx), and what it cannot be told while it is away, is sent again unless
 * `whileDisconnected` is `"drop"`; connections are used again; `close()` is final; a lone surrogate is
 * sent as U+FFFD; an error in `exc_info` is its own text; what cannot be sent as it is written in
 * `url` (a space, a `#`) is refused at once. Requests carry an `Idempotency-Key`; `fetch` adds headers
 * of its own (`Accept`, `User-Agent` and others) and sends `Host` in lower case.
 *
 * `sent` are records that the server answered 2xx. A request that fails, lasts longer than
 * `timeoutMs` or is put off is an outage: its records go again after the back-off, or after
 * `Retry-After` if that is longer. The request is repeated as it was, with the same records and the
 * same `Idempotency-Key`, by which a server can tell that it has them: it may be the answer that was
 * lost.
 *
 * Other answers are told apart by what they are about:
 *
 * - 413 is about the size: the records go again in two requests, and so on; a single one is dropped
 *   and counts as `tooLarge`.
 * - 400 and 422 are about a record: it is found in the same way, dropped, and counts as `refused`; the
 *   others arrive. One bad record among n costs log2 n further requests that are refused; a server that
 *   refuses every record is asked less than 2 n times.
 * - 415 to a compressed request: from then on none is compressed.
 * - Any other status, 401, 403, 404 and redirects among them, is about the address, the credentials or
 *   the settings: an outage like the others, but for `giveUpAfterMs` at most. Then what is queued is
 *   dropped and counts as `refused`. Redirects are never followed.
 *
 * Dropped records are reported to `handleError()`, with the status and the first 200 characters of
 * the answer, ten times a minute at most.
 *
 * A request cannot be made while the process exits: await `flush()` or `close()` at the end. With an
 * `exitNotifier` the handler is flushed where the event loop just becomes empty, and what is lost
 * otherwise is counted, and said on stderr.
 *
 * On Cloudflare Workers, where a request's `fetch` ends with the request, give
 * `connection: "per-flush"` and flush in `ctx.waitUntil`, as `withFlush()` does.
 *
 * Browser compatible: sends with `fetch`.
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
import { formUrlencoded } from "../wire/form_urlencoded.ts";
import { recordJson } from "../wire/json.ts";
import { recordFields } from "../wire/record_fields.ts";
import { atOnce, watch } from "../logging/callback.ts";
import type { LogRecord } from "../logging/log_record.ts";
import type { BatchWriter } from "../delivery/batch_writer.ts";
import { NetworkHandler } from "../delivery/network_handler.ts";
import { checkHttpOptions, checkMethod, type HTTPHandlerOptions } from "./_http_options.ts";
import {
  framed,
  type HTTPBody,
  type HttpEndpoint,
  type HTTPFetch,
  HttpWriter,
} from "../delivery/http_writer.ts";

export type { HTTPBody, HTTPFetch, HTTPHandlerOptions };

const encoder = /* @__PURE__ */ new TextEncoder();

/** Sends records to a web server; see the module's description. */
export class HTTPHandler extends NetworkHandler {
  /** The host name or IP address, and the port if it is not the usual one. */
  readonly host: string;
  /** The path on that host, with its query if it has one. */
  readonly url: string;
  /** Whether HTTPS is used. */
  readonly secure: boolean;
  /** The user name and the password, if any. */
  readonly credentials: readonly [user: string, password: string] | null;
  /** What `fetch` is given for TLS, if anything. */
  readonly context: object | null;
  /** How records stand in a request. */
  readonly body: HTTPBody;
  readonly #endpoint: HttpEndpoint;

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
      batch,
    });
    this.host = host;
    this.url = url;
    this.secure = secure;
    this.credentials = credentials;
    this.context = context;
    this.body = body;
    this.#endpoint = endpoint;
  }

  /** `"GET"` or `"POST"`. */
  get method(): "GET" | "POST" {
    return this.#endpoint.method;
  }
  /**
   * Has the next requests made by this method, in any case; those for records that are queued, too.
   *
   * @throws {TypeError} when it is neither, or is GET where the body is JSON or compressed
   */
  set method(method: string) {
    const { body, gzip } = this.#endpoint;
    this.#endpoint.method = checkMethod("set the method", body, gzip, method);
  }

  /** The record as it stands in a request: what `mapLogRecord()` gives, in the form of `body`. */
  protected override encode(record: LogRecord): Uint8Array {
    const fields = atOnce(this.mapLogRecord(record), "mapLogRecord()");
    const text = this.body === "form" ? formUrlencoded(fields) : recordJson(fields);
    return encoder.encode(framed(this.body, text));
  }

  /** Opens nothing: each request stands for itself. */
  protected override openWriter(): Promise<BatchWriter> {
    return Promise.resolve(new HttpWriter(this.#endpoint));
  }

  /**
   * What is sent of a record. In a form its attributes as they are, as CPython: `msg` without its
   * arguments, and no formatter has a say. In JSON what other handlers send: `msg` merged, an error as
   * text in `exc_text`. Override it to send something else.
   */
  mapLogRecord(record: LogRecord): Record<string, unknown> {
    if (this.body === "form") return { ...record };
    if (record.exc_info) watch(this.format(record));
    return recordFields(record);
  }
}
