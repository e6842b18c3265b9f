/**
 * Host name to address, once, for datagrams: by the system's resolver, an IPv4 address where the
 * name has one, as CPython's `DatagramHandler` (whose family is `AF_INET`).
 *
 * @module
 */
import { lookup } from "node:dns/promises";
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
