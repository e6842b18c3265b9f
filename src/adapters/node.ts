/**
 * The connector of Node: TCP, TLS, Unix sockets and UDP, in both directions. Bun and Deno run it too, by
 * their own `node:net`; `./deno` says with figures when that is the better choice on Deno.
 *
 * **Permissions.** Under Node's permission model the network needs `--allow-net`, where Node has it.
 *
 * **Datagrams.** UDP is sent and received. Unix datagrams (`/dev/log`) need the npm package
 * `unix-dgram` beside this one (`npm install unix-dgram`; it builds native code, anew for each major
 * version of Node). Without it they are `unsupported`, as on Bun and Deno, whose own connectors have
 * them.
 *
 * **TLS.** `tls.ca`, `tls.cert`, `tls.key` and `tls.serverName` work, and a listener can demand a
 * client certificate. One that a TLS 1.3 server refuses shows after `connect`, in `closed`: the protocol
 * ends the client's handshake first.
 *
 * **Writing.** `bytesWritten` is a lower bound: Node keeps in memory what the kernel has not taken, and
 * says only when a whole write is through, so writes are cut into pieces of 256 KiB.
 *
 * **At the end of the program.** Records that were logged before the program returns, calls `process.exit()` or
 * ends by an uncaught error are written then, until the server leaves no room: one piece
 * counts as sent that Node may not have handed to the kernel. A signal that the program does not handle
 * ends it at once. All that is lost is counted, and said on stderr, but at such a signal.
 *
 * **The level of logging.** `levelFromEnvironment()` returns the level that the variable
 * `LOGWIRE_LEVEL` names, else `LOG_LEVEL`, for `basicConfig({ level: levelFromEnvironment() ?? "INFO"
 * })`. On Deno it needs `--allow-env=LOGWIRE_LEVEL,LOG_LEVEL`, and never asks for it.
 *
 * @example Log to a server on this machine, and collect there
 * ```ts
 * import { getLogger, SocketHandler } from "jsr:@logwire/logging";
 * import { connector } from "jsr:@logwire/logging/node";
 * import { LogRecordSocketReceiver } from "jsr:@logwire/logging/receiver";
 *
 * const receiver = new LogRecordSocketReceiver("127.0.0.1", 0, { acceptor: connector });
 * const messages: string[] = [];
 * receiver.handleLogRecord = (record) => void messages.push(record.getMessage());
 * await receiver.start();
 *
 * const { port } = receiver.address as { port: number };
 * const handler = new SocketHandler("127.0.0.1", port, { connector });
 * const log = getLogger("shop");
 * log.addHandler(handler);
 * log.warning("%d orders wait", 3);
 * await handler.close();
 *
 * await receiver.stop();
 * console.assert(messages[0] === "3 orders wait");
 * ```
 *
 * @module
 */
import { ConnectionError, type ConnectionErrorCode } from "../net/connection_error.ts";
import type { Acceptor, Connector, DatagramAcceptor, DatagramConnector } from "../net/connector.ts";
import { exitNotifier } from "../net/exit_hooks.ts";
import { checkedConnector } from "./common/checked_connector.ts";
import { hostName } from "./common/host_name.ts";
import { levelFromEnvironment } from "./common/level_from_environment.ts";
import { refuseWorker } from "./common/wrong_runtime.ts";
import { dialNode } from "./node/dial.ts";

export { ConnectionError, exitNotifier, levelFromEnvironment };
export type { ConnectionErrorCode };

/**
 * Streams and datagrams by Node's own modules. All but the dial is loaded when it is first used, since
 * most programs only dial.
 */
export const connector: Connector & DatagramConnector & Acceptor & DatagramAcceptor =
  checkedConnector({
    connect: async (to, { signal }, doing) => {
      refuseWorker("node");
      return await dialNode(to, signal, doing);
    },
    listen: async (at, _options, doing) =>
      await (await import("./node/listener.ts")).listenNode(at, doing),
    openDatagram: async (peer, options) =>
      peer.transport === "udp"
        ? await (await import("./node/datagram.ts")).openNodeDatagram(peer, options)
        : await (await import("./node/unixgram.ts")).openNodeUnixgram(peer, options),
    bindDatagram: async (at) =>
      at.transport === "udp"
        ? await (await import("./node/datagram.ts")).bindNodeDatagram(at)
        : await (await import("./node/unixgram.ts")).bindNodeUnixgram(at),
    hostName,
  });
