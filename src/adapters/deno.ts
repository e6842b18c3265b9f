/**
 * The connector of Deno: listeners by its own sockets, connections by `node:net` and `node:tls`.
 *
 * A write of Deno's own tells only a turn later how much the kernel took, so a burst would have to be
 * held whole in memory; one of `node:net` leaves within the burst, at twice the rate. Deno's own TLS
 * keeps the socket of a handshake that was given up, and takes no server name beside a client
 * certificate.
 *
 * TCP needs `--allow-net=host:port` and nothing else. UDP needs the bind address as well
 * (`--allow-net=host:port,0.0.0.0:0`) and, for a host name, the bare name. Without `--unstable-net`
 * UDP goes through `node:dgram`, where a socket that was opened for a peer never holds the process
 * open; with it there are Unix datagrams too. A Unix socket needs `--allow-read`, `--allow-write` and
 * `--allow-net=unix:` with its path; Unix datagrams need the whole `--allow-net`, since their own end
 * has an address of its own.
 *
 * Listeners that demand a client certificate, which Deno's own cannot, go through `node:tls`. Of such
 * a listener's connection Deno loses the peer's end if it comes while the reader is behind; give its
 * receiver an idle time-out.
 *
 * @example
 * ```ts
 * import { connector } from "jsr:@logwire/logging/deno";
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
import { ConnectionError, type ConnectionErrorCode } from "../net/connection_error.ts";
import type {
  Acceptor,
  Connector,
  DatagramAcceptor,
  DatagramConnector,
  StreamAddress,
} from "../net/connector.ts";
import { exitNotifier } from "../net/exit_hooks.ts";
import { bindDenoDatagram, openDenoDatagram } from "./deno/datagram.ts";
import {
  demandNet,
  type DenoConn,
  denoHostName,
  type DenoListener,
  denoRuntime,
} from "./deno/runtime.ts";
import { checkedConnector } from "./common/checked_connector.ts";
import { eventLoopTurn } from "./common/event_loop_turn.ts";
import { SocketListener } from "../net/listener.ts";
import { show, toConnectionError } from "../net/native_error.ts";
import { SocketStream } from "../net/socket_stream.ts";
import { HANDSHAKE_TIMEOUT_MS } from "./common/tls_options.ts";

export { ConnectionError, exitNotifier };
export type { ConnectionErrorCode };

const READ_BYTES = 64 * 1024;
// So that a lack of file descriptors does not become a busy loop.
const ACCEPT_RETRY_MS = 100;

/** Streams and datagrams by Deno's own API. */
export const connector: Connector & DatagramConnector & Acceptor & DatagramAcceptor =
  checkedConnector({
    connect: async (to, options, doing) =>
      await (await nodeConnector(to, doing)).connect(to, options),
    async listen(at, options, doing) {
      if (at.transport === "tcp" && at.tls?.ca !== undefined) {
        return await (await nodeConnector(at, doing)).listen(at, options);
      }
      return serve(at, doing);
    },
    openDatagram: openDenoDatagram,
    bindDatagram: bindDenoDatagram,
    hostName: denoHostName,
  });

/** Node's modules, which ask for no permission themselves where a host name is given. */
async function nodeConnector(address: StreamAddress, doing: string): Promise<typeof connector> {
  if (address.transport === "tcp") await demandNet(show(address), doing);
  return (await import("./node.ts")).connector;
}

class DenoStream extends SocketStream {
  readonly peerAddress: string | undefined;
  readonly #conn: DenoConn;
  #written = 0;
  #resume: () => void = () => {};

  constructor(conn: DenoConn, peer: string) {
    super(peer, true, toConnectionError);
    this.#conn = conn;
    this.peerAddress = conn.remoteAddr.hostname;
    this.#read();
  }

  async #read(): Promise<void> {
    const buffer = new Uint8Array(READ_BYTES);
    try {
      for (;;) {
        const size = await this.#conn.read(buffer);
        if (size === null) return this.ended();
        const room = new Promise<void>((resolve) => this.#resume = resolve);
        if (!this.arrived(buffer.slice(0, size))) await room;
      }
    } catch (error) {
      this.ended(error);
    }
  }

  get bytesWritten(): number {
    return this.#written;
  }

  protected override async writeAll(bytes: Uint8Array): Promise<void> {
    for (let rest = bytes; rest.length > 0;) {
      const size = await this.#conn.write(rest);
      this.#written += size;
      rest = rest.subarray(size);
    }
  }

  unref(): void {
    this.#conn.unref();
  }

  protected override halfClose(): Promise<void> {
    return this.#conn.closeWrite();
  }

  protected override release(): void {
    this.#conn.close();
  }

  protected override resumeReading(): void {
    this.#resume();
  }
}

function serve(at: StreamAddress, doing: string): SocketListener {
  const deno = denoRuntime();
  let native: DenoListener;
  try {
    if (at.transport === "unix") native = deno.listen({ transport: "unix", path: at.path });
    else if (at.tls === undefined) native = deno.listen({ hostname: at.hostname, port: at.port });
    else {
      const { cert = "", key = "" } = at.tls;
      native = deno.listenTls({ hostname: at.hostname, port: at.port, cert, key });
    }
  } catch (error) {
    throw toConnectionError(error, doing);
  }
  const port = native.addr.port ?? 0;
  let open = true;
  const listener = new SocketListener(at.transport === "unix" ? at : { ...at, port }, {
    close() {
      open = false;
      native.close();
      // As Node and Bun do, so that it can be listened at again.
      if (at.transport === "unix") deno.removeSync(at.path);
      // The address is free only when the accept that is pending has let go of it.
      return accepting;
    },
    turn: eventLoopTurn,
    unref: () => native.unref(),
  });
  const accepting = (async () => {
    while (open) {
      try {
        welcome(await native.accept(), at, listener);
      } catch {
        if (open) await new Promise<void>((resolve) => void setTimeout(resolve, ACCEPT_RETRY_MS));
      }
    }
  })();
  return listener;
}

async function welcome(conn: DenoConn, at: StreamAddress, listener: SocketListener): Promise<void> {
  const { hostname = "", port = 0 } = conn.remoteAddr;
  const peer = at.transport === "unix" ? at.path : show({ ...at, hostname, port });
  if (conn.handshake !== undefined) {
    let open = true;
    const close = () => {
      if (open) conn.close();
      open = false;
    };
    const timer = setTimeout(close, HANDSHAKE_TIMEOUT_MS);
    const endHandshake = listener.beginHandshake(close);
    try {
      await conn.handshake();
    } catch {
      // A scanner, or a client that does not trust us: nothing to hand over.
      close();
    }
    clearTimeout(timer);
    endHandshake();
    if (!open) return;
  }
  listener.accept(new DenoStream(conn, peer));
}
