/**
 * An HTTP endpoint as the way out of a delivery: a batch is the body of one request, and is sent once
 * the server has said so.
 *
 * What an answer means: 2xx is taken; 408, 429 and 5xx is "later", after `Retry-After` where it is
 * said; 413 is too large; anything else is refused for good, a redirect too, since the records and
 * the credentials are meant for this server alone. A request that fails or lasts too long breaks the
 * way out, as a lost connection does.
 *
 * Browser compatible: sends with the `fetch` that it is given.
 *
 * @module
 */
import { show } from "../core/options.ts";
import type { Batch } from "../core/outbox.ts";
import { retryAfterSeconds } from "../core/retry_after.ts";
import { ConnectionError } from "../net/connection_error.ts";
import type { Clock } from "../net/connector.ts";
import { bounded } from "./bounded.ts";
import { NOTHING, type Outlet, type Progress } from "./outlet.ts";

/** The part of `fetch` that is used. */
export type HTTPFetch = (url: string, init: RequestInit) => Promise<Response>;

/**
 * How records stand in a request.
 *
 * - `"form"`: one a request, percent-encoded, as CPython
 * - `"json"`: an array of objects
 * - `"ndjson"`: an object a line
 */
export type HTTPBody = "form" | "json" | "ndjson";

/** Where requests go and how they look; every value has been checked. */
export interface HttpEndpoint {
  url: string;
  method: "GET" | "POST";
  headers: Headers;
  /** What `fetch` is given beside everything else. */
  context: object | null;
  body: HTTPBody;
  gzip: boolean;
  timeoutMs: number;
  fetch: HTTPFetch;
  clock: Clock;
}

/**
 * An answer is read so that its connection can be used again, but no further than this: nobody needs
 * what stands there.
 */
const MAX_ANSWER_BYTES = 65536;

/** What an error quotes of an answer. */
const QUOTED = 200;

const ignore = () => {};
const decoder = /* @__PURE__ */ new TextDecoder();

/** Sends each batch as a request. */
export class HttpOutlet implements Outlet {
  readonly closed = undefined;
  readonly isUnproven = true;
  /** Set by an answer that means "later". */
  holdSeconds: number | undefined;
  readonly #endpoint: HttpEndpoint;
  /** Ends the request that is under way. */
  #abort: AbortController | undefined;
  #isAnswered = false;
  /** What an answer says that means "later". */
  #later: ConnectionError | undefined;
  #progress: Progress = NOTHING;

  constructor(endpoint: HttpEndpoint) {
    this.#endpoint = endpoint;
  }

  get writeTimeoutMs(): number {
    return this.#endpoint.timeoutMs;
  }

  async write(batch: Batch): Promise<void> {
    this.#progress = NOTHING;
    this.#isAnswered = false;
    const { clock, timeoutMs } = this.#endpoint;
    const abort = this.#abort = new AbortController();
    const late = () => new ConnectionError("timeout", `no answer within ${timeoutMs} ms`);
    try {
      const bound = { abort, clock, ms: timeoutMs, late };
      await bounded(() => this.#exchange(batch, abort.signal), bound);
    } catch (error) {
      // The status is what counts, should the rest of an answer not come in time.
      if (!this.#isAnswered) throw error;
    } finally {
      this.#abort = undefined;
    }
    if (this.#later !== undefined) throw this.#later;
  }

  async #exchange(batch: Batch, signal: AbortSignal): Promise<void> {
    const response = await this.#request(batch.bytes, signal);
    if (signal.aborted) return discard(response);
    const error = this.#judge(batch, response);
    this.#isAnswered = true;
    const text = await readStart(response, signal);
    if (text !== "") error.message += `: ${text}`;
  }

  /** What becomes of the records, from the status alone; the error that there is if they are not taken. */
  #judge(batch: Batch, { status, statusText, headers }: Response): Error {
    const frames = batch.lengths.length;
    const bytes = batch.bytes.length;
    const text = [`the server answered ${status}`, statusText].filter(Boolean).join(" ");
    if (status === 408 || status === 429 || status >= 500) {
      const after = headers.get("Retry-After");
      this.holdSeconds = retryAfterSeconds(after, this.#endpoint.clock.now()) ?? 0;
      return this.#later = new ConnectionError("other", text);
    }
    const error = new Error(text);
    if (status >= 200 && status < 300) {
      this.#progress = { ...NOTHING, frames };
    } else if (status === 413) {
      this.#progress = { ...NOTHING, frames, tooLarge: frames, tooLargeBytes: bytes };
    } else {
      this.#progress = { ...NOTHING, frames, refused: { frames, bytes, error } };
    }
    return error;
  }

  async #request(bytes: Uint8Array, signal: AbortSignal): Promise<Response> {
    const { url, method, headers, context, gzip, fetch } = this.#endpoint;
    const init: RequestInit = { ...context, method, headers, redirect: "manual", signal };
    let target = url;
    if (method === "GET") {
      target += (url.includes("?") ? "&" : "?") + decoder.decode(bytes);
    } else {
      const body = this.#bodyOf(bytes);
      init.body = gzip ? await gzipped(body) : body;
    }
    let response: Response;
    try {
      response = await fetch(target, init);
    } catch (error) {
      throw error instanceof ConnectionError ? error : failure(error);
    }
    if (typeof response?.status === "number") return response;
    throw new TypeError(`fetch must give a Response: it gave ${show(response)}`);
  }

  #bodyOf(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
    if (this.#endpoint.body !== "json") return bytes as Uint8Array<ArrayBuffer>;
    // Each record follows a comma.
    const array = new Uint8Array(bytes.length + 1);
    array.set(bytes);
    array[0] = 0x5b; // [
    array[bytes.length] = 0x5d; // ]
    return array;
  }

  progress(): Progress {
    return this.#progress;
  }

  close(): Promise<void> {
    this.#abort?.abort(new ConnectionError("closed", "the request was given up"));
    return Promise.resolve();
  }
}

/** What one record is in a batch for this kind of body. */
export function framed(body: HTTPBody, text: string): string {
  if (body === "json") return `,${text}`;
  return body === "ndjson" ? `${text}\n` : text;
}

async function gzipped(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** What `fetch` says of a network that fails, with what stands behind it. */
function failure(error: unknown): ConnectionError {
  const texts: string[] = [];
  for (let cause = error; cause instanceof Error && texts.length < 3; cause = cause.cause) {
    const { code } = cause as { code?: unknown };
    const text = cause.message || (typeof code === "string" ? code : "");
    if (text !== "") texts.push(text);
  }
  return new ConnectionError("other", texts.join(": ") || "the request failed", { cause: error });
}

/** The beginning of what an answer says; never rejects. */
async function readStart(response: Response, signal: AbortSignal): Promise<string> {
  let text = "";
  try {
    const reader = response.body?.getReader();
    if (reader === undefined) return "";
    const cancel = () => void reader.cancel().catch(ignore);
    signal.addEventListener("abort", cancel);
    let bytes = 0;
    while (bytes < MAX_ANSWER_BYTES) {
      const { done, value } = await reader.read();
      if (done) return text;
      if (text.length < QUOTED) text = (text + decoder.decode(value)).slice(0, QUOTED);
      // An answer of empty chunks ends as well.
      bytes += value.length + 1;
    }
    cancel();
  } catch {
    // It was cut off: what it says is known.
  }
  return text;
}

/** Lets go of an answer that nobody waits for any more. */
function discard(response: Response): void {
  try {
    response.body?.cancel().catch(ignore);
  } catch {
    // Somebody's own Response; nothing more can be done for it.
  }
}
