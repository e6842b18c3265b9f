/**
 * The connector of Deno: TCP, TLS, Unix sockets and UDP, in both directions, by Deno's own API.
 *
 * **Permissions.** TCP and TLS need `--allow-net=host:port` and nothing else. UDP needs the bind address
 * as well (`--allow-net=host:port,0.0.0.0:0`) and, for a host name, the bare name. A Unix socket needs
 * `--allow-read`, `--allow-write` and `--allow-net=unix:` with its path. Where a permission lacks, the
 * dial fails with `denied` and names the flag. Nothing here prompts, on a terminal either: a program
 * that logs must not stop at a question.
 *
 * **Datagrams.** Deno has UDP and Unix datagrams of its own only with `--unstable-net`; Unix datagrams
 * then need the whole `--allow-net`, since their own end has an address too. Without that flag UDP goes
 * through `node:dgram`, where a socket that was opened for a peer never holds the process open.
 *
 * **TLS.** `tls.ca`, `tls.cert`, `tls.key` and `tls.serverName` work. Two defects of Deno's own TLS send
 * a dial through `node:tls`, which loads only then: Deno keeps the socket of a handshake that is given
 * up, so every dial with a signal goes that way, those of handlers included; and it takes no server name
 * beside a client certificate. A listener that demands a client certificate goes through `node:tls`
 * too. If the peer's end comes to such a listener while the reader is behind, Deno loses it; give the
 * receiver an idle time-out.
 *
 * **Speed, and when to take `./node` instead.** `./node` runs on Deno too. Records a second over
 * `./deno` for each one over `./node`, and the CPU time of a record, measured on Deno 2.9 by
 * `node bench/run.mjs --only=sockets`:
 *
 * | | `./deno` / `./node` | CPU µs, `./deno` | CPU µs, `./node` |
 * | --- | --- | --- | --- |
 * | 1 record a turn | 1.3 | 7.8 | 9.1 |
 * | 8 records a turn | 1.1 | 1.3 | 1.3 |
 * | 64 records a turn | 1.0 | 0.36 | 0.39 |
 * | 100,000 records in one turn | 0.5 | 0.93 | 0.51 |
 *
 * Deno says only a turn later how much a write took, so what one turn logs beyond 64 KiB waits in the
 * queue of the handler. Take `./node` for a program that logs more than `maxQueuedBytes` (64 MiB, some
 * 120,000 records) in one turn, and for one that must end within seconds although its server has stopped
 * reading: a write that waits holds a Deno program open (https://github.com/denoland/deno/pull/17170)
 * until `writeTimeoutMs` is over, and so does the next write, on a new connection.
 *
 * **At the end of the program.** Records that arrive whole when a program logs 1,000, 20,000 or 100,000
 * records in one turn and then ends, with a server that reads:
 *
 * | the program | over `./deno` | over `./node`, on Deno |
 * | --- | --- | --- |
 * | returns | all | all |
 * | calls `Deno.exit()` or `process.exit()` | all; takes up to half a second | 1,000; 14,000 to 20,000; 30,000 to 100,000 |
 * | ends by an uncaught error | 1,000; then about 8,000 to 16,000 | 1,000; 20,000; 18,000 to 54,000 |
 * | is killed by a signal that it does not handle | what earlier turns logged, and 64 KiB | what earlier turns logged, and 64 KiB at least |
 *
 * For a server that reads nothing the kernel takes some 4 MB, which are 8,000 records. All
 * that is lost is counted, and said on stderr, but at a signal, where no code runs: handle it and call
 * `Deno.exit()`. Of a Unix socket, and on Windows, Deno does not say in time what the kernel took: all is
 * handed over, and 64 KiB at most count as sent.
 *
 * A silent peer that is gone is noticed after the system's own keep-alive time (two hours on Linux) if
 * nothing is sent to it: Deno takes no other.
 *
 * **The level of logging.** `levelFromEnvironment()` returns the level that the variable
 * `LOGWIRE_LEVEL` names, else `LOG_LEVEL`, for `basicConfig({ level: levelFromEnvironment() ?? "INFO"
 * })`. It needs `--allow-env=LOGWIRE_LEVEL,LOG_LEVEL`, and never asks for it: without it no level is
 * named.
 *
 * @example Log to a server on this machine, and collect there
 * ```ts
 * import { getLogger, SocketHandler } from "jsr:@logwire/logging";
 * import { connector } from "jsr:@logwire/logging/deno";
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
import { levelFromEnvironment } from "./common/level_from_environment.ts";
import { dialDeno } from "./deno/dial.ts";
import { denoHostName } from "./deno/runtime.ts";
import { isDialDefective, isListenDefective, nodeConnector } from "./deno/tls_handshake_defects.ts";

export { ConnectionError, exitNotifier, levelFromEnvironment };
export type { ConnectionErrorCode };

/**
 * Streams and datagrams by Deno's own API. All but the dial is loaded when it is first used, since most
 * programs only dial.
 */
export const connector: Connector & DatagramConnector & Acceptor & DatagramAcceptor =
  checkedConnector({
    async connect(to, options, doing) {
      if (to.transport === "tcp" && isDialDefective(to.tls, options)) {
        return await (await nodeConnector()).connect(to, options);
      }
      return await dialDeno(to, options.signal, doing);
    },
    async listen(at, options, doing) {
      if (at.transport === "tcp" && isListenDefective(at.tls)) {
        return await (await nodeConnector()).listen(at, options);
      }
      return (await import("./deno/listener.ts")).listenDeno(at, doing);
    },
    openDatagram: async (peer, options) =>
      await (await import("./deno/datagram.ts")).openDenoDatagram(peer, options),
    bindDatagram: async (at) => await (await import("./deno/datagram.ts")).bindDenoDatagram(at),
    hostName: denoHostName,
  });
