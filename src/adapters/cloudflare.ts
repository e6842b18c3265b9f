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
import { ConnectionError, type ConnectionErrorCode } from "../net/connection_error.ts";
import type { Connector, StreamAddress, StreamConnection } from "../net/connector.ts";
import { checkAddress, showAddress } from "../net/address.ts";
import { abortedError } from "../net/native_error.ts";
import { SocketStream } from "../net/socket_stream.ts";
import { checkServerName } from "./common/tls_options.ts";

export { ConnectionError };
export type { ConnectionErrorCode };

/**
 * What one write hands over: a batch of frames whole, so that a reader meets no cut frame. It is a
 * copy: a write under way can be neither taken back nor stopped, and the caller may use its bytes
 * again once the connection is closed.
 */
const PIECE_BYTES = 128 * 1024;

/** `Socket` of `cloudflare:sockets`, as far as it is used. */
interface WorkerSocket {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
  readonly opened: Promise<unknown>;
  readonly closed: Promise<void>;
  close(): Promise<void>;
  startTls(options: { expectedServerHostname: string }): WorkerSocket;
}

/** `connect` of `cloudflare:sockets`, as far as it is used. */
type WorkerConnect = (
  address: { hostname: string; port: number },
  options: { secureTransport: "off" | "starttls"; allowHalfOpen: boolean },
) => WorkerSocket;

type HostAddress = Extract<StreamAddress, { hostname: string }>;

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

class CloudflareStream extends SocketStream {
  readonly #socket: WorkerSocket;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  /** Rejects when the socket is let go of: a write that waits would do so for ever. */
  readonly #released: Promise<never>;
  #cut: () => void = ignore;
  #written = 0;
  #resume: () => void = ignore;

  constructor(socket: WorkerSocket, peer: string) {
    super(peer, false, lost);
    this.#socket = socket;
    this.#reader = socket.readable.getReader();
    this.#writer = socket.writable.getWriter();
    const released = new ConnectionError("closed", `Cannot write to ${peer}: closed on this side`);
    this.#released = new Promise((_, reject) => this.#cut = () => reject(released));
    for (const over of [socket.closed, this.#reader.closed, this.#writer.closed, this.#released]) {
      over.catch(ignore);
    }
    this.#read();
  }

  async #read(): Promise<void> {
    try {
      for (;;) {
        const { value } = await this.#reader.read();
        if (value === undefined) return this.ended();
        const room = new Promise<void>((resolve) => this.#resume = resolve);
        if (!this.arrived(value)) await room;
      }
    } catch (error) {
      this.ended(error);
    }
  }

  get bytesWritten(): number {
    return this.#written;
  }

  protected override async writeAll(bytes: Uint8Array): Promise<void> {
    for (let start = 0; start < bytes.length; start += PIECE_BYTES) {
      const piece = bytes.slice(start, start + PIECE_BYTES);
      await Promise.race([this.#writer.write(piece), this.#released]);
      this.#written += piece.length;
    }
  }

  protected override halfClose(): Promise<void> {
    return this.#writer.close();
  }

  protected override release(): void {
    this.#cut();
    this.#reader.cancel().catch(ignore);
    // Not awaited: behind a write that waits it waits too. An abort() would send no FIN.
    this.#socket.close().catch(ignore);
  }

  protected override resumeReading(): void {
    this.#resume();
  }
}

/** What a broken connection is: workerd says so in words alone. */
function lost(error: unknown, doing: string): ConnectionError {
  const isReset = /connection lost|disconnected/i.test(String(error));
  return failed(error, doing, isReset ? "reset" : "other");
}

function failed(error: unknown, doing: string, code: ConnectionErrorCode): ConnectionError {
  if (error instanceof ConnectionError) return error;
  const detail = error instanceof Error ? error.message : String(error);
  return new ConnectionError(code, `${doing}: ${detail}`, { cause: error });
}

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
    throw failed(error, doing, "other");
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
    }).catch((error) => reject(failed(error, doing, "other"))).finally(() => {
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
    throw failed(error, doing, "tls");
  }
  return secure;
}

/** Throws for an address that a worker cannot connect to. */
function checkSupported(to: StreamAddress, doing: string): asserts to is HostAddress {
  checkAddress(to, doing);
  if (to.transport === "unix") {
    throw new ConnectionError("unsupported", `${doing}: workers have no Unix sockets; use tcp`);
  }
  const own = (["ca", "cert", "key"] as const).find((name) => to.tls?.[name] !== undefined);
  if (own !== undefined) {
    const instead = own === "ca"
      ? "they trust the authorities of their runtime ('trustedCertificates' in workerd's own config)"
      : "they present no certificate on a socket";
    const message = `${doing}: workers take no 'tls.${own}'; ${instead}`;
    throw new ConnectionError("unsupported", message);
  }
  checkServerName(to.tls?.serverName, doing);
}
