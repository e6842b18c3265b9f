/**
 * The connector of Cloudflare Workers and workerd, by `cloudflare:sockets`: TCP and TLS, outward.
 * Needs no compatibility flag.
 *
 * A socket is of use to the request alone that opened it. So handlers connect per flush unless they are
 * told otherwise, and `withFlush` or `flushAfter` of `@logwire/logging` flushes them behind each
 * response. `connection: "persistent"` is for an object that lives on, as a Durable Object may.
 *
 * Workers do not say why a connection could not be made: that is `other`, whether nobody listens, the
 * name does not exist or the certificate is bad. In production they connect to no private address
 * and not to port 25. What a write that is cut off has left goes with the request.
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
import { connect } from "cloudflare:sockets";
import { showAddress } from "../net/address.ts";
import { ConnectionError, type ConnectionErrorCode } from "../net/connection_error.ts";
import type { Connector, StreamConnection } from "../net/connector.ts";
import { abortedError } from "../net/native_error.ts";
import { checkSupported, type HostAddress } from "./cloudflare/address.ts";
import { connectionFailed } from "./cloudflare/plain_errors.ts";
import type { WorkerConnect, WorkerSocket } from "./cloudflare/runtime.ts";
import { CloudflareStream } from "./cloudflare/stream.ts";

export { ConnectionError };
export type { ConnectionErrorCode };

const connectSocket: WorkerConnect = connect;

const ignore = () => {};

/** Streams by `cloudflare:sockets`; each is of use to the request alone that opened it. */
export const connector: Connector = {
  connection: "per-flush",
  async connect(to, { signal } = {}) {
    const doing = `Cannot connect to ${showAddress(to)}`;
    checkSupported(to, doing);
    if (signal?.aborted) throw abortedError(signal, doing);
    return await dial(to, signal, doing);
  },
};

async function dial(
  to: HostAddress,
  signal: AbortSignal | undefined,
  doing: string,
): Promise<StreamConnection> {
  const { hostname, port, tls } = to;
  const address = { hostname: hostname.includes(":") ? `[${hostname}]` : hostname, port };
  const secureTransport = tls === undefined ? "off" : "starttls";
  let socket: WorkerSocket;
  try {
    socket = connectSocket(address, { secureTransport, allowHalfOpen: true });
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

/** The socket once it is open, with the server's certificate checked for `serverName` if it is given. */
async function opened(
  socket: WorkerSocket,
  serverName: string | undefined,
  doing: string,
): Promise<WorkerSocket> {
  await socket.opened;
  if (serverName === undefined) return socket;
  // Not by "on": that shows the peer's end as a failure, and takes no name.
  const secure = socket.startTls({ expectedServerHostname: serverName });
  secure.closed.catch(ignore);
  try {
    await secure.opened;
  } catch (error) {
    throw connectionFailed(error, doing, "tls");
  }
  return secure;
}
