/**
 * The connector of Cloudflare Workers and workerd, by `cloudflare:sockets`: TCP and TLS, outward. It
 * needs no compatibility flag. On another runtime the module loads too, and each dial is `unsupported`:
 * a flush or `shutdown()` reports that. Without them there is no dial, and the records are lost unseen.
 *
 * **Connections.** A socket belongs to the request that opened it. So handlers connect for each flush
 * unless `connection: "persistent"` is set, and `withFlush` or `flushAfter` of `@logwire/logging` flushes
 * them behind each response. A persistent connection is for an object that lives on, as a Durable Object
 * may. In production workers connect to no private address and not to port 25.
 *
 * **TLS.** Workers trust the authorities of their runtime and present no certificate: `tls.serverName`
 * works; `tls.ca`, `tls.cert` and `tls.key` are `unsupported`, and so are Unix sockets and datagrams.
 * Where you run workerd yourself, its option `trustedCertificates` adds authorities.
 *
 * **Errors.** Workers do not say why a connection failed: the code is `other`, whether the server
 * refuses it or its name does not exist; of a TLS handshake that failed it is `tls`, whether the server
 * speaks no TLS or its certificate is bad.
 *
 * **At the end of a request.** The request takes with it what a write has left that is cut off. Records
 * that are queued wait for the next flush.
 *
 * **The level of logging.** A worker gets its variables with each request: call
 * `getLogger().setLevel(env.LOG_LEVEL ?? "INFO")` first in `fetch(request, env)`, or at the top of the
 * module with `env` of `cloudflare:workers`. A name that is no level throws a `RangeError`.
 *
 * @example A whole worker
 * ```ts ignore
 * import { getLogger, SocketHandler, withFlush } from "jsr:@logwire/logging";
 * import { connector } from "jsr:@logwire/logging/cloudflare";
 *
 * const handler = new SocketHandler("logs.example.com", 9020, {
 *   connector,
 *   whileDisconnected: "queue",
 * });
 * getLogger().addHandler(handler);
 *
 * export default withFlush({
 *   fetch(request: Request): Response {
 *     getLogger("worker").warning("%s %s", request.method, request.url);
 *     return new Response("hello");
 *   },
 * }, handler);
 * ```
 *
 * @module
 */
import { showAddress } from "../net/address.ts";
import { ConnectionError, type ConnectionErrorCode } from "../net/connection_error.ts";
import type { Connector, StreamConnection } from "../net/connector.ts";
import { abortedError } from "../net/native_error.ts";
import { checkSupported, type WorkerAddress } from "./cloudflare/address.ts";
import { connectionFailed } from "./cloudflare/plain_errors.ts";
import type { WorkerConnect, WorkerSocket } from "./cloudflare/runtime.ts";
import { CloudflareStream } from "./cloudflare/stream.ts";

export { ConnectionError };
export type { ConnectionErrorCode };

let connectSocket: WorkerConnect | undefined;

/** Loads it with the first connection: a static import fails on other runtimes, and does not say why. */
async function loadConnect(): Promise<WorkerConnect> {
  try {
    return (await import("cloudflare:sockets")).connect;
  } catch {
    throw new ConnectionError(
      "unsupported",
      "the connector of ./cloudflare works in workers alone: import that of ./auto",
    );
  }
}

const ignore = () => {};

/** Streams by `cloudflare:sockets`; each belongs to the request that opened it. */
export const connector: Connector = {
  connection: "per-flush",
  async connect(to, { signal } = {}) {
    const doing = `Cannot connect to ${showAddress(to)}`;
    checkSupported(to, doing);
    if (signal?.aborted) throw abortedError(signal, doing);
    connectSocket ??= await loadConnect();
    return await dial(to, connectSocket, signal, doing);
  },
};

async function dial(
  to: WorkerAddress,
  connect: WorkerConnect,
  signal: AbortSignal | undefined,
  doing: string,
): Promise<StreamConnection> {
  const { hostname, port, tls } = to;
  const address = { hostname: hostname.includes(":") ? `[${hostname}]` : hostname, port };
  const secureTransport = tls === undefined ? "off" : "starttls";
  let socket: WorkerSocket;
  try {
    socket = connect(address, { secureTransport, allowHalfOpen: true });
  } catch (error) {
    throw connectionFailed(error, doing, "other");
  }
  socket.closed.catch(ignore);
  return await new Promise((resolve, reject) => {
    const onAbort = () => reject(abortedError(signal as AbortSignal, doing));
    signal?.addEventListener("abort", onAbort);
    opened(socket, tls && (tls.serverName ?? hostname), doing).then((ready) => {
      if (signal?.aborted) {
        // Only now: close() on a connect that does not open hangs.
        ready.readable.cancel().catch(ignore);
        return void ready.close().catch(ignore);
      }
      resolve(new CloudflareStream(ready, showAddress(to)));
    }).catch((error) => reject(connectionFailed(error, doing, "other"))).finally(() => {
      signal?.removeEventListener("abort", onAbort);
    });
  });
}

/** Resolves when the socket is open; with TLS, for a certificate of `serverName`. */
async function opened(
  socket: WorkerSocket,
  serverName: string | undefined,
  doing: string,
): Promise<WorkerSocket> {
  await socket.opened;
  if (serverName === undefined) return socket;
  // `secureTransport: "on"` takes no name, and shows the peer's end as a failure.
  const secure = socket.startTls({ expectedServerHostname: serverName });
  secure.closed.catch(ignore);
  try {
    await secure.opened;
  } catch (error) {
    // workerd says "internal error", whatever it is.
    const message = `${doing}: no TLS there, or no trusted certificate for ${serverName}`;
    throw new ConnectionError("tls", message, { cause: error });
  }
  return secure;
}
