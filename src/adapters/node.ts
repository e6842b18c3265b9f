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
import * as net from "node:net";
import * as tls from "node:tls";
import { ConnectionError, type ConnectionErrorCode } from "../net/connection_error.ts";
import type {
  Acceptor,
  Connector,
  DatagramAcceptor,
  DatagramConnector,
  StreamAddress,
  StreamConnection,
  TlsOptions,
} from "../net/connector.ts";
import { exitNotifier } from "../net/exit_hooks.ts";
import { checkedConnector } from "./common/checked_connector.ts";
import { hostName } from "./common/host_name.ts";
import { eventLoopTurn } from "./common/event_loop_turn.ts";
import { lastWrite } from "../net/last_write.ts";
import { SocketListener } from "../net/listener.ts";
import { showAddress } from "../net/address.ts";
import { abortedError, toConnectionError } from "../net/native_error.ts";
import { bindNodeDatagram, openNodeDatagram } from "./node/datagram.ts";
import { bindNodeUnixgram, openNodeUnixgram } from "./node/unixgram.ts";
import { KEEP_ALIVE_MS, SocketStream } from "../net/socket_stream.ts";
import { HANDSHAKE_TIMEOUT_MS } from "./common/tls_options.ts";

export { ConnectionError, exitNotifier };
export type { ConnectionErrorCode };

// What is unsure of after a failed write is at most one piece.
const PIECE_BYTES = 256 * 1024;

/** Streams and datagrams by Node's own modules. */
export const connector: Connector & DatagramConnector & Acceptor & DatagramAcceptor =
  checkedConnector({
    connect: (to, { signal }, doing) => dial(to, signal, doing),
    listen: (at, _options, doing) => serve(at, doing),
    openDatagram: (peer, options) =>
      peer.transport === "udp" ? openNodeDatagram(peer, options) : openNodeUnixgram(peer, options),
    bindDatagram: (at) => at.transport === "udp" ? bindNodeDatagram(at) : bindNodeUnixgram(at),
    hostName,
  });

class NodeStream extends SocketStream {
  readonly peerAddress: string | undefined;
  readonly #socket: net.Socket;
  #written = 0;
  /** Writes that have not called back yet. */
  #calls = 0;
  /** Ends the write that waits for room in the kernel. */
  #settle: { resolve(): void; reject(error: unknown): void } | undefined;

  constructor(socket: net.Socket, peer: string, accepted: boolean) {
    super(peer, accepted, toConnectionError);
    this.#socket = socket;
    this.peerAddress = socket.remoteAddress || undefined;
    socket.on("data", (chunk: Uint8Array) => {
      // A plain view, as on other runtimes: Buffer's own `slice` does not copy.
      const bytes = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length);
      if (!this.arrived(bytes)) socket.pause();
    });
    socket.on("end", () => this.ended());
    socket.on("error", (error) => this.ended(error));
    socket.on("close", () => {
      this.ended();
      const message = `Cannot write to ${peer}: the socket is closed`;
      this.#settle?.reject(new ConnectionError("closed", message));
    });
  }

  get bytesWritten(): number {
    return this.#written;
  }

  protected override writeAll(bytes: Uint8Array): Promise<void> | undefined {
    return bytes.length <= PIECE_BYTES ? this.#writePiece(bytes) : this.#writePieces(bytes);
  }

  async #writePieces(bytes: Uint8Array): Promise<void> {
    for (let offset = 0; offset < bytes.length; offset += PIECE_BYTES) {
      await this.#writePiece(bytes.subarray(offset, offset + PIECE_BYTES));
    }
  }

  /** A write is tried at once; what the kernel does not take stays in `writableLength`. */
  #writePiece(piece: Uint8Array): Promise<void> | undefined {
    const socket = this.#socket;
    this.#calls++;
    socket.write(piece, this.#onWritten);
    if (socket.writable && socket.writableLength === 0) {
      this.#written += piece.length;
      return undefined;
    }
    return new Promise<void>((resolve, reject) => {
      this.#settle = { resolve, reject };
    }).then(() => {
      this.#written += piece.length;
    });
  }

  /** One for all writes: those that were through at once call back too, and before this one. */
  readonly #onWritten = (error?: Error | null): void => {
    this.#calls--;
    const { code } = (error ?? {}) as { code?: string };
    // These say only that the socket is gone; why, `error` or `close` are about to say.
    if (code === "ERR_STREAM_DESTROYED" || code === "ECANCELED") return;
    if (error) this.#settle?.reject(error);
    else if (this.#calls === 0) this.#settle?.resolve();
  };

  /**
   * A write is tried at once; what the kernel does not take stays in `writableLength`, and is neither
   * taken back nor tried again: it counts as taken here, and in `bytesWritten` when it is through.
   */
  writeSync(bytes: Uint8Array): number {
    if (this.refusal() !== undefined) return 0;
    return lastWrite(bytes, (piece) => {
      if (this.#socket.writableLength > 0) return undefined;
      this.#socket.write(piece, (error) => {
        if (!error) this.#written += piece.length;
      });
      return piece.length;
    });
  }

  unref(): void {
    this.#socket.unref();
  }

  protected override halfClose(): void {
    this.#socket.end();
  }

  protected override release(): void {
    this.#socket.destroy();
  }

  protected override resumeReading(): void {
    this.#socket.resume();
  }
}

function dial(
  to: StreamAddress,
  signal: AbortSignal | undefined,
  doing: string,
): Promise<StreamConnection> {
  return new Promise((resolve, reject) => {
    let socket: net.Socket;
    try {
      socket = open(to);
    } catch (error) {
      return reject(toConnectionError(error, doing));
    }
    const fail = (error: unknown) => {
      cleanUp();
      socket.on("error", () => {});
      socket.destroy();
      reject(toConnectionError(error, doing));
    };
    const onClose = () => fail(new ConnectionError("reset", `${doing}: the peer closed`));
    const onAbort = () => fail(abortedError(signal as AbortSignal, doing));
    const onOpen = () => {
      cleanUp();
      socket.setKeepAlive(true, KEEP_ALIVE_MS);
      resolve(new NodeStream(socket, showAddress(to), false));
    };
    const opened = "tls" in to && to.tls !== undefined ? "secureConnect" : "connect";
    const cleanUp = () => {
      signal?.removeEventListener("abort", onAbort);
      socket.off(opened, onOpen).off("error", fail).off("close", onClose);
    };
    socket.on(opened, onOpen).on("error", fail).on("close", onClose);
    signal?.addEventListener("abort", onAbort);
  });
}

function open(to: StreamAddress): net.Socket {
  if (to.transport === "unix") return net.connect({ path: to.path, allowHalfOpen: true });
  const address = { host: to.hostname, port: to.port, allowHalfOpen: true, noDelay: true };
  return to.tls === undefined
    ? net.connect(address)
    : tls.connect({ ...address, ...clientTls(to.tls, to.hostname) });
}

function clientTls(
  { ca, cert, key, serverName }: TlsOptions,
  hostname: string,
): tls.ConnectionOptions {
  const name = serverName ?? hostname;
  return {
    ...(ca && { ca }),
    ...(cert && { cert }),
    ...(key && { key }),
    // RFC 6066 section 3: an IP address is not sent as a name.
    servername: net.isIP(name) ? "" : name,
    checkServerIdentity: (_host, certificate) => tls.checkServerIdentity(name, certificate),
  };
}

function serve(at: StreamAddress, doing: string): Promise<SocketListener> {
  const secure = at.transport === "tcp" ? at.tls : undefined;
  return new Promise((resolve, reject) => {
    let server: net.Server;
    try {
      server = secure === undefined ? net.createServer({ allowHalfOpen: true }) : tls.createServer({
        cert: secure.cert as string,
        key: secure.key as string,
        ...(secure.ca && { ca: secure.ca, requestCert: true }),
        handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
        allowHalfOpen: true,
      } as tls.TlsOptions);
    } catch (error) {
      return reject(toConnectionError(error, doing));
    }
    const fail = (error: unknown) => reject(toConnectionError(error, doing));
    server.once("error", fail);
    server.listen(
      at.transport === "unix" ? { path: at.path } : { host: at.hostname, port: at.port },
    );
    server.once("listening", () => {
      server.off("error", fail);
      // One connection that could not be accepted is no reason to stop.
      server.on("error", () => {});
      const bound = server.address();
      const port = typeof bound === "object" && bound !== null ? bound.port : 0;
      const address = at.transport === "unix" ? at : { ...at, port };
      const listener = new SocketListener(address, {
        close: () => server.close(),
        turn: eventLoopTurn,
        unref: () => server.unref(),
      });
      if (secure !== undefined) trackHandshakes(server, listener);
      server.on(secure === undefined ? "connection" : "secureConnection", (socket: net.Socket) => {
        const { remoteAddress: hostname = "", remotePort = 0 } = socket;
        const peer = at.transport === "unix"
          ? at.path
          : showAddress({ ...at, hostname, port: remotePort });
        listener.accept(new NodeStream(socket, peer, true));
      });
      resolve(listener);
    });
  });
}

/** Node itself drops no connection whose handshake failed or took too long. */
function trackHandshakes(server: net.Server, listener: SocketListener): void {
  // A TLS socket does not tell which socket it is over; but that has the same other end.
  const key = ({ remoteAddress, remotePort }: net.Socket) => `${remoteAddress} ${remotePort}`;
  const handshakes = new Map<string, () => void>();
  const end = (from: string) => {
    handshakes.get(from)?.();
    handshakes.delete(from);
  };
  server.on("connection", (socket: net.Socket) => {
    const from = key(socket);
    handshakes.set(from, listener.beginHandshake(() => socket.destroy()));
    socket.once("close", () => end(from));
  });
  server.on("secureConnection", (socket: net.Socket) => end(key(socket)));
  server.on("tlsClientError", (_error: unknown, socket: net.Socket) => socket.destroy());
}
