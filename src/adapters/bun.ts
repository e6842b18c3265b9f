/**
 * The connector of Bun: TCP, TLS, Unix sockets and UDP, in both directions, by Bun's own API.
 *
 * **Permissions.** Bun has none.
 *
 * **Datagrams.** UDP is sent and received. Unix datagrams are sent only, by libc through `bun:ffi`, on
 * Linux and macOS.
 *
 * **TLS.** `tls.ca`, `tls.cert`, `tls.key` and `tls.serverName` work, and a listener can demand a
 * client certificate. One that a TLS 1.3 server refuses shows after `connect`, in `closed`: the protocol
 * ends the client's handshake first.
 *
 * **Host names.** All addresses of a name are tried, IPv6 and IPv4. Bun remembers them for 30 seconds,
 * even if a dial fails: a server that moves to another address is found so much later. In the environment
 * `BUN_CONFIG_DNS_TIME_TO_LIVE_SECONDS=1` makes that a second. The connector of `./node` looks a name up
 * at each dial, on Bun too.
 *
 * **Errors.** Bun reports a TCP connect that timed out or had no route as `refused`.
 *
 * **At the end of the program.** Records that were logged before the program returns, calls `process.exit()` or
 * ends by an uncaught error are written then, while the server reads: for half a second at
 * most, and 25 ms after it took something last. A signal that the program does not handle ends it at
 * once. All that is lost is counted, and said on stderr, but at such a signal.
 *
 * **The level of logging.** `levelFromEnvironment()` returns the level that the variable
 * `LOGWIRE_LEVEL` names, else `LOG_LEVEL`, for `basicConfig({ level: levelFromEnvironment() ?? "INFO"
 * })`. A name that is no level is reported on stderr once, and counts as none.
 *
 * @example Log to a server on this machine, and collect there
 * ```ts
 * import { getLogger, SocketHandler } from "jsr:@logwire/logging";
 * import { connector } from "jsr:@logwire/logging/bun";
 * import { LogRecordSocketReceiver } from "jsr:@logwire/logging/receiver";
 *
 * if ("Bun" in globalThis) {
 *   const receiver = new LogRecordSocketReceiver("127.0.0.1", 0, { acceptor: connector });
 *   const messages: string[] = [];
 *   receiver.handleLogRecord = (record) => void messages.push(record.getMessage());
 *   await receiver.start();
 *
 *   const { port } = receiver.address as { port: number };
 *   const handler = new SocketHandler("127.0.0.1", port, { connector });
 *   const log = getLogger("shop");
 *   log.addHandler(handler);
 *   log.warning("%d orders wait", 3);
 *   await handler.close();
 *
 *   await receiver.stop();
 *   console.assert(messages[0] === "3 orders wait");
 * }
 * ```
 *
 * @module
 */
import { ConnectionError, type ConnectionErrorCode } from "../net/connection_error.ts";
import type { Acceptor, Connector, DatagramAcceptor, DatagramConnector } from "../net/connector.ts";
import { exitNotifier } from "../net/exit_hooks.ts";
import { dialBun } from "./bun/dial.ts";
import { checkedConnector } from "./common/checked_connector.ts";
import { hostName } from "./common/host_name.ts";
import { levelFromEnvironment } from "./common/level_from_environment.ts";

export { ConnectionError, exitNotifier, levelFromEnvironment };
export type { ConnectionErrorCode };

/**
 * Streams and datagrams by Bun's own API. All but the dial is loaded when it is first used, since most
 * programs only dial.
 */
export const connector: Connector & DatagramConnector & Acceptor & DatagramAcceptor =
  checkedConnector({
    connect: (to, { signal }, doing) => dialBun(to, signal, doing),
    listen: async (at, _options, doing) => (await import("./bun/listener.ts")).listenBun(at, doing),
    openDatagram: async (peer, options) =>
      peer.transport === "udp"
        ? await (await import("./bun/datagram.ts")).openBunDatagram(peer, options)
        : await (await import("./bun/unixgram.ts")).openBunUnixgram(peer, options),
    bindDatagram: async (at) =>
      at.transport === "udp"
        ? await (await import("./bun/datagram.ts")).bindBunDatagram(at)
        : await (await import("./bun/unixgram.ts")).bindBunUnixgram(at),
    hostName,
  });
