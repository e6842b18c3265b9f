/**
 * The connector of the runtime that runs the program: Deno, Bun or Node. The first use loads it, by a
 * dynamic import; it can do what `./deno`, `./bun` or `./node` can do, and their pages say what that is.
 *
 * Name the one instead in a program that a bundler packs for one runtime, and in a worker, which has
 * `./cloudflare` alone.
 *
 * A failure is a {@linkcode ConnectionError}, whose `code` is the same word on every runtime;
 * `unsupported` means that the runtime has no such transport.
 *
 * **The level of logging.** `levelFromEnvironment()` returns the level that the variable
 * `LOGWIRE_LEVEL` names, else `LOG_LEVEL`, for `basicConfig({ level: levelFromEnvironment() ?? "INFO"
 * })`. A name that is no level is reported on stderr once, and counts as none. On Deno it needs
 * `--allow-env=LOGWIRE_LEVEL,LOG_LEVEL`, and never asks for it.
 *
 * @example Log to a server on this machine, and collect there
 * ```ts
 * import { getLogger, SocketHandler } from "jsr:@logwire/logging";
 * import { connector } from "jsr:@logwire/logging/auto";
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
import { hostName } from "./common/host_name.ts";
import { levelFromEnvironment } from "./common/level_from_environment.ts";
import { refuseWorker } from "./common/wrong_runtime.ts";

export { ConnectionError, exitNotifier, levelFromEnvironment };
export type { ConnectionErrorCode };

/** Streams and datagrams by the API of this runtime. */
export const connector: Connector & DatagramConnector & Acceptor & DatagramAcceptor = {
  connect: async (to, options) => await (await native()).connect(to, options),
  listen: async (at, options) => await (await native()).listen(at, options),
  openDatagram: async (peer, options) => await (await native()).openDatagram(peer, options),
  bindDatagram: async (at) => await (await native()).bindDatagram(at),
  // Handlers ask for it in their constructor, where nothing can be awaited.
  hostName,
  ...exitNotifier,
};

let loaded: typeof connector | undefined;

async function native(): Promise<typeof connector> {
  return loaded ??= await load();
}

async function load(): Promise<typeof connector> {
  refuseWorker("auto");
  if ("Deno" in globalThis) return (await import("./deno.ts")).connector;
  if ("Bun" in globalThis) return (await import("./bun.ts")).connector;
  const { process } = globalThis as { process?: { versions?: { node?: string } } };
  if (process?.versions?.node !== undefined) return (await import("./node.ts")).connector;
  throw new ConnectionError(
    "unsupported",
    "Cannot tell the runtime: it is none of Deno, Bun and Node; import its own connector",
  );
}
