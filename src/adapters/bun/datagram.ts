/**
 * UDP on Bun, by `Bun.udpSocket`.
 *
 * An ICMP refusal belongs to an earlier datagram, and the next one is sent all the same, as from
 * CPython's sockets, which are not connected. Ours are: so they send several datagrams at once faster.
 *
 * @module
 */
import type {
  DatagramAddress,
  DatagramListener,
  DatagramSocket,
  WaitOptions,
} from "../../net/connector.ts";
import { bunRuntime, type BunUdpSocket } from "./_runtime.ts";
import { showAddress } from "../../net/address.ts";
import { abortedError, connectionErrorCode, toConnectionError } from "../../net/native_error.ts";
import { type ResolvedHost, resolveHost } from "../common/resolve_host.ts";
import { SocketDatagrams } from "../../net/socket_datagrams.ts";

/** Bun gives so many datagrams to the kernel in one call, and returns how many of them it took. */
const MAX_AT_ONCE = 64;

type UdpAddress = Extract<DatagramAddress, { transport: "udp" }>;

/** Opens a socket for a peer. */
export async function openBunDatagram(
  peer: UdpAddress,
  { signal }: WaitOptions = {},
): Promise<DatagramSocket> {
  const doing = `Cannot open a datagram socket for ${showAddress(peer)}`;
  const host = await resolveHost(peer.hostname, signal, doing);
  const socket = new BunDatagramSocket(peer, host);
  await socket.connect(host, doing);
  if (!signal?.aborted) return socket;
  await socket.close();
  throw abortedError(signal, doing);
}

/** Binds a socket that receives from any peer. */
export async function bindBunDatagram(at: UdpAddress): Promise<DatagramListener> {
  const listener = new BunDatagramListener(at);
  await listener.bind(at.hostname, at.port, `Cannot bind ${showAddress(at)}`);
  return listener;
}

class BunDatagrams extends SocketDatagrams {
  protected socket: BunUdpSocket | undefined;
  #onDrain: () => void = () => {};

  protected wanted(_port: number, _address: string): boolean {
    return true;
  }

  async bind(
    hostname: string,
    port: number,
    doing: string,
    connect?: { hostname: string; port: number },
  ): Promise<void> {
    try {
      this.socket = await bunRuntime().udpSocket({
        hostname,
        port,
        ...(connect && { connect }),
        socket: {
          data: (_socket, bytes, fromPort, fromAddress) => {
            // A plain view, as on other runtimes: Buffer's own `slice` does not copy.
            const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
            if (this.wanted(fromPort, fromAddress)) this.arrived(plain, fromAddress);
          },
          drain: () => this.#onDrain(),
          // An ICMP refusal of an earlier datagram.
          error: () => {},
        },
      });
    } catch (error) {
      throw toConnectionError(error, doing);
    }
  }

  protected drain(): Promise<void> {
    return new Promise((resolve) => this.#onDrain = resolve);
  }

  override unref(): void {
    this.socket?.unref();
  }

  protected override release(): void {
    this.socket?.close();
    this.#onDrain();
  }
}

class BunDatagramSocket extends BunDatagrams implements DatagramSocket {
  /** A datagram for which the kernel has no room waits for a turn in which it has. */
  readonly sendsLate = true;
  readonly #peer: UdpAddress;
  readonly #address: string;

  constructor(peer: UdpAddress, { address }: ResolvedHost) {
    super();
    this.#peer = peer;
    this.#address = address;
  }

  connect({ address, family }: ResolvedHost, doing: string): Promise<void> {
    const peer = { hostname: address, port: this.#peer.port };
    return this.bind(family === 6 ? "::" : "0.0.0.0", 0, doing, peer);
  }

  protected override wanted(port: number, address: string): boolean {
    return port === this.#peer.port && address === this.#address;
  }

  async send(bytes: Uint8Array): Promise<void> {
    try {
      await this.inOrder(async () => {
        while (!this.#taken(bytes)) await this.drain();
      });
    } catch (error) {
      throw this.sendError(error, bytes, this.#peer);
    }
  }

  sendSync(bytes: Uint8Array): boolean {
    try {
      return this.#taken(bytes);
    } catch {
      return false;
    }
  }

  sendManySync(bytes: Uint8Array, lengths: Uint32Array): number {
    let start = 0;
    let sent = 0;
    while (sent < lengths.length) {
      const datagrams: Uint8Array[] = [];
      for (const length of lengths.subarray(sent, sent + MAX_AT_ONCE)) {
        datagrams.push(bytes.subarray(start, start += length));
      }
      const taken = this.#takenOf(datagrams);
      sent += taken;
      if (taken < datagrams.length) break;
    }
    return sent;
  }

  /** Sends them; returns how many the kernel took before it was full or an error came. */
  #takenOf(datagrams: Uint8Array[]): number {
    if (!this.open || this.socket === undefined) return 0;
    try {
      return this.socket.sendMany(datagrams);
    } catch {
      // An error of the first one; it comes again when that is sent alone.
      return 0;
    }
  }

  /** Sends it; true if the kernel had room. */
  #taken(bytes: Uint8Array): boolean {
    if (!this.open || this.socket === undefined) throw new Error("closed");
    try {
      return this.socket.send(bytes);
    } catch (error) {
      // The kernel reports the refusal of an earlier datagram instead of sending this one.
      if (connectionErrorCode(error) !== "refused") throw error;
      return this.socket.send(bytes);
    }
  }
}

class BunDatagramListener extends BunDatagrams implements DatagramListener {
  readonly #at: UdpAddress;

  constructor(at: UdpAddress) {
    super();
    this.#at = at;
  }

  get address(): DatagramAddress {
    return { ...this.#at, port: this.socket?.port ?? this.#at.port };
  }
}
