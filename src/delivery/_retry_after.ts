/**
 * The `Retry-After` header (RFC 9110 section 10.2.3): how long a server asks not to be asked again.
 *
 * Browser compatible: no clock.
 *
 * @module
 */

/** An hour: a slip in a server's clock must not end the log for a day. */
const MAX_SECONDS = 3600;

/**
 * Seconds to wait from `now` (in seconds since the epoch), from 0 to an hour; `undefined`: the header
 * is absent, or says nothing that can be understood.
 */
export function retryAfterSeconds(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  const text = header.trim();
  const seconds = /^\d+$/.test(text) ? Number(text) : dateOf(text) - now;
  return Number.isNaN(seconds) ? undefined : Math.min(Math.max(seconds, 0), MAX_SECONDS);
}

/**
 * An HTTP-date as seconds: it begins with the name of a day, unlike much that `Date` understands, and
 * is in GMT, also in the form that does not say so.
 */
function dateOf(text: string): number {
  if (!/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(text)) return NaN;
  return Date.parse(text.endsWith("GMT") ? text : `${text} GMT`) / 1000;
}
