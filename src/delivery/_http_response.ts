/**
 * The meaning of an HTTP answer for the records that the request carried, from its status alone
 * (RFC 9110 section 15).
 *
 * Browser compatible.
 *
 * @module
 */
import type { HTTPVerdict } from "./http_body.ts";

/** How a request was made, as far as a status can be about it. */
export interface HttpRequestForm {
  /** Says whether the record stands in the address. */
  readonly isGet: boolean;
  /** Says whether the body was compressed. */
  readonly isCompressed: boolean;
}

/**
 * Judges a status. A redirect is `not-here`, also the status 0 that browsers show instead of it.
 * An address (414) or header (431) that is too large is the record's fault where it stands in the
 * address.
 */
export function judgeStatus(status: number, form: HttpRequestForm): HTTPVerdict {
  if (status >= 200 && status < 300) return "taken";
  if (status >= 500) return "later";
  switch (status) {
    case 408: // Request Timeout
    case 425: // Too Early
    case 429: // Too Many Requests
      return "later";
    case 413: // Content Too Large
      return "too-large";
    case 414: // URI Too Long
    case 431: // Request Header Fields Too Large
      return form.isGet ? "too-large" : "not-here";
    case 400: // Bad Request
    case 422: // Unprocessable Content
      return "bad-record";
    case 415: // Unsupported Media Type
      return form.isCompressed ? "not-compressed" : "not-here";
    default:
      return "not-here";
  }
}
