/**
 * The part of `cloudflare:sockets` that the adapter uses, declared here so that the module type-checks on
 * every runtime.
 *
 * @module
 */

/** `Socket` of `cloudflare:sockets`, as far as it is used. */
export interface WorkerSocket {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
  readonly opened: Promise<unknown>;
  readonly closed: Promise<void>;
  close(): Promise<void>;
  startTls(options: { expectedServerHostname: string }): WorkerSocket;
}

/** `connect` of `cloudflare:sockets`, as far as it is used. */
export type WorkerConnect = (
  address: { hostname: string; port: number },
  options: { secureTransport: "off" | "starttls"; allowHalfOpen: boolean },
) => WorkerSocket;
