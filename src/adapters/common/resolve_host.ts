/**
 * Host name to address, once, for datagrams: by the system's resolver, an IPv4 address where the
 * name has one, as CPython's `DatagramHandler` (whose family is `AF_INET`).
 *
 * @module
 */
import { lookup } from "node:dns/promises";
import { showAddress } from "../../net/address.ts";
import type { DatagramAddress } from "../../net/connector.ts";
import { demandPermissions } from "../../net/deno_permission.ts";
import { abortedError, toConnectionError } from "../../net/native_error.ts";

/** A host name that was looked up. */
export interface ResolvedHost {
  /** The address itself. */
  address: string;
  /** 4 or 6. */
  family: number;
}

/** Resolves a name; aborting `signal` ends the wait. */
export async function resolveHost(
  hostname: string,
  signal: AbortSignal | undefined,
  doing: string,
): Promise<ResolvedHost> {
  if (signal?.aborted) throw abortedError(signal, doing);
  // Deno looks a name up only for a program that may connect to its ports, and an address without.
  if (!/^[\d.]+$|:/.test(hostname)) demandPermissions(doing, { name: "net", host: hostname });
  let giveUp = () => {};
  const aborted = new Promise<never>((_, reject) => {
    giveUp = () => reject(abortedError(signal as AbortSignal, doing));
    signal?.addEventListener("abort", giveUp, { once: true });
  });
  try {
    const found = await Promise.race([lookup(hostname, { all: true }), aborted]);
    return found.find(({ family }) => family === 4) ?? found[0] as ResolvedHost;
  } catch (error) {
    throw toConnectionError(error, doing);
  } finally {
    signal?.removeEventListener("abort", giveUp);
  }
}

/** Throws `denied` unless Deno permits a UDP socket that is bound to any port, and its peer. */
export function demandPeer(
  peer: Extract<DatagramAddress, { transport: "udp" }>,
  { address, family }: ResolvedHost,
  doing: string,
): void {
  const hosts = [
    { ...peer, hostname: family === 6 ? "::" : "0.0.0.0", port: 0 },
    { ...peer, hostname: address },
  ];
  const wanted = hosts.map((host) => ({ name: "net" as const, host: showAddress(host) }));
  demandPermissions(doing, ...wanted);
}
