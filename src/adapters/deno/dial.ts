/**
 * Dials on Deno: `Deno.connect`, and Deno's own TLS.
 *
 * @module
 */
import { showAddress } from "../../net/address.ts";
import type { StreamAddress, StreamConnection, TlsOptions } from "../../net/connector.ts";
import { abortedError, connectionErrorCode, toConnectionError } from "../../net/native_error.ts";
import { type DenoConn, denoRuntime } from "./runtime.ts";
import { DenoStream } from "./_stream.ts";

/** Connects, TLS handshake included. */
export async function dialDeno(
  to: StreamAddress,
  signal: AbortSignal | undefined,
  doing: string,
): Promise<StreamConnection> {
  try {
    const conn = await open(to, signal, doing);
    conn.setNoDelay?.(true);
    conn.setKeepAlive?.(true);
    return new DenoStream(conn, showAddress(to), false);
  } catch (error) {
    throw signal?.aborted ? abortedError(signal, doing) : toConnectionError(error, doing);
  }
}

async function open(
  to: StreamAddress,
  signal: AbortSignal | undefined,
  doing: string,
): Promise<DenoConn> {
  if (to.transport === "unix") return await denoRuntime().connect({ ...to, signal });
  const { hostname, port, tls } = to;
  if (tls !== undefined) return await openTls(hostname, port, tls, doing);
  return await denoRuntime().connect({ hostname, port, signal });
}

/** Takes no signal: a handshake that is given up keeps its socket (`tls_handshake_defects.ts`). */
async function openTls(
  hostname: string,
  port: number,
  { ca, cert, key, serverName }: TlsOptions,
  doing: string,
): Promise<DenoConn> {
  const deno = denoRuntime();
  const trusted = ca && { caCerts: ca };
  let conn: DenoConn | undefined;
  try {
    if (serverName === undefined) {
      conn = await deno.connectTls({ hostname, port, ...trusted, ...(cert && { cert, key }) });
    } else {
      conn = await deno.connect({ hostname, port });
      conn = await deno.startTls(conn, { hostname: serverName, ...trusted });
    }
    await conn.handshake?.();
    return conn;
  } catch (error) {
    try {
      conn?.close();
    } catch {
      // startTls() has closed it.
    }
    const code = connectionErrorCode(error);
    throw toConnectionError(error, doing, conn || code === "other" ? "tls" : code);
  }
}
