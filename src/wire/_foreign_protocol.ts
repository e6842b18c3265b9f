/**
 * Recognizes a client of another protocol by the first four bytes that it sends, which a reader of
 * frames takes for a length.
 *
 * Pure: uses no runtime global.
 *
 * @module
 */

/** The beginnings of protocols, and the advice to who runs the receiver. */
const PROTOCOLS: readonly (readonly [start: RegExp, advice: string])[] = [
  // RFC 8446 section 5.1: a handshake, and the version.
  // deno-lint-ignore no-control-regex -- it is no text
  [/^\x16\x03/, "TLS: set 'tls' on the receiver, or leave it out on the sender"],
  [
    /^(GET |POST|PUT |HEAD|OPTI|PRI )/,
    "HTTP: this port takes log records, and no requests",
  ],
  [/^<\d/, "syslog: SyslogReceiver takes it"],
  [/^(\{"|\[\{)/, "JSON: sender and receiver must have the same 'serializer'"],
  [/^(SSH-|EHLO|HELO)/, "SSH or SMTP: the client has the wrong port"],
];

/** Returns `; it looks like …` for a length whose bytes begin another protocol, else nothing. */
export function foreignProtocol(length: number): string {
  const bytes = [24, 16, 8, 0].map((shift) => (length >>> shift) & 255);
  const start = String.fromCharCode(...bytes);
  const known = PROTOCOLS.find(([pattern]) => pattern.test(start));
  return known === undefined ? "" : `; it looks like ${known[1]}`;
}
