/**
 * The connector of Bun, by its own sockets.
 *
 * Bun reports a TCP connect that timed out or had no route as refused. A client certificate that a
 * TLS 1.3 server refuses shows after `connect`, in `closed`: the protocol ends the client's
 * handshake first. Unix datagrams can be sent (by libc, on Linux and macOS) and not received.
 *
 * @example
 * ```ts
 * import { connector } from "jsr:@logwire/logging/bun";
 *
 * if ("Bun" in globalThis) {
 *   const listener = await connector.listen({ transport: "tcp", hostname: "127.0.0.1", port: 0 });
 *   const connection = await connector.connect(listener.address);
 *   await connection.write(new TextEncoder().encode("hello"));
 *   await listener.close();
 *   await connection.close();
 * }
 * ```
 *
 * @module
 */
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
import { bindBunDatagram, openBunDatagram } from "./bun/datagram.ts";
import {
  type BunListener,
  bunRuntime,
  type BunSocket,
  type BunSocketHandlers,
} from "./bun/runtime.ts";
import { bindBunUnixgram, openBunUnixgram } from "./bun/unixgram.ts";
import { exitNotifier } from "../net/exit_hooks.ts";
import { checkedConnector } from "./common/checked_connector.ts";
import { hostName } from "./common/host_name.ts";
import { eventLoopTurn } from "./common/event_loop_turn.ts";
import { lastWrite } from "../net/last_write.ts";
import { SocketListener } from "../net/listener.ts";
import { showAddress } from "../net/address.ts";
import { abortedError, toConnectionError } from "../net/native_error.ts";
import { KEEP_ALIVE_MS, SocketStream } from "../net/socket_stream.ts";
import { HANDSHAKE_TIMEOUT_MS } from "./common/tls_options.ts";

export { ConnectionError, exitNotifier };
export type { ConnectionErrorCode };

type Socket = BunSocket<BunStream>;

/** Streams and datagrams by Bun's own API. */
export const connector: Connector & DatagramConnector & Acceptor & DatagramAcceptor =
  checkedConnector({
    connect: (to, { signal }, doing) => dial(to, signal, doing),
    listen: async (at, _options, doing) => await serve(at, doing),
    openDatagram: (peer, options) =>
      peer.transport === "udp" ? openBunDatagram(peer, options) : openBunUnixgram(peer, options),
    bindDatagram: (at) => at.transport === "udp" ? bindBunDatagram(at) : bindBunUnixgram(at),
    hostName,
  });

class BunStream extends SocketStream {
  readonly peerAddress: string | undefined;
  readonly #socket: Socket;
  #written = 0;
  /** What a write waits with for room in the kernel. */
  #rest: Uint8Array = new Uint8Array(0);
  #onDrain: () => void = () => {};

  constructor(socket: Socket, peer: string, accepted: boolean) {
    super(peer, accepted, toConnectionError);
    this.#socket = socket;
    this.peerAddress = socket.remoteAddress || undefined;
    socket.data = this;
  }

  onData(chunk: Uint8Array): void {
    // A plain view, as on other runtimes: Buffer's own `slice` does not copy.
    const bytes = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length);
    if (!this.arrived(bytes)) this.#socket.pause();
  }

  onDrain(): void {
    this.#onDrain();
  }

  onEnd(error?: Error): void {
    this.ended(error);
  }

  onClose(error?: Error): void {
    this.ended(error);
    this.#onDrain();
  }

  get bytesWritten(): number {
    return this.#written;
  }

  protected override writeAll(bytes: Uint8Array): Promise<void> | undefined {
    const size = this.#take(bytes);
    return size === bytes.length ? undefined : this.#writeRest(bytes.subarray(size));
  }

  async #writeRest(bytes: Uint8Array): Promise<void> {
    this.#rest = bytes;
    while (this.#rest.length > 0) {
      await new Promise<void>((resolve) => this.#onDrain = resolve);
      this.#rest = this.#rest.subarray(this.#take(this.#rest));
    }
  }

  retryWrite(): void {
    if (this.#rest.length === 0 || this.refusal() !== undefined) return;
    const size = this.#socket.write(this.#rest);
    // That the socket is dead is for the write that waits to find.
    if (size <= 0) return;
    this.#written += size;
    this.#rest = this.#rest.subarray(size);
    if (this.#rest.length === 0) this.#onDrain();
  }

  writeSync(bytes: Uint8Array): number {
    if (this.refusal() !== undefined) return 0;
    return lastWrite(bytes, (piece) => {
      try {
        this.retryWrite();
        return this.#rest.length > 0 ? 0 : this.#take(piece);
      } catch {
        return undefined;
      }
    });
  }

  #take(bytes: Uint8Array): number {
    const size = this.#socket.write(bytes);
    if (size < 0) throw new ConnectionError("reset", "Cannot write: the socket is dead");
    this.#written += size;
    return size;
  }

  unref(): void {
    this.#socket.unref();
  }

  protected override halfClose(): void {
    this.#socket.shutdown();
  }

  protected override release(): void {
    this.#socket.end();
    this.#onDrain();
  }

  protected override resumeReading(): void {
    this.#socket.resume();
  }
}

// What a socket does once a stream has been made of it.
const streaming: BunSocketHandlers<BunStream> = {
  data: (socket, chunk) => socket.data?.onData(chunk),
  drain: (socket) => socket.data?.onDrain(),
  end: (socket) => socket.data?.onEnd(),
  close: (socket, error) => socket.data?.onClose(error),
  error: (socket, error) => socket.data?.onEnd(error),
};

function dial(
  to: StreamAddress,
  signal: AbortSignal | undefined,
  doing: string,
): Promise<StreamConnection> {
  const secure = to.transport === "tcp" ? to.tls : undefined;
  return new Promise((resolve, reject) => {
    let socket: Socket | undefined;
    let failed = false;
    const fail = (error: unknown) => {
      if (failed) return;
      failed = true;
      signal?.removeEventListener("abort", onAbort);
      reject(toConnectionError(error, doing));
      socket?.terminate();
    };
    const onAbort = () => fail(abortedError(signal as AbortSignal, doing));
    const onReady = (ready: Socket) => {
      signal?.removeEventListener("abort", onAbort);
      ready.setKeepAlive(true, KEEP_ALIVE_MS);
      resolve(new BunStream(ready, showAddress(to), false));
    };
    signal?.addEventListener("abort", onAbort);
    const connecting = async () =>
      await bunRuntime().connect<BunStream>({
        ...(to.transport === "unix" ? { unix: to.path } : { hostname: to.hostname, port: to.port }),
        ...(secure && { tls: clientTls(secure) }),
        allowHalfOpen: true,
        socket: {
          ...streaming,
          open(opened) {
            // Bun has no way to stop a connect: one that was given up is ended when it opens.
            if (failed) return opened.terminate();
            socket = opened;
            if (secure === undefined) onReady(opened);
          },
          handshake(opened, success, error) {
            if (failed) return;
            if (success) onReady(opened);
            else fail(toConnectionError(error, doing, "tls"));
          },
          close(closed, error) {
            if (closed.data !== undefined) return closed.data.onClose(error);
            socket = undefined;
            fail(error ?? new ConnectionError("reset", `${doing}: the peer closed`));
          },
          connectError: (_socket, error) => fail(error),
        },
      });
    // Through an async function, since Bun throws at once what it makes of a bad key.
    connecting().catch(fail);
  });
}

function clientTls({ ca, cert, key, serverName }: TlsOptions): Record<string, unknown> {
  return {
    // Said outright: Bun takes empty settings for no TLS at all.
    rejectUnauthorized: true,
    ...(ca && { ca }),
    ...(cert && { cert }),
    ...(key && { key }),
    ...(serverName && { serverName }),
  };
}

function serve(at: StreamAddress, doing: string): SocketListener {
  const secure = at.transport === "tcp" ? at.tls : undefined;
  // Bun accepts no sooner than the next turn, when the listener below exists.
  const accept = (socket: Socket) => {
    const { remoteAddress: hostname = "", remotePort: port = 0 } = socket;
    const peer = at.transport === "unix" ? at.path : showAddress({ ...at, hostname, port });
    listener.accept(new BunStream(socket, peer, true));
  };
  const handshakes = new Map<Socket, () => void>();
  const endHandshake = (socket: Socket) => {
    handshakes.get(socket)?.();
    handshakes.delete(socket);
  };
  let native: BunListener;
  try {
    native = bunRuntime().listen<BunStream>({
      ...(at.transport === "unix" ? { unix: at.path } : { hostname: at.hostname, port: at.port }),
      ...(secure &&
        { tls: { ...secure, ...(secure.ca && { requestCert: true, rejectUnauthorized: true }) } }),
      allowHalfOpen: true,
      socket: {
        ...streaming,
        open(socket) {
          if (secure === undefined) return accept(socket);
          socket.timeout(HANDSHAKE_TIMEOUT_MS / 1000);
          handshakes.set(socket, listener.beginHandshake(() => socket.terminate()));
        },
        handshake(socket, success) {
          socket.timeout(0);
          endHandshake(socket);
          if (success) accept(socket);
          else socket.terminate();
        },
        timeout: (socket) => socket.terminate(),
        close(socket, error) {
          endHandshake(socket);
          socket.data?.onClose(error);
        },
      },
    });
  } catch (error) {
    throw toConnectionError(error, doing);
  }
  const address = at.transport === "unix" ? at : { ...at, port: native.port ?? 0 };
  const listener = new SocketListener(address, {
    close: () => native.stop(),
    turn: eventLoopTurn,
    unref: () => native.unref(),
  });
  return listener;
}
