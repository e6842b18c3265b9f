/**
 * The error of a mail server that could not be reached or understood: on one line, with what to do. The
 * answer of a server to a mail or a login stays as it is.
 *
 * @module
 */
import { toConnectionError } from "../net/native_error.ts";
import { tlsMismatch } from "../net/tls_mismatch.ts";

/** The part of a server that its errors name. */
export interface MailServer {
  host: string;
  port: number;
  /** When TLS begins. */
  encryption: "implicit" | "starttls" | "none";
}

/** The codes that nodemailer gives to a connection that failed. */
const CONNECTION_CODES: readonly unknown[] = [
  "ECONNECTION",
  "ESOCKET",
  "ETIMEDOUT",
  "EDNS",
  "ETLS",
];

/** A server that waits for a TLS handshake greets nobody. */
const NO_GREETING = /greeting never received|^timeout$/i;

/** Puts an error of nodemailer's connection into words, with its code; returns any other as it is. */
export function mailError(error: unknown, server: MailServer): unknown {
  const { code, message } = Object(error) as { code?: unknown; message?: unknown };
  if (!CONNECTION_CODES.includes(code)) return error;
  const doing = `Cannot send a mail through ${server.host}:${server.port}`;
  const why = whyOf(String(message), server);
  const text = why === undefined
    ? toConnectionError(error, doing, "other").message
    : `${doing}: ${why}`;
  return Object.assign(new Error(text, { cause: error }), { code });
}

function whyOf(said: string, { encryption }: MailServer): string | undefined {
  const isImplicit = encryption === "implicit";
  const mismatch = tlsMismatch(said, isImplicit ? "implicitTls" : "secure");
  if (mismatch !== undefined || isImplicit || !NO_GREETING.test(said)) return mismatch;
  const advice = "if it speaks TLS from the first byte, as port 465 does, set 'implicitTls'";
  return `the server did not greet in time: ${advice}`;
}
