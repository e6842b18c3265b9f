/**
 * The one error of every connector. An adapter translates what its runtime reports into one of
 * these codes and keeps the runtime's own error as `cause`.
 *
 * Browser compatible: imports nothing, uses no runtime global.
 *
 * @module
 */

/**
 * Why a connection could not be made or used.
 *
 * - `refused`: nothing listens there (ECONNREFUSED)
 * - `unreachable`: no route to the host or network (EHOSTUNREACH, ENETUNREACH)
 * - `timeout`: no answer in time, or the given `signal` was aborted with a `TimeoutError`
 * - `reset`: the peer dropped the connection (ECONNRESET, EPIPE)
 * - `closed`: the connection, or the whole connector, was closed on this side, or by an abort
 * - `not-found`: no such host name, or no such Unix socket path (ENOTFOUND, ENOENT)
 * - `denied`: the operating system or the runtime's permissions forbid it (EACCES, EPERM)
 * - `too-large`: a datagram larger than its transport allows (EMSGSIZE)
 * - `tls`: the TLS handshake failed: certificate, name or protocol
 * - `unsupported`: this runtime has no such transport
 * - `other`: anything else; see `cause`
 */
export type ConnectionErrorCode =
  | "refused"
  | "unreachable"
  | "timeout"
  | "reset"
  | "closed"
  | "not-found"
  | "denied"
  | "too-large"
  | "tls"
  | "unsupported"
  | "other";

/**
 * A connection that could not be made, or that broke.
 *
 * @example
 * ```ts
 * import { ConnectionError } from "jsr:@logwire/logging";
 *
 * const error = new ConnectionError("refused", "Cannot connect to 127.0.0.1:9020: refused");
 * console.assert(error.code === "refused");
 * ```
 */
export class ConnectionError extends Error {
  /** The kind of failure, the same word on every runtime. */
  readonly code: ConnectionErrorCode;

  /** Makes an error; `options.cause` is the runtime's own error. */
  constructor(code: ConnectionErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ConnectionError";
    this.code = code;
  }
}
