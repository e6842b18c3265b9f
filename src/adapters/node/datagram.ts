/**
 * UDP by `node:dgram`: on Node, and on Deno where `--unstable-net` is not given.
 *
 * An ICMP refusal belongs to an earlier datagram, and the next one is sent all the same, as from CPython's
 * sockets, which are not connected.
 *
 * @module
 */
import * as dgram from "node:dgram";
import type { ConnectionError } from "../../net/connection_error.ts";
import type {
  DatagramAddress,
  DatagramListener,
  DatagramSocket,
  WaitOptions,
} from "../../net/connector.ts";
import { showAddress } from "../../net/address.ts";
import { demandAddress } from "../../net/address_permission.ts";
import { connectionErrorCode, toConnectionError } from "../../net/native_error.ts";
import { demandPeer, type ResolvedHost, resolveHost } from "../common/resolve_host.ts";
import { SocketDatagrams } from "../../net/socket_datagrams.ts";

type UdpAddress = Extract<DatagramAddress, { transport: "udp" }>;

/** A handler has so many sends under way: each may be told of the refusal of another one. */
const MAX_REFUSALS = 64;

/** Opens a socket for a peer. `unref`: before it binds, for Deno, where `unref` works only then. */
export async function openNodeDatagram(
  peer: UdpAddress,
  { signal, unref = false }: WaitOptions & { unref?: boolean } = {},
): Promise<DatagramSocket> {
  const doing = `Cannot open a datagram socket for ${showAddress(peer)}`;
  const host = await resolveHost(peer.hostname, signal, doing);
  demandPeer(peer, host, doing);
  const socket = await bind(host, 0, doing, unref);
  // A connected socket sends faster; on Deno it would hold the process although it is `unref`ed.
  if (!unref) {
    await new Promise<void>((resolve) => socket.connect(peer.port, host.address, resolve));
  }
  return new NodeDatagramSocket(socket, peer, host, !unref);
}

/** Binds a socket that receives from any peer. */
export async function bindNodeDatagram(at: UdpAddress): Promise<DatagramListener> {
  const doing = `Cannot bind ${showAddress(at)}`;
  const host = await resolveHost(at.hostname, undefined, doing);
  demandAddress({ ...at, hostname: host.address }, doing);
  const socket = await bind({ ...host, bindTo: host.address }, at.port, doing, false);
  return new NodeDatagramListener(socket, { ...at, port: socket.address().port });
}

function bind(
  { family, bindTo }: ResolvedHost & { bindTo?: string },
  port: number,
  doing: string,
  unref: boolean,
): Promise<dgram.Socket> {
  return new Promise((resolve, reject) => {
    const socket = dgram.createSocket({
      type: family === 6 ? "udp6" : "udp4",
      // Every address is an IP address by now; asked synchronously, `send` sends at once.
      lookup: (address, _options, callback) => callback(null, address, family),
    });
    if (unref) socket.unref();
    socket.once("error", (error) => {
      socket.close();
      reject(toConnectionError(error, doing));
    });
    socket.bind({ port, ...(bindTo === undefined ? {} : { address: bindTo }) }, () => {
      socket.removeAllListeners("error");
      resolve(socket);
    });
  });
}

class NodeDatagrams extends SocketDatagrams {
  protected readonly socket: dgram.Socket;

  constructor(socket: dgram.Socket, wanted: (from: dgram.RemoteInfo) => boolean) {
    super();
    this.socket = socket;
    socket.on("message", (bytes, from) => {
      const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
      if (wanted(from)) this.arrived(plain, from.address);
    });
    // An ICMP refusal of an earlier datagram, where the runtime reports it.
    socket.on("error", () => {});
  }

  override unref(): void {
    this.socket.unref();
  }

  protected override release(): void {
    this.socket.close();
  }
}

class NodeDatagramSocket extends NodeDatagrams implements DatagramSocket {
  /** Deno's `node:dgram` does, and Node's does not. */
  readonly sendsLate: boolean = "Deno" in globalThis;
  readonly #peer: UdpAddress;
  readonly #address: string;
  readonly #connected: boolean;

  constructor(
    socket: dgram.Socket,
    peer: UdpAddress,
    { address }: ResolvedHost,
    connected: boolean,
  ) {
    super(socket, (from) => from.port === peer.port && from.address === address);
    this.#peer = peer;
    this.#address = address;
    this.#connected = connected;
  }

  async send(bytes: Uint8Array): Promise<void> {
    const [failure] = await this.sendMany(bytes, Uint32Array.of(bytes.length));
    if (failure !== undefined) throw failure[1];
  }

  sendMany(bytes: Uint8Array, lengths: Uint32Array): Promise<[number, ConnectionError][]> {
    // On Deno what is sent at once leaves in any order.
    return this.#connected && !this.sendsLate
      ? this.#sendAtOnce(bytes, lengths)
      : this.inOrder(() => this.#sendInTurn(bytes, lengths));
  }

  #sendAtOnce(bytes: Uint8Array, lengths: Uint32Array): Promise<[number, ConnectionError][]> {
    return new Promise((resolve) => {
      const failures: [number, ConnectionError][] = [];
      let left = lengths.length;
      const done = (i: number, error?: ConnectionError) => {
        if (error !== undefined) failures.push([i, error]);
        if (--left === 0) resolve(failures.sort(([a], [b]) => a - b));
      };
      let start = 0;
      for (let i = 0; i < lengths.length; i++) {
        this.#send(bytes.subarray(start, start += lengths[i]!), i, done);
      }
    });
  }

  async #sendInTurn(bytes: Uint8Array, lengths: Uint32Array): Promise<[number, ConnectionError][]> {
    const failures: [number, ConnectionError][] = [];
    let start = 0;
    for (let i = 0; i < lengths.length; i++) {
      const datagram = bytes.subarray(start, start += lengths[i]!);
      const error = await new Promise<ConnectionError | undefined>((resolve) =>
        this.#send(datagram, i, (_, error) => resolve(error))
      );
      if (error !== undefined) failures.push([i, error]);
    }
    return failures;
  }

  /** Sends datagram `i`, and calls `done` once, later or at once. */
  #send(
    bytes: Uint8Array,
    i: number,
    done: (i: number, error?: ConnectionError) => void,
    refusals = 0,
  ): void {
    this.#pass(bytes, (error) => {
      if (!error) done(i);
      // The kernel reports the refusal of an earlier datagram instead of sending this one.
      else if (refusals < MAX_REFUSALS && connectionErrorCode(error) === "refused") {
        this.#send(bytes, i, done, refusals + 1);
      } else done(i, this.sendError(error, bytes, this.#peer));
    });
  }

  #pass(bytes: Uint8Array, settle: (error: unknown) => void): void {
    try {
      if (this.#connected) this.socket.send(bytes, settle);
      else this.socket.send(bytes, this.#peer.port, this.#address, settle);
    } catch (error) {
      settle(error);
    }
  }
}

class NodeDatagramListener extends NodeDatagrams implements DatagramListener {
  readonly address: DatagramAddress;

  constructor(socket: dgram.Socket, address: DatagramAddress) {
    super(socket, () => true);
    this.address = address;
  }
}
