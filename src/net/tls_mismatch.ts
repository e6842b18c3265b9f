/**
 * Recognizes a server that does not speak TLS where a client does, by the texts of the runtimes, which
 * say that in the words of their TLS libraries.
 *
 * Pure: uses no runtime global.
 *
 * @module
 */

/** OpenSSL and BoringSSL, rustls: the answer is no TLS. */
const PLAIN_ANSWER =
  /wrong.version.number|packet length too long|InvalidContentType|The TLS handshake failed/i;

/** Node and Bun, rustls: the server ended the connection instead of an answer. */
const NO_ANSWER =
  /disconnected before secure TLS|(tls handshake|unexpected|peer closed connection).*(eof|close_notify)/i;

/**
 * The text for an error of a TLS handshake with a server that speaks none; `undefined` for any other
 * error. `option` is the option that the user should leave out.
 */
export function tlsMismatch(detail: string, option: string): string | undefined {
  if (PLAIN_ANSWER.test(detail)) {
    return `the server does not speak TLS on this port: leave out '${option}', or use its TLS port`;
  }
  return NO_ANSWER.test(detail) ? tlsSilence("ended", option) : undefined;
}

/** The text for a TLS handshake that the server ended, or did not answer in time. */
export function tlsSilence(how: "ended" | "did not answer", option: string): string {
  return `the server ${how} the TLS handshake: if it speaks no TLS on this port, leave out '${option}'`;
}
