/**
 * The token of a server: a secret that every request carries, as `Authorization: Bearer`, or as the
 * password of `Authorization: Basic`, which is all that CPython's `HTTPHandler` can send.
 *
 * Browser compatible.
 *
 * @module
 */
import { equalInConstantTime } from "../wire/equal_in_constant_time.ts";

const encoder = /* @__PURE__ */ new TextEncoder();

/** Compares tokens, in a time that does not depend on where they differ. */
export class AccessToken {
  readonly #token: Uint8Array;

  /** Makes the token of this text. */
  constructor(token: string) {
    this.#token = encoder.encode(token);
  }

  /** Returns true for the text of the token. */
  equals(text: string): boolean {
    return equalInConstantTime(encoder.encode(text), this.#token);
  }

  /** Returns true if the header fields of a request carry the token. */
  isIn(headers: Headers): boolean {
    const [, scheme = "", credentials = ""] = /^(\S+) +(\S+)$/.exec(
      headers.get("authorization") ?? "",
    ) ?? [];
    if (scheme.toLowerCase() === "bearer") return this.equals(credentials);
    return scheme.toLowerCase() === "basic" && this.equals(passwordOf(credentials));
  }
}

/** Returns the password of Basic credentials; empty if they cannot be read. */
function passwordOf(credentials: string): string {
  try {
    const text = atob(credentials);
    return text.slice(text.indexOf(":") + 1);
  } catch {
    return "";
  }
}
