/**
 * The one table from what runtimes report to {@linkcode ConnectionErrorCode}: `code` as Node, Bun
 * and partly Deno set it, else the class name that Deno gives.
 *
 * Pure: uses no runtime global.
 *
 * @module
 */
import { ConnectionError, type ConnectionErrorCode } from "./connection_error.ts";
import { tlsMismatch, tlsSilence } from "./tls_mismatch.ts";

const byCode: Record<string, ConnectionErrorCode> = {
  ECONNREFUSED: "refused",
  EPROTOTYPE: "refused",
  EHOSTUNREACH: "unreachable",
  ENETUNREACH: "unreachable",
  EHOSTDOWN: "unreachable",
  ENETDOWN: "unreachable",
  EADDRNOTAVAIL: "unreachable",
  ETIMEDOUT: "timeout",
  ECONNRESET: "reset",
  ECONNABORTED: "reset",
  EPIPE: "reset",
  ENOTCONN: "reset",
  ENOTFOUND: "not-found",
  EAI_AGAIN: "not-found",
  EAI_NONAME: "not-found",
  EAI_NODATA: "not-found",
  ENOENT: "not-found",
  EACCES: "denied",
  EPERM: "denied",
  ERR_ACCESS_DENIED: "denied",
  EMSGSIZE: "too-large",
};

const byName: Record<string, ConnectionErrorCode> = {
  ConnectionRefused: "refused",
  HostUnreachable: "unreachable",
  NetworkUnreachable: "unreachable",
  AddrNotAvailable: "unreachable",
  TimedOut: "timeout",
  ConnectionReset: "reset",
  ConnectionAborted: "reset",
  BrokenPipe: "reset",
  UnexpectedEof: "reset",
  NotFound: "not-found",
  InvalidData: "tls",
  NotCapable: "denied",
  PermissionDenied: "denied",
  BadResource: "closed",
  Interrupted: "closed",
};

// The names that OpenSSL and BoringSSL give their verification results and alerts.
const tlsCode =
  /^(ERR_TLS_|ERR_SSL_|ERR_BORINGSSL|ERR_OSSL_|CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH|PATH_LENGTH_|ERROR_IN_CERT|EPROTO$)/;

/** The code of an error of any runtime; `other` for what it does not know. */
export function connectionErrorCode(error: unknown): ConnectionErrorCode {
  if (error instanceof ConnectionError) return error.code;
  const { code, name, message } = (error ?? {}) as {
    code?: string;
    name?: string;
    message?: string;
  };
  const known = byCode[String(code)] ?? byName[String(name)];
  if (known !== undefined) return known;
  if (tlsCode.test(String(code))) return "tls";
  // Deno gives neither code nor class for a failed look-up.
  if (/failed to lookup address|Name or service not known/i.test(String(message))) {
    return "not-found";
  }
  return "other";
}

/** Wraps what a runtime threw; `doing` begins the message: `Cannot connect to 127.0.0.1:9020`. */
export function toConnectionError(
  error: unknown,
  doing: string,
  code: ConnectionErrorCode = connectionErrorCode(error),
): ConnectionError {
  if (error instanceof ConnectionError) return error;
  // Node gives an AggregateError without a message when every address of a name failed.
  const first = error instanceof AggregateError && error.errors.length > 0
    ? error.errors[0]
    : error;
  const detail = first instanceof Error ? first.message : String(first);
  const mismatch = tlsMismatch(detail, "tls");
  if (mismatch !== undefined) {
    return new ConnectionError("tls", `${doing}: ${mismatch}`, { cause: error });
  }
  return new ConnectionError(code, `${doing}: ${explain(detail, code)}`, { cause: error });
}

/** Adds what a runtime leaves out of its message. */
function explain(detail: string, code: ConnectionErrorCode): string {
  // Bun says the same of whatever went wrong.
  if (detail === "" || detail === "Failed to connect") return code;
  if (code !== "tls" || !/unable to (verify|get)|self[- ]signed|unknown ?issuer/i.test(detail)) {
    return detail;
  }
  return `${detail}; 'tls.ca' must hold the authority that signed it`;
}

/** The error of a wait that its signal ended: `timeout` for a `TimeoutError`, else `closed`. */
export function abortedError(signal: AbortSignal, doing: string): ConnectionError {
  const reason: unknown = signal.reason;
  const timedOut = (reason as { name?: string } | null)?.name === "TimeoutError";
  return new ConnectionError(
    timedOut ? "timeout" : "closed",
    timedOut ? `${doing}: no answer in time` : `${doing}: given up`,
    { cause: reason },
  );
}

/** The error of a TLS handshake that the peer does not answer until its signal ends the wait. */
export function unansweredHandshake(signal: AbortSignal, doing: string): ConnectionError {
  const { code, cause } = abortedError(signal, doing);
  const why = code === "timeout" ? tlsSilence("did not answer", "tls") : "given up";
  return new ConnectionError(code, `${doing}: ${why}`, { cause });
}

/** The error of a connection that the peer closed before it was ready. */
export function closedEarly(isTls: boolean, doing: string): ConnectionError {
  return isTls
    ? new ConnectionError("tls", `${doing}: ${tlsSilence("ended", "tls")}`)
    : new ConnectionError("reset", `${doing}: the peer closed`);
}
