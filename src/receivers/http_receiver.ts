/**
 * `./http-receiver`: `HTTPReceiver` takes records out of web requests: those of CPython's
 * `HTTPHandler`, of the `HTTPHandler` of this module, of OpenTelemetry (OTLP), and lines of JSON. Its
 * method `fetch()` makes a `Response` of a `Request`, so it runs in every web server that knows these.
 *
 * Choose it when senders can speak nothing but HTTP, or stand behind a proxy. Between your own programs
 * `./receiver` is faster.
 *
 * ## Requests
 *
 * - `POST` with `application/x-www-form-urlencoded`, or `GET`: one record, as CPython's
 *   `HTTPHandler` sends it. Python's arguments are merged into the message; fields of `extra` are
 *   text.
 * - `POST` with `application/json`: an object, an array of objects, or a request of OTLP in JSON.
 * - `POST` with `application/x-ndjson`: an object a line.
 *
 * An object has the attributes of a record, as `HTTPHandler` sends them, or is a line as loggers
 * write it: `time`, `level`, `logger`, `message`, `error` and fields. The content may be compressed
 * with `gzip`. The path of the request does not matter.
 *
 * ## Answers
 *
 * - 204, or for OTLP 200: `handleLogRecord()` has handled all records of the request, and the handlers
 *   that they reached have flushed. A form is answered without the flush, since CPython's `HTTPHandler`
 *   blocks its program until the answer. A request that is sent again with the same
 *   `Idempotency-Key` is answered likewise, and its records are not handled again.
 * - 400: a part of the content is no record; then none is handled. 413: the content is too large, or
 *   has more than 262,144 records, 415: of another type, 405: another method.
 * - 401: the token is missing or wrong. 503: the receiver has stopped, or the requests that it is
 *   reading take 64 MiB.
 *
 * ## Options
 *
 * - `token`: a secret that each request must carry, as `Authorization: Bearer` or as the password of
 *   Basic authentication: `credentials` of `HTTPHandler`. Without it the server that calls `fetch()`
 *   must know its senders.
 * - `tokenInQuery` (`false`): the token may also stand in the address, as `/log?access_token=…` (RFC 6750
 *   section 2.3): Python 2's `HTTPHandler` can send it in no other way. Proxies may log addresses, so
 *   that whoever can send a header field should do that.
 * - `maxFrameBytes` (16 MiB): the largest content, decompressed.
 * - `logname`, `escapeControlCharacters`, `onError`, `stopTimeoutMs` and `clock` are those of
 *   `./receiver`.
 *
 * ## When the program ends
 *
 * `stop()` waits for the requests that are being handled, and answers later ones with 503. `start()`
 * does nothing: the web server listens.
 *
 * ## Errors
 *
 * - The constructor throws a `TypeError` or `RangeError` for a bad value and for an unknown option.
 * - `fetch()` never rejects. A request that is refused for its content goes to `onError` with the
 *   reason `payload`, and a record that could not be handled with the reason `record`.
 *
 * Browser compatible: it listens nowhere.
 *
 * @example Take records in a web server
 * ```ts
 * import { HTTPReceiver } from "jsr:@logwire/logging/http-receiver";
 *
 * await using receiver = new HTTPReceiver({ token: "secret" });
 * receiver.handleLogRecord = (record) => {
 *   console.assert(record.name === "shop" && record.levelname === "WARNING");
 *   console.assert(record.getMessage() === "low on ink" && record.left === 3);
 * };
 *
 * // Deno.serve((request, { remoteAddr }) => receiver.fetch(request, remoteAddr.hostname));
 * const response = await receiver.fetch(
 *   new Request("http://logs.example/", {
 *     method: "POST",
 *     headers: { "Authorization": "Bearer secret", "Content-Type": "application/x-ndjson" },
 *     body: `{"level":"warning","logger":"shop","message":"low on ink","left":3}\n`,
 *   }),
 * );
 * console.assert(response.status === 204 && receiver.stats.received === 1);
 * ```
 *
 * @module
 */
import { checkBoolean, checkKnown, checkString } from "../logging/validate.ts";
import { withTimeout } from "../net/with_timeout.ts";
import { ConnectionError } from "../net/connection_error.ts";
import { AccessToken } from "./access_token.ts";
import { readRecords, readText, Refusal, type RequestRecords } from "./_http_body_reader.ts";
import {
  RECEIVER_OPTIONS,
  type ReceiverOptions,
  type ReceiverStats,
  RecordReceiver,
} from "./record_receiver.ts";
import type { RecordServer } from "./_record_server.ts";

export type { ReceiverFault, ReceiverFaultReason } from "./receiver_fault.ts";
export { type ReceiverOptions, type ReceiverStats, RecordReceiver };

/** A sender tries again for minutes: so many requests are remembered, which take a megabyte. */
const MAX_KEYS = 4096;

/** The longest `Idempotency-Key` that is remembered: those of `HTTPHandler` are much shorter. */
const MAX_KEY_LENGTH = 256;

/** The parameter of an address that holds the token (RFC 6750 section 2.3). */
const TOKEN_PARAMETER = "access_token";

/** 16 MiB, as a frame. */
const DEFAULT_MAX_BYTES = 16 * 1024 * 1024;

/** 64 MiB for the content of all requests that are being read, as for the frames of connections. */
const MAX_HELD_BYTES = 64 * 1024 * 1024;

/** Options of {@linkcode HTTPReceiver}. */
export interface HTTPReceiverOptions extends ReceiverOptions {
  /** A secret that each request must carry. @default none */
  token?: string;
  /** True: the token may be the parameter `access_token` of the address. @default {false} */
  tokenInQuery?: boolean;
}

/** Receives records in web requests; see the module's description. */
export class HTTPReceiver extends RecordReceiver {
  /** @ignore */
  protected override readonly server: RecordServer;
  readonly #maxBytes: number;
  readonly #token: AccessToken | undefined;
  readonly #tokenInQuery: boolean;
  readonly #running = new Set<Promise<Response>>();
  /** The requests whose records are taken, by their keys, the oldest first. */
  readonly #taken = new Map<string, Promise<void>>();
  readonly #maxHeldBytes: number;
  /** The bytes of content that are being read. */
  #heldBytes = 0;
  #isStopped = false;
  readonly #late = new AbortController();

  /**
   * Makes a receiver, which opens nothing.
   *
   * @throws {TypeError | RangeError} when a value is bad or an option unknown
   */
  constructor(options: HTTPReceiverOptions = {}) {
    const what = "create HTTPReceiver";
    const known = RECEIVER_OPTIONS.filter((name) => name !== "acceptor");
    checkKnown(what, options, [...known, "token", "tokenInQuery"]);
    const { token, tokenInQuery = false, ...rest } = options;
    super(what, rest);
    this.#tokenInQuery = checkBoolean(what, "tokenInQuery", tokenInQuery);
    this.#maxBytes = options.maxFrameBytes ?? DEFAULT_MAX_BYTES;
    this.#maxHeldBytes = Math.max(this.#maxBytes, MAX_HELD_BYTES);
    if (token !== undefined) this.#token = new AccessToken(checkString(what, "token", token));
    this.server = {
      address: { path: "HTTP" },
      open: () => Promise.resolve(),
      shut: (timeoutMs) => this.#shut(timeoutMs),
    };
  }

  /**
   * Handles the records of a request, and answers it. Never rejects.
   *
   * @param sender the IP address that it came from, for `handleLogRecord()`
   */
  fetch(request: Request, sender?: string): Promise<Response> {
    const answer = this.#answer(request, sender).catch((error) => this.#refused(error));
    this.#running.add(answer);
    void answer.then(() => this.#running.delete(answer));
    return answer;
  }

  async #answer(request: Request, sender: string | undefined): Promise<Response> {
    if (this.#isStopped) throw new Refusal(503, "The receiver has stopped");
    if (!this.#isAllowed(request)) {
      throw new Refusal(401, "The request must carry the token of this server");
    }
    const { method } = request;
    if (method !== "GET" && method !== "POST") {
      throw new Refusal(405, "The method must be GET or POST");
    }
    // Each attempt is read by itself: the one before it may have been cut off.
    const records = await this.#read(request);
    await this.#once(request.headers.get("idempotency-key"), () => this.#take(records, sender));
    return records.kind === "otlp"
      ? Response.json({ partialSuccess: {} })
      : new Response(null, { status: 204 });
  }

  #isAllowed({ headers, url }: Request): boolean {
    if (this.#token === undefined || this.#token.isIn(headers)) return true;
    if (!this.#tokenInQuery) return false;
    return this.#token.equals(new URL(url).searchParams.get(TOKEN_PARAMETER) ?? "");
  }

  /** Takes the records of a key once, and waits until they are taken. */
  #once(key: string | null, take: () => Promise<void>): Promise<void> {
    if (key === null || key.length > MAX_KEY_LENGTH) return take();
    const earlier = this.#taken.get(key);
    if (earlier !== undefined) return earlier;
    const taking = take();
    this.#taken.set(key, taking);
    if (this.#taken.size > MAX_KEYS) this.#taken.delete(this.#taken.keys().next().value!);
    return taking;
  }

  /** Never rejects. */
  async #take({ all, kind }: RequestRecords, sender: string | undefined): Promise<void> {
    await this.pipeline.handleAll(all, { sender, connection: undefined });
    // CPython's handler blocks its program until the answer, and sends no record again.
    if (kind !== "form") await this.pipeline.flush(this.#late.signal);
  }

  async #read(request: Request): Promise<RequestRecords> {
    if (request.method === "GET") {
      const { searchParams } = new URL(request.url);
      // The token is no field of the record.
      if (this.#tokenInQuery) searchParams.delete(TOKEN_PARAMETER);
      return readRecords("application/x-www-form-urlencoded", searchParams.toString());
    }
    let held = 0;
    const arrived = (bytes: number) => {
      held += bytes;
      this.#heldBytes += bytes;
      this.pipeline.receivedBytes += bytes;
      if (this.#heldBytes > this.#maxHeldBytes && this.#heldBytes > held) {
        throw new Refusal(503, "Other requests take the memory for content: try again later");
      }
    };
    try {
      const text = await readText(request, this.#maxBytes, arrived);
      return readRecords(request.headers.get("content-type") ?? "", text);
    } finally {
      this.#heldBytes -= held;
    }
  }

  #refused(error: unknown): Response {
    const status = error instanceof Refusal ? error.status : 500;
    if (status !== 401 && status !== 503) {
      this.pipeline.report(this.pipeline.reject("payload", error));
    }
    const message = error instanceof Refusal ? error.message : "The request failed";
    const headers: Record<string, string> = { "Content-Type": "text/plain; charset=utf-8" };
    if (status === 401) headers["WWW-Authenticate"] = 'Basic realm="logwire", charset="UTF-8"';
    if (status === 405) headers["Allow"] = "GET, POST";
    return new Response(`${message}\n`, { status, headers });
  }

  /** Waits until the requests that are being handled are answered. */
  async #shut(ms: number): Promise<void> {
    this.#isStopped = true;
    const late = () => new ConnectionError("timeout", `Requests took longer than ${ms} ms`);
    await withTimeout(() => Promise.all(this.#running), {
      abort: this.#late,
      clock: this.clock,
      ms,
      late,
    }).catch(() => {});
  }

  /** The name of this receiver in lines on stderr. */
  protected override describe(): string {
    return "HTTP receiver";
  }
}
