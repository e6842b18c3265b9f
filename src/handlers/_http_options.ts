/**
 * The options of `HTTPHandler`, their defaults and their checks.
 *
 * Browser compatible.
 *
 * @module
 */
import { base64 } from "../text/base64.ts";
import {
  checkBoolean,
  checkFunction,
  checkInteger,
  checkKnown,
  checkLimit,
  checkMethods,
  checkOneOf,
  checkString,
  MAX_TIMEOUT_MS,
  refuse,
} from "../logging/validate.ts";
import type { ExitNotifier } from "../net/connector.ts";
import { demandUrl } from "../net/deno_permission.ts";
import { systemClock } from "../net/system_clock.ts";
import {
  checkExitNotifier,
  type DeliveryOptions,
  QUEUE_OPTIONS,
} from "../delivery/delivery_options.ts";
import type { BatchSettings } from "../delivery/batcher.ts";
import { HttpDestination } from "../delivery/http_destination.ts";
import type { HTTPBody } from "../delivery/http_body.ts";
import type { HttpEndpoint, HTTPFetch } from "../delivery/http_writer.ts";
import { form, RECORD_BODIES } from "./_record_bodies.ts";

/** Options of {@linkcode HTTPHandler}. */
export interface HTTPHandlerOptions
  extends Omit<DeliveryOptions, "connectTimeoutMs" | "writeTimeoutMs" | "exitTimeoutMs"> {
  /** `"GET"` or `"POST"`, in any case. @default {"GET"}, as CPython; `"POST"` for other bodies */
  method?: string;
  /** `true`: uses HTTPS. @default {false} */
  secure?: boolean;
  /** A user name and a password, for Basic authentication (RFC 7617). @default none */
  credentials?: readonly [user: string, password: string] | null;
  /**
   * TLS settings, only with `secure`: what the runtime's `fetch` takes for them beside the standard's
   * own. `{ client: Deno.createHttpClient({ caCerts }) }` on Deno, `{ tls: { ca } }` on Bun,
   * `{ dispatcher: new Agent({ connect: { ca } }) }` with the Agent of undici on Node, where the
   * environment variable `NODE_EXTRA_CA_CERTS` does without one. @default the runtime's own
   */
  context?: object | null;
  /**
   * How records stand in a request. `"form"`: one a request, percent-encoded, as CPython; `"json"`: an
   * array of objects; `"ndjson"`: an object a line. The bodies of other services are functions of
   * `./http-bodies`: `otlp()`, `loki()`, `elasticsearchBulk()`; and a program can bring its own.
   *
   * @default {"form"}
   */
  body?: "form" | "json" | "ndjson" | HTTPBody;
  /** The most records in a request, from 1; not with a body that has one, as `"form"`. @default {10000} */
  batchRecords?: number;
  /**
   * The most bytes in a request before it is compressed, from 1 to 16 MiB, unless one record alone is
   * larger; not with a body that has one. A body that groups records (`loki()`, `otlp()`) may exceed
   * it by some bytes for each group. A request that the server answers with 413 is sent as two, and the
   * following ones are of half the size, down to 64 KiB.
   *
   * @default {524288}, half of the limit of common servers and collectors
   */
  batchBytes?: number;
  /**
   * How long records are gathered for a request while none is under way, in milliseconds, from 0, as
   * the `batchMs` of every handler; not with a body that has one record a request.
   *
   * @default {0}, which sends what one turn of the event loop has logged; if records came while a
   * request was under way, the next one is sent when it is full, or 15 ms after the answer
   */
  batchMs?: number;
  /** `true`: compresses the body of a POST. @default {false} */
  gzip?: boolean;
  /** Headers of every request, `Content-Type` among them if need be. @default none */
  headers?: Readonly<Record<string, string>>;
  /**
   * Says whether requests carry the header `Idempotency-Key`, by which a server can tell a request that is
   * repeated: it has the same key and the same records. Without it a browser needs no leave of another
   * origin for one header more.
   *
   * @default {true}
   */
  idempotencyKey?: boolean;
  /** The longest that a request takes, its answer included, in milliseconds. @default {10000} */
  timeoutMs?: number;
  /**
   * How long records are kept while the server answers 401, 403, 404, a redirect or another status
   * that says nothing of the records, in milliseconds, from 0; `Infinity` for no limit. After that
   * each such answer drops what is queued. Ten minutes are enough for a deployment to end or
   * credentials to be renewed.
   *
   * @default {600000}
   */
  giveUpAfterMs?: number;
  /**
   * The treatment of records while the server cannot be reached or says "later": they are kept and
   * sent again, or dropped as in CPython. @default {"queue"}
   */
  whileDisconnected?: "drop" | "queue";
  /** Sends the requests. @default the runtime's `fetch` */
  fetch?: HTTPFetch;
  /**
   * Reports the end of the process: the `exitNotifier` of `./deno`, `./bun`, `./node` or `./auto`.
   * The handler is then flushed when the event loop is empty, and the records that are lost at the end
   * are counted and reported on stderr. `{}`: none. @default none, which a line on stderr says once
   */
  exitNotifier?: ExitNotifier;
}

const HTTP_OPTIONS: readonly string[] = /* @__PURE__ */ [
  "method",
  "secure",
  "credentials",
  "context",
  "body",
  "batchRecords",
  "batchBytes",
  "batchMs",
  "gzip",
  "headers",
  "idempotencyKey",
  "timeoutMs",
  "giveUpAfterMs",
  "fetch",
  "exitNotifier",
].concat(QUEUE_OPTIONS);

/** A chunk of the queue is as large as this option says; more gains nothing. */
const MAX_BATCH_BYTES = 16_777_216;

/** {@linkcode HTTPHandlerOptions} with every default filled in and every value checked. */
export interface CheckedHttpOptions {
  secure: boolean;
  credentials: readonly [user: string, password: string] | null;
  context: object | null;
  body: HTTPBody;
  endpoint: HttpEndpoint;
  batch: BatchSettings;
  exitNotifier: ExitNotifier;
}

/** Fills in the defaults and checks every value; `what` begins the message of the error. */
export function checkHttpOptions(
  what: string,
  host: string,
  url: string,
  options: HTTPHandlerOptions,
): CheckedHttpOptions {
  checkKnown(what, options, HTTP_OPTIONS);
  const {
    secure = false,
    credentials = null,
    context = null,
    gzip = false,
    idempotencyKey = true,
    timeoutMs = 10_000,
    giveUpAfterMs = 600_000,
    clock = systemClock,
  } = options;
  const body = checkBody(what, options.body === undefined ? "form" : options.body);
  checkBoolean(what, "secure", secure);
  checkBoolean(what, "gzip", gzip);
  const address = checkAddress(what, host, url, secure);
  const method = checkMethod(
    what,
    body,
    gzip,
    options.method ?? (body === form ? "GET" : "POST"),
  );
  if (context !== null && typeof context !== "object") {
    refuse(what, "context", "an object", context);
  }
  if (context !== null && !secure) {
    throw new TypeError(`Cannot ${what} as 'context' only makes sense with 'secure': true`);
  }
  checkBoolean(what, "idempotencyKey", idempotencyKey);
  checkInteger(what, "timeoutMs", timeoutMs, 1, MAX_TIMEOUT_MS);
  checkLimit(what, "giveUpAfterMs", giveUpAfterMs);
  checkFunction(what, "fetch", options.fetch);
  const exitNotifier = checkExitNotifier(what, options.exitNotifier);
  // Looked up at each request, as a program may instrument it later.
  const fetcher: HTTPFetch = options.fetch ?? ((url, init) => {
    demandUrl(url);
    return fetch(url, init);
  });
  return {
    secure,
    credentials,
    context,
    body,
    endpoint: {
      url: address,
      method,
      headers: headersOf(what, idempotencyKey, credentials, options.headers),
      idempotencyKey,
      context,
      body,
      gzip,
      timeoutMs,
      giveUpAfterMs,
      fetch: fetcher,
      clock,
      destination: new HttpDestination(clock, randomId),
    },
    batch: checkBatch(what, body, options),
    exitNotifier,
  };
}

/** Browsers have no `randomUUID()` on pages that came without TLS. */
function randomId(): string {
  return crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`.replace(".", "");
}

function checkBody(what: string, value: unknown): HTTPBody {
  const names = Object.keys(RECORD_BODIES) as (keyof typeof RECORD_BODIES)[];
  if (typeof value === "function") {
    refuse(what, "body", "the body that a function returns, as otlp({ … }) does", value);
  }
  if (typeof value !== "object") return RECORD_BODIES[checkOneOf(what, "body", value, names)];
  checkMethods(what, "body", value, ["encode"]);
  const body = value as HTTPBody;
  checkString(what, "body.contentType", body.contentType);
  checkInteger(what, "body.maxRecords", body.maxRecords ?? 1, 1);
  checkInteger(what, "body.extraBytes", body.extraBytes ?? 0, 0);
  checkFunction(what, "body.compose", body.compose);
  checkFunction(what, "body.judge", body.judge);
  return body;
}

/** Checks a method, in any case; the case that requests have. */
export function checkMethod(
  what: string,
  body: HTTPBody,
  gzip: boolean,
  value: string,
): "GET" | "POST" {
  checkString(what, "method", value);
  const method = checkOneOf(what, "method", value.toUpperCase(), ["GET", "POST"]);
  if (method === "GET" && (body !== form || gzip)) {
    const name = body === form ? "gzip" : "body";
    throw new TypeError(`Cannot ${what} as '${name}' needs the method POST: a GET has no body`);
  }
  return method;
}

/** Where requests go. What is not sent as it is written is refused: a URL would change it. */
function checkAddress(what: string, host: string, url: string, secure: boolean): string {
  checkString(what, "host", host);
  checkString(what, "url", url);
  const origin = `${secure ? "https" : "http"}://${host}`;
  if (/[\s/?#@\\]/.test(host) || parse(origin) === undefined) {
    refuse(
      what,
      "host",
      'a host name or IP address (IPv6 in brackets) with or without ":port": ' +
        "the scheme is the option 'secure', the path is 'url'",
      host,
    );
  }
  const parsed = parse(origin + url);
  if (parsed?.href.slice(parsed.origin.length) !== url || url.includes("#")) {
    const expected = 'a path that begins with "/", has no "#", "." or ".." in it, ' +
      "and has spaces and all else that a URL cannot hold percent-encoded";
    refuse(what, "url", expected, url);
  }
  return origin + url;
}

function parse(url: string): URL | undefined {
  try {
    return new URL(url);
  } catch {
    return undefined;
  }
}

function headersOf(
  what: string,
  idempotencyKey: boolean,
  credentials: unknown,
  own: unknown = {},
): Headers {
  let headers: Headers;
  try {
    if (typeof own !== "object" || own === null) throw new TypeError("not an object");
    headers = new Headers(own as Record<string, string>);
  } catch {
    refuse(what, "headers", "an object of names and values that HTTP allows", own);
  }
  if (idempotencyKey && headers.has("Idempotency-Key")) {
    throw new TypeError(
      `Cannot ${what} as 'headers' must not hold 'Idempotency-Key', which differs from request to ` +
        "request: give 'idempotencyKey': false to send one of your own",
    );
  }
  if (credentials !== null) headers.set("Authorization", basic(what, credentials));
  return headers;
}

function basic(what: string, credentials: unknown): string {
  if (
    !Array.isArray(credentials) || credentials.length !== 2 ||
    credentials.some((part) => typeof part !== "string")
  ) refuse(what, "credentials", "a user name and a password", typeof credentials);
  return `Basic ${base64(new TextEncoder().encode(credentials.join(":")))}`;
}

function checkBatch(what: string, body: HTTPBody, options: HTTPHandlerOptions): BatchSettings {
  const { batchRecords = 10_000, batchBytes = 524_288 } = options;
  if (body.maxRecords === 1) {
    for (const name of ["batchRecords", "batchBytes", "batchMs"] as const) {
      if (options[name] === undefined) continue;
      throw new TypeError(
        `Cannot ${what} as '${name}' needs another 'body': this one has one record a request`,
      );
    }
    return { records: 1, bytes: 98304 };
  }
  checkInteger(what, "batchRecords", batchRecords, 1);
  checkInteger(what, "batchBytes", batchBytes, 1, MAX_BATCH_BYTES);
  return {
    records: Math.min(batchRecords, body.maxRecords ?? Infinity),
    bytes: Math.max(batchBytes - (body.extraBytes ?? 0), 1),
  };
}
