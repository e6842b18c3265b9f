/**
 * The connector of Node; Bun and Deno run it too, by their own `node:net`.
 *
 * `bytesWritten` is a lower bound: Node keeps in memory what the kernel has not taken, and says only
 * when a whole write is through, so writes are cut into pieces. A client certificate that a TLS 1.3
 * server refuses shows after `connect`, in `closed`: the protocol ends the client's handshake first.
 *
 * Unix datagrams (`/dev/log`) need the npm package `unix-dgram` beside this one (`npm install
 * unix-dgram`; it builds native code, anew for each major version of Node) and are `unsupported`
 * without it, and on Bun and Deno, whose own connectors have them.
 *
 * @example
 * ```ts
 * import { connector } from "jsr:@logwire/logging/node";
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
import { checkedConnector } from "./common/checked_connector.ts";
import { hostName } from "./common/host_name.ts";
import { bindNodeDatagram, openNodeDatagram } from "./node/datagram.ts";
import { dialNode } from "./node/dial.ts";
import { listenNode } from "./node/listener.ts";
import { bindNodeUnixgram, openNodeUnixgram } from "./node/unixgram.ts";

export { ConnectionError, exitNotifier };
export type { ConnectionErrorCode };

/** Streams and datagrams by Node's own modules. */
export const connector: Connector & DatagramConnector & Acceptor & DatagramAcceptor =
  checkedConnector({
    connect: (to, { signal }, doing) => dialNode(to, signal, doing),
    listen: (at, _options, doing) => listenNode(at, doing),
    openDatagram: (peer, options) =>
      peer.transport === "udp" ? openNodeDatagram(peer, options) : openNodeUnixgram(peer, options),
    bindDatagram: (at) => at.transport === "udp" ? bindNodeDatagram(at) : bindNodeUnixgram(at),
    hostName,
  });
