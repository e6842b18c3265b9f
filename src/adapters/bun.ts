/**
 * The connector of Bun, by its own sockets.
 *
 * Bun reports a TCP connect that timed out or had no route as refused. A client certificate that a
 * TLS 1.3 server refuses shows after `connect`, in `closed`: the protocol ends the client's
 * handshake first. Unix datagrams can be sent (by libc, on Linux and macOS) and not received.
 *
 * @example
 * ```ts
 * import { connector } from "jsr:@logwire/logging/bun";
 *
 * if ("Bun" in globalThis) {
 *   const listener = await connector.listen({ transport: "tcp", hostname: "127.0.0.1", port: 0 });
 *   const connection = await connector.connect(listener.address);
 *   await connection.write(new TextEncoder().encode("hello"));
 *   await listener.close();
 *   await connection.close();
 * }
 * ```
 *
 * @module
 */
import { ConnectionError, type ConnectionErrorCode } from "../net/connection_error.ts";
import type { Acceptor, Connector, DatagramAcceptor, DatagramConnector } from "../net/connector.ts";
import { exitNotifier } from "../net/exit_hooks.ts";
import { bindBunDatagram, openBunDatagram } from "./bun/datagram.ts";
import { dialBun } from "./bun/dial.ts";
import { listenBun } from "./bun/listener.ts";
import { bindBunUnixgram, openBunUnixgram } from "./bun/unixgram.ts";
import { checkedConnector } from "./common/checked_connector.ts";
import { hostName } from "./common/host_name.ts";

export { ConnectionError, exitNotifier };
export type { ConnectionErrorCode };

/** Streams and datagrams by Bun's own API. */
export const connector: Connector & DatagramConnector & Acceptor & DatagramAcceptor =
  checkedConnector({
    connect: (to, { signal }, doing) => dialBun(to, signal, doing),
    listen: async (at, _options, doing) => await listenBun(at, doing),
    openDatagram: (peer, options) =>
      peer.transport === "udp" ? openBunDatagram(peer, options) : openBunUnixgram(peer, options),
    bindDatagram: (at) => at.transport === "udp" ? bindBunDatagram(at) : bindBunUnixgram(at),
    hostName,
  });
