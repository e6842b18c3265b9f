/**
 * TLS by `node:tls` where Deno's own falls short. Delete this file when Deno's can do without it:
 *
 * - A handshake that is given up keeps its socket until the peer ends it, so a dial that a signal can
 *   end would leave one behind each time that a server accepts and then says nothing.
 * - A connection takes no server name beside a client certificate.
 * - A listener demands no client certificate.
 *
 * @module
 */
import type { Acceptor, Connector, TlsOptions, WaitOptions } from "../../net/connector.ts";

/** Returns true if Deno's own TLS cannot dial so. */
export function isDialDefective(tls: TlsOptions | undefined, { signal }: WaitOptions): boolean {
  if (tls === undefined) return false;
  return signal !== undefined || (tls.cert !== undefined && tls.serverName !== undefined);
}

/** Returns true if Deno's own TLS cannot listen so. */
export function isListenDefective(tls: TlsOptions | undefined): boolean {
  return tls?.ca !== undefined;
}

/** Loads the connector over `node:tls`. */
export async function nodeConnector(): Promise<Connector & Acceptor> {
  return (await import("../node.ts")).connector;
}
