/**
 * The error of a `fetch` that got no response: the texts of all causes on one line, without the URL,
 * which may hold a whole record.
 *
 * Browser compatible: uses no runtime global.
 *
 * @module
 */
import { ConnectionError, type ConnectionErrorCode } from "./connection_error.ts";
import { connectionErrorCode } from "./native_error.ts";
import { tlsMismatch } from "./tls_mismatch.ts";

/** Deno's own URLs in a text, with what it says of them: `for url (http://h/)`, `for http://h/ (ip)`. */
const URLS = / ?(for url \(|from \S+ for |for )?https?:\/\/[^\s)]*\)?( \([^)]*\))?/g;

/** Advice for callers of `fetch`, who the user is not. */
const BUN_ADVICE = /\. For more information, pass `verbose: true`.*/;

/** A server that ends the connection without an answer, or answers in another protocol. */
const NO_ANSWER = /other side closed|socket hang up|closed unexpectedly|invalid HTTP version/i;

/** Deno gives neither code nor class for what its `fetch` meets. */
const BY_TEXT: readonly (readonly [said: RegExp, code: ConnectionErrorCode])[] = [
  [/connection refused/i, "refused"],
  [/connection reset|broken pipe/i, "reset"],
  [/invalid peer certificate/i, "tls"],
  [/unreachable|no route to host/i, "unreachable"],
  [/timed out/i, "timeout"],
];

/** Translates what a `fetch` rejected with. */
export function fetchError(error: unknown, url: string): ConnectionError {
  const texts: string[] = [];
  let code: ConnectionErrorCode = "other";
  for (let cause = error; cause instanceof Error && texts.length < 3; cause = cause.cause) {
    const { code: name } = cause as { code?: unknown };
    const text = cause.message || (typeof name === "string" ? name : "");
    if (text !== "") {
      texts.push(text.replace(URLS, "").replace(BUN_ADVICE, "").replace(/\s+/g, " ").trim());
    }
    if (code === "other") code = connectionErrorCode(cause);
  }
  const text = texts.join(": ") || "the request failed";
  if (code === "other") code = BY_TEXT.find(([said]) => said.test(text))?.[1] ?? "other";
  const isSecure = url.startsWith("https:");
  const mismatch = isSecure ? tlsMismatch(text, "secure") : undefined;
  if (mismatch !== undefined) {
    return new ConnectionError("tls", mismatch, { cause: error });
  }
  const advice = !isSecure && NO_ANSWER.test(text)
    ? "; if the server speaks HTTPS on this port, set 'secure'"
    : "";
  return new ConnectionError(code, text + advice, { cause: error });
}
