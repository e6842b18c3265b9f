/**
 * The connector of Cloudflare Workers and workerd, by `cloudflare:sockets`: TCP and TLS, outward.
 * Needs no compatibility flag.
 *
 * A socket is of use to the request alone that opened it: give a handler `connection: "per-flush"`,
 * and `withFlush` or `flushAfter` of `@logwire/logging` flushes it behind each response.
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
 *   connection: "per-flush",
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
import { checkStream } from "./checked_connector.ts";
import { abortedError, codeOf, show, toConnectionError } from "./native_error.ts";
import { SocketStream } from "./socket_stream.ts";

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

const connectSocket: WorkerConnect = connect;

const ignore = () => {};

/** Streams by `cloudflare:sockets`; each is of use to the request alone that opened it. */
export const connector: Connector = {
  async connect(to, options = {}) {
    const doing = `Cannot connect to ${show(to)}`;
    checkStream(to, options, doing, "client");
    return await dial(to, options.signal, doing);
  },
};

class CloudflareStream extends SocketStream {
  readonly #peer: string;
  readonly #socket: WorkerSocket;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  /** Rejects when the socket is let go of: a write that waits would do so for ever. */
  readonly #released: Promise<never>;
  #cut: () => void = ignore;
  #written = 0;
  #resume: () => void = ignore;

  constructor(socket: WorkerSocket, peer: string) {
    super(peer, false);
    this.#peer = peer;
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
      this.ended(lost(error, `Lost ${this.#peer}`));
    }
  }

  get bytesWritten(): number {
    return this.#written;
  }

  protected override async writeAll(bytes: Uint8Array): Promise<void> {
    for (let start = 0; start < bytes.length; start += PIECE_BYTES) {
      const piece = bytes.slice(start, start + PIECE_BYTES);
      await Promise.race([this.#write(piece), this.#released]);
      this.#written += piece.length;
    }
  }

  async #write(piece: Uint8Array): Promise<void> {
    try {
      await this.#writer.write(piece);
    } catch (error) {
      throw lost(error, `Cannot write to ${this.#peer}`);
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
  return toConnectionError(error, doing, isReset ? "reset" : codeOf(error));
}

async function dial(
  to: StreamAddress,
  signal: AbortSignal | undefined,
  doing: string,
): Promise<StreamConnection> {
  const { hostname, port, tls } = supported(to, doing);
  const address = { hostname: hostname.includes(":") ? `[${hostname}]` : hostname, port };
  const secureTransport = tls === undefined ? "off" : "starttls";
  let socket: WorkerSocket;
  try {
    socket = connectSocket(address, { secureTransport, allowHalfOpen: true });
  } catch (error) {
    throw toConnectionError(error, doing);
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
      resolve(new CloudflareStream(ready, show(to)));
    }).catch((error) => reject(toConnectionError(error, doing))).finally(() => {
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
    throw toConnectionError(error, doing, "tls");
  }
  return secure;
}

/** The address, if it is one that a worker can connect to. */
function supported(to: StreamAddress, doing: string): Extract<StreamAddress, { hostname: string }> {
  if (to.transport === "unix") {
    throw new ConnectionError("unsupported", `${doing}: workers have no Unix sockets; use tcp`);
  }
  const own = (["ca", "cert", "key"] as const).find((name) => to.tls?.[name] !== undefined);
  if (own === undefined) return to;
  const instead = own === "ca"
    ? "they trust the authorities of their runtime ('trustedCertificates' in workerd's own config)"
    : "they present no certificate on a socket";
  throw new ConnectionError("unsupported", `${doing}: workers take no 'tls.${own}'; ${instead}`);
}
