/**
 * The connector of Deno: listeners by its own sockets, connections by `node:net` and `node:tls`.
 *
 * A write of Deno's own tells only a turn later how much the kernel took, so a burst would have to be
 * held whole in memory; one of `node:net` leaves within the burst, at twice the rate. Deno's own TLS
 * keeps the socket of a handshake that was given up, and takes no server name beside a client
 * certificate.
 *
 * TCP needs `--allow-net=host:port` and nothing else. UDP needs the bind address as well
 * (`--allow-net=host:port,0.0.0.0:0`) and, for a host name, the bare name. Without `--unstable-net`
 * UDP goes through `node:dgram`, where a socket that was opened for a peer never holds the process
 * open; with it there are Unix datagrams too. A Unix socket needs `--allow-read`, `--allow-write` and
 * `--allow-net=unix:` with its path; Unix datagrams need the whole `--allow-net`, since their own end
 * has an address of its own.
 *
 * Listeners that demand a client certificate, which Deno's own cannot, go through `node:tls`. Of such
 * a listener's connection Deno loses the peer's end if it comes while the reader is behind; give its
 * receiver an idle time-out.
 *
 * @example
 * ```ts
 * import { connector } from "jsr:@logwire/logging/deno";
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
import { bindDenoDatagram, openDenoDatagram } from "./deno/datagram.ts";
import { dialDeno } from "./deno/dial.ts";
import { listenDeno } from "./deno/listener.ts";
import { denoHostName } from "./deno/runtime.ts";
import { isDialDefective, isListenDefective, nodeConnector } from "./deno/tls_handshake_defects.ts";

export { ConnectionError, exitNotifier };
export type { ConnectionErrorCode };

/** Streams and datagrams by Deno's own API. */
export const connector: Connector & DatagramConnector & Acceptor & DatagramAcceptor =
  checkedConnector({
    async connect(to, options, doing) {
      if (to.transport === "tcp" && isDialDefective(to.tls, options)) {
        return await (await nodeConnector(to, doing)).connect(to, options);
      }
      return await dialDeno(to, options.signal, doing);
    },
    async listen(at, options, doing) {
      if (at.transport === "tcp" && isListenDefective(at.tls)) {
        return await (await nodeConnector(at, doing)).listen(at, options);
      }
      return listenDeno(at, doing);
    },
    openDatagram: openDenoDatagram,
    bindDatagram: bindDenoDatagram,
    hostName: denoHostName,
  });
