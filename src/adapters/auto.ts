/**
 * The connector of the runtime that runs this: Deno, Bun or Node. It is looked up at the first use,
 * by a dynamic import; a program that a bundler packs for one runtime had better name the one.
 *
 * @example
 * ```ts
 * import { connector } from "jsr:@logwire/logging/auto";
 *
 * const listener = await connector.listen({ transport: "tcp", hostname: "127.0.0.1", port: 0 });
 * const connection = await connector.connect(listener.address);
 * await connection.write(new TextEncoder().encode("hello"));
 * await listener.close();
 * await connection.close();
 * ```
 *
 * @module
 */
import { ConnectionError, type ConnectionErrorCode } from "../net/connection_error.ts";
import type { Acceptor, Connector, DatagramAcceptor, DatagramConnector } from "../net/connector.ts";
import { exitNotifier } from "../net/exit_hooks.ts";
import { hostName } from "./common/host_name.ts";

export { ConnectionError, exitNotifier };
export type { ConnectionErrorCode };

/** Streams and datagrams by whatever this runtime has. */
export const connector: Connector & DatagramConnector & Acceptor & DatagramAcceptor = {
  connect: async (to, options) => await (await native()).connect(to, options),
  listen: async (at, options) => await (await native()).listen(at, options),
  openDatagram: async (peer, options) => await (await native()).openDatagram(peer, options),
  bindDatagram: async (at) => await (await native()).bindDatagram(at),
  // Asked before anything has been awaited.
  hostName,
  ...exitNotifier,
};

let loaded: typeof connector | undefined;

async function native(): Promise<typeof connector> {
  return loaded ??= await load();
}

async function load(): Promise<typeof connector> {
  if ("Deno" in globalThis) return (await import("./deno.ts")).connector;
  if ("Bun" in globalThis) return (await import("./bun.ts")).connector;
  const { process } = globalThis as { process?: { versions?: { node?: string } } };
  if (process?.versions?.node !== undefined) return (await import("./node.ts")).connector;
  throw new ConnectionError(
    "unsupported",
    "Cannot tell the runtime: it is none of Deno, Bun and Node; import its own connector",
  );
}
