/**
 * The error of a client whose TLS handshake with a listener failed, by the texts of the runtimes.
 *
 * Pure: uses no runtime global.
 *
 * @module
 */
import { ConnectionError } from "./connection_error.ts";

/** The texts for the kinds of failure, and what TLS libraries say of each. */
const KINDS: readonly (readonly [said: RegExp, why: string])[] = [
  [
    /http.request|wrong.version.number|InvalidContentType|packet length too long/i,
    "it does not speak TLS: set 'tls' on the sender, or leave it out on the receiver",
  ],
  [
    /did.not.return.a.certificate|sent no certificate/i,
    "it shows no certificate, which the receiver's 'tls.ca' demands",
  ],
  [/alert/i, "it refuses the certificate of this receiver: does its 'tls.ca' hold the authority?"],
];

/** A client that ended the connection, as a check that a port is open does: that is no fault. */
const ENDED = /hang up|disconnected|unexpected end|\beof\b|reset|closed/i;

/** Returns the error for a failed handshake; `undefined` where the client only ended the connection. */
export function handshakeError(error: unknown, peer: string): ConnectionError | undefined {
  const { message = "", code = "" } = Object(error) as { message?: string; code?: string };
  const [, known] = KINDS.find(([said]) => said.test(`${message} ${code}`)) ?? [];
  if (known === undefined && (message === "" || ENDED.test(message))) return undefined;
  const why = known ?? `its TLS handshake failed: ${message.replace(/\s+/g, " ").trim()}`;
  return new ConnectionError("tls", `Dropped the client ${peer}: ${why}`, { cause: error });
}
