/**
 * Datagrams on Deno: by `Deno.listenDatagram` where `--unstable-net` provides it, else UDP by
 * `node:dgram`.
 *
 * A Unix datagram that finds no room in the receiver's queue is sent as soon as there is some, but
 * Deno asks the kernel without a pause until then: the program goes on, a core is busy. Nor can it
 * be taken back: until it is sent it holds the process open, even if the socket is closed. Of what
 * is received Deno yields 65,507 bytes at most.
 *
 * @module
 */
import { ConnectionError } from "../../net/connection_error.ts";
import type {
  DatagramAddress,
  DatagramListener,
  DatagramSocket,
  WaitOptions,
} from "../../net/connector.ts";
import { type DenoDatagramAddress, type DenoDatagramConn, denoRuntime } from "./runtime.ts";
import { demandReceiver } from "./_unconnected_unixgram.ts";
import { showAddress } from "../../net/address.ts";
import { demandAddress } from "../../net/address_permission.ts";
import { demandPermissions } from "../../net/deno_permission.ts";
import { toConnectionError } from "../../net/native_error.ts";
import { SocketDatagrams } from "../../net/socket_datagrams.ts";

/** Opens a socket for a peer. */
export async function openDenoDatagram(
  peer: DatagramAddress,
  { signal }: WaitOptions = {},
): Promise<DatagramSocket> {
  const doing = `Cannot open a datagram socket for ${showAddress(peer)}`;
  if (peer.transport === "unixgram") {
    listenDatagram(doing);
    demandAddress(peer, doing);
    demandPermissions(doing, { name: "net" });
    await demandReceiver(peer.path, signal, doing);
    // An abstract address (Linux) leaves no file behind, and Deno cannot send from none.
    const from = { transport: "unixpacket", path: `\0logwire-${crypto.randomUUID()}` } as const;
    return new DenoDatagramSocket(bind(from, doing), peer, { ...from, path: peer.path });
  }
  const { demandPeer, resolveHost } = await import("../common/resolve_host.ts");
  const host = await resolveHost(peer.hostname, signal, doing);
  demandPeer(peer, host, doing);
  const { address, family } = host;
  if (denoRuntime().listenDatagram === undefined) {
    const { openNodeDatagram } = await import("../node/datagram.ts");
    return await openNodeDatagram(peer, { ...(signal && { signal }), unref: true });
  }
  const conn = bind(
    { transport: "udp", hostname: family === 6 ? "::" : "0.0.0.0", port: 0 },
    doing,
  );
  return new DenoDatagramSocket(conn, peer, { ...peer, transport: "udp", hostname: address });
}

/** Binds a socket that receives from any peer. */
export async function bindDenoDatagram(at: DatagramAddress): Promise<DatagramListener> {
  const doing = `Cannot bind ${showAddress(at)}`;
  if (at.transport === "unixgram") {
    listenDatagram(doing);
    demandAddress(at, doing);
    return new DenoDatagramListener(bind({ transport: "unixpacket", path: at.path }, doing), at);
  }
  if (denoRuntime().listenDatagram === undefined) {
    return await (await import("../node/datagram.ts")).bindNodeDatagram(at);
  }
  demandAddress(at, doing);
  const conn = bind({ transport: "udp", hostname: at.hostname, port: at.port }, doing);
  return new DenoDatagramListener(conn, { ...at, port: conn.addr.port ?? 0 });
}

function bind(at: DenoDatagramAddress, doing: string): DenoDatagramConn {
  const listen = listenDatagram(doing);
  try {
    return listen(at);
  } catch (error) {
    throw toConnectionError(error, doing);
  }
}

function listenDatagram(doing: string): (at: DenoDatagramAddress) => DenoDatagramConn {
  const { listenDatagram } = denoRuntime();
  if (listenDatagram !== undefined) return listenDatagram;
  const instead = "or use a Unix stream socket or UDP";
  throw new ConnectionError(
    "unsupported",
    `${doing}: Deno needs --unstable-net for it, ${instead}`,
  );
}

class DenoDatagrams extends SocketDatagrams {
  protected readonly conn: DenoDatagramConn;
  readonly #wanted: (from: DenoDatagramAddress) => boolean;
  #reading = false;

  constructor(conn: DenoDatagramConn, wanted: (from: DenoDatagramAddress) => boolean) {
    super();
    this.conn = conn;
    this.#wanted = wanted;
  }

  async #read(): Promise<void> {
    try {
      for (;;) {
        const [bytes, from] = await this.conn.receive();
        if (this.#wanted(from)) this.arrived(bytes, from.hostname);
      }
    } catch {
      // Closed on this side: a datagram socket has no other end.
    }
  }

  override [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    // A pending read holds the process open, so it begins with the first consumer.
    if (!this.#reading) this.#read();
    this.#reading = true;
    return super[Symbol.asyncIterator]();
  }

  override unref(): void {
    this.conn.unref();
  }

  protected override release(): void {
    this.conn.close();
  }
}

class DenoDatagramSocket extends DenoDatagrams implements DatagramSocket {
  readonly sendsLate = true;
  readonly #peer: DatagramAddress;
  readonly #to: DenoDatagramAddress;

  constructor(conn: DenoDatagramConn, peer: DatagramAddress, to: DenoDatagramAddress) {
    super(
      conn,
      (from) => from.hostname === to.hostname && from.port === to.port && from.path === to.path,
    );
    this.#peer = peer;
    this.#to = to;
  }

  async send(bytes: Uint8Array): Promise<void> {
    const [failure] = await this.sendMany(bytes, Uint32Array.of(bytes.length));
    if (failure !== undefined) throw failure[1];
  }

  sendMany(bytes: Uint8Array, lengths: Uint32Array): Promise<[number, ConnectionError][]> {
    return this.inOrder(() => this.#sendEach(bytes, lengths));
  }

  async #sendEach(bytes: Uint8Array, lengths: Uint32Array): Promise<[number, ConnectionError][]> {
    const failures: [number, ConnectionError][] = [];
    let start = 0;
    for (let i = 0; i < lengths.length; i++) {
      const datagram = bytes.subarray(start, start += lengths[i]!);
      try {
        await this.conn.send(datagram, this.#to);
      } catch (error) {
        failures.push([i, this.sendError(error, datagram, this.#peer)]);
      }
    }
    return failures;
  }
}

class DenoDatagramListener extends DenoDatagrams implements DatagramListener {
  readonly address: DatagramAddress;

  constructor(conn: DenoDatagramConn, address: DatagramAddress) {
    super(conn, () => true);
    this.address = address;
  }

  protected override release(): void {
    super.release();
    if (this.address.transport !== "unixgram") return;
    try {
      denoRuntime().removeSync(this.address.path);
    } catch {
      // Another program has removed it.
    }
  }
}
