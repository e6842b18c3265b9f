/**
 * An HTTP endpoint as the way out of a delivery: a batch is the body of one request, and is sent once
 * the server has said so.
 *
 * The body, or else `_http_response.ts`, says what an answer means. After "later" the same request is made again, with
 * the same key. A batch that is too large, or has a record that the server refuses, goes again as two,
 * down to the record at fault. One that lasts too long goes again in parts of half its size, if it is
 * large. A server that takes nothing at all is an outage for `giveUpAfterMs`. A
 * request that fails or lasts too long breaks the way out, as a lost connection does. Redirects are
 * not followed: the records and the credentials are meant for this server alone.
 *
 * Browser compatible: sends with the `fetch` that it is given.
 *
 * @module
 */
import { concat } from "@std/bytes";
import { gzip } from "../wire/gzip.ts";
import { type HttpRequestForm, judgeStatus } from "./_http_response.ts";
import { atOnce } from "../logging/callback.ts";
import { escapeControls } from "../text/control_characters.ts";
import { valueText } from "../logging/validate.ts";
import { retryAfterSeconds } from "./_retry_after.ts";
import { ConnectionError } from "../net/connection_error.ts";
import { fetchError } from "../net/fetch_error.ts";
import type { Clock } from "../net/connector.ts";
import { withTimeout } from "../net/with_timeout.ts";
import type { DropReason } from "./delivery_event.ts";
import type { HTTPBody, HTTPJudgement } from "./http_body.ts";
import type { HttpDestination } from "./http_destination.ts";
import type { Batch, DetailedWriter, Refusal } from "./batch_writer.ts";

/** The part of `fetch` that is used. */
export type HTTPFetch = (url: string, init: RequestInit) => Promise<Response>;

/** Where requests go and how they look; every value has been checked. */
export interface HttpEndpoint {
  url: string;
  /** May be set between requests. */
  method: "GET" | "POST";
  /** The headers of every request; those of its body and its key come with it. */
  headers: Headers;
  idempotencyKey: boolean;
  /** Further options for `fetch`. */
  context: object | null;
  body: HTTPBody;
  gzip: boolean;
  timeoutMs: number;
  giveUpAfterMs: number;
  fetch: HTTPFetch;
  clock: Clock;
  destination: HttpDestination;
}

/**
 * An answer is read so that its connection can be used again, but no further than this: its text is
 * not needed.
 */
const MAX_ANSWER_BYTES = 65536;

/** The most bytes of an answer that a body judges: as many as a request has, a record some hundred. */
const MAX_JUDGED_BYTES = 16_777_216;

/** The most characters of an answer that an error quotes. */
const QUOTED = 200;

/** A judgement, or the lack of one. */
type SomeJudgement = Partial<HTTPJudgement>;

const ignore = () => {};
const decoder = /* @__PURE__ */ new TextDecoder();

/** Sends each batch as a request. */
export class HttpWriter implements DetailedWriter {
  readonly acknowledges = true;
  readonly isConnectionless = true;
  readonly isUnproven = true;
  readonly closed: Promise<undefined> = new Promise(ignore);
  onSettled: DetailedWriter["onSettled"];
  onReturned: DetailedWriter["onReturned"];
  /** Set by an answer that means "later". */
  holdSeconds: number | undefined;
  readonly #endpoint: HttpEndpoint;
  /** Ends the request that is under way. */
  #abort: AbortController | undefined;
  #isAnswered = false;
  /** The answer that breaks the way out. */
  #later: ConnectionError | undefined;
  /** Judges the answer that is there by its status alone, should the rest of it not come in time. */
  #judgeStatus: (() => void) | undefined;
  /** Reports what an answer that is no 2xx means for the batch, once its text is read. */
  #report: (() => void) | undefined;

  constructor(endpoint: HttpEndpoint) {
    this.#endpoint = endpoint;
  }

  get writeTimeoutMs(): number {
    return this.#endpoint.timeoutMs;
  }

  async write(batch: Batch): Promise<void> {
    this.#report = this.#judgeStatus = undefined;
    this.#isAnswered = false;
    const { clock, timeoutMs, destination } = this.#endpoint;
    if (batch.lengths.length > 1 && batch.bytes.length > destination.mostBytes) {
      return this.onReturned?.(batch, true);
    }
    const abort = this.#abort = new AbortController();
    let isLate = false;
    const late = () => {
      isLate = true;
      return new ConnectionError("timeout", `no answer within ${timeoutMs} ms`);
    };
    try {
      const bound = { abort, clock, ms: timeoutMs, late };
      await withTimeout(() => this.#exchange(batch, abort.signal), bound);
    } catch (error) {
      // The status is what counts, should the rest of an answer not come in time.
      const judgeStatus = this.#judgeStatus as (() => void) | undefined;
      if (!this.#isAnswered && judgeStatus !== undefined) judgeStatus();
      else if (!this.#isAnswered) {
        destination.wasAway();
        if (isLate && batch.lengths.length > 1) destination.tookTooLong(batch.bytes.length);
        throw error;
      }
    } finally {
      this.#abort = undefined;
    }
    const report = this.#report as (() => void) | undefined;
    report?.();
    if (this.#later !== undefined) throw this.#later;
  }

  async #exchange(batch: Batch, signal: AbortSignal): Promise<void> {
    const { method, gzip, destination, body } = this.#endpoint;
    const isGet = method === "GET";
    const form = { isGet, isCompressed: gzip && !isGet && !destination.isPlain };
    const content = this.#compose(batch);
    if (content === undefined) return;
    const response = await this.#request(batch, content, form, signal);
    if (signal.aborted) return discard(response);
    const isJudged = body.judge !== undefined;
    let answer: Uint8Array | undefined;
    if (isJudged) {
      this.#judgeStatus = () => this.#judge(batch, response, form);
      answer = await readAll(response, signal);
      if (signal.aborted) return;
    }
    const errors = this.#judge(batch, response, form, answer);
    this.#isAnswered = true;
    if (isJudged) return;
    const text = await readStart(response, signal);
    for (const error of errors) error.message += quoted(text);
  }

  /** The content of a request; `undefined`: the body cannot make it, and the batch is dropped. */
  #compose(batch: Batch): Uint8Array | undefined {
    const { body, destination } = this.#endpoint;
    if (body.compose === undefined) return batch.bytes;
    try {
      const content = atOnce(body.compose(batch, destination.id), "compose()");
      if (content instanceof Uint8Array) return content;
      throw new TypeError(`compose() must give a Uint8Array: it gave ${valueText(content)}`);
    } catch (error) {
      this.#isAnswered = true;
      const all = [...batch.lengths.keys()];
      this.#report = () => this.onSettled?.(batch, all, { reason: "error", error });
      return undefined;
    }
  }

  /** Settles what becomes of the records; the errors that are to be reported. */
  #judge(
    batch: Batch,
    response: Response,
    form: HttpRequestForm,
    content?: Uint8Array,
  ): Error[] {
    const { status, statusText } = response;
    const { destination } = this.#endpoint;
    const frames = batch.lengths.length;
    const judgement = this.#judgement(batch, response, form, content);
    const { verdict = judgeStatus(status, form), refused = [] } = judgement;
    const message = judgement.message ?? (content === undefined ? "" : startOf(content));
    const text = escapeControls(
      ["the server answered", status, statusText].filter(Boolean).join(" "),
    ) + quoted(message.slice(0, QUOTED));
    if (verdict === "later") {
      destination.wasAway();
      return [this.#putOff(response, new ConnectionError("other", text))];
    }
    if (verdict === "not-here") return this.#refusedAll(batch, response, text);
    destination.answered();
    if (verdict === "taken") {
      if (refused.length === 0 && !judgement.message) this.onSettled?.(batch);
      else return this.#refused(batch, "refused", text, {}, refused);
    } else if (verdict === "not-compressed") {
      destination.refusedCompression();
      this.#report = () => this.onReturned?.(batch, false);
    } else if (frames > 1 && verdict !== "refused") {
      if (verdict === "too-large") destination.refusedSize(batch.bytes.length);
      this.#report = () => this.onReturned?.(batch, true);
    } else if (verdict === "too-large") {
      const size = `${text}: a record of ${batch.bytes.length} bytes is dropped`;
      return this.#refused(batch, "tooLarge", size);
    } else {
      return this.#refused(batch, "refused", text);
    }
    return [];
  }

  /** The body's judgement; nothing where it has none. */
  #judgement(
    { lengths }: Batch,
    { status, headers }: Response,
    { isCompressed }: HttpRequestForm,
    content: Uint8Array | undefined,
  ): SomeJudgement {
    const answer = { status, headers, content, records: lengths.length, isCompressed };
    try {
      return atOnce(this.#endpoint.body.judge?.(answer), "judge()") ?? {};
    } catch (error) {
      return { message: `judge() failed: ${error}` };
    }
  }

  /** The way out breaks, and the records go again. */
  #putOff(response: Response, error: ConnectionError): ConnectionError {
    const after = response.headers.get("Retry-After");
    this.holdSeconds = retryAfterSeconds(after, this.#endpoint.clock.now()) ?? 0;
    this.#later = error;
    return error;
  }

  #refusedAll(batch: Batch, response: Response, text: string): Error[] {
    const { destination, giveUpAfterMs } = this.#endpoint;
    const code = [401, 403, 407].includes(response.status) ? "denied" : "other";
    const error = this.#putOff(response, new ConnectionError(code, text));
    if (destination.refusedAll() * 1000 < giveUpAfterMs) return [error];
    const reason = `${text}: it has done so for ${giveUpAfterMs} ms, so what is queued is dropped`;
    return [error, ...this.#refused(batch, "refused", reason, { all: true })];
  }

  /** The records are done with. */
  #refused(
    batch: Batch,
    reason: DropReason,
    text: string,
    more: Partial<Refusal> = {},
    refused: readonly number[] = [...batch.lengths.keys()],
  ): Error[] {
    const report = this.#endpoint.destination.report(text);
    const error = report === undefined ? undefined : new Error(report);
    this.#report = () => this.onSettled?.(batch, refused, { reason, error, ...more });
    return error === undefined ? [] : [error];
  }

  async #request(
    batch: Batch,
    content: Uint8Array,
    { isGet, isCompressed }: HttpRequestForm,
    signal: AbortSignal,
  ): Promise<Response> {
    const { url, context, body, idempotencyKey, destination, fetch } = this.#endpoint;
    const headers = new Headers(this.#endpoint.headers);
    if (idempotencyKey) {
      // The first half of a batch that was split begins with the same record.
      const key = destination.keyOf(`${batch.id}-${batch.lengths.length}`);
      headers.set("Idempotency-Key", key);
    }
    const method = isGet ? "GET" : "POST";
    const init: RequestInit = { ...context, method, headers, redirect: "manual", signal };
    let target = url;
    if (isGet) {
      target += (url.includes("?") ? "&" : "?") + decoder.decode(content);
    } else {
      const plain = content as Uint8Array<ArrayBuffer>;
      init.body = isCompressed ? await gzip(plain) : plain;
      if (!headers.has("Content-Type")) headers.set("Content-Type", body.contentType);
      if (isCompressed) headers.set("Content-Encoding", "gzip");
    }
    // Compression takes its time, and another request may have these records by now.
    signal.throwIfAborted();
    let response: Response;
    try {
      response = await fetch(target, init);
    } catch (error) {
      throw error instanceof ConnectionError ? error : fetchError(error, url);
    }
    if (typeof response?.status === "number") return response;
    throw new TypeError(`fetch must give a Response: it gave ${valueText(response)}`);
  }

  close(): Promise<void> {
    this.#abort?.abort(new ConnectionError("closed", "the request was given up"));
    return Promise.resolve();
  }
}

/** A text behind a colon, if there is one. */
function quoted(text: string): string {
  return text === "" ? "" : `: ${escapeControls(text)}`;
}

function startOf(content: Uint8Array): string {
  return decoder.decode(content.subarray(0, 4 * QUOTED)).slice(0, QUOTED);
}

/** The beginning of what an answer says; never rejects. */
async function readStart(response: Response, signal: AbortSignal): Promise<string> {
  let text = "";
  await read(response, signal, MAX_ANSWER_BYTES, (value) => {
    if (text.length < QUOTED) text = (text + decoder.decode(value)).slice(0, QUOTED);
  });
  return text;
}

/** All that an answer says, or `undefined` where it does not come whole; never rejects. */
async function readAll(response: Response, signal: AbortSignal): Promise<Uint8Array | undefined> {
  const parts: Uint8Array[] = [];
  const isWhole = await read(response, signal, MAX_JUDGED_BYTES, (value) => parts.push(value));
  return isWhole ? concat(parts) : undefined;
}

/** Reads at most `most` bytes of an answer; says whether that was all. Never rejects. */
async function read(
  response: Response,
  signal: AbortSignal,
  most: number,
  onChunk: (value: Uint8Array) => void,
): Promise<boolean> {
  try {
    const reader = response.body?.getReader();
    if (reader === undefined) return true;
    const cancel = () => void reader.cancel().catch(ignore);
    signal.addEventListener("abort", cancel);
    let bytes = 0;
    while (bytes < most) {
      const { done, value } = await reader.read();
      if (done) return !signal.aborted;
      onChunk(value);
      // An answer of empty chunks ends as well.
      bytes += value.length + 1;
    }
    cancel();
  } catch {
    // It was cut off: what it says is known.
  }
  return false;
}

/** Cancels an answer that came too late. */
function discard(response: Response): void {
  try {
    response.body?.cancel().catch(ignore);
  } catch {
    // Somebody's own Response; nothing more can be done for it.
  }
}
