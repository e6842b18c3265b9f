/** A web server without a network: a `fetch` with scripted answers that writes down what it is asked. */
import { gunzipSync } from "node:zlib";
import type { HTTPFetch } from "../../src/handlers/http_handler.ts";

/**
 * How a request is answered: with this status, with this Response, never (`"hang"`), or by failing,
 * as a network does.
 */
export type FakeAnswer = number | Response | Error | "hang" | (() => Promise<Response> | Response);

/** What it was asked. */
export interface FakeRequest {
  url: string;
  method: string;
  headers: Record<string, string>;
  body: Uint8Array;
  /** The body, not compressed. */
  text: string;
  redirect: string | undefined;
  signal: AbortSignal;
  init: RequestInit;
  answer: FakeAnswer;
}

/** Answers with the scripted answers, then as `judge` says, or else with `usual`. */
export class FakeServer {
  readonly requests: FakeRequest[] = [];
  usual: FakeAnswer = 204;
  /** Answers by what is asked, once the scripted answers are given. */
  judge: ((request: Omit<FakeRequest, "answer">) => FakeAnswer) | undefined;
  readonly #next: FakeAnswer[] = [];

  /** The answers to the next requests. */
  nextAnswers(...answers: FakeAnswer[]): void {
    this.#next.push(...answers);
  }

  /** The records of all the requests whose bodies are JSON, a request a list. */
  get batches(): string[][] {
    return this.requests.map(({ text }) => {
      const records: { msg: string }[] = text.startsWith("[")
        ? JSON.parse(text)
        : text.split("\n").filter(Boolean).map((line) => JSON.parse(line));
      return records.map(({ msg }) => msg);
    });
  }

  readonly fetch: HTTPFetch = (url, init) => {
    const bytes = new Uint8Array((init.body ?? new Uint8Array(0)) as Uint8Array).slice();
    const headers = Object.fromEntries(new Headers(init.headers));
    const isCompressed = headers["content-encoding"] === "gzip";
    const request = {
      url,
      method: init.method ?? "",
      headers,
      body: bytes,
      text: new TextDecoder().decode(isCompressed ? gunzipSync(bytes) : bytes),
      redirect: init.redirect,
      signal: init.signal!,
      init,
    };
    const answer = this.#next.shift() ?? this.judge?.(request) ?? this.usual;
    this.requests.push({ ...request, answer });
    if (typeof answer === "function") return answer() as Promise<Response>;
    if (typeof answer === "number") return Promise.resolve(new Response(null, { status: answer }));
    if (answer instanceof Error) return Promise.reject(answer);
    if (answer instanceof Response) return Promise.resolve(answer);
    return new Promise((_, reject) => {
      init.signal!.addEventListener("abort", () => reject(init.signal!.reason));
    });
  };
}

/** What `fetch` rejects with where nobody listens, as Node has it. */
export function networkError(): TypeError {
  const cause = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:1"), {
    code: "ECONNREFUSED",
  });
  return new TypeError("fetch failed", { cause });
}
